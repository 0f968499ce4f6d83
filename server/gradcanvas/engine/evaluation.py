"""The evaluation in hand, which Stop or an edit ends between two operations; knows no session and no pipe.

The control thread asks, by a signal to the main thread: Python runs its handler between two bytecodes, so
never in the middle of an operation, and it raises `Interrupted` only where the evaluation says it may be.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from gradcanvas.document import read
from gradcanvas.training.preparing import numbers_of

Tell = Callable[[dict[str, Any]], None]


class Interrupted(BaseException):
    """The evaluation in hand is of no use any more; nothing that PyTorch raises is taken for it."""


class Evaluation:
    """What of an edit is being computed, from its load to its numbers.

    Attributes:
        tell: sends a JSON message to whoever keeps the worker.
    """

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._changing = threading.RLock()
        self._text: str | None = None
        self._began = 0.0
        self._is_asked = False
        self._is_open = False

    def listen(self) -> None:
        """Hear the signal; called once, in the main thread."""
        signal.signal(signal.SIGUSR1, self._heard)

    @contextmanager
    def of(self, text: str, edit: int) -> Iterator[None]:
        """Say that this graph, of that edit, is being evaluated, and when it no longer is; inside nothing."""
        if self._text is not None:
            yield
            return
        with self._changing:
            self._text, self._began, self._is_asked = text, time.monotonic(), False
        self.tell({"type": "evaluating", "edit": edit})
        try:
            yield
        finally:
            with self._changing:
                self._text = None
            self.tell({"type": "evaluated"})

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let what is done in it be ended at any moment.

        Raises:
            Interrupted: it is of no use any more.
        """
        self._is_open = self._text is not None
        try:
            self._raise_if_asked()
            yield
        finally:
            self._is_open = False

    def stop(self) -> None:
        """End the evaluation in hand, if there is one."""
        with self._changing:
            if self._text is not None:
                self._ask()

    def supersede(self, text: str) -> None:
        """End the evaluation in hand if this graph's numbers are others, and tell how long it has taken."""
        mine = self._text
        if mine is None or _numbers(mine) == _numbers(text):
            return
        with self._changing:
            if self._text is mine:
                self.tell({"type": "superseding", "seconds": time.monotonic() - self._began})
                self._ask()

    def _ask(self) -> None:
        self._is_asked = True
        main = threading.main_thread().ident
        if main is not None:
            signal.pthread_kill(main, signal.SIGUSR1)

    def _heard(self, *_: object) -> None:
        self._raise_if_asked()

    def _raise_if_asked(self) -> None:
        if self._is_open and self._is_asked:
            self._is_open = self._is_asked = False
            raise Interrupted


@lru_cache(maxsize=2)
def _numbers(text: str) -> str:
    graph = read(text).graph
    return f"{graph.device} {numbers_of(graph)}"
