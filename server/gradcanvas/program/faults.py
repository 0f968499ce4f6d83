"""What is wrong with the arguments that a node gives, in words. Knows nothing of torch."""

from dataclasses import dataclass, replace

from gradcanvas.catalog.model import Argument, Operation, Overload
from gradcanvas.document import Literal
from gradcanvas.document.problems import nearest
from gradcanvas.program.fitting import Given, literal_fits, missing, places_of, takes_free_wires, wire_fits
from gradcanvas.program.literals import described, expected, misfit

NEVER_OFFERED = {
    "out": "A node makes its own output.",
    "inplace": "Operations never change their inputs here.",
    "device": "The graph's own `device` is for all of its nodes.",
    "generator": "The graph's `seed` is given to the default generator.",
    "layout": "Tensors are strided here.",
    "pin_memory": "Tensors are strided and unpinned here.",
    "memory_format": "Memory keeps its order here.",
    "requires_grad": "Write it beside `args`, as a key of the node itself.",
}
"""Arguments of torch that no operation here has, and what stands for them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the arguments: `at` is the way from the node to the place ("args", "dim")."""

    at: tuple[str, ...]
    code: str
    message: str
    help: str


def twice(given: Given, owner: str) -> list[Fault]:
    """Say what is both wired and typed."""
    return [
        Fault(
            ("args", name),
            "argument-twice",
            f"`{owner}.{name}` stands in `inputs` and in `args`.",
            "Take it out of one of them: an argument is wired or typed, never both.",
        )
        for name in given.typed
        if name in given.wired
    ]


def single_faults(operation: Operation, given: Given, owner: str) -> list[Fault]:
    """Say what is wrong with each argument on its own: in no overload can it stand as it does."""
    faults: list[Fault] = []
    for name, is_list in given.wired.items():
        places = places_of(operation, name)
        if places:
            if not any(wire_fits(place, is_list) for place in places):
                faults.append(_wire_fault(places[0], is_list, owner))
        elif not any(takes_free_wires(operation, each) for each in operation.overloads):
            faults.append(_unknown(operation, ("inputs", name), owner))
        elif is_list:
            faults.append(_wire_fault(Argument(name, "tensor", wired=True), is_list, owner))
    for name, literal in given.typed.items():
        places = places_of(operation, name)
        if not places:
            faults.append(_unknown(operation, ("args", name), owner))
        elif not any(literal_fits(place, literal) for place in places):
            faults.append(_literal_fault(places, literal, owner))
    return faults


def _wire_fault(argument: Argument, is_list: bool, owner: str) -> Fault:
    at = ("inputs", argument.name)
    if not argument.wired:
        return Fault(
            at,
            "not-wirable",
            f"`{owner}.{argument.name}` takes {expected(argument)}, not an edge.",
            "Write its value under `args`.",
        )
    if is_list:
        return Fault(
            at,
            "wrong-type",
            f"`{owner}.{argument.name}` takes one tensor, and a list of references stands there.",
            "Write one reference without brackets.",
        )
    return Fault(
        at,
        "wrong-type",
        f"`{owner}.{argument.name}` takes a list of tensors, and one reference stands there.",
        "Write a list of references in brackets.",
    )


def _literal_fault(places: list[Argument], literal: Literal, owner: str) -> Fault:
    places = _with_all_choices(places)
    argument = next((place for place in places if place.typed), places[0])
    why = misfit(argument, literal.value) or (expected(argument), "Wire it, under `inputs`.")
    if argument.fixed is not None:
        why = (f"only `{argument.fixed}`", "Leave it out.")
    close = nearest(literal.value, argument.choices) if isinstance(literal.value, str) else None
    if close is not None:
        why = why[0], f"Did you mean `{close}`?"
    takes = list(
        dict.fromkeys([why[0], *(expected(place) for place in places if place.typed and not place.fixed)])
    )
    return Fault(
        ("args", argument.name),
        "wrong-type",
        f"`{owner}.{argument.name}` takes {' or '.join(takes)}; {described(literal.value)} stands there.",
        why[1],
    )


def _with_all_choices(places: list[Argument]) -> list[Argument]:
    """Let each place that offers choices name those of all overloads."""
    choices = tuple(dict.fromkeys(choice for place in places for choice in place.choices))
    return [replace(place, choices=choices) if place.type == "choice" else place for place in places]


def _unknown(operation: Operation, at: tuple[str, ...], owner: str) -> Fault:
    name = at[-1]
    names = tuple(dict.fromkeys(each.name for over in operation.overloads for each in over.arguments))
    close = nearest(name, names)
    if name in NEVER_OFFERED:
        help_text = NEVER_OFFERED[name]
    elif close is not None:
        help_text = f"Did you mean `{close}`?"
    else:
        help_text = f"It takes {', '.join(names)}." if names else "It takes no arguments."
    return Fault(
        at, "unknown-argument", f"`{operation.name}` has no argument `{name}` (of `{owner}`).", help_text
    )


def lacking(operation: Operation, taking: list[Overload], given: Given, owner: str) -> Fault:
    """Say what keeps everything that is right on its own from being a call."""
    lists = [missing(each, given) for each in taking]
    if not lists:
        return _not_with_choice(operation, given, owner) or _no_overload(operation, given, owner)
    always = [name for name in lists[0] if all(name in each for each in lists)]
    if not always:
        return _no_overload(operation, given, owner)
    fewest = min(lists, key=len)
    names = always if len(always) == len(fewest) else fewest
    what = _argument_words([places_of(operation, name)[0] for name in names])
    return Fault(
        (),
        "missing-argument",
        f"`{owner}` lacks {' and '.join(f'`{name}`' for name in names)}.",
        f"`{operation.name}` needs {what}.",
    )


def _argument_words(arguments: list[Argument]) -> str:
    how = {(True, True): "wired or typed", (True, False): "wired"}
    return " and ".join(
        f"`{each.name}`: {expected(each)}, {how.get((each.wired, each.typed), 'typed')}" for each in arguments
    )


def _not_with_choice(operation: Operation, given: Given, owner: str) -> Fault | None:
    """Say which argument a choice does not go with, where overloads differ in the choices they offer."""
    first = operation.overloads[0].arguments[0]
    literal = given.typed.get(first.name)
    if (
        first.type != "choice"
        or literal is None
        or all(each.arguments[0] is first for each in operation.overloads)
    ):
        return None
    chosen = next(each for each in operation.overloads if literal_fits(each.arguments[0], literal))
    names = [each.name for each in chosen.arguments]
    extra = next((name for name in given.names if name not in names), None)
    if extra is None:
        return None
    message = f"`{owner}` has no `{extra}` where its `{first.name}` is {described(literal.value)}."
    return Fault(("args", extra), "unknown-argument", message, f"It takes {', '.join(names)}.")


def _no_overload(operation: Operation, given: Given, owner: str) -> Fault:
    ways = "; ".join(f"`{operation.name}{_signature(each)}`" for each in operation.overloads)
    names = ", ".join(f"`{name}`" for name in given.names) or "none"
    return Fault(
        (),
        "no-overload",
        f"The arguments of `{owner}` ({names}) fit no way of calling it.",
        f"There is {ways}.",
    )


def _python(default: str) -> str:
    return {"null": "None", "true": "True", "false": "False"}.get(default, default)


def _signature(overload: Overload) -> str:
    """Write an overload as people know it: `(input, dim, keepdim=False)`."""
    parts = (
        each.name if each.required or each.default is None else f"{each.name}={_python(each.default)}"
        for each in overload.arguments
    )
    return f"({', '.join(parts)})"
