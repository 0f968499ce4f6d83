"""Values that a graph file keeps: a run begins with them, and what does not fit is a problem."""

import base64
import contextlib
import io
import json
from typing import Any

import pytest
import safetensors.torch
import torch

from gradcanvas.training.failures import RunError
from gradcanvas.training.keeping import LARGEST_BYTES, keep
from gradcanvas.training.report import check_graph, python_of, run_graph
from gradcanvas.training.session import Session
from tests.training.scripts import Json, article, network, text

ADAM: Json = {"op": "torch.optim.Adam", "args": {"lr": 0.01, "amsgrad": True}}
MOMENTUM: Json = {"op": "torch.optim.SGD", "args": {"lr": 0.01, "momentum": 0.9}}
DESCENT: Json = {"op": "gradcanvas.descent", "args": {"lr": 0.01}}
LBFGS: Json = {"op": "torch.optim.LBFGS", "args": {"lr": 0.1}}
RMSPROP: Json = {"op": "torch.optim.RMSprop", "args": {"lr": 0.01, "centered": True}}


def run(graph: Json, steps: int) -> Session:
    session = Session(device="cpu")
    session.load(text(graph))
    for _ in range(steps):
        session.step()
    return session


def kept_after(graph: Json, steps: int) -> Json:
    session = run(graph, steps)
    return graph | {"state": keep(session.graph, session.state)}


def modules(optimizer: Json) -> Json:
    """Return a network with a parameter, a buffer, a function of its own and nothing random in its steps."""
    inner = {
        "fc": {
            "op": "torch.nn.Linear",
            "inputs": {"input": "h"},
            "args": {"in_features": 3, "out_features": 1},
        }
    }
    nodes: Json = {
        "x": {"op": "torch.randn", "args": {"size": [10, 4]}},
        "scale": {"op": "torch.ones", "args": {"size": [3]}, "requires_grad": True},
        "lin": {
            "op": "torch.nn.Linear",
            "inputs": {"input": "x"},
            "args": {"in_features": 4, "out_features": 3},
        },
        "norm": {"op": "torch.nn.BatchNorm1d", "inputs": {"input": "lin"}, "args": {"num_features": 3}},
        "scaled": {"op": "torch.mul", "inputs": {"input": "norm", "other": "scale"}},
        "call": {"op": "gradcanvas.call", "inputs": {"h": "scaled"}, "args": {"function": "head"}},
        "off": {"op": "torch.sub", "inputs": {"input": "call"}, "args": {"other": 1.5}},
        "square": {"op": "torch.square", "inputs": {"input": "off"}},
        "loss": {"op": "torch.mean", "inputs": {"input": "square"}},
    }
    return {
        "gradcanvas": 1,
        "device": "cpu",
        "nodes": nodes,
        "functions": {"head": {"inputs": ["h"], "nodes": inner, "outputs": {"y": "fc"}}},
        "train": {"loss": "loss", "steps": 5, "optimizer": optimizer},
    }


def address(tensors: dict[str, torch.Tensor], notes: str = "{}") -> str:
    data = safetensors.torch.save(tensors, {"gradcanvas": notes})
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()


def printed_loss(script: str) -> float:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script, "script", "exec"), {})
    return float(out.getvalue().split("loss:")[1].split()[0])


@pytest.mark.parametrize("optimizer", [ADAM, MOMENTUM, DESCENT, RMSPROP, LBFGS])
def test_a_run_that_begins_with_kept_values_goes_on_to_the_bit(optimizer: Json) -> None:
    graph = modules(optimizer)
    whole = run(graph, 9)

    again = run(json.loads(text(kept_after(graph, 4))), 5)

    assert not again.graph.problems
    assert again.losses.values() == whole.losses.values()[4:]
    for ref, tensor in whole.graph.program.parameters():
        assert dict(again.graph.program.parameters())[ref].equal(tensor), ref
    assert again.state.sources["scale"].equal(whole.state.sources["scale"])


def test_an_evaluation_and_reset_begin_with_the_kept_values() -> None:
    graph = kept_after(modules(ADAM), 4)
    kept = run(modules(ADAM), 4)
    session = run(graph, 2)

    session.reset()

    assert session.state.sources["scale"].equal(kept.state.sources["scale"])
    assert session.standing.step == 0
    assert not session.standing.is_dirty


@pytest.mark.parametrize("optimizer", [ADAM, MOMENTUM, DESCENT, LBFGS])
def test_the_exported_script_begins_with_the_kept_values(optimizer: Json) -> None:
    graph = kept_after(modules(optimizer), 4)

    result = run_graph(text(graph))
    loss = printed_loss(python_of(text(graph)))

    assert loss == result["loss"][-1]


def test_a_large_kept_tensor_is_printed_to_the_bit() -> None:
    graph: Json = {
        "gradcanvas": 1,
        "device": "cpu",
        "nodes": {
            "w": {"op": "torch.randn", "args": {"size": [40, 50]}, "requires_grad": True},
            "square": {"op": "torch.square", "inputs": {"input": "w"}},
            "loss": {"op": "torch.mean", "inputs": {"input": "square"}},
        },
        "train": {"loss": "loss", "steps": 3, "optimizer": MOMENTUM},
    }
    kept = kept_after(graph, 4)

    script = python_of(text(kept))

    assert "base64" in script
    assert printed_loss(script) == run_graph(text(kept))["loss"][-1]


def test_an_edited_source_gets_the_value_of_the_edit_and_the_rest_stays_kept() -> None:
    graph = kept_after(modules(MOMENTUM), 4)
    kept = run(modules(MOMENTUM), 4)
    graph["nodes"]["scale"]["op"] = "torch.zeros"

    session = run(graph, 0)

    assert not session.graph.problems
    assert session.state.sources["scale"].tolist() == [0.0, 0.0, 0.0]
    assert (
        session.state.modules["lin"]
        .get_parameter("weight")
        .equal(kept.state.modules["lin"].get_parameter("weight"))
    )


def test_a_frozen_source_that_was_trained_keeps_its_value() -> None:
    graph = network()
    session = run(graph, 3)
    trained = session.state.sources["w1"].detach().clone()
    graph["nodes"]["w1"]["requires_grad"] = False
    session.load(text(graph))

    again = run(graph | {"state": keep(session.graph, session.state)}, 0)

    assert again.state.sources["w1"].equal(trained)
    assert again.state.sources["x"].equal(session.state.sources["x"])


def test_complex_values_are_kept() -> None:
    nodes = {
        "z": {"op": "torch.randn", "args": {"size": [3], "dtype": "complex128"}, "requires_grad": True},
        "size": {"op": "torch.abs", "inputs": {"input": "z"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "size"}},
    }
    graph = {"gradcanvas": 1, "nodes": nodes, "train": {"loss": "loss", "optimizer": MOMENTUM}}

    again = run(kept_after(graph, 2), 3)

    assert again.state.sources["z"].equal(run(graph, 5).state.sources["z"])


@pytest.mark.parametrize(
    ("tensors", "code", "words"),
    [
        ({"b": torch.ones(2)}, "state-misfit", "is float32 of shape (2,), but `b` is float32 of shape (1,)"),
        ({"b": torch.ones(1, dtype=torch.float64)}, "state-misfit", "kept for `b` is float64 of shape (1,)"),
        ({"nobody": torch.ones(1)}, "state-unknown", "`nobody`"),
        ({"yhat": torch.ones(3, 1)}, "state-unknown", "`yhat`"),
        ({"b.weight": torch.ones(1)}, "state-unknown", "`b.weight`"),
    ],
)
def test_a_value_that_does_not_fit_is_a_problem_and_the_rest_is_used(
    tensors: dict[str, torch.Tensor], code: str, words: str
) -> None:
    graph = article() | {"state": address({**tensors, "w": torch.tensor([3.0])})}

    checked = check_graph(text(graph))
    result = run_graph(text(graph), steps=0)

    (problem,) = checked["problems"]
    assert problem["where"] == "/state"
    assert problem["code"] == code
    assert words in problem["message"]
    assert "forget" in problem["help"]
    assert result["problems"] == checked["problems"]
    assert result["tensors"]["w"]["value"] == [3.0]


DAMAGED: list[tuple[str, str]] = [
    ("data:;base64,AAAA", "cannot be read"),
    ("data:;base64,A", "cannot be read"),
    (address({"w": torch.ones(1)}, "[]"), "notes"),
    (address({"w": torch.ones(1)}, '{"moments": {"w": {"tensor": "optimizer:9"}}}'), "damaged"),
    (address({"w": torch.ones(1)}, '{"moments": {"w": 3}}'), "damaged"),
    (address({"w": torch.ones(1)}, '{"complex": ["w"]}'), "torch has not"),
]


@pytest.mark.parametrize(("state", "words"), DAMAGED)
def test_damaged_values_are_one_problem_and_the_graph_runs_from_its_seed(state: str, words: str) -> None:
    result = run_graph(text(article() | {"state": state}), steps=0)

    (problem,) = result["problems"]
    assert problem["where"] == "/state"
    assert problem["code"] == "bad-state"
    assert words in problem["message"]
    assert result["tensors"]["w"]["value"] == run_graph(text(article()), steps=0)["tensors"]["w"]["value"]


def test_values_of_a_node_that_has_a_problem_of_its_own_wait_without_a_word() -> None:
    graph = article()
    graph["nodes"]["w"]["args"]["siz"] = [1]
    graph |= {"state": address({"w": torch.tensor([3.0])})}

    codes = [problem["code"] for problem in check_graph(text(graph))["problems"]]

    assert codes
    assert not [code for code in codes if code.startswith("state")]


def test_more_than_a_file_may_keep_is_refused_in_words() -> None:
    rows = LARGEST_BYTES // 4 + 1
    graph: Any = {
        "gradcanvas": 1,
        "nodes": {"w": {"op": "torch.zeros", "args": {"size": [rows]}, "requires_grad": True}},
    }
    session = run(graph, 0)

    with pytest.raises(RunError, match="a graph file keeps at most"):
        keep(session.graph, session.state)
