"""What a step tells, where the loss, a metric or a gradient shares memory with what the step changes."""

import json
from typing import Any

import pytest
import torch

from gradcanvas.training.report import run_graph as run
from gradcanvas.training.session import Session
from tests.training.scripts import Json, article, text

DESCENT = {"op": "gradcanvas.descent", "args": {"lr": 0.1}}


def leaf(data: Any) -> Json:
    return {"op": "torch.tensor", "args": {"data": data}, "requires_grad": True}


def graph(nodes: Json, **train: Any) -> Json:
    return {
        "gradcanvas": 1,
        "device": "cpu",
        "nodes": nodes,
        "train": {"loss": "loss", "steps": 4, "optimizer": DESCENT, **train},
    }


def view_of_a_leaf() -> Json:
    return graph({"w": leaf([1.0]), "loss": {"op": "torch.squeeze", "inputs": {"input": "w"}}})


@pytest.mark.parametrize("train", [{}, {"optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1}}}])
def test_a_loss_that_is_a_view_of_a_leaf_trains_as_the_script_does(train: Json) -> None:
    told = run(text(graph(view_of_a_leaf()["nodes"], **train)))

    w = torch.tensor([1.0], requires_grad=True)
    losses = []
    for _ in range(4):
        loss = torch.squeeze(w)
        losses.append(loss.item())
        loss.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            w -= 0.1 * w.grad  # type: ignore[operator]
        w.grad = None
    assert told["loss"] == losses
    assert told["tensors"]["w"]["value"] == w.tolist()


@pytest.mark.parametrize("train", [{}, {"clip": {"value": 0.01}}])
def test_no_graph_changes_the_gradients_of_another(train: Json) -> None:
    expected = run(text(article()))["loss"]

    run(text(graph(view_of_a_leaf()["nodes"], **train)))

    assert run(text(article()))["loss"] == expected


def test_a_session_is_not_changed_by_the_graph_it_had_before() -> None:
    session = Session(device="cpu")
    session.load(text(view_of_a_leaf()))
    for _ in range(3):
        session.step()
    session.load(text(article()))
    session.reset()

    moment = session.evaluate()

    assert all(float(edge.abs().max()) > 0 for edge in moment.edges if edge is not None)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_loss_and_metrics_that_are_leaves_are_told_as_they_were_before_the_update(steps: int) -> None:
    nodes = {
        "loss": leaf(1.0),
        "twice": {"op": "torch.mul", "inputs": {"input": "loss"}, "args": {"other": 2.0}},
    }
    metrics = {"itself": "loss", "twice": "twice"}

    told = run(text(graph(nodes, metrics=metrics, steps=steps)))

    assert told["metrics"]["itself"] == told["loss"]
    assert told["metrics"]["twice"] == [2 * loss for loss in told["loss"]]
    assert told["loss"][0] == 1.0


def test_edges_from_a_batch_of_a_leaf_have_their_gradients() -> None:
    nodes = {
        "x": leaf([[1.0], [2.0], [3.0]]),
        "square": {"op": "torch.mul", "inputs": {"input": "x", "other": "x"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "square"}},
    }

    told = run(text(graph(nodes, batch={"size": 2, "of": ["x"]}, steps=1)))

    assert told["edges"]["loss.input"]["gradient"]["value"] == [[1.0], [1.0]]
    assert told["edges"]["square.input"]["gradient"]["value"] == [[1.0], [2.0]]
    assert told["tensors"]["x"]["grad"] == [[2.0], [4.0], [0.0]]


def test_a_session_with_sparse_gradients_is_copied_and_restored() -> None:
    nodes = {
        "i": {"op": "torch.tensor", "args": {"data": [0, 2]}},
        "rows": {
            "op": "torch.nn.Embedding",
            "args": {"num_embeddings": 4, "embedding_dim": 2, "sparse": True},
            "inputs": {"input": "i"},
        },
        "loss": {"op": "torch.sum", "inputs": {"input": "rows"}},
    }
    session = Session(device="cpu")
    session.load(text(graph(nodes)))
    session.step(watched=True)
    session.step(watched=True)
    session.backward()
    deposited = session.deposits()["rows.weight"]

    other = Session(device="cpu")
    other.load(text(graph(nodes)))
    missing = other.restore(session.copy())

    assert missing == ()
    again = other.deposits()["rows.weight"]
    assert deposited is not None
    assert again is not None
    assert torch.equal(again.to_dense(), deposited.to_dense())


def test_a_metric_whose_size_only_the_data_decide_is_refused_with_its_name() -> None:
    nodes = {
        "w": leaf([1.0, 2.0]),
        "mask": {"op": "torch.gt", "inputs": {"input": "w"}, "args": {"other": 0.0}},
        "chosen": {"op": "torch.masked_select", "inputs": {"input": "w", "mask": "mask"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "w"}},
    }

    told = run(json.dumps(graph(nodes, metrics={"both": "chosen"})))

    assert told["error"]["where"] == "/train/metrics/both"
    assert "2 elements" in told["error"]["message"]
