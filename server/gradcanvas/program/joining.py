"""What is known of a tensor that is one of several: of another branch, or of another iteration.

Knows metas alone, nothing of what they are of.
"""

from collections.abc import Iterable
from typing import TypeVar

from gradcanvas.program.metas import Meta, Unknown, contiguous
from gradcanvas.program.scope_run import LOST, Fed, Lost, OutputMeta

_Known = TypeVar("_Known")
_Shape = tuple[int | None, ...] | None


def joined(one: Fed, other: Fed) -> Fed:
    """Return what is known of a tensor that is one or the other: what differs is unknown, size by size."""
    if isinstance(one, Lost) or isinstance(other, Lost):
        return LOST
    if one == other:
        return one
    if one is None or other is None:
        return Unknown()
    shape = _joined_shape(one.shape, other.shape)
    dtype = _same(one.dtype, other.dtype)
    requires_grad = _same(one.requires_grad, other.requires_grad)
    is_alike = one.shape == other.shape and dtype is not None and requires_grad is not None
    if isinstance(one, Meta) and isinstance(other, Meta) and is_alike:
        return contiguous(one.shape, one.dtype, one.requires_grad)
    return Unknown(shape, dtype, requires_grad)


def all_joined(values: Iterable[Fed]) -> Fed:
    """Return what is known of a tensor that is one of these; LOST where there are none."""
    waiting = iter(values)
    found = next(waiting, LOST)
    for value in waiting:
        found = joined(found, value)
    return found


def joined_meta(one: OutputMeta, other: OutputMeta) -> OutputMeta:
    """Return what is told of an output that is one or the other."""
    if one == other:
        return one
    return OutputMeta(
        _joined_shape(one.shape, other.shape),
        _same(one.dtype, other.dtype),
        _same(one.requires_grad, other.requires_grad),
    )


def _joined_shape(one: _Shape, other: _Shape) -> _Shape:
    if one is None or other is None or len(one) != len(other):
        return None
    return tuple(_same(size, its) for size, its in zip(one, other, strict=True))


def _same(one: _Known | None, other: _Known | None) -> _Known | None:
    return one if one == other else None
