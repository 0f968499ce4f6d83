"""Recorded figures are those of each step by itself."""

import numpy as np
import pytest

from gradcanvas.training.recording import Recorder
from gradcanvas.training.session import Session
from gradcanvas.training.statistics import figures
from tests.training.scripts import Json, article, network, text


def wide() -> Json:
    """A network some of whose gradients are large."""
    graph = network(batch={"size": 4, "of": ["x", "y"]})
    nodes = graph["nodes"]
    for name, size in (("w1", [1200, 4]), ("b1", [1200]), ("w2", [1, 1200])):
        nodes[name]["args"]["size"] = size
    return graph


def branching() -> Json:
    """A loss whose second step takes another branch: as many numbers, in a dtype of a wider range."""

    def body(dtype: str, factor: float) -> Json:
        return {
            "inputs": ["h"],
            "nodes": {
                "to": {"op": "torch.Tensor.to", "inputs": {"self": "h"}, "args": {"dtype": dtype}},
                "less": {"op": "torch.mul", "inputs": {"input": "to"}, "args": {"other": 1 / factor}},
                "more": {"op": "torch.mul", "inputs": {"input": "less"}, "args": {"other": factor}},
                "back": {"op": "torch.Tensor.to", "inputs": {"self": "more"}, "args": {"dtype": "float32"}},
            },
            "outputs": {"out": "back"},
        }

    nodes = {
        "x": {"op": "torch.full", "args": {"size": [3], "fill_value": 1.0}, "requires_grad": True},
        "w": {"op": "torch.ones", "args": {"size": [5000]}, "requires_grad": True},
        "e": {"op": "torch.exp", "inputs": {"input": "x"}},
        "s": {"op": "torch.sum", "inputs": {"input": "e"}},
        "small": {"op": "torch.lt", "inputs": {"input": "s"}, "args": {"other": 8.0}},
        "y": {
            "op": "gradcanvas.if",
            "inputs": {"condition": "small", "h": "e"},
            "args": {"then": "wide", "else": "narrow"},
        },
        "of_y": {"op": "torch.sum", "inputs": {"input": "y"}},
        "of_w": {"op": "torch.sum", "inputs": {"input": "w"}},
        "loss": {"op": "torch.add", "inputs": {"input": "of_y", "other": "of_w"}},
    }
    return {
        "gradcanvas": 1,
        "functions": {"wide": body("float64", 1e200), "narrow": body("float32", 1.0)},
        "nodes": nodes,
        "train": {"loss": "loss", "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.01}}, "steps": 3},
    }


def clipped() -> Json:
    """A loop that changes its gradients in place before the update."""
    graph = article()
    graph["train"]["clip"] = {"norm": 0.01}
    return graph


def by_closure() -> Json:
    """A loop whose optimiser evaluates the loss several times a step."""
    graph = network()
    graph["train"]["optimizer"] = {"op": "torch.optim.LBFGS", "args": {"lr": 0.1, "max_iter": 3}}
    return graph


@pytest.mark.parametrize("steps", [7, 150])
@pytest.mark.parametrize(
    "graph",
    [article(), network(batch={"size": 4, "of": ["x", "y"]}), wide(), branching(), clipped(), by_closure()],
)
def test_every_step_is_recorded_with_the_figures_of_its_edges(graph: Json, steps: int) -> None:
    session, recorder = Session(device="cpu"), Recorder()
    session.load(text(graph))
    expected = []

    for _ in range(steps):
        moment = session.step(watched=True, record=recorder.add)
        assert moment is not None
        expected.append(figures(moment.edges))

    np.testing.assert_array_equal(np.concatenate(recorder.figures()), np.stack(expected))
