"""What is told of one operation when somebody looks at it: documentation, and derivatives as equations.

Made of the cached texts when it is asked for, since nobody reads all of them. Knows no torch. What parses is
imported then as well: docutils and lark take 0.1 s, which the start of a server does not have.
"""

import json
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from gradcanvas.catalog.json_form import Told, read_documentation

if TYPE_CHECKING:
    from gradcanvas.catalog.mathematics import Equation

_KEPT: Final = 256
_NO_FORMULA: Final = "no derivative"


class Documentation:
    """The texts and formulas of a whole catalogue, read when the first of them is asked for."""

    def __init__(self, data: bytes) -> None:
        """Take what `write_documentation` wrote."""
        self._data = data
        self._page = lru_cache(_KEPT)(self._made)

    @cached_property
    def _told(self) -> Told:
        return read_documentation(self._data)

    def page(self, operation: str) -> bytes | None:
        """Return what is told of an operation, as JSON; None where nothing is known of it.

        `blocks` is its documentation (`prose.read_prose`); `see` names operations that it refers to, and
        `only_refers` says that it does hardly more; `derivatives` has for each operator the `function` that
        its `grad_fn` is called, and its `formulas`: argument names, torch's own `formula`, and its
        `equations`; `composed` has the same of the operators that the operation is made of.
        """
        return self._page(operation) if operation in self._told.operations else None

    def _made(self, operation: str) -> bytes:
        from gradcanvas.catalog.prose import read_prose, references

        told = self._told
        row = told.operations[operation]
        text = told.texts[row["text"]]
        see, only_refers = references(text, told.operations.keys() - {operation})
        tree = {
            "operation": operation,
            "blocks": read_prose(text),
            "see": see,
            "only_refers": only_refers,
            "derivatives": [self._derivative(of) for of in row.get("derivatives", ())],
            "composed": [self._part(of) for of in row.get("composed", ())],
        }
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()

    def _derivative(self, of: str) -> dict[str, Any]:
        row = self._told.derivatives[of]
        formulas = [_formula(*each) for each in row["formulas"].items()]
        return {"of": of, "function": row["function"], "formulas": formulas}

    def _part(self, base: str) -> dict[str, Any]:
        """Return an operator of which no more than its name without overload is known."""
        found = next((of for of in self._told.derivatives if of.partition(".")[0] == base), None)
        return self._derivative(found) if found else {"of": base, "function": "", "formulas": []}


def _formula(key: str, formula: str) -> dict[str, Any]:
    from gradcanvas.catalog.mathematics import equations

    arguments = [part.strip() for part in key.split(",")]
    found = equations(arguments, formula) if formula != _NO_FORMULA else []
    return {
        "arguments": arguments,
        "formula": formula if formula != _NO_FORMULA else None,
        "equations": [_equation(each) for each in found],
    }


def _equation(equation: "Equation") -> dict[str, Any]:
    return {
        "left": equation.left,
        "right": equation.right,
        "elementwise": equation.elementwise,
        "is_sum": equation.is_sum,
        "holds": equation.holds,
    }
