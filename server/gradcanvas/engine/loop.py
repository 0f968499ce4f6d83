"""The loop of a run: makes steps, shows what is due, and ends with the run or when a message waits."""

from typing import Final

from gradcanvas.engine.copying import Copying
from gradcanvas.engine.inbox import Inbox
from gradcanvas.engine.opening import Opening
from gradcanvas.engine.pace import Pace
from gradcanvas.engine.teller import State, Teller
from gradcanvas.training.session import Session

_SHORT: Final = 1e-3
"""Seconds; after a longer step it is asked whether a copy is due."""


class Loop:
    """The steps of one session's runs."""

    def __init__(
        self, session: Session, inbox: Inbox, pace: Pace, opening: Opening, teller: Teller, copying: Copying
    ) -> None:
        self._session = session
        self._inbox = inbox
        self._pace = pace
        self._opening = opening
        self._teller = teller
        self._copying = copying

    def run(self) -> None:
        """Make steps until something waits or the run ends."""
        standing, clock = self._session.standing, self._pace.clock
        now = clock()
        while not self._inbox:
            began = now
            most = 0 if self._opening.is_on(now) else standing.target - standing.step - 1
            is_alone = most > 0 and self._pace.is_alone(now)
            if is_alone:
                self._go_on(most, now)
            elif self._step_and_show(now):
                return
            now = clock()
            if self._pace.are_numbers_due(now):
                self._teller.numbers()
                if self._pace.is_status_due(now):
                    self._teller.status()
            if is_alone or now - began > _SHORT:
                self._copying.write_if_due()

    def _go_on(self, most: int, now: float) -> None:
        """Make steps that nobody sees until something waits or is due, by the shortest way."""
        step, inbox, clock = self._session.step, self._inbox, self._pace.clock
        until = self._pace.alone_until(now)
        first = self._session.standing.step
        self._copying.is_wanted = True
        for _ in range(most):
            step(verb="train")
            if inbox or clock() >= until:
                break
        self._pace.plain_steps(clock() - now, self._session.standing.step - first)

    def _step_and_show(self, now: float) -> bool:
        """Make the next step, show it if that is due, and say whether it was the run's last."""
        session, pace = self._session, self._pace
        is_last = session.standing.step + 1 >= session.standing.target
        is_kept = pace.rate > 0 and self._opening.is_due(session.standing.step + 1, now)
        shown = pace.is_frame_due(now)
        watched = is_last or ((shown or is_kept) and not session.is_short_batch_next())
        session.step(watched=watched, verb="train")
        self._copying.is_wanted = True
        if is_last:
            self._finish()
        elif watched and not shown:
            self._teller.keep_frame()
        elif watched:
            self._teller.layout()
            self._teller.frame(exact=False)
            pace.shown(now)
        else:
            pace.plain_steps(pace.clock() - now, 1)
        return is_last

    def _finish(self) -> None:
        """End a run that made its steps; without batches an epoch is the run."""
        train = self._session.train
        if train is not None and train.batch is None:
            self._session.validate()
        self._teller.state = State.IDLE
        self._teller.everything()
