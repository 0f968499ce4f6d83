"""Loss and metrics on data that stands in the place of sources; leaves everything as it was."""

import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from gradcanvas.program.binding import BoundValidation
from gradcanvas.program.modules import make_source
from gradcanvas.program.program import Program
from gradcanvas.training.randomness import borrowed
from gradcanvas.training.records import Records


class Validations:
    """What validation gave at the ends of epochs.

    Attributes:
        names: of the numbers of a row.
        start: the number of the first row: after a worker was replaced, earlier ones are elsewhere.
        steps: after how many steps each was made.
        numbers: loss and metrics, one row each.
    """

    def __init__(self, metrics: Sequence[str] = (), start: int = 0) -> None:
        self.names = ("loss", *metrics)
        self.start = start
        self.steps: list[int] = []
        self.numbers = Records(len(self.names))

    def __len__(self) -> int:
        """Return the number of rows, those before `start` included."""
        return self.start + len(self.steps)

    def add(self, step: int, numbers: Sequence[Tensor]) -> None:
        """Add one row."""
        self.steps.append(step)
        self.numbers.add(*numbers)

    def columns(self) -> dict[str, list[float]]:
        """Give each number's course by its name."""
        values = self.numbers.values()
        return {name: values[place :: len(self.names)] for place, name in enumerate(self.names)}

    def data(self, first: int) -> bytes:
        """Give the rows from number `first` on as little-endian float64: the step, then the row's numbers."""
        begin = max(first - self.start, 0)
        width = len(self.names)
        numbers = self.numbers.values(begin)
        rows = array("d")
        for place, step in enumerate(self.steps[begin:]):
            rows.append(step)
            rows.extend(numbers[place * width : (place + 1) * width])
        if sys.byteorder == "big":
            rows.byteswap()
        return rows.tobytes()


def validate(
    program: Program, replacements: Sequence[BoundValidation], sources: Mapping[str, Tensor]
) -> tuple[Tensor, ...]:
    """Give loss and metrics on the replaced sources: in eval mode, without gradient, random state put back.

    A graph that takes gradients itself takes them here as well; what replaces a leaf is one, then.

    Raises:
        NodeError: an operation failed.
    """
    given = dict(sources)
    for each in replacements:
        if each.made is not None:
            (given[str(each.source)],) = make_source(each.made, program.device)
        else:
            given[str(each.source)] = sources[str(each.reference)]
        if program.takes_gradients and sources[str(each.source)].requires_grad:
            given[str(each.source)] = given[str(each.source)].detach().requires_grad_()
    follows = torch.set_grad_enabled(program.takes_gradients)
    with follows, borrowed(program.device), _evaluating(program.modules):
        numbers = program.plain(*(given[ref] for ref in program.inputs))
    # A metric may be a parameter itself, which the next step changes.
    return tuple(number.detach().clone() for number in numbers if number is not None)


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
