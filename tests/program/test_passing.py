"""Arguments that are passed in ways of their own: by name alone, null, or as an object."""

from typing import Any

import pytest
import torch

from gradcanvas.program.print_python import print_python
from tests.program.running import bound, graph, is_same, run

X: dict[str, Any] = {"op": "torch.randn", "args": {"size": [3, 4]}, "requires_grad": True}


def ended(nodes: dict[str, Any]) -> str:
    nodes["size"] = {"op": "torch.square", "inputs": {"input": "call"}}
    nodes["loss"] = {"op": "torch.sum", "inputs": {"input": "size"}}
    return graph(nodes)


@pytest.mark.parametrize("observed", [False, True])
def test_a_later_list_of_tensors_goes_by_its_name(observed: bool) -> None:
    places: dict[str, Any] = {"op": "torch.tensor", "args": {"data": [0.0, 1.0, 3.0]}}
    call = {"op": "torch.gradient", "inputs": {"input": "x", "spacing": ["places"]}, "args": {"dim": [0]}}

    ran = run(ended({"x": X, "places": places, "call": call}), observed=observed)

    torch.manual_seed(0)
    x = torch.randn(3, 4, requires_grad=True)
    (slope,) = torch.gradient(x, spacing=[torch.tensor([0.0, 1.0, 3.0])], dim=[0])
    slope.square().sum().backward()  # type: ignore[no-untyped-call]
    assert is_same(ran.leaves["x"].grad, x.grad)


def test_null_stands_for_a_size_that_is_the_input_s() -> None:
    image = {"op": "torch.randn", "args": {"size": [1, 4, 6]}, "requires_grad": True}
    args = {"output_size": [None, 2]}
    call = {"op": "torch.nn.functional.adaptive_avg_pool2d", "inputs": {"input": "x"}, "args": args}

    ran = run(ended({"x": image, "call": call}), observed=True)

    assert ran.observation is not None
    assert ran.observation.values["call"].shape == (1, 4, 2)


@pytest.mark.parametrize("observed", [False, True])
def test_the_chunks_of_a_linear_cross_entropy_are_an_object(observed: bool) -> None:
    options = {"batch_chunk_size": 2, "acc_dtype": "float32"}
    nodes: dict[str, Any] = {
        "x": X,
        "weight": {"op": "torch.randn", "args": {"size": [5, 4]}, "requires_grad": True},
        "target": {"op": "torch.tensor", "args": {"data": [0, 4, 2]}},
        "call": {
            "op": "torch.nn.functional.linear_cross_entropy",
            "inputs": {"input": "x", "linear_weight": "weight", "target": "target"},
            "args": {"options": options},
        },
    }
    text = ended(nodes)

    ran = run(text, observed=observed)

    torch.manual_seed(0)
    x, weight = torch.randn(3, 4, requires_grad=True), torch.randn(5, 4, requires_grad=True)
    chunks = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=2, acc_dtype=torch.float32)
    target = torch.tensor([0, 4, 2])
    loss = torch.nn.functional.linear_cross_entropy(x, weight, target, options=chunks)
    loss.square().sum().backward()  # type: ignore[no-untyped-call]
    assert is_same(ran.leaves["weight"].grad, weight.grad)
    assert "options=torch.nn.LinearCrossEntropyOptions(" in print_python(bound(text), device="cpu")
