"""Reads torch's operator schemas into overloads. Knows nothing of names, namespaces or documentation.

A schema is `torch._C.FunctionSchema`: what `torch._C._jit_get_all_schemas` lists and `torch._C.parse_schema`
makes of a line of text.
"""

import json
import math
from collections.abc import Iterable
from typing import Any, Final

import torch

from gradcanvas.catalog.model import Argument, ArgumentType, Output, Overload
from gradcanvas.catalog.rules import NEVER_OFFERED

_TYPES: Final[dict[str, tuple[ArgumentType, bool]]] = {
    "Tensor": ("tensor", False),
    "List[Tensor]": ("tensors", False),
    "List[Optional[Tensor]]": ("tensors", False),
    "number": ("number", True),
    "complex": ("number", True),
    "int": ("int", True),
    "SymInt": ("int", True),
    "float": ("float", True),
    "bool": ("bool", True),
    "str": ("string", True),
    "List[int]": ("ints", True),
    "List[SymInt]": ("ints", True),
    "List[List[int]]": ("data", True),
    "List[float]": ("floats", True),
    "List[number]": ("floats", True),
    "List[bool]": ("bools", True),
    "ScalarType": ("dtype", True),
    "Any": ("data", True),
}
"""A schema's type → ours, and whether it is written as a literal."""

_DTYPE_CODES: Final = {4: "int64", 6: "float32", 11: "bool"}


def read_overload(schema: Any, receiver: str) -> Overload | None:
    """Return how a functional schema may be called, or None where it is none.

    Args:
        schema: a `torch._C.FunctionSchema`.
        receiver: what Python calls the tensor argument named `self`: "input" or, of a method, "self".

    Returns:
        None if it writes to an argument, gives anything but tensors, or demands what no graph can give.
    """
    outputs = read_outputs(schema.returns)
    if outputs is None:
        return None
    arguments = []
    for each in schema.arguments:
        argument = read_argument(each, receiver)
        if argument is not None:
            arguments.append(argument)
        elif _is_written(each) or not each.has_default_value():
            return None
    return Overload(tuple(arguments), outputs)


def parse_argument(text: str) -> Argument:
    """Return the argument that one row in the language of schemas describes ("int[2]? stride")."""
    argument = read_argument(torch._C.parse_schema(f"row({text}) -> Tensor").arguments[0])
    assert argument is not None, text
    return argument


def read_argument(each: Any, receiver: str = "input") -> Argument | None:
    """Return one argument of a schema, or None where no graph gives it."""
    if _is_written(each) or each.name in NEVER_OFFERED:
        return None
    text = str(each.real_type)
    nullable = text.startswith("Optional[")
    kind = _TYPES.get(text[9:-1] if nullable else text)
    if kind is None:
        return None
    name = receiver if each.name == "self" and kind[0] == "tensor" else each.name
    has_default = each.has_default_value()
    return Argument(
        name=name,
        type=kind[0],
        wired=not kind[1],
        typed=kind[1],
        required=not has_default,
        nullable=nullable,
        default=default_text(each.default_value, kind[0]) if has_default else None,
        passing="positional" if name == "self" else "keyword",
        length=each.N if each.N and each.N > 1 else None,
        single=bool(each.N),
    )


def default_text(value: Any, kind: ArgumentType) -> str | None:
    """Write a default as a graph file would (`"inf"`, `1.0`); None where JSON cannot say it."""
    if kind == "dtype" and isinstance(value, int):
        return json.dumps(_DTYPE_CODES[value]) if value in _DTYPE_CODES else None
    if kind in ("float", "floats") and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if kind == "string" and callable(value):
        value = getattr(value, "__name__", None)
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(str(value))
    if isinstance(value, (bool, int, float, str, list, tuple, type(None))):
        return json.dumps(value)
    return None


def read_outputs(returns: Iterable[Any]) -> tuple[Output, ...] | None:
    """Name what comes out: torch's own names where it has them, else numbers; None if one is no tensor."""
    outputs = []
    for place, each in enumerate(returns):
        text = str(each.type)
        if text not in ("Tensor", "Optional[Tensor]", "List[Tensor]") or _is_written(each):
            return None
        outputs.append(Output(each.name or str(place), many=text == "List[Tensor]", optional=text[0] == "O"))
    if len(outputs) == 1:
        outputs = [Output("0", outputs[0].many, outputs[0].optional)]
    return tuple(outputs) or None


def _is_written(each: Any) -> bool:
    return each.alias_info is not None and each.alias_info.is_write
