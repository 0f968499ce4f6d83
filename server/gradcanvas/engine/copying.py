"""Writes copies of a session's state where the next worker finds them; knows when, not what is in them."""

import sys
import time

from gradcanvas.engine.messages import WorkerSettings, write_copy
from gradcanvas.training.session import Session

_SHARE = 20
"""A copy that took a second is not followed by another one for so many seconds."""


class Copying:
    """At most one copy an interval, and not so many that steps would wait for them.

    Attributes:
        is_wanted: the state has changed since the last copy.
    """

    def __init__(self, session: Session, settings: WorkerSettings) -> None:
        self._session = session
        self._path = settings.copy_path
        self._interval = settings.copy_interval_seconds
        self._due = 0.0
        self.is_wanted = False

    def wait_seconds(self) -> float | None:
        """Tell how long nothing needs to be done; None: for ever."""
        return max(self._due - time.monotonic(), 0.001) if self.is_wanted else None

    def write_if_due(self) -> None:
        """Write a copy if the state has changed and the last one is old enough."""
        if self.is_wanted and time.monotonic() >= self._due:
            self.write()

    def write(self) -> None:
        """Write a copy now; where there is no room for it, the one before stays."""
        if self._session.prepared is None:
            return
        began = time.monotonic()
        try:
            write_copy(self._path, self._session.copy())
        except (OSError, MemoryError, RuntimeError, TypeError) as error:
            print(f"No copy of the state could be written: {error}", file=sys.stderr)  # noqa: T201
        took = time.monotonic() - began
        self._due = began + max(self._interval, _SHARE * took)
        self.is_wanted = False
