"""What failed is told with its place in the file."""

import json
from typing import Any

import pytest
import torch

from gradcanvas.program.errors import LimitError, NodeError
from gradcanvas.training.failures import RunError, failure
from gradcanvas.training.report import run_graph
from gradcanvas.training.session import Session
from gradcanvas.training.showing import Display


def test_a_loop_at_its_limit_is_told_what_to_do_and_not_that_pytorch_said_so() -> None:
    reached = LimitError("The condition still held after 3 iterations, which is this loop's `limit`.")

    problem = failure(NodeError("/nodes/loop", str(reached), reached)).problem

    assert (problem.where, problem.code) == ("/nodes/loop", "run-failed")
    assert "Raise `limit`" in problem.help
    assert "PyTorch" not in problem.help


@pytest.mark.parametrize(
    ("train", "where"),
    [
        ({"clip": {"norm": 0.5}, "optimizer": {"op": "torch.optim.SGD"}}, "/train/clip"),
        ({"clip": {"value": 0.5}, "optimizer": {"op": "torch.optim.SGD"}}, "/train/clip"),
        ({"optimizer": {"op": "torch.optim.Adam"}}, "/train/optimizer"),
    ],
    ids=["norm", "value", "optimizer"],
)
def test_what_cannot_take_a_sparse_gradient_is_named(train: dict[str, Any], where: str) -> None:
    table = {"num_embeddings": 4, "embedding_dim": 3, "sparse": True}
    nodes = {
        "i": {"op": "torch.tensor", "args": {"data": [0, 2]}},
        "e": {"op": "torch.nn.Embedding", "inputs": {"input": "i"}, "args": table},
        "loss": {"op": "torch.sum", "inputs": {"input": "e"}},
    }
    graph = {"gradcanvas": 1, "nodes": nodes, "train": {"loss": "loss", "steps": 2, **train}}

    error = run_graph(json.dumps(graph), device="cpu")["error"]

    assert error["where"] == where
    assert "parse" in error["message"]


def test_a_watched_step_whose_update_fails_is_shown_with_what_it_computed() -> None:
    table = {"num_embeddings": 4, "embedding_dim": 3, "sparse": True}
    nodes = {
        "i": {"op": "torch.tensor", "args": {"data": [0, 2]}},
        "e": {"op": "torch.nn.Embedding", "inputs": {"input": "i"}, "args": table},
        "loss": {"op": "torch.sum", "inputs": {"input": "e"}},
    }
    train = {"loss": "loss", "steps": 2, "optimizer": {"op": "torch.optim.Adam"}}
    session = Session(device="cpu")
    session.load(json.dumps({"gradcanvas": 1, "nodes": nodes, "train": train}))
    before = session.evaluate()
    display = Display(session)

    with pytest.raises(RunError):
        session.step(watched=True)

    moment = session.moment
    assert moment is not None
    assert moment is not before
    assert torch.equal(moment.value("loss"), before.value("loss"))
    gradient = moment.gradient("e")
    assert gradient is not None
    assert torch.equal(gradient, torch.ones(2, 3))
    assert display.layout([]) is not None
    assert display.frame(exact=True)
    assert session.standing.step == 0
