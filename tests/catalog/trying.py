"""Calls operations on small inputs as a graph does: by the catalogue's names, positions and lists."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch

from gradcanvas.catalog import Argument, Operation, Overload

EXAMPLES: dict[str, Any] = {
    "int": 1,
    "float": 0.5,
    "number": 0.5,
    "bool": True,
    "dtype": torch.float32,
    "data": [[0], [1]],
    "constant": torch.tensor(0.5),
    "index": 0,
    "map": torch.nn.LinearCrossEntropyOptions(),
}


PARTS: dict[str, Callable[[], torch.nn.Module]] = {
    "torch.nn.TransformerEncoderLayer": lambda: torch.nn.TransformerEncoderLayer(1, 1),
    "torch.nn.TransformerDecoderLayer": lambda: torch.nn.TransformerDecoderLayer(1, 1),
    "torch.nn.LayerNorm": lambda: torch.nn.LayerNorm(1),
}


def tensors() -> Iterator[Callable[[], torch.Tensor]]:
    """Yield makers of small tensors, one of which suits most operations."""
    for shape in ((2, 2), (2,), (2, 2, 2), (1, 2, 4), (1, 2, 4, 4), (1, 2, 4, 4, 4)):
        yield partial(_between, shape)
    yield lambda: torch.zeros(2, 2, dtype=torch.int64)
    yield lambda: torch.zeros(2, dtype=torch.int64)
    yield lambda: torch.ones(2, 2, dtype=torch.bool)
    yield lambda: torch.rand(2, 2, dtype=torch.complex64)


def _between(shape: tuple[int, ...]) -> torch.Tensor:
    return torch.rand(shape) * 0.5 + 0.25


def literal(argument: Argument, use_default: bool) -> Any:
    """Return what is passed for a literal: the default, or some value of the argument's type."""
    if argument.fixed is not None:
        return json.loads(argument.fixed)
    if use_default and argument.default is not None:
        value = json.loads(argument.default)
        if argument.type == "dtype" and value is not None:
            return getattr(torch, value)
        if argument.type in ("int", "float", "number") and isinstance(value, str):
            return float(value)
        return tuple(value) if isinstance(value, list) else value
    if argument.type == "module":
        return PARTS[argument.choices[0]]()
    if argument.type == "choice":
        return argument.choices[0]
    if argument.type == "string":
        return "ij,jk->ik" if argument.name == "equation" else "mean"
    if argument.type in ("ints", "floats", "bools"):
        return (EXAMPLES[argument.type[:-1]],) * (argument.length or 1)
    return EXAMPLES[argument.type]


def call(
    function: Callable[..., Any], overload: Overload, given: Mapping[str, Any], stage: str = "call"
) -> Any:
    """Call a function with named arguments, by position where the catalogue says so."""
    arguments = [each for each in overload.arguments if each.stage == stage]
    places = [
        place for place, each in enumerate(arguments) if each.passing != "keyword" and each.name in given
    ]
    last = max(places, default=-1)
    positional: list[Any] = []
    for argument in arguments[: last + 1]:
        if argument.passing == "varargs":
            positional.extend(given[argument.name])
        else:
            positional.append(given.get(argument.name))
    rest = {each.name: given[each.name] for each in arguments[last + 1 :] if each.name in given}
    return function(*positional, **rest)


def made(
    operation: Operation, function: Callable[..., Any], overload: Overload, given: Mapping[str, Any]
) -> Any:
    """Return what is called in a step: the function itself, or the module that its class makes."""
    return call(function, overload, given, "make") if operation.kind == "module" else function


def flat(value: Any) -> list[Any]:
    """Return nested tuples and lists depth first."""
    if isinstance(value, (tuple, list)):
        return [item for part in value for item in flat(part)]
    return [value]
