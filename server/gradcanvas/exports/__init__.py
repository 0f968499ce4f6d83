"""Pictures of a graph for other programs: DOT and SVG. Knows nothing of Flask, and needs no torch."""

from gradcanvas.exports.dot import write_dot
from gradcanvas.exports.drawing import Box, Drawing, Link, draw_autograd, draw_forward
from gradcanvas.exports.svg import write_svg

__all__ = ["Box", "Drawing", "Link", "draw_autograd", "draw_forward", "write_dot", "write_svg"]
