"""Merges overloads that differ only in where a number may stand for a tensor. Knows nothing of torch."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from gradcanvas.catalog.model import Argument, Overload


def merge_overloads(overloads: Iterable[Overload]) -> tuple[Overload, ...]:
    """Return the distinct ways of calling, with a number and a tensor for one argument as one way.

    Overloads are merged where their arguments have the same names and every mixture of their types is one of
    them, the one without any tensor excepted. `clamp` stays two: its bounds are two numbers or two tensors.
    """
    groups: dict[tuple[object, ...], list[Overload]] = {}
    for overload in overloads:
        names = tuple("input" if each.name == "self" else each.name for each in overload.arguments)
        group = groups.setdefault((names, overload.outputs), [])
        if overload not in group:
            group.append(overload)
    merged = [each for group in groups.values() for each in _merge_group(group)]
    return tuple(
        each for each in merged if not any(_covers(other, each) for other in merged if other is not each)
    )


def receiver_first(overload: Overload) -> Overload | None:
    """Return a method's overload with its receiver in the first place; None if it has none."""
    receiver = next(
        (each for each in overload.arguments if each.name == "self" and each.type == "tensor"), None
    )
    if receiver is None:
        return None
    rest = tuple(each for each in overload.arguments if each.name != "self")
    return replace(overload, arguments=(receiver, *rest))


def _merge_group(group: list[Overload]) -> list[Overload]:
    """Merge overloads of the same argument names as far as it is sound."""
    if len(group) == 1:
        return group
    columns = list(zip(*(overload.arguments for overload in group), strict=True))
    kinds = [tuple(dict.fromkeys(_shape(each) for each in column)) for column in columns]
    seen = {tuple(_shape(each) for each in overload.arguments) for overload in group}
    if all(set(kind) <= {"tensor", "number"} or len(kind) == 1 for kind in kinds):
        missing = [each for each in product(*kinds) if each not in seen and "tensor" in each]
        if not missing:
            return [Overload(_merge_columns(columns), group[0].outputs)]
    return _merge_pairs(group)


def _merge_pairs(group: list[Overload]) -> list[Overload]:
    """Merge those that differ in one argument only, until no two do."""
    rest = list(group)
    for first in rest:
        for second in rest:
            pairs = list(zip(first.arguments, second.arguments, strict=True))
            differing = [pair for pair in pairs if _shape(pair[0]) != _shape(pair[1])]
            if first is not second and len(differing) == 1 and _mergeable(*differing[0]):
                merged = Overload(_merge_columns(pairs), first.outputs)
                return _merge_pairs([merged, *(each for each in rest if each not in (first, second))])
    return rest


def _shape(argument: Argument) -> str:
    if argument.type == "tensor":
        return "tensor"
    if argument.type in ("number", "int", "float") and not argument.wired:
        return "number"
    return f"{argument.type} {argument.wired}"


def _mergeable(first: Argument, second: Argument) -> bool:
    return {_shape(first), _shape(second)} == {"tensor", "number"} or {first.type, second.type} == {
        "int",
        "ints",
    }


def _merge_columns(columns: Iterable[tuple[Argument, ...]]) -> tuple[Argument, ...]:
    arguments = [_merge_arguments(column) for column in columns]
    last = max((place for place, each in enumerate(arguments) if each.passing == "positional"), default=-1)
    return tuple(
        replace(each, passing="positional") if place <= last else each for place, each in enumerate(arguments)
    )


def _merge_arguments(column: tuple[Argument, ...]) -> Argument:
    """Return the one argument that accepts what any of the column does."""
    literals = [each for each in column if each.typed]
    base = next((each for each in literals if each.type == "ints"), literals[0] if literals else column[0])
    if any(each.type == "number" for each in literals) or {each.type for each in literals} == {
        "int",
        "float",
    }:
        base = replace(base, type="number")
    names = {each.name for each in column}
    wired = any(each.wired for each in column)
    return replace(
        base,
        name="input" if len(names) > 1 else base.name,
        wired=wired,
        required=all(each.required for each in column),
        nullable=any(each.nullable for each in column),
        default=next((each.default for each in column if each.default is not None), None),
        passing="positional" if len(names) > 1 or base.passing == "positional" else "keyword",
        single=base.single or (base.type == "ints" and any(each.type == "int" for each in column)),
    )


def _covers(wide: Overload, narrow: Overload) -> bool:
    """Say whether `wide` accepts all that `narrow` does, and more."""
    if wide.outputs != narrow.outputs or len(wide.arguments) <= len(narrow.arguments):
        return False
    mine = {each.name: each for each in wide.arguments}
    theirs = {each.name for each in narrow.arguments}
    if any(each.required for each in wide.arguments if each.name not in theirs):
        return False
    return all(
        each.name in mine and replace(mine[each.name], default=each.default, passing=each.passing) == each
        for each in narrow.arguments
    )
