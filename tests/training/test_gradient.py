"""Losses made of gradients train like the script of a person: watched, by closure, validated, printed."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gradcanvas.training.session import Session
from tests.training.scripts import Json, executed, text

STEPS = 5


def op(name: str, args: Json | None = None, **inputs: object) -> Json:
    return {"op": name, "inputs": inputs, "args": args or {}}


def critic() -> Json:
    """Train a critic whose gradient at mixed data is pushed towards norm 1."""
    return {
        "gradcanvas": 1,
        "seed": 5,
        "device": "cpu",
        "nodes": {
            "real": {"op": "torch.randn", "args": {"size": [16, 2]}},
            "fake": {"op": "torch.rand", "args": {"size": [16, 2]}},
            "hidden": op("torch.nn.Linear", {"in_features": 2, "out_features": 8}, input="point"),
            "bent": op("torch.tanh", input="hidden"),
            "score": op("torch.nn.Linear", {"in_features": 8, "out_features": 1}, input="bent"),
            "share": op("torch.rand_like", input="real"),
            "mixed": op("torch.lerp", input="real", end="fake", weight="share"),
            "point": op("gradcanvas.detach", {"requires_grad": True}, input="mixed"),
            "ones": op("torch.ones_like", input="score"),
            "slope": op("gradcanvas.grad", outputs="score", inputs="point", grad_outputs="ones"),
            "norm": op("torch.linalg.vector_norm", {"dim": [1]}, input="slope"),
            "gap": op("torch.sub", {"other": 1}, input="norm"),
            "squares": op("torch.square", input="gap"),
            "penalty": op("torch.mean", input="squares"),
            "level": op("torch.mean", input="score"),
            "loss": op("torch.add", input="level", other="penalty"),
        },
        "train": {
            "loss": "loss",
            "steps": STEPS,
            "optimizer": {"op": "torch.optim.Adam", "args": {"lr": 0.01}},
            "metrics": {"penalty": "penalty"},
        },
    }


def critic_by_hand() -> tuple[list[float], list[object]]:
    torch.manual_seed(5)
    real, fake = torch.randn(16, 2), torch.rand(16, 2)
    net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(STEPS):
        point = torch.lerp(real, fake, torch.rand_like(real)).detach().requires_grad_()
        score = net(point)
        (slope,) = torch.autograd.grad(score, point, torch.ones_like(score), create_graph=True)
        loss: Tensor = score.mean() + (torch.linalg.vector_norm(slope, dim=1) - 1).square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    return losses, [parameter.tolist() for parameter in net.parameters()]


def equation(optimizer: Json) -> Json:
    """Solve u'' = -u with u(0) = 0 and u'(0) = 1 by a network: the loss is made of second derivatives."""
    return {
        "gradcanvas": 1,
        "seed": 2,
        "device": "cpu",
        "nodes": {
            "times": {"op": "torch.linspace", "args": {"start": 0.0, "end": 3.0, "steps": 12}},
            "column": op("torch.unsqueeze", {"dim": 1}, input="times"),
            "t": op("gradcanvas.detach", {"requires_grad": True}, input="column"),
            "hidden": op("torch.nn.Linear", {"in_features": 1, "out_features": 6}, input="t"),
            "bent": op("torch.tanh", input="hidden"),
            "u": op("torch.nn.Linear", {"in_features": 6, "out_features": 1}, input="bent"),
            "total": op("torch.sum", input="u"),
            "du": op("gradcanvas.grad", outputs="total", inputs="t"),
            "total_du": op("torch.sum", input="du"),
            "ddu": op("gradcanvas.grad", outputs="total_du", inputs="t"),
            "residual": op("torch.add", input="ddu", other="u"),
            "squares": op("torch.square", input="residual"),
            "inside": op("torch.mean", input="squares"),
            "u0": op("torch.Tensor.__getitem__", {"index": "0, 0"}, self="u"),
            "du0": op("torch.Tensor.__getitem__", {"index": "0, 0"}, self="du"),
            "slope": op("torch.sub", {"other": 1}, input="du0"),
            "beginning": op("torch.hypot", input="u0", other="slope"),
            "loss": op("torch.add", input="inside", other="beginning"),
        },
        "train": {"loss": "loss", "steps": STEPS, "optimizer": optimizer},
    }


def equation_by_hand(make: Callable[..., torch.optim.Optimizer]) -> tuple[list[float], list[object]]:
    torch.manual_seed(2)
    times = torch.linspace(0.0, 3.0, 12)
    net = torch.nn.Sequential(torch.nn.Linear(1, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
    optimizer = make(net.parameters())

    def closure() -> Tensor:
        optimizer.zero_grad()
        t = times.unsqueeze(1).detach().requires_grad_()
        u = net(t)
        (du,) = torch.autograd.grad(u.sum(), t, create_graph=True)
        (ddu,) = torch.autograd.grad(du.sum(), t, create_graph=True)
        loss: Tensor = (ddu + u).square().mean() + torch.hypot(u[0, 0], du[0, 0] - 1)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    step: Callable[[Callable[[], Tensor]], Tensor] = optimizer.step  # type: ignore[assignment]
    losses = [float(step(closure).detach()) for _ in range(STEPS)]
    return losses, [parameter.tolist() for parameter in net.parameters()]


def trained(graph: Json) -> tuple[Session, list[object]]:
    session = Session()
    session.load(text(graph))
    for step in range(STEPS):
        session.step(watched=step in (1, 3))
    return session, [tensor.tolist() for tensor in session.state.leaves.values()]


def test_a_gradient_penalty_trains_like_the_script() -> None:
    losses, parameters = critic_by_hand()

    session, leaves = trained(critic())

    assert session.losses.values() == losses
    assert leaves == parameters


@pytest.mark.parametrize(
    ("optimizer", "make"),
    [
        (
            {"op": "torch.optim.LBFGS", "args": {"lr": 0.5, "max_iter": 5}},
            lambda parameters: torch.optim.LBFGS(parameters, lr=0.5, max_iter=5),
        ),
        ({"op": "torch.optim.SGD", "args": {"lr": 0.01}}, lambda params: torch.optim.SGD(params, lr=0.01)),
    ],
    ids=["LBFGS", "SGD"],
)
def test_second_derivatives_train_like_the_script(
    optimizer: Json, make: Callable[..., torch.optim.Optimizer]
) -> None:
    losses, parameters = equation_by_hand(make)

    session, leaves = trained(equation(optimizer))

    assert session.losses.values() == losses
    assert leaves == parameters


@pytest.mark.parametrize(
    "graph",
    [critic(), equation({"op": "torch.optim.LBFGS", "args": {"lr": 0.5, "max_iter": 5}})],
    ids=["penalty", "equation"],
)
def test_the_printed_script_gives_the_same_bits(graph: Json) -> None:
    _, leaves = trained(graph)

    variables = executed(graph)

    modules = [each for each in variables.values() if isinstance(each, torch.nn.Module)]
    assert [tensor.tolist() for module in modules for tensor in module.parameters()] == leaves


def test_gradients_are_taken_when_a_graph_is_validated_too() -> None:
    graph = critic()
    graph["train"]["validation"] = {"real": [[0.5, -1.0]], "fake": [[1.5, 2.0]]}
    session = Session()
    session.load(text(graph))

    session.validate()

    columns = session.validations.columns()
    assert columns["penalty"] > [0.0]
    assert columns["loss"] != columns["penalty"]
    assert not torch.is_inference_mode_enabled()
    assert all(leaf.grad is None for leaf in session.state.leaves.values())


def test_what_flows_through_the_gradient_is_seen_on_its_edges() -> None:
    session, _ = trained(critic())
    session.evaluate()
    assert session.moment is not None

    edges = dict(zip((each.edge for each in session.moment.records), session.moment.edges, strict=True))

    slope = session.moment.gradient("point")
    assert slope is not None
    assert slope.shape == (16, 2)
    for edge in ("norm.input", "hidden.input", "score.input", "bent.input"):
        assert edges[edge] is not None, edge
    assert [record.reason() for record in session.moment.records if record.edge.startswith("slope.")] == [
        "what slope gives flows back through what this was computed from",
        "slope takes the gradient with respect to it",
        "ones does not require a gradient",
    ]
