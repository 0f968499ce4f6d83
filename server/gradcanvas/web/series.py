"""All losses (metrics, validation) of a session's newest run, kept once for all who watch; no sockets.

A long run has hundreds of millions of them: what passes a few megabytes lies in a file without a name, which
is gone with the run or the server, however it ends.
"""

import math
from array import array
from collections.abc import Callable
from pathlib import Path
from tempfile import SpooledTemporaryFile
from weakref import finalize

LARGEST_PIECE = 1 << 16
LARGEST_IN_MEMORY = 4 << 20
"""So many bytes of one series are kept in memory; with more, all of them are in the file."""

_ITEM_BYTES = 8


class Series:
    """Numbers a step of one run, `width` each, as little-endian float64.

    Attributes:
        run: The run's number.
        names: What the numbers of a step are; one nameless number for losses.
    """

    def __init__(self, names: tuple[str, ...] = ("",), folder: Path | None = None) -> None:
        """Begin with nothing.

        Args:
            names: What the numbers of a step are.
            folder: Where the file lies; None for the system's place for such files.
        """
        self.run = 0
        self.names = names
        self._folder = folder
        self._bytes = 0
        self._file, self._close = self._new_file()

    @property
    def width(self) -> int:
        """How many numbers a step has."""
        return max(1, len(self.names))

    @property
    def count(self) -> int:
        """How many steps there are."""
        return self._bytes // self._step_bytes

    def put(self, run: int, first: int, values: bytes, names: tuple[str, ...] = ("",)) -> int | None:
        """Put the numbers of step `first` and on in their place; what was known from there on is replaced.

        Where other names begin in the middle of a run, the steps before have not-a-number.

        Returns:
            How many steps stay as they were, or None if the numbers leave a gap and are not taken.

        Raises:
            OSError: There is no room for them; what was known before `first` stays.
        """
        kept = first
        if run != self.run or names != self.names:
            gap = first if run == self.run else 0
            self._begin(run, names)
            for done in range(0, gap, LARGEST_PIECE):
                self._append(array("d", [math.nan]) * (min(LARGEST_PIECE, gap - done) * self.width))
            kept = 0
        if first > self.count:
            return None
        self._bytes = first * self._step_bytes
        self._append(values[: len(values) - len(values) % self._step_bytes])
        return kept

    def since(self, first: int, at_most: int = LARGEST_PIECE) -> bytes:
        """Return the numbers of at most `at_most` steps from step `first` on."""
        begin = first * self._step_bytes
        self._file.seek(begin)
        return self._file.read(max(0, min(at_most * self._step_bytes, self._bytes - begin)))

    @property
    def _step_bytes(self) -> int:
        return self.width * _ITEM_BYTES

    def _begin(self, run: int, names: tuple[str, ...]) -> None:
        self._close()
        self._file, self._close = self._new_file()
        self.run, self.names, self._bytes = run, names, 0

    def _append(self, values: "bytes | array[float]") -> None:
        self._file.seek(self._bytes)
        self._file.write(memoryview(values).cast("B"))
        self._bytes = self._file.tell()

    def _new_file(self) -> "tuple[SpooledTemporaryFile[bytes], Callable[[], object]]":
        """Make an empty file, and what closes it: at the latest when the series is gone."""
        folder = None if self._folder is None else str(self._folder)
        file = SpooledTemporaryFile(max_size=LARGEST_IN_MEMORY, dir=folder)  # noqa: SIM115
        return file, finalize(self, file.close)
