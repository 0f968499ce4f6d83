"""Pictures of a graph from what its worker told of it; the worker knows nothing of pictures."""

from typing import Any

from gradcanvas.document import Graph
from gradcanvas.web.graph_text import UNTITLED


def draw(told: dict[str, Any], graph: Graph, to: str) -> str:
    """Draw a graph.

    Args:
        told: `{"autograd": the graph of autograd's functions}` or `{"outputs": what each output is}`.
        graph: The document's graph.
        to: "dot" or "svg".
    """
    from gradcanvas.exports import draw_autograd, draw_forward, write_dot, write_svg

    if "autograd" in told:
        drawing = draw_autograd(graph.title or UNTITLED, told["autograd"])
    else:
        drawing = draw_forward(graph, told["outputs"])
    return write_dot(drawing) if to == "dot" else write_svg(drawing)
