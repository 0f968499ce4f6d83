"""What the catalogue says of an operation holds when torch is called: all of it is tried on small inputs."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from gradcanvas.catalog import Catalog, Operation, Overload
from tests.catalog.trying import call, flat, literal, made, tensors

Found = dict[str, Callable[..., Any]]
CALLED = ("source", "function", "method", "module")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Deprecated operations warn; that is not what is tested here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def each_overload(catalog: Catalog, found: Found) -> Iterator[tuple[Operation, Overload]]:
    for name, operation in catalog.operations.items():
        if operation.kind in CALLED and name in found:
            for overload in operation.overloads:
                yield operation, overload


def test_every_argument_is_accepted_under_its_name(catalog: Catalog, found: Found) -> None:
    refused = [
        (operation.name, typed, refusal)
        for operation, overload in each_overload(catalog, found)
        for typed in (None, *(each.name for each in overload.arguments if each.wired and each.typed))
        if (refusal := _refusal(operation, overload, found[operation.name], typed)) is not None
    ]

    assert refused == []


def _refusal(operation: Operation, overload: Overload, function: Any, typed: str | None) -> str | None:
    """Give all arguments at once and return torch's complaint if it is about how it was called."""
    refusal = None
    for tensor in (torch.rand(2, 2), torch.zeros(2, 2, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)):
        given: dict[str, Any] = {}
        for each in overload.arguments:
            if each.type == "tensors":
                given[each.name] = [tensor] * (each.length or 2)
            elif each.wired and each.name != typed:
                given[each.name] = tensor
            else:
                given[each.name] = literal(each, each.name != typed and each.default not in (None, "null"))
        try:
            call(made(operation, function, overload, given), overload, given)
        except TypeError as error:
            refusal = str(error)
        except Exception:
            return None
        else:
            return None
    return refusal


def test_outputs_are_tensors_as_many_and_named_as_told(catalog: Catalog, found: Found) -> None:
    wrong: list[tuple[str, str, object]] = []
    called = 0
    for operation, overload in each_overload(catalog, found):
        result = next((each for _, _, each in successes(operation, overload, found[operation.name])), None)
        if result is not None:
            called += 1
            outputs = flat(result)
            if not all(isinstance(each, torch.Tensor) or each is None for each in outputs):
                wrong.append((operation.name, "not tensors", [type(each) for each in outputs]))
            elif not overload.outputs[0].many and len(outputs) != len(overload.outputs):
                wrong.append((operation.name, "another number", len(outputs)))
            names = [each.name for each in overload.outputs]
            if type(result).__module__ == "torch.return_types" and not all(hasattr(result, n) for n in names):
                wrong.append((operation.name, "other names", names))

    assert wrong == []
    assert called > 1000


SMALLER: dict[str, dict[str, Any]] = {
    "torch.nn.Transformer": {"d_model": 4, "nhead": 1, "num_encoder_layers": 1, "num_decoder_layers": 1},
    "torch.lobpcg": {"niter": 2},
}
"""Arguments without which a call takes seconds."""


def test_nothing_is_written_to_and_only_random_operations_draw(catalog: Catalog, found: Found) -> None:
    wrong = set()
    for operation, overload in each_overload(catalog, found):
        function = found[operation.name]
        for versions, given, _ in successes(operation, overload, function):
            if versions != [each._version for each in tensors_of(given)] and not operation.state:
                wrong.add((operation.name, "writes"))
        is_lazy = operation.name.startswith("torch.nn.Lazy")  # a graph makes what it becomes, before any call
        if not is_lazy and drew(operation, overload, function) and not operation.random:
            wrong.add((operation.name, "draws"))

    assert wrong == set()


def successes(
    operation: Operation, overload: Overload, function: Any
) -> Iterator[tuple[list[int], dict[str, Any], Any]]:
    """Yield versions of the inputs before, the arguments and the result of each call that worked."""
    for make in tensors():
        given: dict[str, Any] = {}
        for each in overload.arguments:
            if each.type == "tensors" and each.required:
                given[each.name] = [make() for _ in range(each.length or 2)]
            elif each.wired and each.required:
                given[each.name] = make()
            elif each.required:
                given[each.name] = literal(each, use_default=False)
            elif each.name == "training":
                given[each.name] = True
            elif each.name in SMALLER.get(operation.name, ()):
                given[each.name] = SMALLER[operation.name][each.name]
        versions = [each._version for each in tensors_of(given)]
        try:
            yield versions, given, call(made(operation, function, overload, given), overload, given)
        except Exception:
            continue


def drew(operation: Operation, overload: Overload, function: Any) -> bool:
    """Say whether some call changed the state of the random generator; making a module does not count."""
    drawn = False
    for _, given, _ in successes(operation, overload, function):
        called = made(operation, function, overload, given)
        before = torch.get_rng_state()
        call(called, overload, given)
        drawn = drawn or not torch.equal(before, torch.get_rng_state())
        if drawn:
            break
    return drawn


def tensors_of(given: dict[str, Any]) -> list[torch.Tensor]:
    return [each for value in given.values() for each in flat(value) if isinstance(each, torch.Tensor)]
