"""What follows when a worker has ended: what is said, and what the next one does. Knows no processes."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from gradcanvas.engine.limits import (
    EVALUATION_STOPPED,
    RELEASED,
    STOPPED,
    SUPERSEDED,
    Ended,
    during_evaluation,
)

Letter = dict[str, Any]


@dataclass
class Outbox:
    """What is to be sent: the newest graph first, then the rest in order."""

    load: bool = False
    rest: deque[Letter] = field(default_factory=deque)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.load or bool(self.rest)


@dataclass(frozen=True, slots=True)
class Successor:
    """What the next worker does when it has taken over: it evaluates the graph, but perhaps not for long."""

    is_evaluating: bool = True
    is_limited: bool = False


def succeed(reason: Ended, *, was_evaluating: bool, is_releasing: bool) -> tuple[Ended, Successor]:
    """Say why a worker ended, and what the next one does.

    What an evaluation has ended, or what took too much, would end the next one too: that one waits to be
    asked. Where Stop had to end a step, the graph may take as long to evaluate: it is given little time.
    """
    if is_releasing:
        return RELEASED, Successor()
    if reason in (RELEASED, SUPERSEDED):
        return reason, Successor()
    is_stopped = reason is STOPPED
    if was_evaluating:
        return EVALUATION_STOPPED if is_stopped else during_evaluation(reason), Successor(False)
    return reason, Successor(reason.code not in ("memory", "hung"), is_limited=is_stopped)


def left_over(rest: deque[Letter], reason: Ended, unheard: list[Letter]) -> deque[Letter]:
    """Give what the next worker is sent of what this one was not.

    Args:
        rest: what had not been sent; who wants frames is told to every new worker anyway.
        reason: why it ended. What it died of may be among the verbs: they are not tried again.
        unheard: the verbs that it was sent and did not come to.
    """
    kept = [letter for letter in rest if letter["type"] != "watch"]
    if reason is SUPERSEDED:
        return deque([*unheard, *kept])
    return deque(kept if reason.code in ("released", "stopped") else [])
