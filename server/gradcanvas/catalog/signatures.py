"""Reads annotated Python signatures of torch into overloads. Knows nothing of schemas or documentation.

For what torch writes in Python: `torch.nn.functional`, the constructors of modules and optimisers.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from typing import Any, Final

import torch
from torch._jit_internal import boolean_dispatched

from gradcanvas.catalog.annotations import Kind, read_annotation
from gradcanvas.catalog.model import Argument, ArgumentType, Output, Overload
from gradcanvas.catalog.rules import ANNOTATIONS, NEVER_OFFERED, PARTS, WITHHELD_IN_PYTHON
from gradcanvas.catalog.schemas import default_text, parse_argument

_NUMBERED: Final = re.compile(r"([123])d")
_OF_DEFAULT: Final[dict[type, ArgumentType]] = {bool: "bool", int: "int", float: "float", str: "string"}
_VARIADIC: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def read_function(function: Callable[..., Any]) -> tuple[Overload, ...]:
    """Return how a Python function of torch may be called; empty where a graph cannot call it.

    A function that torch dispatches on a flag (`return_indices`) is two overloads told apart by it.
    """
    dispatch: Any = boolean_dispatched.get(function)
    if dispatch is None:
        return _read_plain(function)
    plain, flagged = _read_plain(dispatch["if_false"]), _read_plain(dispatch["if_true"])
    flag = dispatch["arg_name"]
    return (*(fix(each, flag, "false") for each in plain), *(fix(each, flag, "true") for each in flagged))


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Return a signature whose annotations are types where torch's own module can name them."""
    try:
        return inspect.signature(function, eval_str=True)
    except NameError:
        return inspect.signature(function)


def fix(overload: Overload, flag: str, value: str, default: str = "false") -> Overload:
    """Return the overload that is meant where a flag has this value, given or by default."""
    arguments = (
        replace(each, fixed=value, required=value != default, default=default if value == default else None)
        if each.name == flag
        else each
        for each in overload.arguments
    )
    return Overload(tuple(arguments), overload.outputs)


def _read_plain(function: Callable[..., Any]) -> tuple[Overload, ...]:
    signature = signature_of(function)
    outputs = read_return(signature.return_annotation)
    name = f"{function.__module__}.{function.__name__}"
    ways = read_parameters(signature.parameters.values(), name)
    return tuple(Overload(arguments, outputs) for arguments in ways) if outputs else ()


def read_parameters(parameters: Iterable[inspect.Parameter], name: str) -> list[tuple[Argument, ...]]:
    """Return each way of giving the arguments of a signature; none if it demands what no graph can give.

    Args:
        parameters: of the signature, without a receiver.
        name: of the callable, by which rows may know better than annotations; its ending (`2d`) is the length
            of what torch annotates as a broadcasting list, which leaves no annotation.
    """
    columns: list[list[Argument]] = []
    for parameter in parameters:
        if parameter.kind in _VARIADIC or _is_withheld(parameter.name):
            continue
        alternatives = _read_parameter(parameter, name)
        if alternatives:
            columns.append(alternatives)
        elif parameter.default is inspect.Parameter.empty:
            return []
    return [tuple(row) for row in product(*columns)]


def _is_withheld(name: str) -> bool:
    if name == "_random_samples":  # which torch documents: where a fractional pooling begins
        return False
    return name in NEVER_OFFERED or name in WITHHELD_IN_PYTHON or name.startswith("_")


def _read_parameter(parameter: inspect.Parameter, name: str) -> list[Argument]:
    """Return the argument, once for every kind of literal that needs an overload of its own."""
    short = name.rpartition(".")[2].lstrip("_")
    has_default = parameter.default is not inspect.Parameter.empty
    parts = PARTS.get(f"{short}.{parameter.name}")
    if parts is not None:
        required, nullable = not has_default, has_default
        default = "null" if has_default else None
        return [
            Argument(
                parameter.name,
                "module",
                required=required,
                nullable=nullable,
                default=default,
                choices=tuple(parts.split()),
            )
        ]
    row = ANNOTATIONS.get(f"{short}.{parameter.name}")
    if row is None and parameter.annotation is inspect.Parameter.empty:
        row = ANNOTATIONS.get(parameter.name)
    if row is not None:
        return [_with_default(parse_argument(row), parameter)]
    kinds, nullable = _kinds(parameter, short)
    return [
        Argument(
            name=parameter.name,
            type=kind.type,
            wired=kind.wired,
            typed=not kind.is_tensor,
            required=not has_default or place > 0,
            nullable=nullable or parameter.default is None,
            default=default_text(parameter.default, kind.type) if has_default and place == 0 else None,
            choices=kind.choices,
            length=kind.length,
            single=kind.single,
            gaps=kind.gaps,
        )
        for place, kind in enumerate(kinds)
    ]


def _with_default(argument: Argument, parameter: inspect.Parameter) -> Argument:
    if parameter.default is inspect.Parameter.empty:
        return replace(argument, name=parameter.name)
    return replace(
        argument,
        name=parameter.name,
        required=False,
        nullable=argument.nullable or parameter.default is None,
        default=default_text(parameter.default, argument.type),
    )


def _kinds(parameter: inspect.Parameter, short: str) -> tuple[list[Kind], bool]:
    annotation = parameter.annotation
    if parameter.name == "dtype" or parameter.name.endswith("_dtype"):
        return [Kind("dtype")], True
    if "LinearCrossEntropyOptions" in str(annotation):
        return [Kind("map")], True
    if isinstance(annotation, str) and annotation.endswith("[LRScheduler]"):
        return [Kind("schedulers")], False
    if annotation is inspect.Parameter.empty or isinstance(annotation, str):
        kind = _OF_DEFAULT.get(type(parameter.default))
        return [Kind(kind)] if kind is not None else [], False
    if annotation is None or annotation is type(None):
        match = _NUMBERED.search(short)
        return [Kind("ints", length=int(match.group(1)) if match else None, single=True)], False
    return read_annotation(annotation)


def read_return(annotation: Any) -> tuple[Output, ...]:
    """Return the outputs that a return annotation promises; none where they are not all tensors."""
    if annotation in (inspect.Signature.empty, torch.Tensor):
        return (Output("0"),)
    match = re.fullmatch(r"[tT]uple\[(.*)\]", str(annotation).replace("torch.", "").replace("typing.", ""))
    if match is None:
        return ()
    parts = [part.strip() for part in match.group(1).split(",")]
    if not all(part in ("Tensor", "Tensor | None", "Optional[Tensor]") for part in parts):
        return ()
    return tuple(Output(str(place), optional=part != "Tensor") for place, part in enumerate(parts))
