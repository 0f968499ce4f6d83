"""Questions to a worker that wait for their answers; knows no worker and no session."""

import itertools
import threading
from concurrent.futures import Future
from typing import Any

from gradcanvas.engine.limits import Ended, Limits


class WorkerError(Exception):
    """A question that got no answer."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help


class Questions:
    """The questions of one session."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._changing = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def begin(self) -> int:
        """Begin a question and return its number.

        Raises:
            WorkerError: There are too many.
        """
        with self._changing:
            if len(self._waiting) >= self._limits.queries:
                raise WorkerError("busy", "Too many questions wait for an answer.", "Ask again in a moment.")
            number = next(self._numbers)
            self._waiting[number] = Future()
            return number

    def wait(self, number: int) -> Any:
        """Return the answer.

        Raises:
            WorkerError: It took too long, the worker ended, or answered with an error.
        """
        with self._changing:
            answer = self._waiting[number]
        try:
            return answer.result(self._limits.query_seconds)
        except TimeoutError:
            raise WorkerError(
                "busy",
                f"No answer within {self._limits.query_seconds:.0f} s: a step is still running.",
                "Press Stop, or ask again when it has ended.",
            ) from None
        finally:
            with self._changing:
                self._waiting.pop(number, None)

    def answer(self, message: dict[str, Any]) -> None:
        """Take a worker's answer."""
        with self._changing:
            answer = self._waiting.get(message["id"])
        if answer is None or answer.done():
            return
        error = message.get("error")
        if error is None:
            answer.set_result(message.get("result"))
        else:
            answer.set_exception(
                WorkerError(error.get("code", "failed"), error.get("message", ""), error.get("help", ""))
            )

    def fail(self, reason: Ended) -> None:
        """Take note that the worker ended: nobody will answer what waits."""
        with self._changing:
            waiting = [answer for answer in self._waiting.values() if not answer.done()]
        for answer in waiting:
            answer.set_exception(WorkerError(reason.code, reason.message, reason.help))
