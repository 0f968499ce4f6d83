"""Builds the catalogue from whatever torch is installed. The web process never imports this."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch

from gradcanvas.catalog.constructed import Constructed, read_constructed, walk_constructed
from gradcanvas.catalog.datasets import DATA_OPERATION
from gradcanvas.catalog.derivatives import read_derivatives
from gradcanvas.catalog.descriptions import category, is_random, resolve_reference, summary
from gradcanvas.catalog.docstrings import trim
from gradcanvas.catalog.editor import EDITOR_CALLABLES, EDITOR_OPERATIONS
from gradcanvas.catalog.model import Argument, Catalog, Kind, Operation, Overload
from gradcanvas.catalog.namespaces import Candidate, documentation, walk
from gradcanvas.catalog.overloads import merge_overloads, receiver_first
from gradcanvas.catalog.rules import CHOICES, GAPS, NUMBER_FOR_TENSOR, RULES, SCHEMAS, STATEFUL, VARARGS
from gradcanvas.catalog.schemas import read_overload
from gradcanvas.catalog.signatures import read_function
from gradcanvas.catalog.words import ALIASES, LAZY_NOTE, NOTES


def build_catalog() -> Catalog:
    """Describe every operation of the installed torch."""
    operations = {operation.name: operation for operation in _build_operations()}
    summaries = {name: operation.summary for name, operation in operations.items()}
    for name, operation in operations.items():
        text = resolve_reference(name, operation.summary, summaries)
        operations[name] = replace(operation, summary=text, aliases=operation.aliases + ALIASES.get(name, ()))
    return Catalog(torch=torch.__version__, rules=RULES, operations=operations)


def walk_callables() -> dict[str, Callable[..., Any]]:
    """Return every callable that may be an operation, by name, found by walking torch's namespaces."""
    found: dict[str, Callable[..., Any]] = {each.name: each.callable for each in walk()}
    found.update((each.name, each.callable) for each in walk_constructed())
    found.update(EDITOR_CALLABLES)
    return found


def _build_operations() -> Iterator[Operation]:
    schemas: dict[str, list[Any]] = defaultdict(list)
    for schema in torch._C._jit_get_all_schemas():
        schemas[schema.name].append(schema)
    for candidate in walk():
        read = _read_overloads(candidate, schemas)
        if read:
            overloads = tuple(
                _apply_rows(candidate.name, each) for each in sorted(merge_overloads(read), key=_size)
            )
            is_source = not all(any(each.wired for each in overload.arguments) for overload in read)
            kind = "source" if is_source else candidate.namespace.kind
            yield _with_derivatives(candidate, _describe(candidate, overloads, kind))
    for each in walk_constructed():
        overloads = tuple(_apply_rows(each.name, overload) for overload in read_constructed(each))
        if overloads:
            yield _describe(each, overloads, each.kind)
    yield DATA_OPERATION
    yield from EDITOR_OPERATIONS


def _with_derivatives(candidate: Candidate, operation: Operation) -> Operation:
    base = candidate.schema_name.removeprefix("aten::")
    derivatives, composed = read_derivatives().of(candidate.name, base)
    return replace(operation, derivatives=derivatives, composed=composed)


def _read_overloads(candidate: Candidate, schemas: dict[str, list[Any]]) -> list[Overload]:
    """Read the ways of calling from a row, from annotations or from torch's schemas, in this order."""
    receiver = candidate.namespace.receiver
    if candidate.name in SCHEMAS:
        texts = SCHEMAS[candidate.name]
        found = [torch._C.parse_schema(f"{candidate.short}{text}") for text in texts]
    elif inspect.isfunction(candidate.callable):
        return list(read_function(candidate.callable))
    else:
        found = schemas[candidate.schema_name]
    read = [overload for each in found if (overload := read_overload(each, receiver)) is not None]
    if receiver == "self":
        read = [overload for each in read if (overload := receiver_first(each)) is not None]
    return read


def _size(overload: Overload) -> tuple[int, int]:
    return sum(each.required for each in overload.arguments), len(overload.arguments)


def _apply_rows(name: str, overload: Overload) -> Overload:
    """Apply what rows say of single arguments."""
    numbers, varargs = NUMBER_FOR_TENSOR.get(name, ()), VARARGS.get(name)
    arguments = []
    for each in overload.arguments:
        if each.name in numbers and each.type == "tensor":
            each = replace(each, type="number", typed=True)
        if each.name == varargs:
            each = replace(each, passing="varargs")
        if each.type == "string":
            each = _with_choices(name, each)
        if each.name == GAPS[1] and GAPS[0] in name.lower():
            each = replace(each, gaps=True)
        arguments.append(each)
    if varargs is not None:
        place = next(place for place, each in enumerate(arguments) if each.name == varargs)
        arguments[:place] = [replace(each, passing="positional") for each in arguments[:place]]
    return replace(overload, arguments=tuple(arguments))


def _with_choices(name: str, argument: Argument) -> Argument:
    namespace, _, short = name.rpartition(".")
    for key in (f"{short}.{argument.name}", f"{namespace}.{argument.name}", argument.name):
        if key in CHOICES:
            return replace(argument, type="choice", choices=tuple(CHOICES[key].split()))
    return argument


def _note(short: str) -> str:
    return LAZY_NOTE if short.startswith("Lazy") else NOTES.get(short, "")


def _describe(candidate: Candidate | Constructed, overloads: tuple[Overload, ...], kind: Kind) -> Operation:
    short = candidate.name.rpartition(".")[2]
    text = trim(documentation(short, candidate.callable))
    return Operation(
        name=candidate.name,
        kind=kind,
        category=category(candidate.name, kind),
        summary=summary(short, text),
        overloads=overloads,
        documentation="\n\n".join(filter(None, [_note(short), text])),
        random=is_random(short),
        state=candidate.name in STATEFUL
        or any(each.name == "track_running_stats" for overload in overloads for each in overload.arguments),
    )
