"""What a worker tells of its session: layouts, frames, losses, status, notices; each thing once.

Knows the session and where to send; decides nothing.
"""

import math
import time
from enum import StrEnum

import torch

from gradcanvas.document import Problem
from gradcanvas.engine.inbox import Inbox
from gradcanvas.engine.messages import FRAME, VALIDATION, encode_frames, encode_losses, encode_metrics
from gradcanvas.engine.opening import Opening
from gradcanvas.engine.pace import Pace
from gradcanvas.program.devices import resolve_device
from gradcanvas.training.session import Session
from gradcanvas.training.showing import Display


class State(StrEnum):
    """Where a run stands, as the page is told."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"


class Teller:
    """Sends what is new of one session.

    Attributes:
        state: where the run stands.
        edit: the edit that was loaded last.
        has_evaluated: something has been shown.
    """

    def __init__(self, session: Session, inbox: Inbox, pace: Pace, opening: Opening) -> None:
        self._session, self._inbox, self._pace, self._opening = session, inbox, pace, opening
        self._display = Display(session)
        self.state = State.IDLE
        self.edit = 0
        self.has_evaluated = False
        self._problem: Problem | None = None
        self._run = 0
        self._losses = 0
        self._metrics = 0
        self._validations = session.validations
        self._validated = 0

    def ready(self) -> None:
        """Tell that the worker is there."""
        device, _ = resolve_device("auto")
        self._inbox.send_json({"type": "ready", "torch": str(torch.__version__), "device": str(device)})

    def notice(self, level: str, code: str, message: str, help_text: str) -> None:
        """Announce something."""
        told = {"type": "notice", "level": level, "code": code, "message": message, "help": help_text}
        self._inbox.send_json(told)

    def fail(self, problem: Problem) -> None:
        """Take note of a failure; it is told with the next status, and stands on its node."""
        self.state, self._problem = State.FAILED, problem

    def recover(self) -> None:
        """Forget a failure: something is tried again."""
        self._problem = None
        if self.state is State.FAILED:
            self.state = State.IDLE

    def restored(self) -> None:
        """Take note that losses up to here have been told by another worker."""
        self._run = self._session.standing.run
        self._losses, self._metrics = len(self._session.losses), len(self._session.metrics)

    def everything(self) -> None:
        """Tell all that is new, with a frame at rest."""
        if self.state is not State.FAILED:
            self._problem = None
        self.layout()
        self.frame(exact=True)
        self.numbers()
        self.status()

    def layout(self) -> bool:
        """Tell the layout if it is another one, and say whether it is: at rest a frame has to follow."""
        message = self._display.layout([problem.model_dump() for problem in self._problems()])
        if message is not None:
            self._kept_frames()
            self._inbox.send_json({**message, "edit": self.edit})
        return message is not None

    def frame(self, *, exact: bool) -> None:
        """Tell the numbers."""
        self.has_evaluated |= self._session.moment is not None
        self._kept_frames()
        self._inbox.send(FRAME + self._display.frame(exact=exact))

    def keep_frame(self) -> None:
        """Make a frame of a run's beginning; it is told with others, before the next one."""
        self.layout()
        began = time.perf_counter()
        frame = self._display.frame(exact=False)
        self._opening.keep(self._session.standing.step, frame, time.perf_counter() - began)

    def _kept_frames(self) -> None:
        frames = self._opening.take()
        if frames:
            self._inbox.send(encode_frames(frames))

    def numbers(self) -> None:
        """Tell the losses and metrics that are new."""
        session = self._session
        run = session.standing.run
        if run != self._run:
            self._run, self._losses, self._metrics = run, 0, 0
        if len(session.losses) > self._losses:
            data = session.losses.data(self._losses)
            self._inbox.send(encode_losses(run, self._losses, data))
            self._losses = len(session.losses)
            session.losses.forget(self._losses - 1)
        if session.metrics.width and len(session.metrics) > self._metrics:
            first = max(self._metrics, session.metrics.start)
            names = list(session.graph.program.metrics)
            self._inbox.send(encode_metrics(run, first, names, session.metrics.data(first)))
            self._metrics = len(session.metrics)
            session.metrics.forget(self._metrics)
        self._validation()
        self._pace.numbers_told()

    def _validation(self) -> None:
        """Tell the rows of validation that are new; of a new run, or with new metrics, all."""
        validations = self._session.validations
        if validations is not self._validations:
            self._validations, self._validated = validations, validations.start
        if len(validations) > self._validated:
            run, names = self._session.standing.run, ["step", *validations.names]
            data = validations.data(self._validated)
            self._inbox.send(encode_metrics(run, self._validated, names, data, kind=VALIDATION))
            self._validated = len(validations)

    def status(self) -> None:
        """Tell where the run stands."""
        session, standing = self._session, self._session.standing
        loss = session.losses.last()
        prepared = session.prepared
        steps = prepared.binding.train.steps if prepared and prepared.binding.train else None
        self._inbox.send_json(
            {
                "type": "status",
                "state": str(self.state),
                "step": standing.step,
                "of": max(standing.target or steps or 0, standing.step),
                "loss": loss if loss is not None and math.isfinite(loss) else None,
                "device": str(prepared.device) if prepared else "",
                "torch": str(torch.__version__),
                "run": standing.run,
                "dirty": standing.is_dirty,
                "problem": self._problem.model_dump() if self._problem else None,
            }
        )
        self._pace.status_told()

    def _problems(self) -> list[Problem]:
        """Give the graph's problems, and what failed while it ran."""
        prepared = self._session.prepared
        found = list(prepared.problems) if prepared is not None else []
        failed = [each for each in (self._session.failed, self._problem) if each is not None]
        return list(dict.fromkeys([*found, *failed]))
