"""Writes a drawing as a standalone SVG file. Needs no torch, no font and nothing from outside the file."""

from collections.abc import Mapping
from xml.etree import ElementTree

from fast_sugiyama import from_edges
from fast_sugiyama.layout import Layouts

from gradcanvas.exports.drawing import Box, Drawing, Link

CHARACTER_WIDTH, LINE_HEIGHT, PADDING, MARGIN = 6.7, 16.0, 10.0, 24.0
BAND = {"leaf": "#2B6CD4", "operation": "#8A9099", "start": "#1F9D61", "data": "#C9CCD0", "loss": "#1F9D61"}
INK, DIM, LINE, PAPER, GROUND = "#1C2024", "#6B7280", "#D9DAD5", "#FFFFFF", "#F7F7F4"

Corners = Mapping[str, tuple[float, float]]
Sizes = Mapping[str, tuple[float, float]]


def write_svg(drawing: Drawing) -> str:
    """Return the drawing as SVG text: boxes where the canvas has them, else in layers."""
    sizes = {box.key: _size(box) for box in drawing.boxes}
    corners = _from_origin(drawing.at or _layers(drawing, sizes))
    width = max((corners[key][0] + sizes[key][0] for key in sizes), default=0) + 2 * MARGIN
    height = max((corners[key][1] + sizes[key][1] for key in sizes), default=0) + 2 * MARGIN
    root = ElementTree.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
    )
    ElementTree.SubElement(root, "title").text = _printable(drawing.title)
    ElementTree.SubElement(root, "rect", width="100%", height="100%", fill=GROUND)
    _add_arrow_head(root)
    page = ElementTree.SubElement(root, "g", transform=f"translate({MARGIN:g} {MARGIN:g})")
    for link in drawing.links:
        _add_link(page, link, drawing.direction, corners, sizes)
    for box in drawing.boxes:
        _add_box(page, box, corners[box.key], sizes[box.key])
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _size(box: Box) -> tuple[float, float]:
    longest = max(len(line) for line in (box.title, *box.lines))
    return longest * CHARACTER_WIDTH + 2 * PADDING, (1 + len(box.lines)) * LINE_HEIGHT + 2 * PADDING


def _layers(drawing: Drawing, sizes: Sizes) -> Corners:
    """Lay the boxes out in layers from the start of the links to their end; unlinked boxes stand apart."""
    edges = [(link.start, link.end) for link in dict.fromkeys(drawing.links) if link.start != link.end]
    spacing = max((max(size) for size in sizes.values()), default=0) + 2 * MARGIN
    layouts = from_edges(edges, vertex_spacing=spacing, ranking_type="minimize") if edges else None
    placed = _side_by_side(layouts) if layouts is not None else {}
    centres = {key: placed[key] for key in sizes if key in placed}
    bottom = max((y for _, y in centres.values()), default=0.0)
    alone = [key for key in sizes if key not in centres]
    centres |= {key: (place * spacing, bottom + spacing) for place, key in enumerate(alone)}
    top = max((y for _, y in centres.values()), default=0.0)
    return {key: _corner(centre, sizes[key], top, drawing.direction) for key, centre in centres.items()}


def _side_by_side(layouts: Layouts) -> Mapping[str, tuple[float, float]]:
    """Place what is not linked with each other side by side; the centres by key."""
    placed: Mapping[str, tuple[float, float]] = layouts.align_layouts_horizontal_center().to_dict()  # type: ignore[no-untyped-call]
    return placed


def _corner(
    centre: tuple[float, float], size: tuple[float, float], top: float, direction: str
) -> tuple[float, float]:
    """Turn a layout whose layers rise into one that runs down, with half the distance, or to the right."""
    across, along = centre[0], top - centre[1]
    x, y = (across, along / 2) if direction == "down" else (along, across / 2)
    return x - size[0] / 2, y - size[1] / 2


def _from_origin(corners: Corners) -> Corners:
    left = min((x for x, _ in corners.values()), default=0.0)
    top = min((y for _, y in corners.values()), default=0.0)
    return {key: (x - left, y - top) for key, (x, y) in corners.items()}


def _add_arrow_head(root: ElementTree.Element) -> None:
    marker = ElementTree.SubElement(
        ElementTree.SubElement(root, "defs"),
        "marker",
        {
            "id": "head",
            "viewBox": "0 0 8 8",
            "refX": "8",
            "refY": "4",
            "markerWidth": "8",
            "markerHeight": "8",
        },
        orient="auto",
    )
    ElementTree.SubElement(marker, "path", d="M 0 0 L 8 4 L 0 8 z", fill=DIM)


def _add_link(page: ElementTree.Element, link: Link, direction: str, corners: Corners, sizes: Sizes) -> None:
    (x0, y0), (x1, y1) = corners[link.start], corners[link.end]
    (w0, h0), (w1, h1) = sizes[link.start], sizes[link.end]
    if direction == "right":
        start, end = (x0 + w0, y0 + h0 / 2), (x1, y1 + h1 / 2)
        bend = max(40.0, abs(end[0] - start[0]) / 2)
        handles = (start[0] + bend, start[1]), (end[0] - bend, end[1])
    else:
        start, end = (x0 + w0 / 2, y0 + h0), (x1 + w1 / 2, y1)
        bend = max(16.0, abs(end[1] - start[1]) / 2)
        handles = (start[0], start[1] + bend), (end[0], end[1] - bend)
    points = " ".join(f"{x:.1f} {y:.1f}" for x, y in (*handles, end))
    path = ElementTree.SubElement(
        page,
        "path",
        {
            "d": f"M {start[0]:.1f} {start[1]:.1f} C {points}",
            "fill": "none",
            "stroke": DIM,
            "marker-end": "url(#head)",
        },
    )
    if not link.differentiable:
        path.set("stroke-dasharray", "2 4")
    if link.label:
        ElementTree.SubElement(path, "title").text = _printable(link.label)


def _add_box(
    page: ElementTree.Element, box: Box, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    (x, y), (width, height) = corner, size
    group = ElementTree.SubElement(page, "g", transform=f"translate({x:.1f} {y:.1f})")
    frame = {"width": f"{width:.1f}", "rx": "6"}
    ElementTree.SubElement(group, "rect", frame, height=f"{height:.1f}", fill=PAPER, stroke=LINE)
    ElementTree.SubElement(group, "rect", frame, height="6", fill=BAND[box.kind])
    for place, line in enumerate((box.title, *box.lines)):
        text = ElementTree.SubElement(
            group,
            "text",
            {
                "x": f"{PADDING:g}",
                "y": f"{PADDING + LINE_HEIGHT * (place + 0.75):g}",
                "font-family": "ui-monospace, monospace",
                "font-size": "11",
                "font-weight": "600" if place == 0 else "400",
                "fill": INK if place == 0 else DIM,
            },
        )
        text.text = _printable(line)


def _printable(text: str) -> str:
    """Replace what XML 1.0 cannot hold."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
