"""Graphs for tests, the scripts a person would write for the same, and the ones that are printed."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gradcanvas.catalog import load_catalog
from gradcanvas.document import read
from gradcanvas.program.check import check
from gradcanvas.program.print_python import print_python

EXAMPLES = Path(__file__).parents[2] / "static" / "examples"
Json = dict[str, Any]


def article() -> Json:
    """Return the article's graph."""
    graph: Json = json.loads((EXAMPLES / "linear-regression.json").read_text())
    return graph


def article_script(
    steps: int, seed: int = 42, learning_rate: float = 0.1
) -> tuple[list[float], Tensor, Tensor]:
    """Run the article's own loop on the article's data: losses, b, w."""
    nodes = article()["nodes"]
    x, y = (torch.tensor(nodes[name]["args"]["data"]) for name in ("x", "y"))
    torch.manual_seed(seed)
    b = torch.randn(1, requires_grad=True, dtype=torch.float)
    w = torch.randn(1, requires_grad=True, dtype=torch.float)
    losses = []
    for _ in range(steps):
        yhat = b + w * x
        error = y - yhat
        loss = (error**2).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            b -= learning_rate * b.grad  # type: ignore[operator]
            w -= learning_rate * w.grad  # type: ignore[operator]
        b.grad.zero_()  # type: ignore[union-attr]
        w.grad.zero_()  # type: ignore[union-attr]
        losses.append(loss.item())
    return losses, b, w


def network(optimizer: Json | None = None, **train: Any) -> Json:
    """Return a two-layer network on random data, with dropout."""
    chosen = optimizer or {"op": "torch.optim.SGD", "args": {"lr": 0.05}}
    return {
        "gradcanvas": 1,
        "seed": 7,
        "device": "cpu",
        "nodes": {
            "x": {"op": "torch.randn", "args": {"size": [10, 4]}},
            "y": {"op": "torch.randn", "args": {"size": [10, 1]}},
            "w1": {"op": "torch.randn", "args": {"size": [8, 4]}, "requires_grad": True},
            "b1": {"op": "torch.zeros", "args": {"size": [8]}, "requires_grad": True},
            "w2": {"op": "torch.randn", "args": {"size": [1, 8]}, "requires_grad": True},
            "h": {"op": "torch.nn.functional.linear", "inputs": {"input": "x", "weight": "w1", "bias": "b1"}},
            "a": {"op": "torch.tanh", "inputs": {"input": "h"}},
            "d": {"op": "torch.nn.functional.dropout", "inputs": {"input": "a"}, "args": {"p": 0.25}},
            "out": {"op": "torch.nn.functional.linear", "inputs": {"input": "d", "weight": "w2"}},
            "loss": {"op": "torch.nn.functional.mse_loss", "inputs": {"input": "out", "target": "y"}},
        },
        "train": {"loss": "loss", "steps": 6, "optimizer": chosen, **train},
    }


class Network:
    """The same network by hand."""

    def __init__(self) -> None:
        torch.manual_seed(7)
        self.x = torch.randn(10, 4)
        self.y = torch.randn(10, 1)
        self.w1 = torch.randn(8, 4, requires_grad=True)
        self.b1 = torch.zeros(8, requires_grad=True)
        self.w2 = torch.randn(1, 8, requires_grad=True)
        self.leaves = {"w1": self.w1, "b1": self.b1, "w2": self.w2}

    def loss(self, rows: Tensor | slice = slice(None)) -> Tensor:
        """Return the loss of some rows."""
        functional = torch.nn.functional
        hidden = functional.dropout(torch.tanh(functional.linear(self.x[rows], self.w1, self.b1)), p=0.25)
        return functional.mse_loss(functional.linear(hidden, self.w2), self.y[rows])


def executed(graph: Json) -> dict[str, Any]:
    """Run the printed script of a graph; return its variables."""
    script = print_python(check(read(text(graph)).graph, load_catalog()).binding, device="cpu")
    variables: dict[str, Any] = {}
    exec(compile(script, "printed", "exec"), variables)
    return variables


def text(graph: Json) -> str:
    """Return the file's text."""
    return json.dumps(graph)
