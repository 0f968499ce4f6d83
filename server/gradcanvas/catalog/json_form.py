"""The catalogue as JSON and back. Knows no torch.

A field that holds its default is left out, and the documentation is a document of its own, so that a browser
gets what it needs to draw and search first, and the long texts when somebody reads one.
"""

import json
from dataclasses import MISSING, fields
from typing import Any, Final

from gradcanvas.catalog.model import Argument, Catalog, Operation, Output, Overload

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
        "operations": {name: operation_to_json(each) for name, each in catalog.operations.items()},
    }
    return _dump(tree)


def documentation_to_json(catalog: Catalog) -> bytes:
    """Write the documentation alone, name → text, in one line."""
    return _dump(
        {name: each.documentation for name, each in catalog.operations.items() if each.documentation}
    )


def from_json(data: bytes, documentation: bytes = b"{}") -> Catalog:
    """Read the catalogue that `to_json` wrote.

    Args:
        data: from `to_json`.
        documentation: from `documentation_to_json`.

    Raises:
        ValueError: it is not one.
    """
    try:
        tree, texts = json.loads(data), json.loads(documentation)
        operations = {
            name: _operation(name, row, texts.get(name, "")) for name, row in tree["operations"].items()
        }
        return Catalog(torch=tree["torch"], rules=tree["rules"], operations=operations)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is not a catalogue: {error!r}.") from error


def operation_to_json(operation: Operation) -> dict[str, Any]:
    """Return one operation as a JSON tree, without its documentation."""
    tree = _row(operation, ("overloads", "aliases", "documentation"))
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


def _operation(name: str, row: dict[str, Any], documentation: str) -> Operation:
    rest = {key: value for key, value in row.items() if key not in ("name", "overloads", "aliases")}
    return Operation(
        name=name,
        overloads=tuple(_overload(each) for each in row["overloads"]),
        aliases=tuple(row.get("aliases", ())),
        documentation=documentation,
        **rest,
    )


def _overload(row: dict[str, Any]) -> Overload:
    return Overload(
        tuple(_argument(each) for each in row["arguments"]),
        tuple(Output(**each) for each in row["outputs"]),
    )


def _argument(row: dict[str, Any]) -> Argument:
    if "choices" in row:
        row["choices"] = tuple(row["choices"])
    return Argument(**row)
