"""The losses and metrics of a run, all of them, in float64; knows nothing of what they measure.

A GPU's numbers are kept there until somebody looks; the host's own are read at once, which is cheaper.
"""

import sys
from array import array

import torch
from torch import Tensor

_WAITING = 4096
"""So many rows wait on the device at most: a plain step never stalls to fetch its own number."""


class Records:
    """Rows of `width` numbers, one a step.

    Attributes:
        width: how many numbers a step has: 1 for losses, the number of metrics for those.
        start: the number of the first row: after a worker was replaced, earlier ones are elsewhere.
    """

    def __init__(self, width: int = 1, start: int = 0) -> None:
        self.width = width
        self.start = start
        self._kept = array("d")
        self._waiting: list[Tensor] = []

    def __len__(self) -> int:
        """Return the number of rows, those before `start` included."""
        own = (len(self._kept) + len(self._waiting)) // self.width if self.width else 0
        return self.start + own

    def add(self, *numbers: Tensor) -> None:
        """Add one row, without waiting for the device.

        Args:
            numbers: `width` tensors of one element, any real dtype.
        """
        if not self._waiting and numbers[0].is_cpu:
            self._kept.extend([number.item() for number in numbers])
            return
        self._waiting.extend([number.detach() for number in numbers])
        if len(self._waiting) >= _WAITING:
            self.fetch()

    def fetch(self) -> None:
        """Bring what waits on the device to the host, in one transfer."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        numbers = [number.reshape(()) for number in waiting]
        if len({number.dtype for number in numbers}) > 1 or numbers[0].dtype is torch.int64:
            numbers = [number.double() for number in numbers]
        self._kept.frombytes(torch.stack(numbers).double().cpu().numpy().tobytes())

    def last(self) -> float | None:
        """Give the last number of the last row; None before the first."""
        self.fetch()
        return self._kept[-1] if self._kept else None

    def values(self, first: int = 0) -> list[float]:
        """Give all numbers from row `first` on (but not before `start`), row after row."""
        return self._from(first).tolist()

    def data(self, first: int = 0) -> bytes:
        """Give the same as little-endian float64."""
        numbers = self._from(first)
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers.tobytes()

    def forget(self, first: int) -> None:
        """Keep no rows before this one: they are elsewhere."""
        self.fetch()
        gone = min(first - self.start, len(self._kept) // self.width) if self.width else 0
        if gone > 0:
            del self._kept[: gone * self.width]
            self.start += gone

    def _from(self, first: int) -> "array[float]":
        self.fetch()
        return self._kept[max(first - self.start, 0) * self.width :]
