"""Why a call cannot be, in words: what stood where, what torch says, and what to do.

Knows what goes into a call and torch's words, nothing of how they were found.
"""

import re
from collections.abc import Mapping

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.memory import in_words
from gradcanvas.program.metas import Meta
from gradcanvas.program.shapes import Refusal
from gradcanvas.program.torch_words import as_when_run, mismatch
from gradcanvas.program.values import dtype_name

Words = tuple[str, str, str]
"""A problem's code, message and help."""

_BROADCAST = re.compile(
    r"must match the size of tensor|[Bb]roadcast|not match the broadcast shape|shape mismatch", re.ASCII
)
_MATRICES = re.compile(
    r"cannot be multiplied|reduction dim|batch1|batch2|inconsistent tensor size|size mismatch"
    r"|Expected size for first two dimensions|1D tensors expected|vector \+ matrix",
    re.ASCII,
)
_NAMELESS = "Expected cond to be True"
"""What torch says of a condition to which nobody gave words."""
_LIMIT = 2**63
_DTYPES = re.compile(r"dtype|scalar type|type promotion|can't be cast|Float|Long|ComplexFloat", re.ASCII)
_SIZES = re.compile(r"[Ss]ize|[Ss]hape|dimension|[Dd]im\b|[Ss]izes|elements|batch", re.ASCII)


def explain(node: BoundNode, path: str, fed: Mapping[str, Meta], refusal: Refusal) -> Words:
    """Put torch's refusal of a call beside what went into it.

    Args:
        node: what is called.
        path: how the node is spoken of ("yhat", "call/yhat").
        fed: argument (`other`, `tensors.0`) → what goes in.
        refusal: what torch said.
    """
    words = as_when_run(refusal.words, [meta.shape for meta in fed.values()])
    if words.startswith(_NAMELESS):
        return _nameless(node, path)
    if refusal.is_overflow:
        return _beyond(node, path) or (
            "memory-budget",
            f"`{path}` would be larger than any memory can address. PyTorch says: {words}",
            "Make it smaller: look at its sizes.",
        )
    if len(fed) > 1 and _BROADCAST.search(words):
        return _broadcast(node, path, fed, words)
    if len(fed) > 1 and _MATRICES.search(words):
        message = f"{_listed(path, fed)}: these do not fit together. PyTorch says: {words}"
        return "shape-mismatch", message, f"Transpose one, or check the shape of {_sources(node)}."
    if fed and _DTYPES.search(words) and not re.search(r"[Ss]ize of tensor", words):
        help_text = "Convert one with `torch.Tensor.to`, or write the data with `.` for floats."
        return "check-failed", f"{_listed(path, fed, True)}. PyTorch says: {words}", help_text
    if fed and _SIZES.search(words):
        help_text = f"Check the arguments of `{node.id}` and the shape of {_sources(node)}."
        return "shape-mismatch", f"{_listed(path, fed)}. PyTorch says: {words}", help_text
    start = f"{_listed(path, fed, True)}. " if fed else ""
    help_text = f"Check the arguments of `{node.id}`."
    return "check-failed", f"{start}PyTorch says: {words}", help_text


def _nameless(node: BoundNode, path: str) -> Words:
    """Name the argument that holds a negative number, for which torch has no words (the sizes of randn)."""
    for name, value in node.values.items():
        numbers = value if isinstance(value, (list, tuple)) else [value]
        if any(isinstance(number, int) and number < 0 for number in numbers):
            message = f"`{path}.{name}` holds a negative number: {list(numbers)}."
            return "check-failed", message, "A size is 0 or more."
    message = f"PyTorch cannot run `{path}` with these arguments; it does not say why."
    return "check-failed", message, f"Check the arguments of `{node.id}` against its documentation."


def _beyond(node: BoundNode, path: str) -> Words | None:
    """Name the argument that holds an integer that torch cannot take, where one does."""
    for name, value in node.values.items():
        for number in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(number, int) and not -_LIMIT <= number < _LIMIT:
                message = f"`{path}.{name}` holds {number}; an integer goes from -2^63 to 2^63-1 here."
                return "out-of-range", message, "Write a smaller one."
    return None


def explain_budget(path: str, needs: int, before: int, budget: int) -> Words:
    """Say that a call would hold more than there is.

    Args:
        path: how the node is spoken of.
        needs: bytes it would hold itself.
        before: bytes that are held already when it runs.
        budget: bytes there are.
    """
    beside = f", beside {in_words(before)} of what comes before" if before else ""
    return (
        "memory-budget",
        f"`{path}` would hold {in_words(needs)}{beside}; a step may hold {in_words(budget)}.",
        "Make it smaller, or take a part of the data.",
    )


def shape_text(meta: Meta) -> str:
    """Write a shape as Python does: `(3, 2)`."""
    return str(meta.shape)


def _broadcast(node: BoundNode, path: str, fed: Mapping[str, Meta], words: str) -> Words:
    (first, one), (second, other) = _at_odds(fed)
    message = (
        f"`{path}.{second}` gives shape {shape_text(other)} but `{path}.{first}` is {shape_text(one)}: "
        f"they do not broadcast. PyTorch says: {words}"
    )
    return "shape-mismatch", message, f"Transpose one, or check the data of {_sources(node)}."


def _at_odds(fed: Mapping[str, Meta]) -> tuple[tuple[str, Meta], tuple[str, Meta]]:
    items = list(fed.items())
    for place, (name, meta) in enumerate(items):
        for earlier in items[:place]:
            if mismatch(earlier[1].shape, meta.shape) is not None:
                return earlier, (name, meta)
    return items[0], items[1]


def _listed(path: str, fed: Mapping[str, Meta], with_dtype: bool = False) -> str:
    parts = []
    for name, meta in list(fed.items())[:6]:
        dtype = f" {dtype_name(meta.dtype)}" if with_dtype else ""
        parts.append(f"`{path}.{name}` {shape_text(meta)}{dtype}")
    more = ", …" if len(fed) > 6 else ""
    return f"`{path}` is given " + ", ".join(parts) + more


def _sources(node: BoundNode) -> str:
    names = [f"`{reference}`" for _, _, reference in node.edges()]
    return " and ".join(list(dict.fromkeys(names))[:3]) or f"`{node.id}`"
