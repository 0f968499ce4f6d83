"""One session's worker, kept alive: started on demand, fed in order, stopped in time, replaced when it ends.

What the messages say is the worker's and the session's business; here it only matters which are answers, and
when an evaluation begins and ends.
"""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gradcanvas.engine import messages
from gradcanvas.engine.deadline import Deadline
from gradcanvas.engine.limits import RELEASED, STOPPED, SUPERSEDED, Ended, Limits
from gradcanvas.engine.listener import Listener
from gradcanvas.engine.local import Assignment, Engine, Worker
from gradcanvas.engine.messages import WorkerSettings, encode_json
from gradcanvas.engine.questions import Questions
from gradcanvas.engine.succession import Outbox, Successor, left_over, succeed

REPLACEMENTS = 3
RELEASE_SECONDS = 3.0
_SENT = 16


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
        self._changed = threading.Condition(threading.RLock())
        self._outbox = Outbox()
        self._worker: Worker | None = None
        self._rate = 0.0
        self._ends_in_a_row = 0
        self._is_releasing = self._is_closed = False
        self._successor = Successor()
        self._evaluated_edit: int | None = None
        self._loaded_edit = 0
        self._sent: deque[tuple[int, dict[str, Any]]] = deque(maxlen=_SENT)
        self._stopping, self._superseding, self._refilling = Deadline(), Deadline(), Deadline()
        self._questions = Questions(limits)
        self._sender: threading.Thread | None = None

    @property
    def has_worker(self) -> bool:
        """Whether a process is there."""
        return self._worker is not None

    @property
    def is_evaluating(self) -> bool:
        """Whether it is evaluating an edit, which is of use only to whoever looks."""
        return self._evaluated_edit is not None

    def load(self) -> None:
        """Have the newest graph loaded; several calls before it is sent are one."""
        with self._changed:
            self._ends_in_a_row = 0
            self._successor = Successor()
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
        number = self._questions.begin()
        with self._changed:
            self._outbox.rest.append(question | {"type": "query", "id": number})
            self._wake()
        return self._questions.wait(number)

    def stop(self) -> None:
        """Stop what runs; if it does not end in time, end the worker and replace it."""
        with self._changed:
            worker = self._worker
            self._outbox.rest = deque(one for one in self._outbox.rest if one["type"] != "command")
            self._sent.clear()
            if worker is None or self._stopping.is_set:
                return
            self._stopping.set(self._limits.stop_grace_seconds, partial(worker.kill, STOPPED))
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
                outbox, self._outbox = self._outbox, Outbox()
                is_fresh = self._worker is None
            if is_fresh:
                self._listener.starting()
            letters = self._compose(outbox, is_fresh)
            with self._changed:
                if self._is_closed:
                    return
                worker = self._worker
                if worker is None and is_fresh:
                    worker = self._worker = self._engine.start(
                        Assignment(self._settings, self._limits, self._receive, self._ended)
                    )
            if worker is None:
                self._put_back(outbox)
                continue
            for letter in letters:
                worker.send(encode_json(letter))
            if self._is_releasing:
                self._put_back(outbox)

    def _put_back(self, outbox: Outbox) -> None:
        """Keep what was to be sent for the next worker."""
        with self._changed:
            self._outbox.load = True
            self._outbox.rest.extendleft(reversed(outbox.rest))

    def _compose(self, outbox: Outbox, is_fresh: bool) -> list[dict[str, Any]]:
        """Write the letters; a worker that takes over a state evaluates when it has it."""
        letters: list[dict[str, Any]] = []
        evaluate = self._successor.is_evaluating or not is_fresh
        has_copy = is_fresh and Path(self._settings.copy_path).exists()
        if is_fresh or outbox.load:
            text, self._loaded_edit = self._source()
            letter = {"type": "load", "text": text, "edit": self._loaded_edit}
            letters.append(
                letter | ({"evaluate": False, "tell": False} if has_copy else {"evaluate": evaluate})
            )
        if has_copy:
            letters.append({"type": "restore", "evaluate": evaluate})
        if is_fresh:
            letters.append({"type": "watch", "rate": self._rate})
        for letter in outbox.rest:
            if letter["type"] == "command":
                self._sent.append((self._loaded_edit, letter))
        return [*letters, *outbox.rest]

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
                self._stopping.call_off()
            case "evaluating":
                self._begin_evaluation(message["edit"])
            case "evaluated":
                self._end_evaluation()
            case "superseding":
                self._supersede(message["seconds"])
            case "result":
                self._questions.answer(message)
            case _:
                self._listener.told(message)

    def _begin_evaluation(self, edit: int) -> None:
        with self._changed:
            self._evaluated_edit = edit
            while self._sent and self._sent[0][0] < edit:
                self._sent.popleft()
            if self._successor.is_limited:
                self._refilling.set(self._limits.refill_seconds, self._stop_refilling)

    def _end_evaluation(self) -> None:
        self._superseding.call_off()
        self._refilling.call_off()
        with self._changed:
            self._evaluated_edit = None
            self._successor = Successor()

    def _stop_refilling(self) -> None:
        """Stop an evaluation that nobody asked for; what was asked for meanwhile is done all the same."""
        with self._changed:
            if self._evaluated_edit is None:
                return
            asked = [letter for _, letter in self._sent]
            self.stop()
            self._outbox.rest.extend(asked)
            self._wake()

    def _supersede(self, seconds: float) -> None:
        """End the worker if an evaluation that an edit made useless goes on for long in one operation."""
        with self._changed:
            worker = self._worker
        if worker is not None:
            patience = max(self._limits.supersede_seconds - seconds, self._limits.supersede_grace_seconds)
            self._superseding.set(patience, partial(worker.kill, SUPERSEDED))

    def _ended(self, reason: Ended) -> None:
        for deadline in (self._stopping, self._superseding, self._refilling):
            deadline.call_off()
        with self._changed:
            evaluated, self._evaluated_edit = self._evaluated_edit, None
            reason, self._successor = succeed(
                reason, was_evaluating=evaluated is not None, is_releasing=self._is_releasing
            )
            self._worker, self._is_releasing = None, False
            self._ends_in_a_row += reason.code not in ("released", "stopped", "superseded")
            is_replaced = reason is not RELEASED and self._ends_in_a_row < REPLACEMENTS
            unheard = [letter for edit, letter in self._sent if edit >= (evaluated or 0)]
            self._outbox.rest = left_over(self._outbox.rest, reason, unheard)
            self._sent.clear()
        self._questions.fail(reason)
        if not self._is_closed and reason is not SUPERSEDED:
            self._listener.lost(reason, is_replaced)
        with self._changed:
            if is_replaced:
                self._outbox.load = True
            self._changed.notify_all()
