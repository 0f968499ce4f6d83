"""Arguments that make torch go round a loop of its own, and how far they may: a table and its reader.

Such a call would keep the checker, and the run after it, busy for hours without a single large tensor.
"""

from collections.abc import Mapping

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.metas import Meta
from gradcanvas.program.shapes import MOST_OUTPUTS

Words = tuple[str, str, str]

LARGEST: dict[str, int] = {
    "num_layers": 1_000,
    "num_encoder_layers": 1_000,
    "num_decoder_layers": 1_000,
    "niter": 10_000,
    "r": 64,
    "chunks": MOST_OUTPUTS,
    "sections": MOST_OUTPUTS,
    "indices_or_sections": MOST_OUTPUTS,
    "spatial_dims": 64,
    "ndim": 64,
}
"""Argument → the largest integer it may be."""

_LONGEST_LIST = 10_000


def excess(node: BoundNode, path: str, fed: Mapping[str, Meta]) -> Words | None:
    """Say which argument of a call goes too far, or None.

    Args:
        node: what is called.
        path: how it is spoken of.
        fed: what goes in.
    """
    for name, value in node.values.items():
        if not (name in LARGEST or isinstance(value, list)):
            continue
        most = LARGEST.get(name, _LONGEST_LIST)
        size = len(value) if isinstance(value, list) else value if name in LARGEST else 0
        argument = node.argument(name)
        if isinstance(value, list) and argument is not None and argument.type in ("data", "constant"):
            continue
        if isinstance(size, int) and size > most:
            message = f"`{path}.{name}` is {size:,}; at most {most:,} are allowed."
            return "out-of-range", message, f"Write {most:,} or less."
    if any(each.many for each in node.outputs):
        return _too_many(node, path, fed)
    return None


def _too_many(node: BoundNode, path: str, fed: Mapping[str, Meta]) -> Words | None:
    """Estimate how many tensors taking apart one dimension gives."""
    first = next(iter(fed.values()), None)
    dimension = node.values.get("dim", 0)
    if first is None or not first.shape or not isinstance(dimension, int):
        return None
    if not -len(first.shape) <= dimension < len(first.shape):
        return None
    size = next(
        (
            value
            for name in ("split_size_or_sections", "split_size")
            if isinstance(value := node.values.get(name), int)
        ),
        1 if node.operation.name.endswith("unbind") else None,
    )
    count = first.shape[dimension] // size if size is not None and size > 0 else 0
    if count <= MOST_OUTPUTS:
        return None
    message = f"`{path}` would give {count:,} tensors; at most {MOST_OUTPUTS:,} are allowed."
    return "out-of-range", message, "Take larger parts, or reshape instead."
