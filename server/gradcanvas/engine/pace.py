"""When a running worker shows something: as often as is wished, at no more than a small part of its time.

Knows only a clock.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

SHARE = 0.025
"""So much of the time may be spent on showing."""

SLOWEST_SECONDS = 0.5
"""Somebody who watches is shown something this often, whatever it costs, unless it takes longer still."""

UNWATCHED_SECONDS = 1.0
"""Losses are handed over this often if nobody watches."""

ALONE_SECONDS = 0.1
"""So long steps may follow each other, and nothing is asked between them but whether a message waits."""

STATUS_SECONDS = 0.1
_NEW = 0.2


@dataclass
class Pace:
    """Decides when the next frame is due.

    Attributes:
        rate: frames a second that somebody wants; 0: nobody watches.
        clock: seconds.
    """

    rate: float = 0.0
    clock: Callable[[], float] = time.perf_counter
    _cost: float = 0.0
    _plain: float = 0.0
    _frame_due: float = 0.0
    _numbers_due: float = 0.0
    _status_due: float = field(default=0.0)

    @property
    def step_seconds(self) -> float:
        """How long a step that nobody watches takes, about."""
        return self._plain

    def watch(self, rate: float) -> None:
        """Take a new rate."""
        self.rate = rate
        self._frame_due = self._numbers_due = 0.0

    def is_frame_due(self, now: float) -> bool:
        """Whether the next step is to be observed and shown."""
        return self.rate > 0 and now >= self._frame_due

    def are_numbers_due(self, now: float) -> bool:
        """Whether losses are to be handed over."""
        return now >= self._numbers_due

    def is_status_due(self, now: float) -> bool:
        """Whether the status is to be told again."""
        return now >= self._status_due

    def is_alone(self, now: float) -> bool:
        """Whether the next step and the one after it are over before anything is due."""
        return self._plain > 0 and now + self._plain < self.alone_until(now)

    def alone_until(self, now: float) -> float:
        """When the last step is to begin that is over before anything is due."""
        due = min(self._frame_due, self._numbers_due) if self.rate > 0 else self._numbers_due
        return min(due, now + ALONE_SECONDS) - self._plain

    def plain_steps(self, seconds: float, count: int) -> None:
        """Take note of steps that nobody watched."""
        each = seconds / count
        self._plain = each if self._plain == 0.0 else (1 - _NEW) * self._plain + _NEW * each

    def shown(self, began: float) -> None:
        """Take note that a step begun then has been observed and shown."""
        now = self.clock()
        cost = max(now - began - self._plain, 0.0)
        self._cost = cost if self._cost == 0.0 else (1 - _NEW) * self._cost + _NEW * cost
        interval = max(1.0 / self.rate, self._cost / SHARE) if self.rate > 0 else UNWATCHED_SECONDS
        self._frame_due = max(began + min(interval, max(SLOWEST_SECONDS, 1.0 / (self.rate or 1.0))), now)

    def numbers_told(self) -> None:
        """Take note that losses have been handed over."""
        self._numbers_due = self.clock() + (1.0 / self.rate if self.rate > 0 else UNWATCHED_SECONDS)

    def status_told(self) -> None:
        """Take note that the status has been told."""
        self._status_due = self.clock() + STATUS_SECONDS
