"""What a layout tells of the edges of a session."""

from typing import Any

from gradcanvas.training.frames import decode
from gradcanvas.training.session import Session
from gradcanvas.training.showing import Display
from tests.training.scripts import article, text


def test_an_edge_has_a_reason_only_where_it_has_no_gradient() -> None:
    session = Session(device="cpu")
    session.load(text(article()))
    session.evaluate()

    layout = Display(session).layout([])

    assert layout is not None
    reasons = {row["edge"]: row["why"] for row in layout["edges"]}
    assert {edge for edge, why in reasons.items() if why} == {"wx.other", "error.input"}
    assert session.moment is not None
    without = {
        record.edge
        for record, gradient in zip(session.moment.records, session.moment.edges, strict=True)
        if gradient is None
    }
    assert without == {"wx.other", "error.input"}


def test_a_graph_of_other_numbers_is_laid_out_alike_and_one_of_other_reach_is_not() -> None:
    graph, session = article(), Session(device="cpu")
    display = Display(session)

    def told() -> dict[str, Any] | None:
        session.load(text(graph))
        session.evaluate()
        return display.layout([])

    first = told()
    graph["nodes"]["square"]["args"]["exponent"] = 2.5
    argument = told()
    graph["nodes"]["x"]["args"]["data"][0] = [0.25]
    value = told()
    frame = decode(display.frame(exact=True))
    graph["nodes"]["b"]["requires_grad"] = False
    reach = told()

    assert first is not None
    assert first["type"] == "layout"
    assert argument == {"type": "alike", "layout": first["layout"] + 1}
    assert value == {"type": "alike", "layout": first["layout"] + 2}
    assert frame.layout == value["layout"]
    assert reach is not None
    assert reach["type"] == "layout"
    assert reach["leaves"] == ["w"]
    assert told() is None


def test_parameters_are_those_of_modules_frozen_ones_too() -> None:
    session = Session(device="cpu")
    session.load(text(frozen()))
    session.evaluate()

    layout = Display(session).layout([])

    assert layout is not None
    assert layout["parameters"] == [
        {"ref": "norm.weight", "shape": [2]},
        {"ref": "norm.bias", "shape": [2]},
    ]


def frozen() -> dict[str, Any]:
    """A module with buffers, one of whose parameters is frozen."""
    module = {"op": "torch.nn.BatchNorm1d", "args": {"num_features": 2}, "inputs": {"input": "x"}}
    return {
        "gradcanvas": 1,
        "nodes": {
            "x": {"op": "torch.randn", "args": {"size": [3, 2]}},
            "norm": {**module, "requires_grad": {"bias": False}},
            "loss": {"op": "torch.sum", "inputs": {"input": "norm"}},
        },
        "train": {"loss": "loss"},
    }
