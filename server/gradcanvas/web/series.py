"""All losses (metrics, validation) of a session's newest run, kept once for all who watch; no sockets."""

import math
from array import array
from dataclasses import dataclass, field

LARGEST_PIECE = 1 << 16
_ITEM_BYTES = 8


@dataclass
class Series:
    """Numbers a step of one run, `width` each, as little-endian float64.

    Attributes:
        run: The run's number.
        names: What the numbers of a step are; one nameless number for losses.
        values: All numbers, step-major.
    """

    run: int = 0
    names: tuple[str, ...] = ("",)
    values: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def width(self) -> int:
        """How many numbers a step has."""
        return max(1, len(self.names))

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.values) // self.width

    def put(self, run: int, first: int, values: bytes, names: tuple[str, ...] = ("",)) -> int | None:
        """Put the numbers of step `first` and on in their place; what was known from there on is replaced.

        Where other names begin in the middle of a run, the steps before have not-a-number.

        Returns:
            How many steps stay as they were, or None if the numbers leave a gap and are not taken.
        """
        kept = first
        if run != self.run or names != self.names:
            gap = len(names) * first if run == self.run else 0
            self.run, self.names, self.values = run, names, array("d", [math.nan]) * gap
            kept = 0
        if first > self.count:
            return None
        del self.values[first * self.width :]
        whole = len(values) - len(values) % (_ITEM_BYTES * self.width)
        self.values.frombytes(values[:whole])
        return kept

    def since(self, first: int, at_most: int = LARGEST_PIECE) -> bytes:
        """Return the numbers of at most `at_most` steps from step `first` on."""
        return self.values[first * self.width : (first + at_most) * self.width].tobytes()
