"""What DOT and SVG both draw: boxes and links, from a graph or from its autograd graph. Needs no torch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gradcanvas.document import Graph, parse_reference

Kind = Literal["leaf", "operation", "start", "data", "loss"]


@dataclass(frozen=True, slots=True)
class Box:
    """One node: `lines` stand under its title."""

    key: str
    title: str
    lines: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Link:
    """One arrow from `start` to `end`, both keys of boxes; `differentiable`: a gradient flows back."""

    start: str
    end: str
    label: str = ""
    differentiable: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and links; `at` holds the top left corners (in pixels) where boxes have a place of their own."""

    title: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    direction: Literal["right", "down"]
    at: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def draw_forward(graph: Graph, outputs: Mapping[str, Mapping[str, Any]]) -> Drawing:
    """Draw the forward graph as it lies on the canvas.

    Args:
        graph: the document's graph; its own nodes are drawn, not the bodies of functions.
        outputs: reference → `{"shape", "dtype", "requires_grad"}`, as `check` gives them.
    """
    loss = parse_reference(graph.train.loss)[0] if graph.train and graph.train.loss else None
    boxes = tuple(
        Box(node_id, node.label or node_id, _lines(node.op, outputs.get(node_id)), _kind(node_id, node, loss))
        for node_id, node in graph.nodes.items()
    )
    links = tuple(
        Link(start, node_id, argument, bool(outputs.get(reference, {}).get("requires_grad", False)))
        for node_id, node in graph.nodes.items()
        for argument, reference in _wires(node.inputs)
        if (start := parse_reference(reference)[0]) in graph.nodes
    )
    at = {node_id: (node.at[0], node.at[1]) for node_id, node in graph.nodes.items() if node.at}
    return Drawing(graph.title or "Graph", boxes, links, "right", at if len(at) == len(boxes) else {})


def draw_autograd(title: str, autograd: Mapping[str, Sequence[Mapping[str, Any]]]) -> Drawing:
    """Draw the autograd graph in PyTorchViz's grammar: blue leaves above, the green start below.

    Args:
        title: the graph's title.
        autograd: `{"nodes": [{"id", "label", "kind", "node", "shape"}], "links": [{"from", "to"}]}`; links
            go the way of the forward pass.
    """
    boxes = tuple(
        Box(str(node["id"]), node["label"], _place(node), node["kind"]) for node in autograd["nodes"]
    )
    links = tuple(Link(str(link["from"]), str(link["to"])) for link in autograd["links"])
    return Drawing(title, boxes, links, "down")


def _place(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which tensor of the document a box of autograd's belongs to, and its shape."""
    shape = node.get("shape")
    named = [node["node"]] if node.get("node") and node["node"] != node["label"] else []
    return (*named, *([_shape(shape)] if shape is not None else []))


def _lines(op: str, output: Mapping[str, Any] | None) -> tuple[str, ...]:
    return (op, *([f"{_shape(output['shape'])} {output['dtype']}"] if output else []))


def _shape(shape: Sequence[int | None] | None) -> str:
    return "shape unknown" if shape is None else f"({', '.join('?' if n is None else str(n) for n in shape)})"


def _kind(node_id: str, node: Any, loss: str | None) -> Kind:
    if node_id == loss:
        return "loss"
    if node.inputs:
        return "operation"
    return "leaf" if node.requires_grad else "data"


def _wires(inputs: Mapping[str, str | tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield the argument and reference of every edge; a list's edges are `argument.k`."""
    for argument, wire in inputs.items():
        if isinstance(wire, str):
            yield argument, wire
        else:
            yield from ((f"{argument}.{place}", reference) for place, reference in enumerate(wire))
