"""How one node's callable is called: which of its arguments go by position, by keyword, or spread.

Knows nothing of what the callable is, and does not care whether a wire carries a tensor, a fake one or a
torch.fx node: check, compile and print all call by this one rule.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from gradcanvas.catalog.model import Argument, Overload
from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.index import parse_index
from gradcanvas.program.values import to_torch

Fed = Callable[[Reference], Any]
"""Gives what a reference carries."""

Stated = Callable[[BoundNode, Argument, Fed], Any]
"""Gives what is passed for a literal."""


def call_arguments(
    node: BoundNode, fed: Fed, stated: Stated | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Return the positional and keyword arguments of one call of the node.

    Of a module these are the arguments of its call; `make_arguments` gives those of its constructor.

    Args:
        node: what is called; not a control operation.
        fed: what stands for the tensor at the beginning of an edge.
        stated: what stands for a literal, if not what torch is given for it.
    """
    given: dict[str, Any] = {}
    stated = stated or stated_literal
    for argument in node.overload.arguments:
        wire = node.wires.get(argument.name)
        if isinstance(wire, Reference):
            given[argument.name] = fed(wire)
        elif wire is not None:
            given[argument.name] = [fed(reference) for reference in wire]
        elif argument.name in node.values:
            given[argument.name] = stated(node, argument, fed)
    return arranged(node.overload, given, "call")


def make_arguments(node: BoundNode) -> tuple[list[Any], dict[str, Any]]:
    """Return the positional and keyword arguments of a module's constructor."""
    return literal_arguments(node.overload, node.values, "make")


def literal_arguments(
    overload: Overload, values: Mapping[str, object], stage: Literal["make", "call"] = "call"
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of what takes literals alone: constructors, optimisers, initialisers."""
    given = {
        argument.name: to_torch(argument, values[argument.name])
        for argument in overload.arguments
        if argument.name in values
    }
    return arranged(overload, given, stage)


def arranged(
    overload: Overload, given: Mapping[str, Any], stage: Literal["make", "call"]
) -> tuple[list[Any], dict[str, Any]]:
    """Sort given arguments into positional and keyword ones.

    What stands before a positional argument goes by position as well; if it is not given, its default does.

    Args:
        overload: the signature.
        given: argument → what is passed, of any kind.
        stage: which arguments are meant: the constructor's or the call's.
    """
    arguments = [each for each in overload.arguments if each.stage == stage]
    places = [i for i, each in enumerate(arguments) if each.passing != "keyword" and each.name in given]
    last = max(places, default=-1)
    positional: list[Any] = []
    for argument in arguments[: last + 1]:
        if argument.name not in given:
            positional.append(default_of(argument))
        elif argument.passing == "varargs":
            positional.extend(given[argument.name])
        else:
            positional.append(given[argument.name])
    keywords = {each.name: given[each.name] for each in arguments[last + 1 :] if each.name in given}
    return positional, keywords


def default_of(argument: Argument) -> Any:
    """Return an argument's own default as it is passed to torch; None where there is none."""
    return None if argument.default is None else to_torch(argument, json.loads(argument.default))


def stated_literal(node: BoundNode, argument: Argument, fed: Fed) -> Any:
    """Return what torch is given for a literal; what is wired into an index is put in."""
    value = node.values[argument.name]
    if argument.type != "index":
        return to_torch(argument, value)
    index = parse_index(str(value))
    wired = {name: fed(wire) for name in index.names if isinstance(wire := node.wires[name], Reference)}
    return index.build(wired)
