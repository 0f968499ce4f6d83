"""Writes a drawing in the DOT language of Graphviz. Needs neither torch nor the `dot` program."""

import graphviz

from gradcanvas.exports.drawing import Drawing

FILL = {
    "leaf": "lightblue",
    "operation": "lightgrey",
    "start": "darkolivegreen1",
    "data": "white",
    "loss": "palegreen",
}
"""PyTorchViz's colours for what PyTorchViz has, paper for data."""


def write_dot(drawing: Drawing) -> str:
    """Return the drawing as DOT text; labels are escaped, so any title is safe."""
    graph = graphviz.Digraph(drawing.title)
    graph.attr(rankdir="LR" if drawing.direction == "right" else "TB")
    graph.attr("node", shape="box", style="filled", fontname="monospace", fontsize="10", height="0.2")
    graph.attr("edge", fontname="monospace", fontsize="8")
    for box in drawing.boxes:
        label = "\n".join([box.title, *box.lines])
        graph.node(f"n_{box.key}", graphviz.escape(label), fillcolor=FILL[box.kind])
    for link in drawing.links:
        style = "solid" if link.differentiable else "dotted"
        graph.edge(f"n_{link.start}", f"n_{link.end}", graphviz.escape(link.label) or None, style=style)
    return str(graph.source)
