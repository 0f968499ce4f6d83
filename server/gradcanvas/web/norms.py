"""The course of every edge's norm over the steps of a run, for pages that come later. Knows no sockets.

The page keeps the same (`frontend/src/run/norm-history.ts`): of the frames that it saw. Here are all of them,
thinned by the same rule: at most 64 points an edge, 4 bytes each, 5 MB for the largest graph that is taken.
"""

import math
import struct
from array import array
from collections.abc import Sequence

POINTS = 64
MOST_EDGES = 20_000
_FRAME_HEADER = struct.Struct("<4IQd4II")
_FRAME_HEADER_BYTES = 64
_EXACT, _EVALUATION, _NO_GRADIENTS = 1, 2, 4
_ROW, _NORM, _NONFINITE = 5, 0, 4
_HEADER = struct.Struct("<4I2d")


class Norms:
    """Norms of all edges at the same steps, and the largest since the last evaluation."""

    def __init__(self) -> None:
        self._edges: list[str] = []
        self._layout = 0
        self._run = -1
        self._next_step = 0
        self._stride = 1
        self._largest = 0.0
        self._scaled_run = -1
        self._steps = array("d")
        self._points: list[array[float]] = []

    def relayout(self, layout: int, edges: Sequence[str]) -> None:
        """Keep the courses of edges that stay and give new ones an empty past."""
        self._layout = layout
        taken = list(edges) if len(edges) <= MOST_EDGES else []
        if taken == self._edges:
            return
        rows = {edge: row for row, edge in enumerate(self._edges)}
        places = [rows.get(edge, -1) for edge in taken]
        self._points = [
            array("f", [point[place] if place >= 0 else math.nan for place in places])
            for point in self._points
        ]
        self._edges = taken

    def add(self, frame: bytes | bytearray | memoryview) -> None:
        """Take a frame of the newest layout; another one is passed over."""
        _, _, layout, flags, step, _, count, *_, run = _FRAME_HEADER.unpack_from(frame)
        if layout != self._layout or count != len(self._edges):
            return
        figures = array("d" if flags & _EXACT else "f")
        end = _FRAME_HEADER_BYTES + count * _ROW * figures.itemsize
        figures.frombytes(bytes(frame[_FRAME_HEADER_BYTES:end]))
        norms, nonfinite = figures[_NORM::_ROW], figures[_NONFINITE::_ROW]
        self._scale(run, norms, nonfinite, is_begun_anew=bool(flags & _EVALUATION))
        if not flags & _NO_GRADIENTS:
            self._keep(run, step, norms, nonfinite)

    def encode(self) -> bytes:
        """Give all of it as docs/wire.md describes it."""
        counts = (max(self._run, 0), self._layout, len(self._steps), len(self._edges))
        header = _HEADER.pack(*counts, self._largest, self._stride)
        return b"".join([header, self._steps.tobytes(), *(point.tobytes() for point in self._points)])

    def _scale(
        self, run: int, norms: "array[float]", nonfinite: "array[float]", *, is_begun_anew: bool
    ) -> None:
        if is_begun_anew or run != self._scaled_run:
            self._largest, self._scaled_run = 0.0, run
        finite = (norm for norm, bad in zip(norms, nonfinite, strict=True) if bad == 0)
        self._largest = max(self._largest, max(finite, default=0.0))

    def _keep(self, run: int, step: int, norms: "array[float]", nonfinite: "array[float]") -> None:
        if run != self._run or step < self._next_step - self._stride:
            self._run, self._next_step, self._stride = run, 0, 1
            self._steps, self._points = array("d"), []
        missing = (math.nan if bad < 0 else norm for norm, bad in zip(norms, nonfinite, strict=True))
        if self._steps and step == self._steps[-1]:
            # It is of the graph as it is now: an edit, or a verb, changed it.
            self._points[-1] = array("f", missing)
        if step < self._next_step:
            return
        if len(self._steps) == POINTS:
            self._steps, self._points = self._steps[::2], self._points[::2]
            self._stride *= 2
        self._points.append(array("f", missing))
        self._steps.append(step)
        self._next_step = step + self._stride
