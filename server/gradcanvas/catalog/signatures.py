"""Reads annotated Python signatures of torch into overloads. Knows nothing of schemas or documentation.

For what torch writes in Python: `torch.nn.functional`, the constructors of modules and optimisers.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from torch._jit_internal import boolean_dispatched

from gradcanvas.catalog.model import Argument, ArgumentType, Output, Overload
from gradcanvas.catalog.rules import ANNOTATIONS, NEVER_OFFERED
from gradcanvas.catalog.schemas import default_text

_TYPES: Final[dict[str, tuple[ArgumentType, bool]]] = {
    "Tensor": ("tensor", False),
    "list[Tensor]": ("tensors", False),
    "int": ("int", True),
    "float": ("float", True),
    "bool": ("bool", True),
    "str": ("string", True),
    "list[int]": ("ints", True),
    "list[float]": ("floats", True),
    "dtype": ("dtype", True),
    "int | float": ("number", True),
    "float | int": ("number", True),
    "Tensor | float": ("float", True),
    "float | Tensor": ("float", True),
}

_NUMBERED: Final = re.compile(r"([123])d")


def read_function(function: Callable[..., Any]) -> tuple[Overload, ...]:
    """Return how a Python function of torch may be called; empty where a graph cannot call it.

    A function that torch dispatches on a flag (`return_indices`) is two overloads told apart by it.
    """
    dispatch: Any = boolean_dispatched.get(function)
    if dispatch is None:
        overload = _read_plain(function)
        return (overload,) if overload is not None else ()
    plain = _read_plain(dispatch["if_false"])
    flagged = _read_plain(dispatch["if_true"])
    if plain is None or flagged is None:
        return ()
    return _fix(plain, dispatch["arg_name"], "false"), _fix(flagged, dispatch["arg_name"], "true")


def _fix(overload: Overload, flag: str, value: str) -> Overload:
    arguments = (
        replace(each, fixed=value, required=value == "true", default="false" if value == "false" else None)
        if each.name == flag
        else each
        for each in overload.arguments
    )
    return Overload(tuple(arguments), overload.outputs)


def _read_plain(function: Callable[..., Any]) -> Overload | None:
    signature = inspect.signature(function)
    outputs = _read_outputs(signature.return_annotation)
    arguments = read_parameters(signature.parameters, _ending(function.__name__))
    if outputs is None or arguments is None:
        return None
    return Overload(arguments, outputs)


def read_parameters(
    parameters: Mapping[str, inspect.Parameter], dimensions: int | None = None
) -> tuple[Argument, ...] | None:
    """Return the arguments of a signature; None if it demands something that no graph can give.

    Args:
        parameters: of the signature, without a receiver.
        dimensions: how many spatial dimensions the function has: what torch annotates as a broadcasting list
            (which leaves no annotation) has that length.
    """
    arguments = []
    for parameter in parameters.values():
        argument = _read_parameter(parameter, dimensions)
        if argument is not None:
            arguments.append(argument)
        elif parameter.default is inspect.Parameter.empty:
            return None
    return tuple(arguments)


def _read_parameter(parameter: inspect.Parameter, dimensions: int | None) -> Argument | None:
    name = parameter.name
    if (
        name in NEVER_OFFERED
        or name == "reduce"
        or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ):
        return None
    text, nullable = _annotation(parameter)
    kind = _TYPES.get(text)
    if kind is None:
        return None
    has_default = parameter.default is not inspect.Parameter.empty
    broadcasting = parameter.annotation in (None, type(None)) or (
        text.startswith("list[") and text != "list[Tensor]"
    )
    return Argument(
        name=name,
        type=kind[0],
        wired=not kind[1] or "Tensor" in text,
        typed=kind[1],
        required=not has_default,
        nullable=nullable or parameter.default is None,
        default=default_text(parameter.default, kind[0]) if has_default else None,
        passing="positional" if parameter.kind is parameter.POSITIONAL_ONLY else "keyword",
        length=dimensions if parameter.annotation in (None, type(None)) else None,
        single=broadcasting and parameter.annotation in (None, type(None)),
    )


def _annotation(parameter: inspect.Parameter) -> tuple[str, bool]:
    """Return the annotation in the spelling of `_TYPES`, and whether None may stand."""
    name, annotation = parameter.name, parameter.annotation
    if name == "dtype" or name.endswith("_dtype"):
        return "dtype", True
    if annotation is inspect.Parameter.empty:
        return ANNOTATIONS.get(name, ""), False
    if annotation in (None, type(None)):
        return "list[int]", parameter.default is None
    text = (
        annotation.__name__
        if isinstance(annotation, type) and not hasattr(annotation, "__args__")
        else str(annotation)
    )
    text = text.replace("torch.", "").replace("typing.", "")
    if text.startswith("Optional["):
        return text[9:-1], True
    parts = [part.strip() for part in text.split(" | ")]
    rest = [part for part in parts if part != "None"]
    return " | ".join(rest), len(rest) < len(parts)


def _read_outputs(annotation: Any) -> tuple[Output, ...] | None:
    text = str(annotation).replace("torch.", "")
    if annotation is inspect.Signature.empty or text == "<class 'Tensor'>":
        return (Output("0"),)
    match = re.fullmatch(r"[tT]uple\[(.*)\]", text)
    if match is None:
        return None
    parts = [part.strip() for part in match.group(1).split(",")]
    if not all(part in ("Tensor", "Tensor | None", "Optional[Tensor]") for part in parts):
        return None
    return tuple(Output(str(place), optional=part != "Tensor") for place, part in enumerate(parts))


def _ending(name: str) -> int | None:
    match = _NUMBERED.search(name)
    return int(match.group(1)) if match else None
