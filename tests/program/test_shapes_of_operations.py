"""Every operation of the catalogue on small inputs: what is told of it without numbers is what it gives."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from gradcanvas.catalog import Operation, Overload, callables, load_catalog
from gradcanvas.program.metas import Meta, Value, meta_of
from gradcanvas.program.shapes import Given, Shapes, flattened
from tests.catalog.trying import call, literal, made, tensors

CALLED = ("source", "function", "method", "module", "editor")
Maker = Callable[[Meta], torch.Tensor]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Deprecated operations warn; that is not what is tested here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_what_is_told_of_a_call_is_what_it_gives() -> None:
    shapes, compared, wrong = Shapes(), 0, []

    for operation in load_catalog().operations.values():
        if operation.kind not in CALLED:
            continue
        for overload in operation.overloads:
            tried = first_success(operation, overload)
            if tried is None:
                continue
            base, real = tried
            told = shapes.call((operation.name, id(overload)), lambda_for(operation, overload, base))
            compared += 1
            if not isinstance(told, Given):
                wrong.append((operation.name, told.words))
            elif told.values is not None and not is_same(told.values, real):
                wrong.append((operation.name, str(told.values)))

    assert wrong == []
    assert compared > 900


def first_success(
    operation: Operation, overload: Overload
) -> tuple[torch.Tensor, list[torch.Tensor | None]] | None:
    """Find an input that the operation takes, and what it gives for it."""
    for make in tensors():
        base = make()
        if base.is_floating_point() or base.is_complex():
            base.requires_grad_()
        try:
            torch.manual_seed(0)
            return base, list(flattened(invoke(operation, overload, base)))
        except Exception:
            continue
    return None


def lambda_for(operation: Operation, overload: Overload, base: torch.Tensor) -> Callable[[Maker], object]:
    meta = meta_of(base)
    assert isinstance(meta, Meta)
    return lambda tensor: invoke(operation, overload, tensor(meta))


def invoke(operation: Operation, overload: Overload, base: torch.Tensor) -> Any:
    """Call with one tensor everywhere, and with what is required besides."""
    given: dict[str, Any] = {}
    for each in overload.arguments:
        if each.type == "tensors":
            given[each.name] = [base] * (each.length or 2)
        elif each.wired:
            given[each.name] = base
        elif each.required:
            given[each.name] = literal(each, use_default=True)
    function = callables()[operation.name]
    return call(made(operation, function, overload, given), overload, given)


def is_same(told: tuple[Value, ...], real: list[torch.Tensor | None]) -> bool:
    """Compare shape (where it is known), dtype and gradient of every output."""
    if len(told) != len(real):
        return False
    for value, tensor in zip(told, real, strict=True):
        if value is None or tensor is None:
            if value is not None or tensor is not None:
                return False
            continue
        if (value.dtype, value.requires_grad) != (tensor.dtype, tensor.requires_grad):
            return False
        sizes = zip(value.shape, tensor.shape, strict=True) if value.shape is not None else ()
        if any(size is not None and size != actual for size, actual in sizes):
            return False
    return True
