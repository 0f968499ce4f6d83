"""Which of a run's first steps are observed beside those the pace asks for, so that even a short run is seen.

Knows only steps, bytes and a clock: a bounded number of frames, handed over in batches.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS = 1.0
"""So long after Train steps are observed for this."""

GROWTH = 0.04
"""Each of the first 24 steps; then the distance to the next is this part of the steps made."""

MOST_FRAMES = 120
MOST_BYTES = 1 << 20
MOST_SECONDS = 0.15
"""All frames of a run together may take so much; where they are large or slow, fewer are made."""

MOST_HELD_UP = 0.5
"""Seconds that the frames take on a machine that is busy with other things, before no more are made."""

_TRIALS = 3
"""So many frames are made before it is said how long one takes: now and then one is held up."""


@dataclass
class Opening:
    """The beginning of one run.

    Attributes:
        clock: seconds.
    """

    clock: Callable[[], float] = time.perf_counter
    _first: int = 0
    _next: int = 0
    _ends: float = 0.0
    _count: int = 0
    _bytes: int = 0
    _spent: float = 0.0
    _least: float = 0.0
    _kept: list[bytes] = field(default_factory=list)

    def begin(self, step: int) -> None:
        """Begin a run that goes on from this step."""
        self._first, self._next = step, step + 1
        self._ends = self.clock() + SECONDS
        self._count = self._bytes = 0
        self._spent, self._least = 0.0, math.inf

    def is_on(self, now: float) -> bool:
        """Whether there may still be steps that are to be observed."""
        return now < self._ends

    def is_due(self, step: int, now: float) -> bool:
        """Whether the step that makes this number of steps is to be observed."""
        return step >= self._next and now < self._ends

    def keep(self, step: int, frame: bytes, seconds: float) -> None:
        """Take the frame of a step, which took so long to make."""
        self._kept.append(frame)
        self._count += 1
        self._bytes += len(frame)
        self._spent += seconds
        self._least = min(self._least, seconds)
        usual = self._least if self._count >= _TRIALS else 0.0
        scarcity = MOST_FRAMES * max(len(frame) / MOST_BYTES, usual / MOST_SECONDS, 1 / MOST_FRAMES)
        distance = max(1.0, GROWTH * (step - self._first)) * scarcity
        self._next = step + round(distance)
        is_large = self._bytes + len(frame) > MOST_BYTES
        is_slow = self._count * usual > MOST_SECONDS or self._spent > MOST_HELD_UP
        if is_large or is_slow or self._count >= MOST_FRAMES:
            self._ends = 0.0

    def take(self) -> list[bytes]:
        """Give the frames that have not been handed over, oldest first."""
        kept, self._kept = self._kept, []
        return kept
