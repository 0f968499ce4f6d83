"""Figures of large tensors, reduced where they lie; knows only tensors.

`torch._foreach_norm` adds float32 squares one after the other and is off by 1e-5 at a million elements, so
what is large is cut into pieces, which all go into the same call. Where float32 squares overflow or vanish
the figures are taken again in float64.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_PIECE = 1 << 17
_EXACT_PIECE = 1 << 22
_TINY, _HUGE = 1e-15, 1e18

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pending:
    """Figures that are still on the device: `parts` go to the host, joined, and `finish` reads them there."""

    tensors: Sequence[Tensor]
    pieces: Sequence[int]
    parts: list[Tensor]

    def finish(self, host: Array) -> list[Array]:
        """Give a row of figures for each tensor from the numbers of `parts`."""
        count, norms = len(self.tensors), sum(self.pieces)
        sums, lows, highs = (host[norms + k * count : norms + (k + 1) * count] for k in range(3))
        rows, at = [], 0
        for index, tensor in enumerate(self.tensors):
            own = host[at : at + self.pieces[index]]
            at += self.pieces[index]
            norm = float(np.sqrt(np.square(own).sum()))
            row = np.array([norm, sums[index] / tensor.numel(), lows[index], highs[index], 0.0])
            rows.append(row if _is_sound(row) else exact_figures(tensor))
        return rows


def large_figures(tensors: Sequence[Tensor]) -> Pending:
    """Begin the figures of real floating tensors, each in its own precision."""
    if not tensors:
        return Pending((), (), [])
    pieces: list[Tensor] = []
    counts = []
    for tensor in tensors:
        cut = torch.split(tensor.reshape(-1), _PIECE) if tensor.numel() > 2 * _PIECE else (tensor,)
        pieces.extend(cut)
        counts.append(len(cut))
    norms = torch._foreach_norm(pieces)
    sums = [torch.sum(tensor) for tensor in tensors]
    bounds = [torch.aminmax(tensor) for tensor in tensors]
    scalars = [*norms, *sums, *(low for low, _ in bounds), *(high for _, high in bounds)]
    if len({tensor.dtype for tensor in tensors}) > 1:
        scalars = [scalar.double() for scalar in scalars]
    return Pending(tensors, counts, [torch.stack(scalars)])


def exact_figures(tensor: Tensor) -> Array:
    """Give norm, mean, min, max and non-finite count of a real tensor, reduced in float64 piece by piece."""
    total, squares, bad = 0.0, 0.0, 0
    low, high = math.inf, -math.inf
    scale = _scale(tensor)
    for piece in torch.split(tensor.reshape(-1), _EXACT_PIECE):
        numbers = piece.double()
        total += float(numbers.sum())
        squares += float((numbers / scale).square_().sum())
        bounds = torch.aminmax(numbers)
        low = float(np.minimum(low, float(bounds.min)))
        high = float(np.maximum(high, float(bounds.max)))
        if not (math.isfinite(bounds.min) and math.isfinite(bounds.max)):
            bad += int((~torch.isfinite(numbers)).sum())
    return np.array([scale * math.sqrt(squares), total / tensor.numel(), low, high, float(bad)])


def spread_sample(tensor: Tensor, count: int) -> Tensor:
    """Give about `count` elements spread evenly over a tensor, by a step that no row length divides."""
    flat = tensor.reshape(-1)
    step = max(1, -(-flat.numel() // count))
    while step > 1 and any(math.gcd(step, size) > 1 for size in tensor.shape if size > 1):
        step += 1
    return flat[::step]


def _is_sound(row: Array) -> bool:
    norm, mean, low, high, _ = row
    if low == 0.0 and high == 0.0:
        return True
    return _TINY < norm < _HUGE and math.isfinite(mean)


def _scale(tensor: Tensor) -> float:
    """Give what to divide by before squaring; 1 for anything but float64's own extremes."""
    bounds = torch.aminmax(tensor)
    largest = max(abs(float(bounds.min)), abs(float(bounds.max)))
    return 1.0 if not math.isfinite(largest) or 1e-140 < largest < 1e140 or largest == 0.0 else largest
