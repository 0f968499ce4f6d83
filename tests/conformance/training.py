"""Trains a graph file in a session of the editor's own, to compare it with a loop by hand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from gradcanvas.training.failures import RunError
from gradcanvas.training.session import Session
from tests.conformance.comparing import RefusedError

STEPS = 5


@dataclass
class Trained:
    """What a training came to.

    Attributes:
        losses: one a step.
        outputs: of one node, as the last step computed them.
        leaves: by reference in key order, after the last step.
        buffers: of the modules, after the last step.
    """

    losses: list[float]
    outputs: list[torch.Tensor]
    leaves: dict[str, torch.Tensor]
    buffers: list[torch.Tensor]


def train_graph(text: str, node: str) -> Trained:
    """Load a graph file and train it, the last step watched; where it has no training, evaluate it.

    Raises:
        RefusedError: the graph has problems, or failed while it ran.
    """
    session = Session(device="cpu")
    try:
        session.load(text)
        if session.graph.problems:
            problem = session.graph.problems[0]
            raise RefusedError(f"{problem.code}: {problem.message}")
        if session.train is None:
            moment = session.evaluate()
        else:
            for _ in range(STEPS - 1):
                session.step()
            watched = session.step(watched=True)
            assert watched is not None
            moment = watched
    except RunError as error:
        raise RefusedError(f"{error.problem.code}: {error.problem.message}") from error
    values = moment.observation.values.items()
    return Trained(
        losses=[float(loss) for loss in session.losses.values()],
        outputs=[value for name, value in values if name.partition(".")[0] == node],
        leaves=dict(session.state.leaves),
        buffers=[buffer for module in session.state.modules.values() for buffer in module.buffers()],
    )


def train_by_hand(optimizer: torch.optim.Optimizer, forward: Callable[[], torch.Tensor]) -> list[float]:
    """Make the steps as a person writes them; return the losses."""
    losses: list[float] = []
    for _ in range(STEPS):
        if isinstance(optimizer, torch.optim.LBFGS):
            loss = optimizer.step(lambda: _closure(optimizer, forward))  # type: ignore[no-untyped-call]
        else:
            loss = forward()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    return losses


def _closure(optimizer: torch.optim.Optimizer, forward: Callable[[], torch.Tensor]) -> torch.Tensor:
    optimizer.zero_grad()
    loss = forward()
    loss.backward()  # type: ignore[no-untyped-call]
    return loss


def unlike(expected: Sequence[float], found: Sequence[float]) -> str | None:
    """Say where two courses of the loss part; not-a-number is like itself."""
    pairs: Iterable[Any] = zip(expected, found, strict=False)
    step = next((place for place, (a, b) in enumerate(pairs) if a != b and not (a != a and b != b)), None)
    if len(expected) != len(found):
        return f"{len(found)} losses instead of {len(expected)}"
    return None if step is None else f"the loss of step {step + 1}"
