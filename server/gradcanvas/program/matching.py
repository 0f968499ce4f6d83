"""Which overload of an operation a node means, by the names and literals it gives. Knows nothing of torch.

The catalogue lists overloads in the order in which they are tried, so that the first that fits is the one
that is meant; what fits none is told as faults at their places in the node.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gradcanvas.catalog.model import Argument, Operation, Overload
from gradcanvas.document import Literal
from gradcanvas.document.problems import nearest
from gradcanvas.program.literals import described, expected, fingerprint, misfit

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
class Given:
    """What a node gives: argument → whether a list is wired, and argument → literal."""

    wired: Mapping[str, bool]
    typed: Mapping[str, Literal]

    @property
    def names(self) -> tuple[str, ...]:
        """All names given, wired ones first."""
        return (*self.wired, *self.typed)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the arguments: `at` is the way from the node to the place ("args", "dim")."""

    at: tuple[str, ...]
    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Match:
    """The overload that fits, or the faults.

    Attributes:
        overload: what fits.
        faults: why nothing does.
        names: of the overload's arguments, in their order.
        takes_more: wires beside the signature are meant by it: inputs of functions, names of an index.
    """

    overload: Overload | None
    faults: tuple[Fault, ...] = ()
    names: tuple[str, ...] = ()
    takes_more: bool = False


def match(operation: Operation, given: Given, owner: str) -> Match:
    """Choose the overload that the given arguments fit.

    Args:
        operation: from the catalogue.
        given: names and literals as they stand in the file.
        owner: how the messages call what gives them: the node's id, "optimizer".
    """
    texts = tuple((name, fingerprint(literal.text)) for name, literal in given.typed.items())
    key = (id(operation), tuple(given.wired.items()), texts)
    known = _known.get(key)
    if known is not None and known[0] is operation:
        return known[1]
    found = _match(operation, given, owner)
    if found.overload is not None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = (operation, found)
    return found


_MOST_KNOWN = 20_000
_known: dict[object, tuple[Operation, Match]] = {}


def _match(operation: Operation, given: Given, owner: str) -> Match:
    faults = _twice(given, owner) + _single_faults(operation, given, owner)
    if faults:
        return Match(None, tuple(faults))
    taking = [each for each in operation.overloads if _takes(each, given, operation)]
    whole = [each for each in taking if not _missing(each, given)]
    if whole:
        names = tuple(each.name for each in whole[0].arguments)
        return Match(whole[0], (), names, takes_free_wires(operation, whole[0]))
    return Match(None, (_lacking(operation, taking, given, owner),))


def takes_free_wires(operation: Operation, overload: Overload) -> bool:
    """Tell whether inputs beside the signature may be wired: those of functions, or names of an index."""
    return any(each.type in ("index", "function") for each in overload.arguments)


def signature(overload: Overload) -> str:
    """Write an overload as people know it: `(input, dim, keepdim=False)`."""
    parts = (
        each.name if each.required or each.default is None else f"{each.name}={_python(each.default)}"
        for each in overload.arguments
    )
    return f"({', '.join(parts)})"


def _twice(given: Given, owner: str) -> list[Fault]:
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


def _single_faults(operation: Operation, given: Given, owner: str) -> list[Fault]:
    """Say what is wrong with each argument on its own: in no overload can it stand as it does."""
    faults: list[Fault] = []
    for name, is_list in given.wired.items():
        places = _places(operation, name)
        if places:
            if not any(_wire_fits(place, is_list) for place in places):
                faults.append(_wire_fault(places[0], is_list, owner))
        elif not any(takes_free_wires(operation, each) for each in operation.overloads):
            faults.append(_unknown(operation, ("inputs", name), owner))
        elif is_list:
            faults.append(_wire_fault(Argument(name, "tensor", wired=True), is_list, owner))
    for name, literal in given.typed.items():
        places = _places(operation, name)
        if not places:
            faults.append(_unknown(operation, ("args", name), owner))
        elif not any(_literal_fits(place, literal) for place in places):
            faults.append(_literal_fault(places, literal, owner))
    return faults


def _places(operation: Operation, name: str) -> list[Argument]:
    return [each for overload in operation.overloads for each in overload.arguments if each.name == name]


def _wire_fits(argument: Argument, is_list: bool) -> bool:
    return argument.wired and is_list == (argument.type == "tensors")


def _literal_fits(argument: Argument, literal: Literal) -> bool:
    if argument.fixed is not None and literal.text != argument.fixed:
        return False
    return (argument.typed or literal.value is None) and misfit(argument, literal.value) is None


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


def _takes(overload: Overload, given: Given, operation: Operation) -> bool:
    arguments = {each.name: each for each in overload.arguments}
    for name, is_list in given.wired.items():
        argument = arguments.get(name)
        if argument is None:
            if not takes_free_wires(operation, overload):
                return False
        elif not _wire_fits(argument, is_list):
            return False
    return all(
        name in arguments and _literal_fits(arguments[name], literal) for name, literal in given.typed.items()
    )


def _missing(overload: Overload, given: Given) -> list[str]:
    return [
        each.name
        for each in overload.arguments
        if each.required and each.name not in given.wired and each.name not in given.typed
    ]


def _lacking(operation: Operation, taking: list[Overload], given: Given, owner: str) -> Fault:
    lists = [_missing(each, given) for each in taking]
    if not lists:
        return _not_with_choice(operation, given, owner) or _no_overload(operation, given, owner)
    always = [name for name in lists[0] if all(name in each for each in lists)]
    if not always:
        return _no_overload(operation, given, owner)
    fewest = min(lists, key=len)
    names = always if len(always) == len(fewest) else fewest
    what = _argument_words([_places(operation, name)[0] for name in names])
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
    chosen = next(each for each in operation.overloads if _literal_fits(each.arguments[0], literal))
    names = [each.name for each in chosen.arguments]
    extra = next((name for name in given.names if name not in names), None)
    if extra is None:
        return None
    message = f"`{owner}` has no `{extra}` where its `{first.name}` is {described(literal.value)}."
    return Fault(("args", extra), "unknown-argument", message, f"It takes {', '.join(names)}.")


def _no_overload(operation: Operation, given: Given, owner: str) -> Fault:
    ways = "; ".join(f"`{operation.name}{signature(each)}`" for each in operation.overloads)
    names = ", ".join(f"`{name}`" for name in given.names) or "none"
    return Fault(
        (),
        "no-overload",
        f"The arguments of `{owner}` ({names}) fit no way of calling it.",
        f"There is {ways}.",
    )


def _python(default: str) -> str:
    return {"null": "None", "true": "True", "false": "False"}.get(default, default)
