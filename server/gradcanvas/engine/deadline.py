"""Something that is done after a while unless it is called off; knows nothing of what."""

import threading
from collections.abc import Callable


class Deadline:
    """At most one action that waits for its time."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._timer: threading.Timer | None = None

    @property
    def is_set(self) -> bool:
        """Whether something waits for its time, or had it and was not called off."""
        return self._timer is not None

    def set(self, seconds: float, action: Callable[[], None]) -> None:
        """Have it done in so many seconds, unless something waits already."""
        with self._changing:
            if self._timer is None:
                self._timer = threading.Timer(max(0.0, seconds), action)
                self._timer.daemon = True
                self._timer.start()

    def call_off(self) -> None:
        """Have nothing done."""
        with self._changing:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
