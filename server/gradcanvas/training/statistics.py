"""Norm, mean, min, max and non-finite count of many tensors at once; knows nothing of graphs or sessions.

Small tensors are joined and reduced in blocks in float64 on the host; of large ones the device computes the
figures. Either way all of it comes to the host in **one** transfer, with as few calls as can be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradcanvas.training.large import exact_figures, host_figures, large_figures, spread_sample

NORM, MEAN, MIN, MAX, NONFINITE = range(5)
"""Columns of a row of figures."""

SMALL = 4096
"""Up to so many elements a tensor's own numbers are brought to the host."""

Array = NDArray[np.float64]
_TINY_SQUARE, _HUGE_SQUARE = 1e-280, 1e300
_ABSENT = (np.nan, np.nan, np.nan, np.nan, -1.0)
_EMPTY = (0.0, np.nan, np.nan, np.nan, 0.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one transfer brought.

    Attributes:
        figures: (N, 5) norm, mean, min, max, non-finite count. A tensor that is None has −1 as its count and
            NaN elsewhere; an empty one norm 0, count 0; mean, min and max of a complex one are NaN.
        cells: the elements of small tensors, row-major, tensor after tensor (re and im of complex ones).
        starts: where each tensor's elements begin in `cells`; −1 where none are.
        lengths: how many of them there are.
        samples: of large tensors some elements, by their places; on the host they lie in the tensor itself.
    """

    figures: Array
    cells: Array
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    samples: Mapping[int, NDArray[np.floating]]

    def elements(self, place: int) -> NDArray[np.floating] | None:
        """Give the elements of a tensor that came along; None where none did."""
        start = self.starts[place]
        return self.samples.get(place) if start < 0 else self.cells[start : start + self.lengths[place]]


def figures(tensors: Sequence[Tensor | None], *, exact: bool = False) -> Array:
    """Give the five figures of each tensor, (N, 5) float64."""
    quick = _quick_figures(tensors)
    return read(tensors, exact=exact).figures if quick is None else quick


def read(tensors: Sequence[Tensor | None], *, exact: bool = False, samples: int = 0) -> Reading:
    """Bring figures, and the elements of what is small, to the host.

    Args:
        tensors: any dtype and layout, on one device; None where there is no tensor.
        exact: reduce large tensors in float64 instead of in their own precision.
        samples: how many evenly spread elements of each large tensor to bring along for its histogram.
    """
    count = len(tensors)
    rows = np.empty((count, 5))
    with torch.no_grad():
        sorted_out = _Sorted(tensors, exact=exact, samples=samples)
        cells, large, sampled = sorted_out.fetch()
    starts = np.full(count, -1, np.int64)
    lengths = np.zeros(count, np.int64)
    for index in sorted_out.absent:
        rows[index] = _ABSENT
    for index in sorted_out.empty:
        rows[index] = _EMPTY
    if sorted_out.order:
        order, offsets, sizes = _blocks(tuple(sorted_out.order), tuple(sorted_out.sizes))
        starts[order] = offsets
        lengths[order] = sizes
        rows[order] = _reduce(cells, offsets, sizes)
    if sorted_out.large_order:
        rows[sorted_out.large_order] = large
    for index in sorted_out.complex:
        rows[index, MEAN : MAX + 1] = np.nan
        if rows[index, NONFINITE] > 0:
            tensor = tensors[index]
            assert tensor is not None
            rows[index, NONFINITE] = float((~torch.isfinite(tensor)).sum())
    return Reading(rows, cells, starts, lengths, dict(zip(sorted_out.large_order, sampled, strict=False)))


class _Sorted:
    """The tensors sorted by how they are reduced; `fetch` makes the one transfer."""

    def __init__(self, tensors: Sequence[Tensor | None], *, exact: bool, samples: int) -> None:
        self.absent: list[int] = []
        self.empty: list[int] = []
        self.complex: list[int] = []
        self.large_order: list[int] = []
        self.exact = exact
        self._singles: tuple[list[int], list[Tensor], list[int]] = ([], [], [])
        self._doubles: tuple[list[int], list[Tensor], list[int]] = ([], [], [])
        self._large: list[Tensor] = []
        self._samples: list[Tensor] = []
        self._device: torch.device | None = None
        for index, tensor in enumerate(tensors):
            if tensor is None:
                self.absent.append(index)
            else:
                self._sort(index, tensor, samples)
        self.order = self._singles[0] + self._doubles[0]
        self.sizes = self._singles[2] + self._doubles[2]

    def _sort(self, index: int, tensor: Tensor, samples: int) -> None:
        if self._device is None:
            self._device = tensor.device
        if tensor.dtype is not torch.float32 or tensor.is_sparse or tensor.device != self._device:
            if tensor.is_complex():
                self.complex.append(index)
            tensor = as_real(tensor, self._device)
        size = tensor.numel()
        if size == 0:
            self.empty.append(index)
            return
        if size > SMALL:
            self.large_order.append(index)
            self._large.append(tensor)
            if samples:
                self._samples.append(spread_sample(tensor, samples))
            return
        order, chosen, sizes = self._singles if tensor.dtype is torch.float32 else self._doubles
        order.append(index)
        chosen.append(tensor)
        sizes.append(size)

    def fetch(self) -> tuple[Array, Sequence[Array] | Array, Sequence[NDArray[np.floating]]]:
        """Give the joined elements, the rows of the large tensors, and samples of these."""
        parts = [_join(chosen) for _, chosen, _ in (self._singles, self._doubles) if chosen]
        is_host = self._device is None or self._device.type == "cpu"
        if is_host:
            rows = list(map(exact_figures, self._large)) if self.exact else host_figures(self._large)
            return _to_host(parts), rows, [each.detach().resolve_neg().numpy() for each in self._samples]
        sizes = [sum(part.numel() for part in parts), *(each.numel() for each in self._samples)]
        pending = None if self.exact else large_figures(self._large)
        host = _to_host([*parts, *self._samples, *(pending.joined() if pending else ())])
        cells, *samples, rest = np.split(host, np.cumsum(sizes))
        rows = pending.finish(rest) if pending else list(map(exact_figures, self._large))
        return cells, rows, samples


def as_real(tensor: Tensor, device: torch.device) -> Tensor:
    """Give float32 or float64 numbers on `device` that stand for any tensor's: complex ones as re and im."""
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    if tensor.device != device:
        tensor = tensor.to(device)
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    if tensor.dtype in (torch.float32, torch.float64):
        return tensor
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor.double()


def reduce_joined(cells: Array, lengths: NDArray[np.int64]) -> Array:
    """Give the figures of tensors that are joined already, (N, 5); none of them is empty."""
    return _reduce(cells, np.cumsum(lengths) - lengths, lengths)


def _quick_figures(tensors: Sequence[Tensor | None]) -> Array | None:
    """Give the figures of small float32 tensors on the cpu, which is what a small graph has; None for others.

    `read` gives the same; this is what an observed step of a small graph can afford.
    """
    order, chosen, sizes = [], [], []
    for index, tensor in enumerate(tensors):
        if tensor is None:
            continue
        size = tensor.numel()
        if (
            tensor.dtype is not torch.float32
            or not tensor.is_cpu
            or not 0 < size <= SMALL
            or tensor.is_sparse
        ):
            return None
        order.append(index)
        chosen.append(tensor)
        sizes.append(size)
    if not chosen:
        return None
    places, offsets, lengths = _blocks(tuple(order), tuple(sizes))
    cells = _join(chosen).detach().numpy().astype(np.float64)
    rows = _reduce(cells, offsets, lengths)
    if len(order) == len(tensors):
        return rows
    found = np.full((len(tensors), 5), np.nan)
    found[:, NONFINITE] = -1.0
    found[places] = rows
    return found


def _join(tensors: list[Tensor]) -> Tensor:
    # One tensor is not copied, and may be one whose sign torch turns only when it is read.
    return torch._C._nn.flatten_dense_tensors(tensors).resolve_neg()


def _to_host(parts: list[Tensor]) -> Array:
    if not parts:
        return np.empty(0)
    if len(parts) == 1:
        joined = parts[0]
    else:
        kind = torch.float64 if any(part.dtype is torch.float64 for part in parts) else torch.float32
        joined = torch.cat([part.to(kind) for part in parts])
    return joined.resolve_neg().cpu().numpy().astype(np.float64)


@lru_cache(maxsize=64)
def _blocks(
    order: tuple[int, ...], sizes: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    lengths = np.array(sizes, np.int64)
    return np.array(order, np.int64), np.cumsum(lengths) - lengths, lengths


def _reduce(cells: Array, offsets: NDArray[np.int64], sizes: NDArray[np.int64]) -> Array:
    """Reduce consecutive blocks of `cells`, none of them empty."""
    rows = np.empty((len(offsets), 5))
    with np.errstate(all="ignore"):
        squares = np.add.reduceat(cells * cells, offsets)
        np.sqrt(squares, out=rows[:, NORM])
        np.divide(np.add.reduceat(cells, offsets), sizes, out=rows[:, MEAN])
        np.minimum.reduceat(cells, offsets, out=rows[:, MIN])
        np.maximum.reduceat(cells, offsets, out=rows[:, MAX])
        rows[:, NONFINITE] = 0.0
        if not (squares.min() > _TINY_SQUARE and squares.max() < _HUGE_SQUARE):
            for row in np.flatnonzero(~((squares > _TINY_SQUARE) & (squares < _HUGE_SQUARE))):
                block = cells[offsets[row] : offsets[row] + sizes[row]]
                rows[row, NORM] = scaled_norm(block)
                rows[row, NONFINITE] = np.count_nonzero(~np.isfinite(block))
    return rows


def scaled_norm(block: Array) -> float:
    """Give the Euclidean norm of numbers whose squares would overflow or vanish."""
    largest = float(np.abs(block).max())
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.square(block / largest).sum()))
