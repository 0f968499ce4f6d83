"""What a worker process does: takes messages in order, and makes the steps of a run between them.

Knows one session and one pipe; nothing of sockets, files of graphs or other sessions.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from multiprocessing.connection import Connection

import torch

from gradcanvas.engine import notices
from gradcanvas.engine.answers import answer
from gradcanvas.engine.copying import Copying
from gradcanvas.engine.evaluation import Interrupted
from gradcanvas.engine.inbox import Inbox, Message
from gradcanvas.engine.loop import Loop
from gradcanvas.engine.messages import WorkerSettings, read_copy
from gradcanvas.engine.notices import announce_edit
from gradcanvas.engine.opening import Opening
from gradcanvas.engine.pace import Pace
from gradcanvas.engine.teller import State, Teller
from gradcanvas.training.failures import RunError, failure
from gradcanvas.training.session import Session

REFUSALS = {"no-graph", "no-loss", "no-leaves", "no-optimizer", "needs-step", "no-steps", "unknown-verb"}
"""Problems that say only that a verb makes no sense now: they are announced, and nothing has failed."""

SHOW_AFTER_STOP_SECONDS = 0.05
"""After Stop, one more evaluation is made to show the newest numbers, if a step takes less than this."""


def worker_main(connection: Connection, settings: WorkerSettings) -> None:
    """Serve one session until the pipe ends or the session is released."""
    torch.set_num_threads(settings.threads)
    Worker(connection, settings).serve()


class Worker:
    """One session and the state of its loop."""

    def __init__(self, connection: Connection, settings: WorkerSettings) -> None:
        self._settings = settings
        self._inbox = Inbox(connection, settings.heartbeat_seconds)
        self._session = Session(device=settings.device, budget_bytes=settings.budget_bytes)
        self._pace = Pace()
        self._opening = Opening()
        self._teller = Teller(self._session, self._inbox, self._pace, self._opening)
        self._copying = Copying(self._session, settings)
        self._loop = Loop(self._session, self._inbox, self._pace, self._opening, self._teller, self._copying)
        self._is_released = self._is_cut = False
        self._text = ""

    def serve(self) -> None:
        """Take messages, and make steps while a run is on."""
        self._inbox.listen()
        self._teller.ready()
        while not self._is_released:
            if self._teller.state is State.RUNNING and not self._inbox:
                self._guard(self._loop.run)
            else:
                message = self._inbox.take(self._copying.wait_seconds())
                if message is not None:
                    self._guard(partial(self.obey, message))
            self._copying.write_if_due()

    def _guard(self, work: Callable[[], None]) -> None:
        """Do something; whatever fails is told, and the session goes on."""
        try:
            work()
        except RunError as error:
            self._fail(error)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._fail(failure(error))

    def _fail(self, error: RunError) -> None:
        problem = error.problem
        if problem.code in REFUSALS:
            self._teller.notice("warning", problem.code, problem.message, problem.help)
            if self._teller.state is State.RUNNING:
                self._teller.state = State.PAUSED
                self._guard(self._evaluate)
                return
        else:
            self._teller.fail(problem)
        self._teller.everything()

    def obey(self, message: Message) -> None:
        """Do what one message asks."""
        match message["type"]:
            case "load":
                self._load(message)
            case "command":
                self._command(str(message["verb"]))
            case "watch":
                self._pace.watch(float(message["rate"]))
            case "query":
                self._answer(message)
            case "stop":
                self._stop()
            case "restore":
                self._restore(message)
            case "release":
                self._copying.write()
                self._is_released = True

    def _load(self, message: Message) -> None:
        """Take an edit; at rest the graph is evaluated, in a run the next step shows it."""
        self._teller.edit, self._text = int(message["edit"]), message["text"]
        is_evaluated = message.get("evaluate", True) and self._teller.state is not State.RUNNING
        with self._evaluating() if is_evaluated else nullcontext():
            self._take_edit(message)

    def _take_edit(self, message: Message) -> None:
        seed = self._session.prepared.seed if self._session.prepared else None
        loaded = self._session.load(message["text"])
        announce_edit(self._teller, self._session, loaded, seed)
        if not loaded.is_changed:
            if self._teller.layout() and self._teller.state is not State.RUNNING:
                self._teller.frame(exact=True)
            return
        if self._teller.state is State.FAILED:
            self._teller.state = State.IDLE
        if self._teller.state is State.RUNNING:
            self._pace.watch(self._pace.rate)
        elif message.get("evaluate", True):
            self._evaluate()
        elif message.get("tell", True):
            self._teller.everything()

    def _evaluate(self) -> None:
        """Evaluate and tell; of what Stop or another edit has ended, nothing is shown."""
        with self._evaluating():
            try:
                self._session.evaluate(self._inbox.evaluation.interruptible)
            except Interrupted:
                self._session.moment, self._is_cut = None, True
                return
            self._teller.everything()

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Say that an evaluation is in hand; it may end this process, so the state is copied before."""
        if self._copying.is_wanted:
            self._copying.write()
        self._is_cut = False
        with self._inbox.evaluation.of(self._text, self._teller.edit):
            yield

    def _command(self, verb: str) -> None:
        session = self._session
        is_running = self._teller.state is State.RUNNING
        match verb:
            case "train":
                self._train()
            case "pause":
                self._pause()
            case "stop":
                self._stop()
            case "reset":
                session.reset()
                self._teller.state = State.IDLE
                self._copying.is_wanted = True
                self._teller.status()
                self._evaluate()
            case "forward" | "backward" | "update" | "zero" | "step" if is_running:
                self._teller.notice("warning", "running", *notices.RUNNING)
            case "forward" | "backward" | "update" | "zero" | "step":
                self._teller.recover()
                session.step(watched=True) if verb == "step" else getattr(session, verb)()
                self._copying.is_wanted = True
                self._teller.everything()

    def _train(self) -> None:
        """Begin a run, or add its steps to the one in hand."""
        session = self._session
        steps = session.train.steps if session.train is not None else None
        if not steps:
            self._teller.notice("warning", "no-steps", *notices.NO_STEPS)
            return
        session.require_training()
        standing = session.standing
        if self._teller.state is State.PAUSED and standing.step < standing.target:
            pass
        elif self._teller.state is State.RUNNING:
            standing.target += steps
        else:
            standing.target = standing.step + steps
        if self._teller.state is not State.RUNNING and self._pace.rate > 0:
            self._opening.begin(standing.step)
        self._teller.recover()
        self._teller.state = State.RUNNING
        self._teller.status()

    def _pause(self) -> None:
        """Pause after one more step, which is shown."""
        if self._teller.state is not State.RUNNING:
            return
        self._session.step(watched=True, verb="train")
        self._teller.state = State.PAUSED
        if self._session.standing.step >= self._session.standing.target:
            self._teller.state = State.IDLE
        self._teller.everything()

    def _stop(self) -> None:
        """End the run; nothing is computed afterwards but one evaluation, and that only if it is short."""
        was_running = self._teller.state is State.RUNNING
        self._inbox.stopping.clear()
        self._inbox.send_json({"type": "stopped"})
        if self._teller.state in (State.RUNNING, State.PAUSED):
            self._teller.state = State.IDLE
            self._session.standing.target = self._session.standing.step
        if self._is_cut:
            self._is_cut = False
            self._teller.notice("info", "evaluation-stopped", *notices.EVALUATION_STOPPED)
        if was_running and self._pace.step_seconds < SHOW_AFTER_STOP_SECONDS:
            self._evaluate()
        else:
            self._teller.everything()

    def _restore(self, message: Message) -> None:
        data = read_copy(self._settings.copy_path)
        if data is not None:
            self._take_over(data)
        if message.get("evaluate", self._teller.has_evaluated):
            self._teller.status()
            self._evaluate()
        else:
            self._teller.everything()

    def _take_over(self, data: bytes) -> None:
        """Go on from the copy that another worker left."""
        missing = self._session.restore(data)
        standing = self._session.standing
        if standing.is_dirty:
            words = f"The session goes on from step {standing.step}."
            if missing:
                names = ", ".join(f"`{path}`" for path in missing)
                words += f" {names}: made anew, edited since the copy."
            self._teller.notice("info", "restored", words, "Reset makes everything anew.")
        is_unfinished = standing.is_dirty and standing.step < standing.target
        self._teller.state = State.PAUSED if is_unfinished else State.IDLE
        self._teller.restored()

    def _answer(self, message: Message) -> None:
        try:
            result = answer(self._session, message)
            self._inbox.send_json({"type": "result", "id": message["id"], "result": result})
        except Exception as error:
            problem = failure(error).problem
            refused = {"code": problem.code, "message": problem.message, "help": problem.help}
            self._inbox.send_json({"type": "result", "id": message["id"], "error": refused})
