"""What a literal of a graph file is passed as: to torch, and as Python text. Knows nothing of graphs.

Numbers go as they are written: an integer stays one and a float stays one, also where the argument could be a
tensor, so that promotion is that of Python's operators.
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import torch

from gradcanvas.catalog.model import Argument
from gradcanvas.program.binding import BoundPart
from gradcanvas.program.index import Index, parse_index
from gradcanvas.program.literals import DTYPES, NOT_FINITE, is_complex

DTYPE: dict[str, torch.dtype] = {
    name: dtype for name in DTYPES if isinstance(dtype := getattr(torch, name, None), torch.dtype)
}
"""A dtype by its name in a file."""

NAME: dict[torch.dtype, str] = {dtype: name for name, dtype in DTYPE.items()}


def dtype_name(dtype: torch.dtype) -> str:
    """Return the name under which a dtype stands in files and reports."""
    return NAME.get(dtype) or str(dtype).removeprefix("torch.")


def to_torch(argument: Argument, value: object) -> Any:
    """Return what is passed to torch for a literal that fits its argument.

    Args:
        argument: where it stands. An index comes back parsed (`Index`); `Index.build` puts the wired in.
        value: the plain Python value of the literal.
    """
    if value is None:
        return None
    if argument.type == "dtype":
        return DTYPE[str(value)]
    if argument.type == "index":
        return parse_index(str(value))
    if argument.type == "map" and argument.name == "options":
        return _options(value)
    if argument.type in ("string", "choice", "function", "map") or isinstance(value, BoundPart):
        return value
    if argument.type == "constant":
        return _constant(value)
    if is_list(argument, value):
        return [_number(value)]
    return _number(value)


def to_python_source(argument: Argument, value: object, names: Mapping[str, str] | None = None) -> str:
    """Return the same as Python text that needs `torch` alone.

    Args:
        argument: where it stands.
        value: the plain Python value of the literal.
        names: of an index, what its names are called in that text.
    """
    passed = to_torch(argument, value)
    if isinstance(passed, Index):
        return passed.source(names or {name: name for name in passed.names})
    return python_text(passed)


def python_text(passed: object) -> str:
    """Write one value that torch is given as Python text."""
    if isinstance(passed, torch.dtype):
        return str(passed)
    if isinstance(passed, float) and not math.isfinite(passed):
        return f'float("{passed}")'
    if isinstance(passed, complex):
        return f"complex({python_text(passed.real)}, {python_text(passed.imag)})"
    if isinstance(passed, torch.Tensor):
        return f"torch.tensor({python_text(passed.tolist())}, dtype={passed.dtype})"
    if isinstance(passed, BoundPart):
        given = part_arguments(passed)
        return f"{passed.name}({', '.join(f'{name}={python_text(each)}' for name, each in given.items())})"
    if isinstance(passed, torch.nn.LinearCrossEntropyOptions):
        fields = {each.name: getattr(passed, each.name) for each in dataclasses.fields(passed)}
        written = ", ".join(f"{name}={python_text(value)}" for name, value in fields.items())
        return f"torch.nn.LinearCrossEntropyOptions({written})"
    if isinstance(passed, list):
        return "[" + ", ".join(map(python_text, passed)) + "]"
    if isinstance(passed, dict):
        return "{" + ", ".join(f"{key!r}: {python_text(item)}" for key, item in passed.items()) + "}"
    return repr(passed)


def part_arguments(part: BoundPart) -> dict[str, Any]:
    """Return the arguments of the constructor of a module that another is made of."""
    return {
        argument.name: to_torch(argument, part.values[argument.name])
        for argument in part.overload.arguments
        if argument.name in part.values
    }


def _options(value: Any) -> torch.nn.LinearCrossEntropyOptions:
    """Return how `linear_cross_entropy` is to be cut into chunks, of its fields by name."""
    dtypes = {name: DTYPE.get(each) for name, each in value.items() if name == "acc_dtype"}
    return torch.nn.LinearCrossEntropyOptions(**{**value, **dtypes})


def _constant(value: Any) -> torch.Tensor:
    """Return the tensor that a module is made with."""
    if isinstance(value, dict) and "data" in value:
        return torch.tensor(_number(value["data"]), dtype=DTYPE[value["dtype"]])
    return torch.tensor(_number(value), dtype=torch.get_default_dtype())


def is_list(argument: Argument, value: object) -> bool:
    """Tell whether a single integer stands where torch wants a list of it (`size`, `dims`)."""
    if argument.type != "ints" or isinstance(value, list):
        return False
    return not argument.single


_PLAIN = frozenset({int, float, bool})


def _number(value: Any) -> Any:
    if isinstance(value, list):
        if _PLAIN.issuperset(map(type, value)):
            return value
        return [_number(item) for item in value]
    if isinstance(value, str) and value in NOT_FINITE:
        return float(value)
    if is_complex(value):
        real, imaginary = (float(part) for part in value["complex"])
        return complex(real, imaginary)
    return value
