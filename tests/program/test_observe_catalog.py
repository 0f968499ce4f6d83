"""Every operation of the catalogue that takes square matrices, where its input has other uses as well."""

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from gradcanvas.catalog import Overload
from tests.program import eager
from tests.program.running import catalog, is_same, run

SQUARE = {"op": "torch.rand", "args": {"size": [3, 3]}, "requires_grad": True}
NAMESPACES = ("torch", "torch.Tensor", "torch.nn.functional", "torch.linalg", "torch.special", "torch.fft")

UNSTEADY = ("torch.linalg.lstsq",)
"""Plain PyTorch itself gives other bits from call to call: its solver depends on where memory lies."""


def graph_of(name: str, overload: Overload, same: bool) -> str:
    """Write a graph that calls the operation twice among other uses of its input.

    Args:
        same: one tensor stands at all of its arguments.
    """
    wired: dict[str, Any] = {}
    for place, argument in enumerate(each for each in overload.arguments if each.required):
        one = "a" if same or place == 0 else "b"
        wired[argument.name] = [one, "a", "b"] if argument.type == "tensors" else one
    nodes: dict[str, Any] = {
        "x": SQUARE,
        "y": SQUARE,
        "a": {"op": "torch.mul", "inputs": {"input": "x"}, "args": {"other": 0.9}},
        "b": {"op": "torch.mul", "inputs": {"input": "y"}, "args": {"other": 0.7}},
        "before": {"op": "torch.sin", "inputs": {"input": "a"}},
        "one": {"op": name, "inputs": wired},
        "between": {"op": "torch.mul", "inputs": {"input": "a", "other": "b"}},
        "two": {"op": name, "inputs": wired},
        "after": {"op": "torch.exp", "inputs": {"input": "a"}},
    }
    total = "zero"
    nodes["zero"] = {"op": "torch.zeros", "args": {"size": []}}
    for end in ("before", "one", "between", "two", "after"):
        nodes[f"{end}_abs"] = {"op": "torch.abs", "inputs": {"input": end}}
        nodes[f"{end}_mean"] = {"op": "torch.mean", "inputs": {"input": f"{end}_abs"}}
        nodes[f"{end}_sum"] = {"op": "torch.add", "inputs": {"input": total, "other": f"{end}_mean"}}
        total = f"{end}_sum"
    return json.dumps({"gradcanvas": 1, "nodes": nodes, "train": {"loss": total}})


def graphs_of(namespace: str) -> Iterator[tuple[str, str]]:
    for name, operation in catalog().operations.items():
        is_called = operation.kind in ("function", "method") and name not in UNSTEADY
        if not is_called or name.rpartition(".")[0] != namespace:
            continue
        for overload in operation.overloads:
            required = [argument for argument in overload.arguments if argument.required]
            if required and all(argument.wired for argument in required):
                for same in (False, True)[: len(required)]:
                    yield name, graph_of(name, overload, same)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_no_operation_has_other_bits_when_it_is_observed(namespace: str) -> None:
    ran, wrong = 0, []
    for name, text in graphs_of(namespace):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some operations warn that they are deprecated
            try:
                expected = eager.run(text)
            except (RuntimeError, TypeError, ValueError, IndexError, AssertionError):
                continue  # it wants other shapes, or has no derivative
            leaves = [run(text, observed=observed).leaves for observed in (False, True)]
        ran += 1
        wrong += [
            name
            for found in leaves
            for leaf, tensor in found.items()
            if not is_same(tensor.grad, expected.leaves[leaf].grad)
        ]

    assert wrong == []
    assert ran > 10
