"""How the entries of torch's operator database are called in a graph, where no rule says it, as rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Call = tuple[Sequence[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """How one entry is called.

    Attributes:
        operation: its name in a graph.
        arranged: from the arguments of the entry's own callable to those of the operation.
    """

    operation: str
    arranged: Callable[..., Call] = lambda *args, **kwargs: (args, kwargs)


def _swapped(first: Any, second: Any, **kwargs: Any) -> Call:
    return (second, first), kwargs


def _equation_first(operands: Any, equation: str) -> Call:
    return (equation, *operands), {}


ROWS: Final[dict[str, Row]] = {
    "__radd__": Row("torch.add", _swapped),
    "__rmul__": Row("torch.mul", _swapped),
    "__rsub__": Row("torch.rsub"),
    "__rdiv__": Row("torch.div", _swapped),
    "__rmod__": Row("torch.remainder", _swapped),
    "__rpow__": Row("torch.pow", _swapped),
    "__rmatmul__": Row("torch.matmul", _swapped),
    "einsum": Row("torch.einsum", _equation_first),
}
"""Entry, or entry and variant (`normal.number_mean`) → how it is called."""

PRIVATE: Final = "it is private to torch and has no public name"
IN_PLACE: Final = "it changes its input in place"

REASONS: Final[dict[str, str]] = {
    "zero_": IN_PLACE,
    "_softmax_backward_data": PRIVATE,
}
"""Entry → why no graph names it."""
