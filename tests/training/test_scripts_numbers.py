"""The loss and the metrics that a script prints are those that a run has of its last step."""

import contextlib
import io
import json
import re
from typing import Any

import pytest
import torch

from gradcanvas.training.report import python_of, run_graph

Json = dict[str, Any]
SAME: dict[str, Json] = {
    "leaf": {"op": "torch.exp", "inputs": {"input": "b"}, "bypass": True},
    "reshape": {"op": "torch.reshape", "inputs": {"input": "b"}, "args": {"shape": []}},
    "index": {"op": "torch.Tensor.__getitem__", "inputs": {"self": "b"}, "args": {"index": "0"}},
    "dropout": {"op": "torch.nn.functional.dropout", "inputs": {"input": "b"}, "args": {"training": False}},
    "identity": {"op": "torch.nn.Identity", "inputs": {"input": "b"}},
    "call": {"op": "gradcanvas.call", "inputs": {"a": "b"}, "args": {"function": "same"}},
    "loop": {"op": "gradcanvas.for", "inputs": {"a": "b"}, "args": {"body": "same", "times": 2}},
    "computed": {"op": "torch.square", "inputs": {"input": "b"}},
}
OPTIMIZERS = [
    {"op": "gradcanvas.descent", "args": {"lr": 0.1}},
    {"op": "torch.optim.SGD", "args": {"lr": 0.1}},
    {"op": "torch.optim.LBFGS", "args": {"lr": 0.1}},
]


def printed(script: str) -> dict[str, float]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script, "script", "exec"), {})
    return {name: float(number) for name, number in re.findall(r"^(\w+): ([-\d.e]+)$", out.getvalue(), re.M)}


@pytest.mark.parametrize("same", SAME)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda each: each["op"])
@pytest.mark.parametrize("is_loss", [True, False], ids=["loss", "metric"])
def test_what_an_update_changes_is_printed_as_it_was_computed(
    same: str, optimizer: Json, is_loss: bool
) -> None:
    inner = {"v": {"op": "torch.squeeze", "inputs": {"input": "a"}}}
    nodes: Json = {
        "b": {"op": "torch.tensor", "args": {"data": [0.5]}, "requires_grad": True},
        "v": SAME[same],
        "square": {"op": "torch.square", "inputs": {"input": "b"}},
        "total": {"op": "torch.sum", "inputs": {"input": "square"}},
    }
    train = {"loss": "v" if is_loss else "total", "steps": 3, "optimizer": optimizer, "metrics": {"m": "v"}}
    functions = {"same": {"inputs": ["a"], "nodes": inner, "outputs": {"a": "v"}}}
    file = {"gradcanvas": 1, "device": "cpu", "nodes": nodes, "functions": functions, "train": train}

    result = run_graph(json.dumps(file), device="cpu")

    assert printed(python_of(json.dumps(file))) == {
        "loss": result["loss"][-1],
        "m": result["metrics"]["m"][-1],
    }


def test_a_schedule_that_watches_a_loss_that_is_a_leaf_sees_it_as_pytorch_does_after_the_update() -> None:
    b = torch.tensor([0.5], requires_grad=True)
    optimizer = torch.optim.SGD([b], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, threshold=0.3)
    for _ in range(6):
        loss = b.squeeze()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        scheduler.step(loss.item())
        optimizer.zero_grad()
    train = {
        "loss": "v",
        "steps": 6,
        "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1}},
        "scheduler": {
            "op": "torch.optim.lr_scheduler.ReduceLROnPlateau",
            "args": {"patience": 0, "threshold": 0.3},
        },
    }
    nodes: Json = {
        "b": {"op": "torch.tensor", "args": {"data": [0.5]}, "requires_grad": True},
        "v": {"op": "torch.squeeze", "inputs": {"input": "b"}},
    }
    file = json.dumps({"gradcanvas": 1, "device": "cpu", "nodes": nodes, "train": train})
    variables: Json = {}

    result = run_graph(file, device="cpu")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(python_of(file), "script", "exec"), variables)

    assert result["tensors"]["b"]["value"] == b.tolist()
    assert variables["b"].tolist() == b.tolist()
