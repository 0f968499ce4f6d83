"""Finds for a Python call of an operation the names under which a graph gives its arguments.

By rule: positional arguments are bound as the operation's signature binds them, and the first overload of the
catalogue that takes all of them is meant.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from gradcanvas.catalog import Argument, Operation, Overload
from gradcanvas.program.literals import misfit
from tests.conformance import literals
from tests.conformance.inexpressible import InexpressibleError
from tests.conformance.parts import Part
from tests.conformance.rows import Inner

MEANINGLESS = {
    "device": "cpu",
    "layout": torch.strided,
    "pin_memory": False,
    "requires_grad": False,
    "non_blocking": False,
    "inplace": False,
    "generator": None,
    "out": None,
    "size_average": None,
    "reduce": None,
    "unsafe": False,
    "options": None,
}
"""Arguments that graphs do not have, and the value at which they change nothing."""


def bind_call(
    operation: Operation, call: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Overload, dict[str, Any]]:
    """Return the overload that a call means, and its arguments by the names of the catalogue.

    Args:
        operation: from the catalogue.
        call: what it stands for.
        args: positional arguments, of a method the receiver first.
        kwargs: arguments by name.

    Raises:
        InexpressibleError: no overload takes them.
    """
    kwargs = {name: value for name, value in kwargs.items() if not is_meaningless(name, value)}
    names = _parameter_names(call)
    misfits: list[str] = []
    for overload in operation.overloads:
        given = _named(overload, names, args, kwargs)
        if isinstance(given, str):
            misfits.append(given)
            continue
        wrong = _wrong(overload, given)
        if wrong is None:
            return overload, given
        misfits.append(wrong)
    raise InexpressibleError(f"`{operation.name}`: {misfits[0] if misfits else 'it has no way of calling'}")


def fitting(operation: Operation, given: dict[str, Any]) -> Overload:
    """Return the overload that takes arguments given by name.

    Raises:
        InexpressibleError: none does.
    """
    misfits: list[str] = []
    for overload in operation.overloads:
        wrong = _wrong(overload, given)
        if wrong is None:
            return overload
        misfits.append(wrong)
    raise InexpressibleError(f"`{operation.name}`: {misfits[0]}")


def is_meaningless(name: str, value: Any) -> bool:
    """Tell whether an argument is one that graphs do not have, at the value that changes nothing."""
    if name == "memory_format":  # the same numbers, laid in another order
        return True
    if name not in MEANINGLESS:
        return False
    if isinstance(value, torch.Tensor):
        return False
    return bool(value == MEANINGLESS[name]) or (name == "device" and str(value) == "cpu")


def _parameter_names(call: Callable[..., Any]) -> list[str] | None:
    """Return the names of a Python function's positional parameters; None for a native one."""
    if not inspect.isfunction(call):
        return None
    parameters = inspect.signature(call).parameters.values()
    if any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in parameters):
        return None
    return [each.name for each in parameters]


def _named(
    overload: Overload, names: list[str] | None, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any] | str:
    """Give each positional argument its name; return what stands against it as text."""
    own = {each.name: each for each in overload.arguments if each.stage == "call"}
    order = list(own) if names is None else names
    given: dict[str, Any] = {}
    for place, name in enumerate(order):
        argument = own.get(name)
        if argument is not None and argument.passing == "varargs":
            given[name] = list(args[place:]) if not _is_one_list(args[place:]) else list(args[place])
            args = args[:place]
        if place >= len(args):
            break
        if argument is not None and _spreads(argument, args[place:], order[place + 1 :]):
            given[name], args = list(args[place:]), args[:place]
            break
        if not is_meaningless(name, args[place]) or argument is not None:
            given[name] = args[place]
    else:
        if len(args) > len(order):
            return f"it is given {len(args)} arguments by position and takes {len(order)}"
    for name, value in kwargs.items():
        if _renamed(name, own) in given:
            return f"`{name}` would be given twice"
        given[_renamed(name, own)] = value
    return given


def _is_one_list(rest: Sequence[Any]) -> bool:
    return len(rest) == 1 and isinstance(rest[0], (list, tuple))


def _spreads(argument: Argument, rest: Sequence[Any], following: Sequence[str]) -> bool:
    """Tell whether numbers given one by one are one list: `x.permute(1, 0)`."""
    return argument.type == "ints" and len(rest) > 1 + len(following) and all(type(r) is int for r in rest)


def _renamed(name: str, own: Mapping[str, Argument]) -> str:
    if name not in own and name == "self" and "input" in own:
        return "input"
    return "self" if name == "input" and "self" in own and name not in own else name


def _wrong(overload: Overload, given: dict[str, Any]) -> str | None:
    """Say why an overload does not take these arguments; None if it does."""
    own = {each.name: each for each in overload.arguments}
    for name, value in given.items():
        if name not in own:
            return f"it has no argument `{name}` here"
        if not fits(own[name], value):
            return f"`{name}` does not take {described(value)}"
    missing = [each.name for each in overload.arguments if each.required and each.name not in given]
    return f"`{missing[0]}` is not given" if missing else None


def fits(argument: Argument, value: Any) -> bool:
    """Tell whether a value can stand at an argument, wired or typed."""
    if isinstance(value, Part):
        return argument.type == "module" and f"torch.nn.{value.kind.__name__}" in argument.choices
    if argument.type == "constant" and isinstance(value, torch.Tensor):
        return True
    if isinstance(value, (torch.Tensor, Inner)):
        return argument.wired and argument.type != "tensors"
    if argument.type == "tensors":
        return isinstance(value, (list, tuple)) and all(isinstance(each, torch.Tensor) for each in value)
    if argument.fixed is not None:
        return bool(json.loads(argument.fixed) == value)
    if value is None and (
        argument.nullable or (not argument.required and argument.default in (None, "null"))
    ):
        return True
    try:
        return argument.typed and misfit(argument, literals.plain(value)) is None
    except InexpressibleError:
        return False


def described(value: Any) -> str:
    """Name a value's kind, so that samples of one reason are counted together."""
    if isinstance(value, (torch.Tensor, Inner)):
        return "a tensor"
    if isinstance(value, (list, tuple)):
        kinds = sorted({type(each).__name__ for each in value})
        return f"a list of {' and '.join(kinds) or 'nothing'}"
    return "None" if value is None else f"a {type(value).__name__}"
