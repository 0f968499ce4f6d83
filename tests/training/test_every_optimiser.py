"""Every optimiser and schedule of torch, five steps of each: in a run and as a printed script, as by hand."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import lr_scheduler

from gradcanvas.catalog import load_catalog
from gradcanvas.training.report import check_graph, run_graph
from gradcanvas.training.session import Session
from tests.training.scripts import Json, Network, executed, network, text

STEPS = 5
OPTIMIZERS: list[tuple[str, Json]] = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.0, "weight_decay": 0.01, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "dampening": 0.1, "maximize": True, "foreach": False}),
    ("SGD", {"lr": 0.05, "fused": True}),
    ("ASGD", {"lr": 0.05, "lambd": 0.01, "alpha": 0.5, "t0": 2.0, "weight_decay": 0.1, "maximize": True}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-5, "weight_decay": 0.1, "foreach": True}),
    ("Adafactor", {"lr": 0.05, "beta2_decay": -0.7, "eps": [None, 0.01], "d": 2.0, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.1}),
    ("Adam", {"lr": 0.05, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "decoupled_weight_decay": True, "fused": True}),
    ("AdamW", {"lr": 0.05, "betas": [0.8, 0.99], "weight_decay": 0.2, "maximize": True}),
    ("Adamax", {"lr": 0.05, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.1}),
    ("LBFGS", {"lr": 0.5, "max_iter": 3, "history_size": 2}),
    ("LBFGS", {"lr": 0.5, "max_iter": 4, "max_eval": 6, "line_search_fn": "strong_wolfe"}),
    ("NAdam", {"lr": 0.05, "momentum_decay": 0.01, "decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.05, "betas": [0.8, 0.9], "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "momentum": 0.5, "centered": True, "weight_decay": 0.1}),
    ("Rprop", {"lr": 0.05, "etas": [0.4, 1.3], "step_sizes": [1e-5, 10.0]}),
]

SCHEDULERS: list[tuple[str, Json]] = [
    ("ConstantLR", {"factor": 0.5, "total_iters": 2}),
    ("LinearLR", {"start_factor": 0.5, "end_factor": 0.9, "total_iters": 3}),
    ("StepLR", {"step_size": 2, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [1, 3], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("PolynomialLR", {"total_iters": 4, "power": 2.0}),
    ("CosineAnnealingLR", {"T_max": 3, "eta_min": 0.001}),
    ("CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 2, "eta_min": 0.001}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": [0.01], "max_lr": [0.1], "mode": "exp_range", "gamma": 0.9}),
    ("OneCycleLR", {"max_lr": 0.1, "total_steps": 6, "anneal_strategy": "linear", "three_phase": True}),
    ("ReduceLROnPlateau", {"factor": 0.5, "patience": 0, "threshold": 0.5, "min_lr": [0.001]}),
    ("LambdaLR", {"lr_lambda": [1.0, 0.5, 0.25]}),
    ("MultiplicativeLR", {"lr_lambda": [1.0, 0.5, 0.9]}),
]

LINEAR = {"op": "torch.optim.lr_scheduler.LinearLR", "args": {"total_iters": 2}}
STEPPED = {"op": "torch.optim.lr_scheduler.MultiStepLR", "args": {"milestones": [1], "gamma": 0.5}}
COMBINED: list[tuple[Json, Callable[[Any], Any]]] = [
    (
        {
            "op": "torch.optim.lr_scheduler.SequentialLR",
            "args": {"schedulers": [LINEAR, STEPPED], "milestones": [2]},
        },
        lambda optimizer: lr_scheduler.SequentialLR(
            optimizer,
            [
                lr_scheduler.LinearLR(optimizer, total_iters=2),
                lr_scheduler.MultiStepLR(optimizer, [1], 0.5),
            ],
            milestones=[2],
        ),
    ),
    (
        {"op": "torch.optim.lr_scheduler.ChainedScheduler", "args": {"schedulers": [LINEAR, STEPPED]}},
        lambda optimizer: lr_scheduler.ChainedScheduler(
            [
                lr_scheduler.LinearLR(optimizer, total_iters=2),
                lr_scheduler.MultiStepLR(optimizer, [1], 0.5),
            ]
        ),
    ),
]


class ByHand(Network):
    """The network with an optimiser, trained as a person writes it."""

    def train(self, optimizer: Any, scheduler: Any = None) -> list[float]:
        losses = []
        for _ in range(STEPS):
            if isinstance(optimizer, torch.optim.LBFGS):
                loss = optimizer.step(self.closure(optimizer))  # type: ignore[no-untyped-call]
            else:
                loss = self.loss()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
                scheduler.step(loss.item())
            elif scheduler is not None:
                scheduler.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        return losses

    def closure(self, optimizer: Any) -> Callable[[], Tensor]:
        def evaluate() -> Tensor:
            optimizer.zero_grad()
            loss = self.loss()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        return evaluate


def assert_equal(graph: Json, losses: list[float], leaves: dict[str, Tensor]) -> None:
    """The run and the printed script have the losses and the leaves of the script by hand."""
    result = run_graph(text(graph))
    assert "error" not in result
    assert result["loss"] == losses
    assert {name: result["tensors"][name]["value"] for name in leaves} == {
        name: leaf.tolist() for name, leaf in leaves.items()
    }
    printed = executed(graph)
    for name, leaf in leaves.items():
        assert torch.equal(printed[name], leaf)


def five(optimizer: Json, **train: Any) -> Json:
    return {**network(optimizer), "train": {**network(optimizer)["train"], "steps": STEPS, **train}}


@pytest.mark.parametrize(("name", "arguments"), OPTIMIZERS)
def test_an_optimiser_gives_the_numbers_of_its_script(
    name: str, arguments: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand = ByHand()
    losses = by_hand.train(getattr(torch.optim, name)(list(by_hand.leaves.values()), **arguments))

    graph = five({"op": f"torch.optim.{name}", "args": arguments}, metrics={"error": "loss"})

    assert_equal(graph, losses, by_hand.leaves)
    assert f"error: {losses[-1]}\n" in capsys.readouterr().out


def test_muon_gives_the_numbers_of_its_script() -> None:
    arguments: Json = {"lr": 0.05, "weight_decay": 0.2, "ns_steps": 4, "adjust_lr_fn": "match_rms_adamw"}
    by_hand = ByHand()
    leaves = {name: by_hand.leaves[name] for name in ("w1", "w2")}
    losses = by_hand.train(torch.optim.Muon(list(leaves.values()), **arguments))

    graph = five({"op": "torch.optim.Muon", "args": arguments})
    graph["nodes"]["b1"]["requires_grad"] = False

    assert_equal(graph, losses, leaves)


def test_sparse_adam_takes_the_sparse_gradients_of_an_embedding() -> None:
    arguments: Json = {"lr": 0.1, "betas": [0.8, 0.99], "eps": 1e-6, "maximize": True}
    torch.manual_seed(3)
    table = torch.nn.Embedding(6, 2, sparse=True)
    rows = torch.tensor([0, 2, 2, 5])
    optimizer = torch.optim.SparseAdam(list(table.parameters()), **arguments)
    losses = []
    for _ in range(STEPS):
        loss = table(rows).square().mean()
        loss.backward()
        optimizer.step()  # type: ignore[no-untyped-call]
        optimizer.zero_grad()
        losses.append(loss.item())

    graph = {
        "gradcanvas": 1,
        "seed": 3,
        "device": "cpu",
        "nodes": {
            "table": {
                "op": "torch.nn.Embedding",
                "inputs": {"input": "rows"},
                "args": {"num_embeddings": 6, "embedding_dim": 2, "sparse": True},
            },
            "rows": {"op": "torch.tensor", "args": {"data": [0, 2, 2, 5]}},
            "squared": {"op": "torch.square", "inputs": {"input": "table"}},
            "loss": {"op": "torch.mean", "inputs": {"input": "squared"}},
        },
        "train": {
            "loss": "loss",
            "steps": STEPS,
            "optimizer": {"op": "torch.optim.SparseAdam", "args": arguments},
        },
    }
    result = run_graph(text(graph))

    assert result["loss"] == losses
    assert result["tensors"]["table.weight"]["value"] == table.weight.tolist()
    assert torch.equal(executed(graph)["table"].weight, table.weight)


@pytest.mark.parametrize(("name", "arguments"), SCHEDULERS)
def test_a_schedule_gives_the_numbers_of_its_script(name: str, arguments: Json) -> None:
    by_hand = ByHand()
    optimizer = torch.optim.SGD(list(by_hand.leaves.values()), lr=0.05, momentum=0.5)
    given = dict(arguments)
    if "lr_lambda" in given:
        factors = given["lr_lambda"]
        given["lr_lambda"] = lambda step: factors[min(step, len(factors) - 1)]
    losses = by_hand.train(optimizer, getattr(lr_scheduler, name)(optimizer, **given))

    sgd = {"op": "torch.optim.SGD", "args": {"lr": 0.05, "momentum": 0.5}}
    scheduler = {"op": f"torch.optim.lr_scheduler.{name}", "args": arguments}

    assert_equal(five(sgd, scheduler=scheduler), losses, by_hand.leaves)


@pytest.mark.parametrize(("scheduler", "make"), COMBINED)
def test_a_combined_schedule_gives_the_numbers_of_its_script(
    scheduler: Json, make: Callable[[Any], Any]
) -> None:
    by_hand = ByHand()
    optimizer = torch.optim.SGD(list(by_hand.leaves.values()), lr=0.05)
    losses = by_hand.train(optimizer, make(optimizer))

    graph = five({"op": "torch.optim.SGD", "args": {"lr": 0.05}}, scheduler=scheduler)

    assert_equal(graph, losses, by_hand.leaves)


def test_no_public_optimiser_or_schedule_is_missing() -> None:
    tried = {f"torch.optim.{name}" for name, _ in OPTIMIZERS} | {"torch.optim.Muon", "torch.optim.SparseAdam"}
    scheduled = {f"torch.optim.lr_scheduler.{name}" for name, _ in SCHEDULERS}
    scheduled |= {scheduler["op"] for scheduler, _ in COMBINED}
    operations = load_catalog().operations.values()

    assert tried | {"gradcanvas.descent"} == {each.name for each in operations if each.kind == "optimizer"}
    assert scheduled == {each.name for each in operations if each.kind == "scheduler"}
    public = {f"torch.optim.lr_scheduler.{name}" for name in lr_scheduler.__all__}
    assert public - scheduled == {"torch.optim.lr_scheduler.LRScheduler"}


SGD = {"op": "torch.optim.SGD", "args": {"lr": 0.1}}
PLATEAU = {"op": "torch.optim.lr_scheduler.ReduceLROnPlateau"}


@pytest.mark.parametrize(
    ("train", "where", "code"),
    [
        (
            {"scheduler": {"op": "torch.optim.lr_scheduler.LambdaLR", "args": {"lr_lambda": []}}},
            "/train/scheduler/args/lr_lambda",
            "bad-value",
        ),
        (
            {"scheduler": {**COMBINED[1][0], "args": {"schedulers": [LINEAR, PLATEAU]}}},
            "/train/scheduler/args/schedulers/1/op",
            "wrong-kind",
        ),
        (
            {"scheduler": {**COMBINED[1][0], "args": {"schedulers": [{**LINEAR, "args": {"steps": 2}}]}}},
            "/train/scheduler/args/schedulers/0/args/steps",
            "unknown-argument",
        ),
        (
            {"scheduler": {**COMBINED[1][0], "args": {"schedulers": ["LinearLR"]}}},
            "/train/scheduler/args/schedulers",
            "wrong-type",
        ),
        (
            {"scheduler": LINEAR, "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.1}}},
            "/train/scheduler",
            "wrong-kind",
        ),
        (
            {"optimizer": {"op": "torch.optim.LBFGS", "groups": {"slow": {"lr": 0.1}}}},
            "/train/optimizer/groups",
            "bad-value",
        ),
    ],
)
def test_what_cannot_be_is_a_problem_at_its_place(train: Json, where: str, code: str) -> None:
    graph = network(SGD)

    problems = check_graph(text({**graph, "train": {**graph["train"], **train}}))["problems"]

    assert [(problem["where"], problem["code"]) for problem in problems] == [(where, code)]


@pytest.mark.parametrize(
    "scheduler",
    [{"op": f"torch.optim.lr_scheduler.{name}", "args": given} for name, given in SCHEDULERS]
    + [each for each, _ in COMBINED],
)
def test_a_schedule_goes_on_from_a_copy(scheduler: Json) -> None:
    graph = text(five(SGD, scheduler=scheduler))
    whole, first, second = Session(device="cpu"), Session(device="cpu"), Session(device="cpu")
    for session, steps in ((whole, STEPS), (first, 2)):
        session.load(graph)
        for _ in range(steps):
            session.step()

    data = first.copy()
    second.load(graph)
    second.restore(data)
    for _ in range(STEPS - 2):
        second.step()

    for ref, leaf in whole.state.leaves.items():
        assert second.state.leaves[ref].equal(leaf)


@pytest.mark.parametrize(
    ("train", "where", "words"),
    [
        (
            {
                "scheduler": {
                    "op": "torch.optim.lr_scheduler.SequentialLR",
                    "args": {"schedulers": [LINEAR, STEPPED], "milestones": [1, 2]},
                }
            },
            "/train/scheduler",
            "milestone",
        ),
        (
            {"scheduler": {"op": "torch.optim.lr_scheduler.OneCycleLR", "args": {"max_lr": 0.1}}},
            "/train/scheduler",
            "total_steps",
        ),
        (
            {"optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1, "nesterov": True}}},
            "/train/optimizer",
            "Nesterov",
        ),
    ],
)
def test_what_torch_refuses_is_told_in_its_words_at_its_place(train: Json, where: str, words: str) -> None:
    graph = network(SGD)

    result = run_graph(text({**graph, "train": {**graph["train"], **train}}))

    assert result["error"]["where"] == where
    assert words in result["error"]["message"]
