"""Loss and metrics on data that stands in the place of sources; leaves everything as it was."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from gradcanvas.program.binding import BoundValidation
from gradcanvas.program.program import Program
from gradcanvas.training.randomness import borrowed
from gradcanvas.training.records import Records


class Validations:
    """What validation gave at the ends of epochs.

    Attributes:
        steps: after how many steps each was made.
        numbers: loss and metrics, one row each.
    """

    def __init__(self, metrics: Sequence[str] = ()) -> None:
        self.names = ("loss", *metrics)
        self.steps: list[int] = []
        self.numbers = Records(len(self.names))

    def add(self, step: int, numbers: Sequence[Tensor]) -> None:
        """Add one row."""
        self.steps.append(step)
        self.numbers.add(*numbers)

    def columns(self) -> dict[str, list[float]]:
        """Give each number's course by its name."""
        values = self.numbers.values()
        return {name: values[place :: len(self.names)] for place, name in enumerate(self.names)}


def validate(
    program: Program, replacements: Sequence[BoundValidation], sources: Mapping[str, Tensor]
) -> tuple[Tensor, ...]:
    """Give loss and metrics on the replaced sources: in eval mode, without gradient, random state put back.

    Raises:
        NodeError: an operation failed.
    """
    given = dict(sources)
    for each in replacements:
        if each.reference is not None:
            given[str(each.source)] = sources[str(each.reference)]
        else:
            given[str(each.source)] = torch.tensor(each.data, device=program.device)
    with torch.no_grad(), borrowed(program.device), _evaluating(program.modules):
        numbers = program.plain(*(given[ref] for ref in program.inputs))
    return tuple(number for number in numbers if number is not None)


@contextmanager
def _evaluating(modules: Mapping[str, nn.Module]) -> Iterator[None]:
    """Set eval mode, and afterwards each module's own mode again."""
    were = [(part, part.training) for module in modules.values() for part in module.modules()]
    for part, _ in were:
        part.training = False
    try:
        yield
    finally:
        for part, training in were:
            part.training = training
