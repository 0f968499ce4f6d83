from typing import Any
from xml.etree import ElementTree

import pytest

from gradcanvas.exports import Box, Drawing, Link, draw_autograd, write_dot, write_svg

AUTOGRAD: dict[str, list[dict[str, Any]]] = {
    "nodes": [
        {"id": 0, "label": "w", "kind": "leaf", "node": "w", "shape": [1]},
        {"id": 1, "label": "MulBackward0", "kind": "operation", "node": "wx", "shape": [80, 1]},
        {"id": 2, "label": "AddBackward0", "kind": "start", "node": "yhat", "shape": [80, 1]},
    ],
    "links": [{"from": 0, "to": 1}, {"from": 1, "to": 2}],
}
HOSTILE = 'a"b\\n<script>&\x00\u2028'


def test_the_autograd_graph_as_dot_has_pytorchviz_colours_and_its_arrows() -> None:
    text = write_dot(draw_autograd("yhat", AUTOGRAD))

    assert "lightblue" in text
    assert "darkolivegreen1" in text
    assert "n_0 -> n_1" in text
    assert "MulBackward0" in text


def test_layers_of_the_autograd_graph_run_down_from_leaf_to_start() -> None:
    root = ElementTree.fromstring(write_svg(draw_autograd("yhat", AUTOGRAD)))

    groups = [
        group
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        if (group.get("transform") or "").startswith("translate") and group.find("{*}text") is not None
    ]
    heights = [float((group.get("transform") or "").split()[1].rstrip(")")) for group in groups]

    assert heights == sorted(heights)
    assert len(set(heights)) == 3


@pytest.mark.parametrize("direction", ["right", "down"])
def test_a_hostile_title_stays_text(direction: str) -> None:
    drawing = Drawing(
        HOSTILE,
        (Box("a", HOSTILE, (HOSTILE,), "data"), Box("b", "b", (), "loss")),
        (Link("a", "b", HOSTILE),),
        "right" if direction == "right" else "down",
    )

    root = ElementTree.fromstring(write_svg(drawing))

    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert '"a\\"b' in write_dot(drawing)


def test_an_empty_drawing_and_unlinked_boxes_are_files_too() -> None:
    boxes = tuple(Box(name, name, (), "data") for name in "abc")

    svg = write_svg(Drawing("none", (), (), "right"))
    apart = write_svg(Drawing("apart", boxes, (), "down"))

    ElementTree.fromstring(svg)
    assert ElementTree.fromstring(apart) is not None
    assert "digraph" in write_dot(Drawing("none", (), (), "right"))
