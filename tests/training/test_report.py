"""What `run` and `check` print, held against hand-written scripts."""

import json
import math
from typing import Any

import pytest
import torch

from gradcanvas.training.report import autograd_of, check_graph, run_graph
from tests.training.scripts import Json, Network, article, article_script, executed, network, text

OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "weight_decay": 0.01}),
    ("Adam", {"lr": 0.01, "betas": [0.8, 0.99]}),
    ("Adam", {"lr": 0.01, "amsgrad": True}),
    ("AdamW", {"lr": 0.02}),
    ("RMSprop", {"lr": 0.01, "centered": True}),
]


def test_the_article_ends_at_the_scripts_numbers() -> None:
    losses, b, w = article_script(200)

    result = run_graph(text(article()), device="cpu")

    assert result["loss"] == losses
    assert result["tensors"]["b"]["value"] == b.tolist()
    assert result["tensors"]["w"]["value"] == w.tolist()
    assert result["steps"] == 200


def test_other_steps_and_seeds_are_those_of_the_script() -> None:
    losses, b, w = article_script(7, seed=5)

    result = run_graph(text(article()), steps=7, seed=5, device="cpu")

    assert result["loss"] == losses
    assert [result["tensors"][leaf]["value"] for leaf in "bw"] == [b.tolist(), w.tolist()]


@pytest.mark.parametrize(("name", "arguments"), OPTIMIZERS)
def test_an_optimizer_gives_the_numbers_of_its_script(name: str, arguments: dict[str, Any]) -> None:
    by_hand = Network()
    optimizer = getattr(torch.optim, name)(list(by_hand.leaves.values()), **arguments)
    losses = []
    for _ in range(6):
        loss = by_hand.loss()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())

    result = run_graph(text(network({"op": f"torch.optim.{name}", "args": arguments})))

    assert result["loss"] == losses
    for leaf, tensor in by_hand.leaves.items():
        assert result["tensors"][leaf]["value"] == tensor.tolist()


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("clip", [{"norm": 0.1}, {"value": 0.01}])
def test_batches_and_clipping_are_those_of_the_script(shuffle: bool, clip: dict[str, float]) -> None:
    by_hand = Network()
    leaves = list(by_hand.leaves.values())
    optimizer = torch.optim.SGD(leaves, lr=0.05)
    losses: list[float] = []
    while len(losses) < 6:
        order = torch.randperm(10) if shuffle else torch.arange(10)
        for start in (0, 4, 8):
            if len(losses) == 6:
                break
            loss = by_hand.loss(order[start : start + 4])
            loss.backward()  # type: ignore[no-untyped-call]
            if "norm" in clip:
                torch.nn.utils.clip_grad_norm_(leaves, clip["norm"])
            else:
                torch.nn.utils.clip_grad_value_(leaves, clip["value"])
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
    batch = {"size": 4, "of": ["x", "y"], "shuffle": shuffle}

    result = run_graph(text(network(batch=batch, clip=clip)))

    assert result["loss"] == losses
    for leaf, tensor in by_hand.leaves.items():
        assert result["tensors"][leaf]["value"] == tensor.tolist()


def test_groups_have_their_own_arguments() -> None:
    by_hand = Network()
    groups: list[Json] = [{"params": [by_hand.w1, by_hand.b1]}, {"params": [by_hand.w2], "lr": 0.5}]
    optimizer = torch.optim.SGD(groups, lr=0.05)
    for _ in range(6):
        by_hand.loss().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    graph = network({"op": "torch.optim.SGD", "args": {"lr": 0.05}, "groups": {"fast": {"lr": 0.5}}})
    graph["nodes"]["w2"]["group"] = "fast"

    result = run_graph(text(graph))

    for leaf, tensor in by_hand.leaves.items():
        assert result["tensors"][leaf]["value"] == tensor.tolist()


def test_values_and_gradients_are_those_of_the_last_step() -> None:
    _, b, w = article_script(4)
    nodes = article()["nodes"]
    x, y = (torch.tensor(nodes[name]["args"]["data"]) for name in ("x", "y"))
    yhat = b + w * x
    yhat.retain_grad()
    loss = ((y - yhat) ** 2).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    assert b.grad is not None
    assert yhat.grad is not None

    result = run_graph(text(article()), steps=5, device="cpu")

    rows, edges = result["tensors"], result["edges"]
    assert rows["yhat"]["value"] == yhat.tolist()
    assert rows["yhat"]["grad"] == yhat.grad.tolist()
    assert rows["yhat"]["grad_fn"] == "AddBackward0"
    assert rows["b"]["grad"] == b.grad.tolist()
    assert rows["b"]["leaf"]
    assert rows["x"]["grad"] is None
    assert edges["yhat.input"]["from"] == "b"
    assert edges["yhat.input"]["gradient"]["value"] == b.grad.tolist()
    assert edges["yhat.input"]["gradient"]["shape"] == [1]
    figures = edges["error.other"]["gradient"]
    assert figures["norm"] == pytest.approx(float(yhat.grad.double().norm()), rel=1e-12)
    assert figures["mean"] == pytest.approx(float(yhat.grad.double().mean()), rel=1e-12)
    assert (figures["min"], figures["max"], figures["nonfinite"]) == (yhat.grad.min(), yhat.grad.max(), 0)
    assert edges["wx.other"]["gradient"] is None
    assert "x" in edges["wx.other"]["why"]


def test_no_steps_evaluate_once_without_an_update() -> None:
    losses, _, _ = article_script(1)
    torch.manual_seed(42)
    b, w = torch.randn(1), torch.randn(1)

    result = run_graph(text(article()), steps=0, device="cpu")

    assert result["loss"] == losses
    assert result["steps"] == 0
    assert [result["tensors"][leaf]["value"] for leaf in "bw"] == [b.tolist(), w.tolist()]
    assert result["tensors"]["w"]["grad"] is not None


def test_metrics_and_validation_are_recorded() -> None:
    graph = article()
    graph["train"] |= {
        "steps": 5,
        "metrics": {"slope": "w"},
        "batch": {"size": 40, "of": ["x", "y"]},
        "validation": {"x": [[0.0], [1.0]], "y": [[1.0], [3.0]]},
    }

    result = run_graph(text(graph), device="cpu")

    assert len(result["metrics"]["slope"]) == 5
    assert result["validation"]["step"] == [2, 4]
    assert len(result["validation"]["loss"]) == len(result["validation"]["slope"]) == 2
    assert result["validation"]["loss"][1] < result["validation"]["loss"][0]


def test_without_batches_validation_stands_at_the_end_of_the_run() -> None:
    graph = article()
    graph["train"]["validation"] = {"x": [[0.0]], "y": [[1.0]]}

    result = run_graph(text(graph), device="cpu", steps=3)

    assert result["validation"]["step"] == [3]
    b = result["tensors"]["b"]["value"][0]
    assert result["validation"]["loss"][0] == pytest.approx((1 - b) ** 2, rel=1e-5)


def test_without_a_loss_there_is_a_forward_only() -> None:
    graph = article()
    del graph["train"]

    result = run_graph(text(graph), device="cpu")

    assert result["loss"] == []
    assert result["tensors"]["loss"]["value"] is not None
    assert result["tensors"]["w"]["grad"] is None
    assert "error" not in result


def test_large_tensors_have_figures_but_no_values() -> None:
    result = run_graph(text(article()), device="cpu", steps=1, limit=10)

    gradient = result["edges"]["error.other"]["gradient"]
    assert result["tensors"]["x"]["value"] is None
    assert gradient["value"] is None
    assert gradient["norm"] > 0


def test_what_is_not_finite_or_complex_is_written_as_the_format_says() -> None:
    graph: Json = {
        "gradcanvas": 1,
        "nodes": {
            "x": {"op": "torch.tensor", "args": {"data": [0.0, -1.0]}},
            "log": {"op": "torch.log", "inputs": {"input": "x"}},
            "i": {"op": "torch.tensor", "args": {"data": [{"complex": [1.0, "inf"]}]}},
        },
    }

    result = run_graph(text(graph))

    assert result["tensors"]["log"]["value"] == ["-inf", "nan"]
    assert result["tensors"]["i"]["value"] == [{"complex": [1.0, "inf"]}]
    json.dumps(result, allow_nan=False)


def test_losses_that_overflow_are_no_crash() -> None:
    graph = article()
    graph["train"] |= {"steps": 400, "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 50.0}}}

    result = run_graph(text(graph), device="cpu")

    assert len(result["loss"]) == 400
    assert result["loss"][-1] == "nan"
    json.dumps(result, allow_nan=False)


def test_a_failure_while_running_names_its_node_and_step() -> None:
    graph = article()
    graph["nodes"]["grown"] = {"op": "torch.linalg.cholesky", "inputs": {"input": "matrix"}}
    graph["nodes"]["matrix"] = {
        "op": "torch.reshape",
        "inputs": {"input": "margin"},
        "args": {"shape": [1, 1]},
    }
    graph["nodes"]["margin"] = {"op": "torch.sub", "inputs": {"input": "loss"}, "args": {"other": 0.5}}
    graph["nodes"]["total_root"] = {"op": "torch.sum", "inputs": {"input": "grown"}}
    graph["train"]["metrics"] = {"grown": "total_root"}

    result = run_graph(text(graph), device="cpu")

    error = result["error"]
    assert error["where"] == "/nodes/grown"
    assert error["code"] == "run-failed"
    assert "positive-definite" in error["message"]
    assert error["step"] == len(result["loss"]) > 0
    assert result["tensors"]["w"]["value"] is not None


@pytest.mark.parametrize("loss", ["error", "x"])
def test_a_loss_that_cannot_be_differentiated_is_a_problem_and_all_values_are_given(loss: str) -> None:
    graph = article()
    graph["train"]["loss"] = loss

    result = run_graph(text(graph), device="cpu")

    codes = {each["code"] for each in [*result.get("problems", []), result.get("error", {"code": ""})]}
    assert "loss-not-differentiable" in codes
    assert result["tensors"]["yhat"]["value"] is not None


def test_a_graph_with_problems_still_runs_what_does_not_depend_on_one() -> None:
    graph = article()
    graph["nodes"]["extra"] = {"op": "torch.nothing", "inputs": {"input": "w"}}

    result = run_graph(text(graph), device="cpu", steps=3)

    assert result["loss"] == article_script(3)[0]
    assert [problem["where"] for problem in result["problems"]] == ["/nodes/extra/op"]


def test_text_that_is_no_graph_is_a_problem() -> None:
    result = run_graph("{")

    assert result["problems"]
    assert result["tensors"] == {}


def test_a_check_computes_nothing_and_gives_every_shape() -> None:
    checked = check_graph(text(article()))

    assert checked["problems"] == []
    assert checked["outputs"]["yhat"] == {"shape": [80, 1], "dtype": "float32", "requires_grad": True}
    assert checked["outputs"]["loss"]["shape"] == []


def test_a_device_that_is_not_there_is_a_problem() -> None:
    checked = check_graph(text(article() | {"device": "cuda:99"}))

    assert [problem["where"] for problem in checked["problems"]] == ["/device"]


def test_the_autograd_graph_has_leaves_operations_and_the_start() -> None:
    graph = autograd_of(text(article()))

    kinds = [(node["kind"], node["label"], node["node"]) for node in graph["nodes"]]
    assert ("start", "MeanBackward0", "loss") in kinds
    assert ("leaf", "w", "w") in kinds
    assert ("leaf", "b", "b") in kinds
    assert {label for kind, label, _ in kinds if kind == "operation"} == {
        "PowBackward0",
        "SubBackward0",
        "AddBackward0",
        "MulBackward0",
    }
    assert len(graph["links"]) == 6
    by_id = {node["id"]: node["label"] for node in graph["nodes"]}
    assert ("w", "MulBackward0") in {(by_id[link["from"]], by_id[link["to"]]) for link in graph["links"]}


def test_without_a_required_gradient_there_is_no_leaf() -> None:
    graph = article()
    del graph["nodes"]["b"]["requires_grad"]

    labels = [node["label"] for node in autograd_of(text(graph))["nodes"]]

    assert "b" not in labels
    assert not math.isnan(len(labels))


def test_what_does_not_depend_on_a_failing_node_is_given_all_the_same() -> None:
    graph = article()
    graph["nodes"]["negative"] = {"op": "torch.tensor", "args": {"data": [[-1.0]]}}
    graph["nodes"]["root"] = {"op": "torch.linalg.cholesky", "inputs": {"input": "negative"}}
    graph["nodes"]["after"] = {"op": "torch.sum", "inputs": {"input": "root"}}

    result = run_graph(text(graph), device="cpu", steps=0)

    assert result["error"]["where"] == "/nodes/root"
    assert result["tensors"]["w"]["grad"] is not None
    assert result["tensors"]["loss"]["value"] is not None
    assert "after" not in result["tensors"]


@pytest.mark.parametrize(
    ("own", "special", "by_hand"),
    [
        ({"lr": 0.05}, {"lr": [0.5]}, (0.05, torch.tensor([0.5]))),
        ({"lr": 0.05}, {"lr": {"data": 0.5, "dtype": "float64"}}, (0.05, torch.tensor(0.5).double())),
        ({"lr": [0.05]}, {"lr": 0.5}, (torch.tensor([0.05]), 0.5)),
        ({"lr": [0.05]}, {"momentum": 0.5}, (torch.tensor([0.05]), torch.tensor([0.05]))),
    ],
    ids=["tensor in the group", "float64 in the group", "number in the group", "tensor for all"],
)
def test_a_group_takes_a_tensor_where_a_number_stood(
    own: Json, special: Json, by_hand: tuple[Any, Any]
) -> None:
    script = Network()
    more = {"lr": by_hand[1], **{name: each for name, each in special.items() if name != "lr"}}
    groups: list[Json] = [{"params": [script.w1, script.b1]}, {"params": [script.w2], **more}]
    optimizer = torch.optim.SGD(groups, lr=by_hand[0], foreach=False)
    for _ in range(6):
        script.loss().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    args = {**own, "foreach": False}
    graph = network({"op": "torch.optim.SGD", "args": args, "groups": {"fast": special}})
    graph["nodes"]["w2"]["group"] = "fast"

    result = run_graph(text(graph))

    printed = executed(graph)
    for leaf, tensor in script.leaves.items():
        assert result["tensors"][leaf]["value"] == tensor.tolist()
        assert torch.equal(printed[leaf], tensor)


@pytest.mark.parametrize("steps", [0, 4])
def test_of_a_leaf_that_is_cut_into_batches_the_whole_is_told(steps: int) -> None:
    torch.manual_seed(42)
    x, y = torch.randn(5, 2, requires_grad=True), torch.randn(5, 2)
    grad = None
    for step in range(steps or 1):
        x.grad = None
        rows = slice(0, 2) if not steps else [slice(0, 2), slice(2, 4), slice(4, 5)][step % 3]
        (x[rows] * y[rows]).sum().backward()  # type: ignore[no-untyped-call]
        grad = x.grad
        if steps and grad is not None:
            x.data -= 0.1 * grad
    nodes: Json = {
        "x": {"op": "torch.randn", "args": {"size": [5, 2]}, "requires_grad": True},
        "y": {"op": "torch.randn", "args": {"size": [5, 2]}},
        "xy": {"op": "torch.mul", "inputs": {"input": "x", "other": "y"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "xy"}},
    }
    train = {
        "loss": "loss",
        "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.1}},
        "batch": {"size": 2, "of": ["x", "y"]},
    }

    result = run_graph(
        text({"gradcanvas": 1, "seed": 42, "nodes": nodes, "train": train}), steps=steps, device="cpu"
    )

    row = result["tensors"]["x"]
    assert grad is not None
    assert row == {
        "shape": [5, 2],
        "dtype": "float32",
        "requires_grad": True,
        "leaf": True,
        "grad_fn": None,
        "value": x.tolist(),
        "grad": grad.tolist(),
    }
    assert result["tensors"]["xy"]["shape"] == [2, 2]
