"""Writes tensors and Python values as a graph file holds them, bit for bit. Knows no operations."""

import dataclasses
import math
from typing import Any

import torch

from gradcanvas.program.values import NAME
from tests.conformance.inexpressible import InexpressibleError

Json = Any

MOST = 200_000
"""Numbers of one tensor that are still written as text."""


def number(value: complex) -> Json:
    """Write one number so that reading it gives the same bits."""
    if isinstance(value, complex):
        return {"complex": [number(value.real), number(value.imag)]}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def plain(value: Any) -> Json:
    """Write a Python value that stands for itself: numbers, texts, dtypes and lists of them.

    Raises:
        InexpressibleError: it is of a kind that no literal holds.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float, complex)):
        return number(value)
    if isinstance(value, torch.dtype) and value in NAME:
        return NAME[value]
    if isinstance(value, torch.nn.LinearCrossEntropyOptions):
        return plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    raise InexpressibleError(f"an argument is a {type(value).__name__}")


def nested(value: Any) -> Json:
    """Write the nested lists of `Tensor.tolist`, of which only some numbers need another spelling."""
    if isinstance(value, list):
        return [nested(part) for part in value]
    return number(value)


def source(tensor: torch.Tensor) -> dict[str, Json]:
    """Write the node that makes a contiguous tensor of the same numbers.

    Lists cannot say that a later dimension has a size where an earlier one has none.
    """
    if tensor.numel() > MOST:
        raise InexpressibleError(f"a tensor has more than {MOST} numbers, many megabytes of text")
    dtype = NAME[tensor.dtype]
    shape = tuple(tensor.shape)
    if 0 in shape:
        return {"op": "torch.zeros", "args": {"size": list(shape), "dtype": dtype}}
    wide = tensor.to(torch.complex64) if tensor.dtype is torch.complex32 else tensor
    data = wide.tolist()
    is_plain = not tensor.is_complex() and (not tensor.is_floating_point() or bool(wide.isfinite().all()))
    return {"op": "torch.tensor", "args": {"data": data if is_plain else nested(data), "dtype": dtype}}
