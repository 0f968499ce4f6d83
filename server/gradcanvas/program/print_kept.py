"""Prints the values that a graph file keeps, as lines that fill what was made. Knows only tensors."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gradcanvas.program.values import python_text

LARGEST_LIST = 1000
"""Up to so many elements are written as numbers, which are exact; more as bytes."""


@dataclass(frozen=True, slots=True)
class KeptValues:
    """What a script begins with, on the cpu.

    Attributes:
        values: reference of a source, parameter or buffer → its value.
        moments: reference of a leaf → what the optimiser remembers of it.
    """

    values: Mapping[str, Tensor] = field(default_factory=dict)
    moments: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def fill_lines(values: Mapping[str, Tensor]) -> list[str]:
    """Return the lines that put values into variables, by the variables' expressions."""
    filled = [
        f"    {target}.copy_({tensor_text(value)})" for target, value in values.items() if value.numel()
    ]
    return ["with torch.no_grad():", *filled] if filled else []


def moment_lines(optimizer: str, moments: Mapping[str, Mapping[str, object]], device: str) -> list[str]:
    """Return the lines that give an optimiser its state, by the expressions of its leaves.

    Args:
        optimizer: the optimiser's variable.
        moments: what it remembers of each leaf.
        device: the expression of the device, "" for the cpu.
    """
    return [
        f"{optimizer}.state[{leaf}] = {_text(dict(known), device)}"
        for leaf, known in moments.items()
        if known
    ]


def needs_base64(kept: KeptValues) -> bool:
    """Whether some tensor is written as bytes."""
    return any(tensor.numel() > LARGEST_LIST for tensor in _tensors([kept.values, kept.moments]))


def tensor_text(tensor: Tensor) -> str:
    """Return the expression of a tensor with exactly these numbers."""
    if tensor.numel() <= LARGEST_LIST:
        return python_text(tensor)
    data = base64.b64encode(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()).decode()
    given = f'torch.frombuffer(bytearray(base64.b64decode("{data}")), dtype={tensor.dtype})'
    return f"{given}.reshape({tuple(tensor.shape)})"


def _text(value: object, device: str) -> str:
    if isinstance(value, Tensor):
        moves = bool(device) and value.dim() > 0
        return tensor_text(value) + (f".to({device})" if moves else "")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_text(item, device)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item, device) for item in value) + "]"
    return python_text(value)


def _tensors(value: object) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Mapping):
        return [tensor for item in value.values() for tensor in _tensors(item)]
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in _tensors(item)]
    return []
