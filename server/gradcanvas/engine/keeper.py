"""One session's worker, kept alive: started on demand, fed in order, stopped in time, replaced when it ends.

What the messages say is the worker's and the session's business; here it only matters which are answers.
"""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gradcanvas.engine import messages
from gradcanvas.engine.limits import RELEASED, STOPPED, Ended, Limits
from gradcanvas.engine.local import Engine, Worker
from gradcanvas.engine.messages import WorkerSettings, encode_json

REPLACEMENTS = 3
RELEASE_SECONDS = 3.0


class Listener(Protocol):
    """Who hears what a worker says; called in the worker's reader thread."""

    def starting(self) -> None:
        """Take note that a worker is being started."""

    def told(self, message: dict[str, Any]) -> None:
        """Take a JSON message: ready, layout, status or notice."""

    def frame(self, frame: bytes) -> None:
        """Take a frame."""

    def frames(self, batch: bytes) -> None:
        """Take a batch of frames of a run's beginning."""

    def losses(self, run: int, first: int, values: bytes) -> None:
        """Take losses."""

    def metrics(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Take metrics."""

    def validation(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Take rows of validation."""

    def lost(self, reason: Ended, is_replaced: bool) -> None:
        """Take note that the worker ended."""


class WorkerError(Exception):
    """A question that got no answer."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help


@dataclass
class _Outbox:
    """What is to be sent: the newest graph first, then the rest in order."""

    load: bool = False
    rest: deque[dict[str, Any]] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return self.load or bool(self.rest)


class Keeper:
    """Keeps one session's worker."""

    def __init__(
        self,
        engine: Engine,
        settings: WorkerSettings,
        limits: Limits,
        listener: Listener,
        source: Callable[[], tuple[str, int]],
    ) -> None:
        """Prepare; nothing is started before the first message.

        Args:
            engine: What starts workers.
            settings: What the worker is told.
            limits: What it may take.
            listener: Who hears it.
            source: Gives the newest graph file and the number of its last edit.
        """
        self._engine, self._settings, self._limits = engine, settings, limits
        self._listener, self._source = listener, source
        self._changed = threading.Condition()
        self._outbox = _Outbox()
        self._worker: Worker | None = None
        self._rate = 0.0
        self._ends_in_a_row = 0
        self._is_replacement = False
        self._is_releasing = False
        self._is_closed = False
        self._stopping: threading.Timer | None = None
        self._queries: dict[int, Future[Any]] = {}
        self._query_ids = itertools.count(1)
        self._sender: threading.Thread | None = None

    @property
    def has_worker(self) -> bool:
        """Whether a process is there."""
        return self._worker is not None

    def load(self) -> None:
        """Have the newest graph loaded; several calls before it is sent are one."""
        with self._changed:
            self._ends_in_a_row = 0
            self._is_replacement = False
            self._outbox.load = True
            self._wake()

    def command(self, verb: str) -> None:
        """Send a verb, after whatever edit came before it."""
        with self._changed:
            self._ends_in_a_row = 0
            self._outbox.rest.append({"type": "command", "verb": verb})
            self._wake()

    def watch(self, rate: float) -> None:
        """Say how many frames a second are wanted."""
        with self._changed:
            if rate == self._rate:
                return
            self._rate = rate
            if self._worker is not None:
                self._outbox.rest.append({"type": "watch", "rate": rate})
                self._wake()

    def query(self, question: dict[str, Any]) -> Any:
        """Ask the worker and wait for the answer.

        Raises:
            WorkerError: There are too many questions, it took too long, or the worker answered with an error.
        """
        answer: Future[Any] = Future()
        with self._changed:
            if len(self._queries) >= self._limits.queries:
                raise WorkerError("busy", "Too many questions wait for an answer.", "Ask again in a moment.")
            identifier = next(self._query_ids)
            self._queries[identifier] = answer
            self._outbox.rest.append(question | {"type": "query", "id": identifier})
            self._wake()
        try:
            return answer.result(self._limits.query_seconds)
        except TimeoutError:
            raise WorkerError(
                "busy",
                f"No answer within {self._limits.query_seconds:.0f} s: a step is still running.",
                "Press Stop, or ask again when it has ended.",
            ) from None
        finally:
            with self._changed:
                self._queries.pop(identifier, None)

    def stop(self) -> None:
        """Stop what runs; if it does not end in time, end the worker and replace it."""
        with self._changed:
            worker = self._worker
            self._outbox.rest = deque(one for one in self._outbox.rest if one["type"] != "command")
            if worker is None or self._stopping is not None:
                return
            self._stopping = threading.Timer(self._limits.stop_grace_seconds, worker.kill, [STOPPED])
            self._stopping.daemon = True
            self._stopping.start()
        threading.Thread(target=worker.send, args=[encode_json({"type": "stop"})], daemon=True).start()

    def release(self) -> None:
        """Let the worker go; it writes a last copy, which the next one restores."""
        with self._changed:
            worker = self._worker
            if worker is None or self._is_releasing:
                return
            self._is_releasing = True
        timer = threading.Timer(RELEASE_SECONDS, worker.kill, [RELEASED])
        timer.daemon = True
        timer.start()
        worker.send(encode_json({"type": "release"}))

    def close(self) -> None:
        """End the worker and forget its copy."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            worker = self._worker
        if worker is not None:
            worker.kill(RELEASED)
        Path(self._settings.copy_path).unlink(missing_ok=True)

    def _wake(self) -> None:
        """Have the sender look at the outbox; the lock is held."""
        if self._sender is None:
            self._sender = threading.Thread(target=self._send, name="gradcanvas-outbox", daemon=True)
            self._sender.start()
        self._changed.notify_all()

    def _send(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._is_closed or (bool(self._outbox) and not self._is_releasing)
                )
                if self._is_closed:
                    return
                outbox, self._outbox = self._outbox, _Outbox()
                is_fresh = self._worker is None
                evaluate = not self._is_replacement
            if is_fresh:
                self._listener.starting()
            letters = self._compose(outbox, is_fresh, evaluate)
            with self._changed:
                if self._is_closed:
                    return
                worker = self._worker
                if worker is None and is_fresh:
                    worker = self._worker = self._start()
                    self._is_replacement = False
            if worker is None:
                self._put_back(outbox)
                continue
            for letter in letters:
                worker.send(letter)
            if self._is_releasing:
                self._put_back(outbox)

    def _start(self) -> Worker:
        return self._engine.start(self._settings, self._limits, self._receive, self._ended)

    def _put_back(self, outbox: _Outbox) -> None:
        """Keep what was to be sent for the next worker."""
        with self._changed:
            self._outbox.load = True
            self._outbox.rest.extendleft(reversed(outbox.rest))

    def _compose(self, outbox: _Outbox, is_fresh: bool, evaluate: bool) -> list[bytes]:
        letters: list[dict[str, Any]] = []
        if is_fresh or outbox.load:
            text, edit = self._source()
            letters.append({"type": "load", "text": text, "edit": edit, "evaluate": evaluate or not is_fresh})
        if is_fresh:
            if Path(self._settings.copy_path).exists():
                letters.append({"type": "restore"})
            letters.append({"type": "watch", "rate": self._rate})
        return [encode_json(letter) for letter in (*letters, *outbox.rest)]

    def _receive(self, data: bytes) -> None:
        match data[:1]:
            case messages.JSON_MESSAGE:
                self._receive_json(messages.decode_json(data))
            case messages.FRAME:
                self._listener.frame(data[1:])
            case messages.FRAMES:
                self._listener.frames(data[1:])
            case messages.LOSSES:
                self._listener.losses(*messages.decode_losses(data))
            case messages.METRICS:
                self._listener.metrics(*messages.decode_metrics(data))
            case messages.VALIDATION:
                self._listener.validation(*messages.decode_metrics(data))

    def _receive_json(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "heartbeat":
                return
            case "stopped":
                self._forget_stopping()
            case "result":
                with self._changed:
                    answer = self._queries.pop(message["id"], None)
                if answer is not None:
                    _resolve(answer, message)
            case _:
                self._listener.told(message)

    def _forget_stopping(self) -> bool:
        with self._changed:
            stopping, self._stopping = self._stopping, None
        if stopping is not None:
            stopping.cancel()
        return stopping is not None

    def _ended(self, reason: Ended) -> None:
        self._forget_stopping()
        with self._changed:
            self._worker = None
            if self._is_releasing:
                reason = RELEASED
            self._is_releasing = False
            queries, self._queries = self._queries, {}
            if reason is not RELEASED and reason is not STOPPED:
                self._ends_in_a_row += 1
            is_replaced = reason is not RELEASED and self._ends_in_a_row < REPLACEMENTS
            self._is_replacement = reason is not RELEASED
            self._outbox.rest.clear() if self._is_replacement else None
        for answer in queries.values():
            answer.set_exception(WorkerError(reason.code, reason.message, reason.help))
        if not self._is_closed:
            self._listener.lost(reason, is_replaced)
        with self._changed:
            if is_replaced:
                self._outbox.load = True
            self._changed.notify_all()


def _resolve(answer: Future[Any], message: dict[str, Any]) -> None:
    error = message.get("error")
    if error is None:
        answer.set_result(message.get("result"))
    else:
        answer.set_exception(
            WorkerError(error.get("code", "failed"), error.get("message", ""), error.get("help", ""))
        )
