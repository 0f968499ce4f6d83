"""Whether what a node gives fits one overload. Knows nothing of torch, nor of how a misfit is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from gradcanvas.catalog.model import Argument, Operation, Overload
from gradcanvas.document import Literal
from gradcanvas.program.literals import misfit


@dataclass(frozen=True, slots=True)
class Given:
    """What a node gives: argument → whether a list is wired, and argument → literal."""

    wired: Mapping[str, bool]
    typed: Mapping[str, Literal]

    @property
    def names(self) -> tuple[str, ...]:
        """All names given, wired ones first."""
        return (*self.wired, *self.typed)


def takes_free_wires(operation: Operation, overload: Overload) -> bool:
    """Tell whether inputs beside the signature may be wired: those of functions, or names of an index."""
    return any(each.type in ("index", "function") for each in overload.arguments)


def places_of(operation: Operation, name: str) -> list[Argument]:
    """Return the arguments of that name, of every overload."""
    return [each for overload in operation.overloads for each in overload.arguments if each.name == name]


def wire_fits(argument: Argument, is_list: bool) -> bool:
    """Tell whether a wire, or a list of wires, can end at an argument."""
    return argument.wired and is_list == (argument.type == "tensors")


def literal_fits(argument: Argument, literal: Literal) -> bool:
    """Tell whether a literal can stand at an argument."""
    if argument.fixed is not None and literal.text != argument.fixed:
        return False
    return (argument.typed or literal.value is None) and misfit(argument, literal.value) is None


def takes(overload: Overload, given: Given, operation: Operation) -> bool:
    """Tell whether an overload has a place for all that is given."""
    arguments = {each.name: each for each in overload.arguments}
    for name, is_list in given.wired.items():
        argument = arguments.get(name)
        if argument is None:
            if not takes_free_wires(operation, overload):
                return False
        elif not wire_fits(argument, is_list):
            return False
    return all(
        name in arguments and literal_fits(arguments[name], literal) for name, literal in given.typed.items()
    )


def missing(overload: Overload, given: Given) -> list[str]:
    """Name what an overload requires and is not given."""
    return [
        each.name
        for each in overload.arguments
        if each.required and each.name not in given.wired and each.name not in given.typed
    ]
