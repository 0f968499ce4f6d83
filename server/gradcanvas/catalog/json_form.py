"""The catalogue as JSON and back. Knows no torch.

A field that holds its default is left out, and the documentation is a document of its own, so that a browser
gets what it needs to draw and search first, and the long texts when somebody reads one.
"""

import json
from dataclasses import MISSING, fields
from typing import Any, Final, NamedTuple

from gradcanvas.catalog.model import Argument, Catalog, Derivative, Operation, Output, Overload

_KEPT: Final = ("name", "type", "kind", "category", "summary")


_DEFAULTS: Final[dict[type, dict[str, Any]]] = {
    kind: {each.name: None if each.default is MISSING else each.default for each in fields(kind)}
    for kind in (Argument, Output, Operation)
}


def to_json(catalog: Catalog) -> bytes:
    """Write the catalogue without its documentation as compact JSON, in one line."""
    tree = {
        "torch": catalog.torch,
        "rules": catalog.rules,
        "operations": {name: _operation_row(each) for name, each in catalog.operations.items()},
    }
    return _dump(tree)


def documentation_to_json(catalog: Catalog) -> bytes:
    """Write the documentation alone in one line: what is told of each operation, and all derivatives.

    A derivative stands there once, however many names lead to it; a text that an operation before has
    as well is told by `text_of`, the name of that one.
    """
    first: dict[str, str] = {}
    rows = {
        name: _documentation_row(each, first.setdefault(each.documentation, name))
        for name, each in catalog.operations.items()
    }
    derivatives = {
        each.of: {"function": each.function, "formulas": dict(each.formulas)}
        for row in catalog.operations.values()
        for each in row.derivatives
    }
    return _dump({"operations": rows, "derivatives": derivatives})


def from_json(data: bytes, documentation: bytes = b"{}") -> Catalog:
    """Read the catalogue that `to_json` wrote.

    Args:
        data: from `to_json`.
        documentation: from `documentation_to_json`.

    Raises:
        ValueError: it is not one.
    """
    try:
        tree, told = json.loads(data), json.loads(documentation)
        texts = told.get("operations", {})
        derivatives = {
            of: Derivative(of, tuple(row["formulas"].items()), row["function"])
            for of, row in told.get("derivatives", {}).items()
        }
        known = _Known({}, {})
        operations = {
            name: _operation(name, row, _with_text(texts, name), derivatives, known)
            for name, row in tree["operations"].items()
        }
        return Catalog(torch=tree["torch"], rules=tree["rules"], operations=operations)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is not a catalogue: {error!r}.") from error


def operation_to_json(operation: Operation) -> dict[str, Any]:
    """Return one operation as a JSON tree, with its derivatives and without its long text."""
    tree = _operation_row(operation)
    if operation.derivatives:
        tree["derivatives"] = [
            {"of": each.of, "formulas": dict(each.formulas)} for each in operation.derivatives
        ]
    if operation.composed:
        tree["composed"] = list(operation.composed)
    return tree


def _documentation_row(operation: Operation, told_by: str) -> dict[str, Any]:
    """Return what is told of an operation when somebody looks at it.

    Args:
        operation: what is told of.
        told_by: the first operation that has the same text.
    """
    row: dict[str, Any] = {}
    if operation.documentation and told_by != operation.name:
        row["text_of"] = told_by
    elif operation.documentation:
        row["text"] = operation.documentation
    if operation.derivatives:
        row["derivatives"] = [each.of for each in operation.derivatives]
    if operation.composed:
        row["composed"] = list(operation.composed)
    return row


def _operation_row(operation: Operation) -> dict[str, Any]:
    """Return what is needed to draw and search an operation."""
    tree = _row(operation, ("overloads", "aliases", "documentation", "derivatives", "composed"))
    if operation.aliases:
        tree["aliases"] = list(operation.aliases)
    tree["overloads"] = [
        {
            "arguments": [_argument_row(each) for each in overload.arguments],
            "outputs": [_row(each) for each in overload.outputs],
        }
        for overload in operation.overloads
    ]
    return tree


def _argument_row(argument: Argument) -> dict[str, Any]:
    row = _row(argument, ("choices",))
    if argument.choices:
        row["choices"] = list(argument.choices)
    return row


def _row(value: Argument | Output | Operation, without: tuple[str, ...] = ()) -> dict[str, Any]:
    row = {}
    for name, default in _DEFAULTS[type(value)].items():
        found = getattr(value, name)
        if name not in without and (name in _KEPT or found != default):
            row[name] = found
    return row


def _dump(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def _with_text(told: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = told.get(name, {})
    return {**row, "text": told[row["text_of"]]["text"]} if "text_of" in row else row


def _operation(
    name: str,
    row: dict[str, Any],
    told: dict[str, Any],
    derivatives: dict[str, Derivative],
    known: "_Known",
) -> Operation:
    rest = {key: value for key, value in row.items() if key not in ("name", "overloads", "aliases")}
    return Operation(
        name=name,
        overloads=tuple([_overload(each, known) for each in row["overloads"]]),
        aliases=tuple(row.get("aliases", ())),
        documentation=told.get("text", ""),
        derivatives=tuple(derivatives[of] for of in told.get("derivatives", ())),
        composed=tuple(told.get("composed", ())),
        **rest,
    )


class _Known(NamedTuple):
    """What has been made: equal arguments are one, and equal outputs."""

    arguments: dict[Any, Argument]
    outputs: dict[Any, Output]


def _overload(row: dict[str, Any], known: _Known) -> Overload:
    return Overload(
        tuple([_argument(each, known.arguments) for each in row["arguments"]]),
        tuple([_output(each, known.outputs) for each in row["outputs"]]),
    )


def _argument(row: dict[str, Any], known: dict[Any, Argument]) -> Argument:
    if "choices" in row:
        row["choices"] = tuple(row["choices"])
    key = tuple(row.items())
    found = known.get(key)
    if found is None:
        found = known[key] = Argument(**row)
    return found


def _output(row: dict[str, Any], known: dict[Any, Output]) -> Output:
    key = tuple(row.items())
    found = known.get(key)
    if found is None:
        found = known[key] = Output(**row)
    return found
