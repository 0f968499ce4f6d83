"""Tensors and their figures as JSON, unrounded; knows nothing of where they come from."""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gradcanvas.program.values import dtype_name
from gradcanvas.training.statistics import MAX, MEAN, MIN, NONFINITE, NORM, Array


def number_json(value: float | complex | bool) -> Any:
    """Give a number as the format writes it: what is not finite as text, complex as an object."""
    if isinstance(value, complex):
        return {"complex": [number_json(value.real), number_json(value.imag)]}
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def value_json(tensor: Tensor | None, limit: int) -> Any:
    """Give a tensor's numbers as nested lists; None for no tensor, or one of more than `limit` elements."""
    if tensor is None or tensor.numel() > limit:
        return None
    with torch.no_grad():
        dense = tensor.detach() if tensor.layout == torch.strided else tensor.detach().to_dense()
        numbers = dense.cpu().tolist()
    if dense.is_complex() or (dense.is_floating_point() and not bool(torch.isfinite(dense).all())):
        return _each(numbers)
    return numbers


def shape_json(tensor: Tensor) -> dict[str, Any]:
    """Give shape and dtype."""
    return {"shape": list(tensor.shape), "dtype": dtype_name(tensor.dtype)}


class Figures(NamedTuple):
    """The five figures of a tensor, not yet written.

    Attributes:
        row: norm, mean, min, max, non-finite count.
        is_empty: the tensor has no elements, and so a norm only.
        is_complex: it has no mean, min and max.
    """

    row: Array
    is_empty: bool
    is_complex: bool


def figures_of(row: Array, tensor: Tensor) -> Figures:
    """Give the figures of a tensor."""
    return Figures(row, tensor.numel() == 0, tensor.is_complex())


def figures_json(figures: Figures) -> dict[str, Any]:
    """Write the five figures of a tensor: what it does not have is None."""
    row, is_empty, is_complex = figures
    if is_empty:
        return {"norm": 0.0, "mean": None, "min": None, "max": None, "nonfinite": None}
    norm, count = number_json(float(row[NORM])), int(row[NONFINITE])
    if is_complex:
        return {"norm": norm, "mean": None, "min": None, "max": None, "nonfinite": count}
    mean, low, high = (number_json(float(row[column])) for column in (MEAN, MIN, MAX))
    return {"norm": norm, "mean": mean, "min": low, "max": high, "nonfinite": count}


def _each(value: Any) -> Any:
    return [_each(item) for item in value] if isinstance(value, list) else number_json(value)
