"""Torch's own words for what cannot run, where a call without numbers words it otherwise than one with them.

Rows of a table; knows nothing of graphs.
"""

import re
from collections.abc import Callable, Sequence

Shape = tuple[int, ...]

_SCALAR_TYPES = {
    "float32": "Float",
    "float64": "Double",
    "float16": "Half",
    "bfloat16": "BFloat16",
    "complex64": "ComplexFloat",
    "complex128": "ComplexDouble",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "bool": "Bool",
}


def as_when_run(words: str, shapes: Sequence[Shape]) -> str:
    """Return what torch says of the same failure when it runs.

    Args:
        words: what it says without numbers.
        shapes: of the tensors that go in.
    """
    for pattern, row in _ROWS:
        match = pattern.search(words)
        if match:
            return row(match, shapes) or words
    return words


def mismatch(one: Shape, other: Shape) -> int | None:
    """Return the last dimension of the result in which two shapes do not broadcast, None if they do."""
    longest = max(len(one), len(other))
    for place in range(1, min(len(one), len(other)) + 1):
        if one[-place] != other[-place] and 1 not in (one[-place], other[-place]):
            return longest - place
    return None


def _broadcast(match: re.Match[str], shapes: Sequence[Shape]) -> str | None:
    for place, other in enumerate(shapes):
        for one in shapes[:place]:
            dimension = mismatch(one, other)
            if dimension is not None:
                back = dimension - max(len(one), len(other))
                return (
                    f"The size of tensor a ({one[back]}) must match the size of tensor b ({other[back]}) "
                    f"at non-singleton dimension {dimension}"
                )
    return None


def _matrices(match: re.Match[str], shapes: Sequence[Shape]) -> str:
    sides = (side.replace(", ", "x") for side in match.groups())
    return f"mat1 and mat2 shapes cannot be multiplied ({' and '.join(sides)})"


def _dtype(match: re.Match[str], shapes: Sequence[Shape]) -> str:
    text = match.string
    return text.replace(f"torch.{match[1]}", _SCALAR_TYPES.get(match[1], match[1]))


def _cat(match: re.Match[str], shapes: Sequence[Shape]) -> str:
    return (
        f"Sizes of tensors must match except in dimension {match[1]}. Expected size {match[2]} "
        f"but got size {match[3]} for tensor number {match[4]} in the list."
    )


Row = Callable[[re.Match[str], Sequence[Shape]], str | None]
_ROWS: tuple[tuple[re.Pattern[str], Row], ...] = (
    (re.compile(r"^Attempting to broadcast a dimension"), _broadcast),
    (re.compile(r"^a and b must have same reduction dim, but got \[(.*?)\] X \[(.*?)\]"), _matrices),
    (re.compile(r"could not infer output dtype.*Got: torch\.(\w+)"), _dtype),
    (
        re.compile(
            r"^Sizes of tensors must match except in dimension (\d+)\. "
            r"Expected (\d+) in dimension \d+ but got (\d+) for tensor number (\d+) in the list"
        ),
        _cat,
    ),
)
