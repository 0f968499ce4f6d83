"""One page that watches a session: what it was sent, and what it may be sent now; knows nothing of sockets.

A frame is sent when it is newer than the last, the page's rate allows it, and at most two frames wait to be
drawn; only the newest is ever sent. Losses are sent all, each once.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from gradcanvas.web.series import Series

FRAMES_AHEAD = 2
_SLACK = 0.2


@dataclass
class Viewer:
    """One page.

    Attributes:
        sid: Its socket.
        rate: How many frames a second it wants; 0 while it is hidden.
        was_hidden: Whether it wanted none for a time, after it had wanted some.
        is_open: Whether its `join` was answered; before, what is sent to all is `waiting`.
        is_behind: Whether it misses something that nothing but time will let it be sent.
    """

    sid: str
    rate: float = 0.0
    was_hidden: bool = False
    is_open: bool = False
    is_behind: bool = False
    frame: int = 0
    frame_at: float = 0.0
    waiting: list[tuple[str, Any]] = field(default_factory=list)
    undrawn: deque[int] = field(default_factory=deque)
    sent: dict[str, tuple[int, int]] = field(default_factory=dict)

    def wants(self, rate: float) -> bool:
        """Take a new rate; whether it has missed frames because it was hidden."""
        self.was_hidden |= rate == 0 < self.rate
        self.rate = rate
        if rate == 0 or not self.was_hidden:
            return False
        self.was_hidden = False
        return True

    def missing(self, name: str, series: Series) -> int:
        """Return from which step on it misses numbers of a series."""
        run, count = self.sent.get(name, (-1, 0))
        return min(count, series.count) if run == series.run else 0

    def has(self, name: str, run: int, count: int) -> None:
        """Take note of how much of a series it has."""
        self.sent[name] = (run, count)

    def is_due(self, frame: int, now: float) -> bool:
        """Whether it may be sent this frame now; if only time is missing, it `is_behind`."""
        if self.rate <= 0 or frame <= self.frame or len(self.undrawn) > FRAMES_AHEAD:
            return False
        if now - self.frame_at < (1 - _SLACK) / self.rate:
            self.is_behind = True
            return False
        return True

    def was_sent(self, frame: int, now: float) -> None:
        """Take note of a frame that is on its way."""
        self.frame, self.frame_at = frame, now
        self.undrawn.append(frame)

    def has_drawn(self, frame: int) -> None:
        """Take note of the newest frame it drew."""
        while self.undrawn and self.undrawn[0] <= frame:
            self.undrawn.popleft()
