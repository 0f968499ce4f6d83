"""Tensors and their figures as JSON, unrounded; knows nothing of where they come from."""

import math
from typing import Any

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


def figures_json(row: Array, tensor: Tensor) -> dict[str, Any]:
    """Give the five figures of a tensor: what it does not have is None.

    Args:
        row: norm, mean, min, max, non-finite count.
        tensor: the tensor they are of: an empty one has a norm only, a complex one no mean, min and max.
    """
    if tensor.numel() == 0:
        return {"norm": 0.0, "mean": None, "min": None, "max": None, "nonfinite": None}
    norm, count = number_json(float(row[NORM])), int(row[NONFINITE])
    if tensor.is_complex():
        return {"norm": norm, "mean": None, "min": None, "max": None, "nonfinite": count}
    mean, low, high = (number_json(float(row[column])) for column in (MEAN, MIN, MAX))
    return {"norm": norm, "mean": mean, "min": low, "max": high, "nonfinite": count}


def _each(value: Any) -> Any:
    return [_each(item) for item in value] if isinstance(value, list) else number_json(value)
