"""Figures of large tensors, reduced where they lie; knows only tensors.

On the host each tensor is reduced while it is in the cache; on a GPU all of them in as few kernels as can be.
Sums of float32 squares drift with the number of addends (of 65,536 equal ones by 6e-5 in
`torch.linalg.vector_norm`), so what is large is cut into pieces, whose sums are added in float64. Where
float32 squares overflow or vanish the figures are taken again in float64.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_PIECE = 1 << 17
_HOST_PIECE = 1 << 16
_EXACT_PIECE = 1 << 22
_EXACT_PIECE_IN_CACHE = 1 << 16
_TINY, _HUGE = 1e-15, 1e18

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pending:
    """Figures that have been begun.

    Attributes:
        tensors: what they are of.
        pieces: in how many pieces each has been cut for its norm.
        scalars: tensors of one element: the norm of every piece, then all sums, minima and maxima.
    """

    tensors: Sequence[Tensor]
    pieces: Sequence[int]
    scalars: list[Tensor]

    def joined(self) -> list[Tensor]:
        """Give the scalars as what can be brought to the host with other tensors."""
        if len({tensor.dtype for tensor in self.tensors}) > 1:
            return [torch.stack([scalar.double() for scalar in self.scalars])]
        return [torch.stack(self.scalars)] if self.scalars else []

    def finish(self, host: Array) -> Array:
        """Give the figures, (N, 5), from the scalars on the host."""
        count, norms = len(self.tensors), sum(self.pieces)
        rows = np.zeros((count, 5))
        if not count:
            return rows
        with np.errstate(all="ignore"):
            rows[:, 0] = host[:count]
            if norms > count:
                pieces = np.array(self.pieces, np.int64)
                starts = np.cumsum(pieces) - pieces
                rows[:, 0] = np.sqrt(np.add.reduceat(np.square(host[:norms]), starts))
            rows[:, 1] = host[norms : norms + count] / [tensor.numel() for tensor in self.tensors]
        rows[:, 2] = host[norms + count : norms + 2 * count]
        rows[:, 3] = host[norms + 2 * count :]
        is_zero = (rows[:, 2] == 0.0) & (rows[:, 3] == 0.0)
        is_sound = (rows[:, 0] > _TINY) & (rows[:, 0] < _HUGE) & np.isfinite(rows[:, 1])
        for place in np.flatnonzero(~(is_zero | is_sound)):
            rows[place] = exact_figures(self.tensors[int(place)])
        return rows


def host_figures(tensors: Sequence[Tensor]) -> Array:
    """Give the figures, (N, 5), of real floating tensors on the host, each in its own precision.

    NumPy's extremes and BLAS' dot products, with the tensor itself and with ones, take a third of the time of
    torch's reductions. Each piece stays in the cache while it is read four times.
    """
    rows: list[Sequence[float] | Array] = []
    if not tensors:
        return np.empty((0, 5))
    with np.errstate(all="ignore"):
        for tensor in tensors:
            squares, total, low, high = _host_sums(host_cells(tensor))
            norm, mean = math.sqrt(squares), total / tensor.numel()
            if (_TINY < norm < _HUGE and math.isfinite(mean)) or low == high == norm == 0.0:
                rows.append((norm, mean, low, high, 0.0))
            else:
                rows.append(exact_figures(tensor.detach()))
    return np.array(rows, np.float64).reshape(len(tensors), 5)


def host_cells(tensor: Tensor) -> NDArray[np.floating]:
    """Give a tensor's elements, in any order, in its own memory if they lie there side by side."""
    if tensor.requires_grad or tensor.is_neg():
        tensor = tensor.detach().resolve_neg()
    return tensor.numpy().reshape(-1) if tensor.is_contiguous() else tensor.numpy().ravel(order="K")


def _host_sums(cells: NDArray[np.floating]) -> tuple[float, float, float, float]:
    """Give the sum of squares, the sum, and the extremes, which are worth nothing beside a not-a-number.

    Where an extreme stands is found in two thirds of the time in which the extreme itself is.
    """
    size, ones = cells.size, _ones(cells.dtype.char)
    if size <= _HOST_PIECE:
        total = cells.dot(ones if size == _HOST_PIECE else ones[:size])
        low, high = cells.item(cells.argmin()), cells.item(cells.argmax())
        return float(cells.dot(cells)), float(total), low, high
    pieces = [_host_sums(cells[start : start + _HOST_PIECE]) for start in range(0, size, _HOST_PIECE)]
    squares, totals, lows, highs = zip(*pieces, strict=True)
    return sum(squares), sum(totals), min(lows), max(highs)


@cache
def _ones(kind: str) -> NDArray[np.floating]:
    return np.ones(_HOST_PIECE, kind)


def large_figures(tensors: Sequence[Tensor]) -> Pending:
    """Begin the figures of real floating tensors, each in its own precision."""
    pieces: list[Tensor] = []
    counts = []
    for tensor in tensors:
        cut = torch.split(tensor.reshape(-1), _PIECE) if tensor.numel() > 2 * _PIECE else (tensor,)
        pieces.extend(cut)
        counts.append(len(cut))
    if not pieces:
        return Pending((), (), [])
    scalars = list(torch._foreach_norm(pieces))
    scalars += [torch.sum(tensor) for tensor in tensors]
    lows, highs = zip(*[torch.aminmax(tensor) for tensor in tensors], strict=True)
    return Pending(tensors, counts, [*scalars, *lows, *highs])


def exact_figures(tensor: Tensor) -> Array:
    """Give norm, mean, min, max and non-finite count of a real tensor, reduced in float64 piece by piece."""
    pieces = torch.split(
        tensor.detach().reshape(-1), _EXACT_PIECE_IN_CACHE if tensor.is_cpu else _EXACT_PIECE
    )
    bounds = [(float(low), float(high)) for low, high in map(torch.aminmax, pieces)]
    low, high = np.min(bounds, axis=0)[0], np.max(bounds, axis=0)[1]
    scale = _scale(max(abs(low), abs(high)))
    total, squares, bad = 0.0, 0.0, 0
    for piece, piece_bounds in zip(pieces, bounds, strict=True):
        sums = _exact_host_sums if tensor.is_cpu else _exact_sums
        piece_total, piece_squares = sums(piece.double(), scale)
        total += piece_total
        squares += piece_squares
        if not all(map(math.isfinite, piece_bounds)):
            bad += int((~torch.isfinite(piece)).sum())
    return np.array([scale * math.sqrt(squares), total / tensor.numel(), low, high, float(bad)])


def _exact_sums(numbers: Tensor, scale: float) -> tuple[float, float]:
    """Give the sum of float64 numbers, and the sum of their squares after dividing by the scale."""
    return float(numbers.sum()), float((numbers / scale).square_().sum())


def _exact_host_sums(numbers: Tensor, scale: float) -> tuple[float, float]:
    """Give the same on the host, where BLAS squares and sums at once."""
    cells = numbers.resolve_neg().numpy()
    with np.errstate(all="ignore"):
        total = float(cells.sum())
        if scale != 1.0:
            cells = cells / scale
        return total, float(cells.dot(cells))


def spread_sample(tensor: Tensor, count: int) -> Tensor:
    """Give about `count` elements spread evenly over a tensor, by a step that no row length divides."""
    return tensor.reshape(-1)[:: _sample_step(tensor.shape, count)]


@lru_cache(maxsize=1024)
def _sample_step(shape: torch.Size, count: int) -> int:
    step = max(1, -(-shape.numel() // count))
    while step > 1 and any(math.gcd(step, size) > 1 for size in shape if size > 1):
        step += 1
    return step


def _scale(largest: float) -> float:
    """Give what to divide by before squaring: 1 but for float64's own extremes.

    Args:
        largest: the largest magnitude.
    """
    return 1.0 if not math.isfinite(largest) or 1e-140 < largest < 1e140 or largest == 0.0 else largest
