"""Shape and dtype of what `torch.tensor` makes of nested lists, without making it. Knows no graphs."""

from collections.abc import Iterator
from typing import Any

import torch

from gradcanvas.program.literals import data_shape, is_complex
from gradcanvas.program.metas import Meta, contiguous
from gradcanvas.program.shapes import Given, Refusal


def data_meta(value: object, dtype: torch.dtype | None) -> Given | Refusal:
    """Return what `torch.tensor(value, dtype=dtype)` gives, or why it cannot be.

    Args:
        value: nested lists of equal length as a file holds them, or one number.
        dtype: as given; None for the one that the numbers ask for.
    """
    kinds: set[str] = set()
    low = high = 0
    for number in _numbers(value):
        kind = _kind(number)
        kinds.add(kind)
        if kind == "int":
            low, high = min(low, number), max(high, number)
    target = dtype or _asked(kinds)
    reason = _reason(kinds, low, high, target)
    if reason is not None:
        return Refusal(reason)
    meta: Meta = contiguous(data_shape(value), target)
    return Given((meta,), meta.elements * target.itemsize, meta.elements * target.itemsize)


def _numbers(value: Any) -> Iterator[Any]:
    level = [value]
    while level and isinstance(level[0], list):
        level = [item for part in level for item in part]
    yield from level


def _kind(number: object) -> str:
    if isinstance(number, bool):
        return "bool"
    if isinstance(number, int):
        return "int"
    if isinstance(number, str):
        return "not finite"
    return "complex" if is_complex(number) else "float"


def _asked(kinds: set[str]) -> torch.dtype:
    if "complex" in kinds:
        return torch.complex64
    if kinds & {"float", "not finite"} or not kinds:
        return torch.get_default_dtype()
    return torch.int64 if "int" in kinds else torch.bool


def _reason(kinds: set[str], low: int, high: int, target: torch.dtype) -> str | None:
    if target.is_floating_point or target.is_complex:
        if "complex" in kinds and not target.is_complex:
            return f"a complex number cannot be converted to {target}"
        return None
    if "complex" in kinds:
        return f"a complex number cannot be converted to {target}"
    if target is torch.bool:
        return None
    if "not finite" in kinds:
        return "cannot convert float infinity or NaN to integer"
    limits = torch.iinfo(target)
    if low < limits.min or high > limits.max:
        return f"value cannot be converted to type {target} without overflow"
    return None
