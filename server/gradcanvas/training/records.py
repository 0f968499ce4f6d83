"""The losses and metrics of a run: kept on the device until somebody looks, all of them, in float64."""

from array import array

import torch
from torch import Tensor

_WAITING = 4096
"""So many rows wait on the device at most: a plain step never stalls to fetch its own number."""


class Records:
    """Rows of `width` numbers, one a step.

    Attributes:
        width: how many numbers a step has: 1 for losses, the number of metrics for those.
    """

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self._kept = array("d")
        self._waiting: list[Tensor] = []

    def __len__(self) -> int:
        """Return the number of rows."""
        return (len(self._kept) + len(self._waiting)) // self.width if self.width else 0

    def add(self, *numbers: Tensor) -> None:
        """Add one row, without waiting for the device.

        Args:
            numbers: `width` tensors of one element, any real dtype.
        """
        self._waiting.extend(number.detach() for number in numbers)
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

    def values(self, start: int = 0) -> list[float]:
        """Give all numbers from row `start` on, row after row."""
        self.fetch()
        return self._kept[start * self.width :].tolist()

    def data(self, start: int = 0) -> bytes:
        """Give the same as little-endian float64."""
        self.fetch()
        numbers = self._kept[start * self.width :]
        if array("H", [1]).tobytes() == b"\x00\x01":
            numbers.byteswap()
        return numbers.tobytes()

    def cut(self, rows: int) -> None:
        """Forget everything after the first `rows` rows."""
        self.fetch()
        del self._kept[rows * self.width :]

    def extend(self, data: bytes) -> None:
        """Add rows that `data` gave."""
        self.fetch()
        self._kept.frombytes(data)
