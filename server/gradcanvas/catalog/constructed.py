"""Describes what torch offers as classes: modules, optimisers, schedulers; and the fillings of parameters.

Knows nothing of operator schemas beyond the rows that stand in for missing annotations.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

import torch

from gradcanvas.catalog.left_out import CONSTRUCTED_EXCLUDED
from gradcanvas.catalog.model import Argument, Kind, Overload
from gradcanvas.catalog.rules import CALLS, CONSTRUCTORS, TENSOR_RATES
from gradcanvas.catalog.schemas import read_overload
from gradcanvas.catalog.signatures import fix, read_parameters, read_return, signature_of

_EXCLUDED: Final = re.compile("|".join(f"(?:{pattern})" for pattern, _ in CONSTRUCTED_EXCLUDED))
_FILLING: Final = re.compile(r"[a-z]\w*_")
_CLASSES: Final[tuple[tuple[Kind, str, Any, type], ...]] = (
    ("module", "torch.nn", torch.nn, torch.nn.Module),
    ("optimizer", "torch.optim", torch.optim, torch.optim.Optimizer),
    (
        "scheduler",
        "torch.optim.lr_scheduler",
        torch.optim.lr_scheduler,
        torch.optim.lr_scheduler.LRScheduler,
    ),
)


@dataclass(frozen=True, slots=True)
class Constructed:
    """A class or filling of torch."""

    name: str
    kind: Kind
    callable: Callable[..., Any]


def walk_constructed() -> Iterator[Constructed]:
    """Yield every public module, optimiser, scheduler and filling that no row excludes."""
    for kind, prefix, home, base in _CLASSES:
        for short in dir(home):
            found = getattr(home, short)
            if inspect.isclass(found) and issubclass(found, base) and not _EXCLUDED.fullmatch(short):
                yield Constructed(f"{prefix}.{short}", kind, found)
    for short, found in vars(torch.nn.init).items():
        if inspect.isfunction(found) and _FILLING.fullmatch(short) and not _EXCLUDED.fullmatch(short):
            yield Constructed(f"torch.nn.init.{short}", "init", found)


def read_constructed(each: Constructed) -> tuple[Overload, ...]:
    """Return the ways of using it; empty where it demands what no graph can give."""
    if each.kind == "module":
        return tuple(_read_module(each.callable))
    ways = _read_literals(each.callable, skip=1 if each.kind == "init" else 0)
    if each.kind == "optimizer":
        ways += _with_tensor_rate(each.callable, ways)
    return tuple(Overload(way, ()) for way in ways)


def _with_tensor_rate(
    found: Callable[..., Any], ways: list[tuple[Argument, ...]]
) -> list[tuple[Argument, ...]]:
    """Return the ways in which the learning rate is a tensor of one number, where torch takes one."""
    rate = signature_of(found).parameters.get("lr")
    is_told = rate is not None and torch.Tensor in get_args(rate.annotation)
    if not is_told and found.__name__ not in TENSOR_RATES:
        return []
    return [
        tuple(
            replace(argument, type="constant", required=True, default=None)
            if argument.name == "lr"
            else argument
            for argument in way
        )
        for way in ways
    ]


def _read_literals(found: Callable[..., Any], skip: int) -> list[tuple[Argument, ...]]:
    """Return the ways of giving the literals of a callable, without its first `skip` arguments."""
    parameters = _parameters(found)[skip:]
    return [
        way for each in read_parameters(parameters, found.__name__) if (way := _literals(each)) is not None
    ]


def _parameters(found: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a callable; of a lazy module with the annotations of what it becomes."""
    own = list(signature_of(found).parameters.values())
    becomes = getattr(found, "cls_to_become", None)
    if becomes is None:
        return own
    known = signature_of(becomes).parameters
    return [
        each.replace(annotation=known[each.name].annotation) if each.name in known else each for each in own
    ]


def _literals(way: tuple[Argument, ...]) -> tuple[Argument, ...] | None:
    """Let a tensor that something is made with (a loss's `weight`) be typed."""
    if any(each.required and each.type == "tensors" for each in way):
        return None
    return tuple(_literal(each) for each in way if each.type != "tensors")


def _literal(argument: Argument) -> Argument:
    kind = "constant" if argument.type == "tensor" else argument.type
    return replace(argument, type=kind, wired=False, typed=True)


def _read_module(found: Any) -> Iterator[Overload]:
    """Yield each way of making a module and calling it: the call's arguments, then the constructor's."""
    for make in _read_constructor(found):
        making = tuple(replace(each, stage="make") for each in make)
        names = {each.name for each in making}
        for call in _read_calls(found):
            calling = (
                replace(each, name="input", passing="positional") if each.name in names else each
                for each in call.arguments
            )
            yield from _by_flag(Overload((*calling, *making), call.outputs))


def _read_constructor(found: Any) -> list[tuple[Argument, ...]]:
    row = CONSTRUCTORS.get(found.__name__)
    if row is not None:
        return [_read_row(f"{row} -> Tensor").arguments]
    return _read_literals(found, skip=0)


def _read_calls(found: Any) -> list[Overload]:
    row = CALLS.get(found.__name__)
    if row is not None:
        return [_read_row(each) for each in row.split(";")]
    signature = signature_of(found.forward)
    outputs = read_return(signature.return_annotation)
    ways = read_parameters(list(signature.parameters.values())[1:], found.__name__)
    return [Overload(way, outputs) for way in ways] if outputs else []


def _by_flag(overload: Overload) -> Iterator[Overload]:
    """Yield a pooling module once for each value of `return_indices`, which decides what comes out."""
    if all(each.name != "return_indices" for each in overload.arguments):
        yield overload
        return
    yield fix(overload, "return_indices", "false")
    yield fix(
        replace(overload, outputs=read_return(tuple[torch.Tensor, torch.Tensor])), "return_indices", "true"
    )


def _read_row(row: str) -> Overload:
    overload = read_overload(torch._C.parse_schema(f"row{row}"), "input")
    assert overload is not None, row
    return overload
