"""Values that a graph file keeps: a run begins with them, and what does not fit is a problem."""

import base64
import contextlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import safetensors.torch
import torch

from gradcanvas.training.failures import RunError
from gradcanvas.training.keeping import LARGEST_BYTES, keep
from gradcanvas.training.report import check_graph, python_of, run_graph
from gradcanvas.training.session import Session
from tests.training.scripts import Json, article, network, text
from tests.training.test_every_optimiser import OPTIMIZERS

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


Damage = Callable[[dict[str, torch.Tensor], Json], object]


def tensor_of(notes: Json, leaf: str, moment: str) -> str:
    name: str = notes["moments"][leaf]["dict"][moment]["tensor"]
    return name


def set_tensor(leaf: str, moment: str, made: torch.Tensor) -> Damage:
    return lambda tensors, notes: tensors.update({tensor_of(notes, leaf, moment): made})


def set_moment(leaf: str, moment: str, tree: object) -> Damage:
    return lambda tensors, notes: notes["moments"][leaf]["dict"].update({moment: tree})


DAMAGES: list[tuple[str, Damage, str, str]] = [
    ("no tensor", lambda tensors, _: tensors.pop("lin.weight"), "state-missing", "`lin.weight`"),
    (
        "no buffer",
        lambda tensors, _: tensors.pop("norm.running_mean"),
        "state-missing",
        "`norm.running_mean`",
    ),
    ("no leaf", lambda tensors, _: tensors.pop("scale"), "state-missing", "`scale`"),
    ("shape", lambda tensors, _: tensors.update({"scale": torch.ones(2)}), "state-misfit", "of shape (2,)"),
    ("dtype", lambda tensors, _: tensors.update({"scale": torch.ones(3).half()}), "state-misfit", "float16"),
    (
        "no moment",
        lambda _, notes: notes["moments"]["scale"]["dict"].pop("exp_avg"),
        "state-misfit",
        "remembers of `scale` lacks `exp_avg`",
    ),
    (
        "shape of a moment",
        set_tensor("scale", "exp_avg", torch.ones(2)),
        "state-misfit",
        "float32 of shape (2,)",
    ),
    ("dtype of a moment", set_tensor("scale", "exp_avg", torch.ones(3).double()), "state-misfit", "float64"),
    ("number as a moment", set_moment("scale", "exp_avg", 3), "state-misfit", "the type int"),
    ("strange moment", set_moment("scale", "exp_avgg", 3), "state-misfit", "`exp_avgg`"),
    (
        "moment of nobody",
        lambda _, notes: notes["moments"].update({"zz": {"dict": {}}}),
        "state-unknown",
        "`zz`",
    ),
    (
        "moment of a tensor that is not there",
        set_moment("scale", "step", {"tensor": "optimizer:99"}),
        "bad-state",
        "optimizer:99",
    ),
    (
        "moment that names a value",
        set_moment("scale", "exp_avg", {"tensor": "scale"}),
        "bad-state",
        "'scale'",
    ),
    ("moment of no kind", set_moment("scale", "exp_avg", {"tensors": 1}), "bad-state", "tensors"),
    ("moments as a list", lambda _, notes: notes.update({"moments": []}), "bad-state", "moments"),
    (
        "moments of a leaf as text",
        lambda _, notes: notes["moments"].update({"scale": "x"}),
        "bad-state",
        "`scale`",
    ),
    ("optimiser as a number", lambda _, notes: notes.update({"optimizer": 3}), "bad-state", "optimizer"),
    ("no such optimiser", lambda _, notes: notes.update({"optimizer": "Adm"}), "state-unknown", "`Adm`"),
    (
        "strange tensor",
        lambda tensors, _: tensors.update({"optimizer:99": torch.ones(1)}),
        "state-unknown",
        "`optimizer:99`",
    ),
    ("strange value", lambda tensors, _: tensors.update({"zz": torch.ones(1)}), "state-unknown", "`zz`"),
    ("strange note", lambda _, notes: notes.update({"zz": 1}), "state-unknown", "`zz`"),
    ("complex nobody", lambda _, notes: notes.update({"complex": ["zz"]}), "state-unknown", "`zz`"),
]


@pytest.mark.parametrize(
    ("damage", "code", "words"), [each[1:] for each in DAMAGES], ids=[each[0] for each in DAMAGES]
)
def test_each_damage_is_told_by_check_run_and_export(damage: Damage, code: str, words: str) -> None:
    graph = kept_after(modules(ADAM), 2)
    data = base64.b64decode(graph["state"].partition(",")[2])
    tensors = safetensors.torch.load(data)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    notes = json.loads(header["__metadata__"]["gradcanvas"])
    damage(tensors, notes)
    graph["state"] = address(tensors, json.dumps(notes))

    problems = check_graph(text(graph))["problems"]
    result = run_graph(text(graph), device="cpu")
    script = python_of(text(graph))

    told = [each for each in problems if each["code"] == code and words in each["message"]]
    assert len(told) == 1
    assert {each["where"] for each in problems} == {"/state"}
    assert all("forget" in each["help"] for each in problems)
    assert result["problems"] == problems
    assert "error" not in result
    assert len(result["loss"]) == 5
    assert printed_loss(script) == result["loss"][-1]


def test_what_is_no_state_at_all_is_told_by_export_too() -> None:
    graph = modules(ADAM) | {"state": "data:;base64,AAAA"}

    script = python_of(text(graph))

    assert [each["code"] for each in check_graph(text(graph))["problems"]] == ["bad-state"]
    assert printed_loss(script) == run_graph(text(graph), device="cpu")["loss"][-1]


def test_an_argument_that_asks_for_more_moments_begins_them_anew() -> None:
    graph = kept_after(modules({"op": "torch.optim.Adam", "args": {"lr": 0.01}}), 2)
    graph["train"]["optimizer"] = ADAM

    result = run_graph(text(graph), device="cpu")

    assert {each["code"] for each in result["problems"]} == {"state-misfit"}
    assert "lacks `max_exp_avg_sq`" in result["problems"][0]["message"]
    assert len(result["loss"]) == 5


@pytest.mark.parametrize(("name", "arguments"), OPTIMIZERS)
def test_what_every_optimiser_remembers_fits_it(name: str, arguments: Json) -> None:
    graph = kept_after(modules({"op": f"torch.optim.{name}", "args": arguments}), 3)

    assert check_graph(text(graph))["problems"] == []


def test_a_new_leaf_is_told_where_the_optimiser_remembers_all_as_one_vector() -> None:
    graph = kept_after(modules(LBFGS), 2)
    graph["nodes"]["more"] = {"op": "torch.ones", "args": {"size": [2]}, "requires_grad": True}

    result = run_graph(text(graph), device="cpu")

    assert [each["code"] for each in result["problems"]] == ["state-misfit"]
    assert "all leaves together hold" in result["problems"][0]["message"]
    assert len(result["loss"]) == 5
