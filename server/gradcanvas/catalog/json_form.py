"""The catalogue as JSON and back. Knows no torch.

A field that holds its default is left out; of the arguments, most of which many operations have alike, each
stands once, and overloads have their places. The documentation is a document of its own, so that a browser
gets what it needs to draw and search first, and the long texts when somebody reads one.
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, Final, NamedTuple

from gradcanvas.catalog.model import Argument, Catalog, Derivative, Operation, Output, Overload

_KEPT: Final = ("name", "type", "kind", "category", "summary")
_BETWEEN_TEXTS: Final = "\0"
_NOTHING_TOLD: Final = b'{"operations":{},"derivatives":{}}\n'


_DEFAULTS: Final[dict[type, dict[str, Any]]] = {
    kind: {each.name: None if each.default is MISSING else each.default for each in fields(kind)}
    for kind in (Argument, Output, Operation)
}


def to_json(catalog: Catalog) -> bytes:
    """Write the catalogue without its documentation as compact JSON, in one line."""
    places: dict[Argument, int] = {}
    operations = {
        name: _operation_row(each, lambda argument: places.setdefault(argument, len(places)))
        for name, each in catalog.operations.items()
    }
    tree = {
        "torch": catalog.torch,
        "rules": catalog.rules,
        "arguments": [_argument_row(each) for each in places],
        "operations": operations,
    }
    return _dump(tree)


def write_documentation(catalog: Catalog) -> bytes:
    """Write the documentation alone: what is told of each operation, and all derivatives, without an end.

    One line of JSON, then the texts as they are, with NUL between them: as JSON they would take five times as
    long to read. A text stands there once, and so does a derivative, however many names lead to it.
    """
    places: dict[str, int] = {}
    rows = {
        name: _documentation_row(each, places.setdefault(each.documentation, len(places)))
        for name, each in catalog.operations.items()
    }
    derivatives = {
        each.of: {"function": each.function, "formulas": dict(each.formulas)}
        for row in catalog.operations.values()
        for each in row.derivatives
    }
    line = _dump({"operations": rows, "derivatives": derivatives})
    return line + b"\n" + _BETWEEN_TEXTS.join(places).encode()


class Told(NamedTuple):
    """What `write_documentation` wrote.

    Attributes:
        operations: of each operation, the place of its text, its `derivatives` and what it is `composed` of.
        derivatives: of each of torch's operators that has one, the `function` and the `formulas`.
        texts: docstrings.
    """

    operations: dict[str, dict[str, Any]]
    derivatives: dict[str, dict[str, Any]]
    texts: list[str]


def read_documentation(data: bytes) -> Told:
    """Read what `write_documentation` wrote.

    Raises:
        ValueError: it is not that.
    """
    line, _, texts = data.partition(b"\n")
    tree = json.loads(line)
    if not isinstance(tree, dict) or tree.keys() != {"operations", "derivatives"}:
        raise ValueError("This is no documentation: it has no operations and derivatives.")
    # Each by itself: most are ASCII, which is decoded four times as fast as in one text with what is not.
    parts = [text.decode() for text in texts.split(_BETWEEN_TEXTS.encode())]
    return Told(tree["operations"], tree["derivatives"], parts)


def from_json(data: bytes, documentation: bytes = _NOTHING_TOLD) -> Catalog:
    """Read the catalogue that `to_json` wrote.

    Args:
        data: from `to_json`.
        documentation: from `write_documentation`.

    Raises:
        ValueError: it is not one.
    """
    try:
        tree, told = json.loads(data), read_documentation(documentation)
        derivatives = {
            of: Derivative(of, tuple(row["formulas"].items()), row["function"])
            for of, row in told.derivatives.items()
        }
        parts = _Parts([_argument(row) for row in tree["arguments"]], {}, derivatives, told.texts)
        operations = {
            name: _operation(row, told.operations.get(name, {"text": 0}), parts)
            for name, row in tree["operations"].items()
        }
        return Catalog(torch=tree["torch"], rules=tree["rules"], operations=operations)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"This is not a catalogue: {error!r}.") from error


def operation_to_json(operation: Operation) -> dict[str, Any]:
    """Return one operation as a JSON tree, with its derivatives and without its long text."""
    tree = _operation_row(operation, _argument_row)
    if operation.derivatives:
        tree["derivatives"] = [
            {"of": each.of, "formulas": dict(each.formulas)} for each in operation.derivatives
        ]
    if operation.composed:
        tree["composed"] = list(operation.composed)
    return tree


def _documentation_row(operation: Operation, text: int) -> dict[str, Any]:
    """Return what is told of an operation when somebody looks at it, its text by its place."""
    row: dict[str, Any] = {"text": text}
    if operation.derivatives:
        row["derivatives"] = [each.of for each in operation.derivatives]
    if operation.composed:
        row["composed"] = list(operation.composed)
    return row


def _operation_row(operation: Operation, argument_row: Callable[[Argument], Any]) -> dict[str, Any]:
    """Return what is needed to draw and search an operation.

    Args:
        operation: what it is of.
        argument_row: what stands for an argument.
    """
    tree = _row(operation, ("overloads", "aliases", "documentation", "derivatives", "composed"))
    if operation.aliases:
        tree["aliases"] = list(operation.aliases)
    tree["overloads"] = [
        {
            "arguments": [argument_row(each) for each in overload.arguments],
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


class _Parts(NamedTuple):
    """What operations are made of; `outputs` are those made so far: equal ones are one."""

    arguments: list[Argument]
    outputs: dict[Any, Output]
    derivatives: dict[str, Derivative]
    texts: list[str]


def _operation(row: dict[str, Any], told: dict[str, Any], parts: _Parts) -> Operation:
    """Make an operation; the row becomes what it is made from."""
    row["overloads"] = tuple([_overload(each, parts) for each in row["overloads"]])
    row["documentation"] = parts.texts[told["text"]]
    if "aliases" in row:
        row["aliases"] = tuple(row["aliases"])
    if "derivatives" in told:
        row["derivatives"] = tuple([parts.derivatives[of] for of in told["derivatives"]])
    if "composed" in told:
        row["composed"] = tuple(told["composed"])
    return Operation(**row)


def _overload(row: dict[str, Any], parts: _Parts) -> Overload:
    return Overload(
        tuple([parts.arguments[place] for place in row["arguments"]]),
        tuple([_output(each, parts.outputs) for each in row["outputs"]]),
    )


def _argument(row: dict[str, Any]) -> Argument:
    if "choices" in row:
        row["choices"] = tuple(row["choices"])
    return Argument(**row)


def _output(row: dict[str, Any], known: dict[Any, Output]) -> Output:
    key = tuple(row.items())
    found = known.get(key)
    if found is None:
        found = known[key] = Output(**row)
    return found
