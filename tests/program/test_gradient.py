"""`gradcanvas.grad` against PyTorch by hand: values, gradients of gradients, functions and the edges."""

from typing import Any

import pytest
import torch

from tests.program import eager
from tests.program.running import Nodes, graph, is_same, run


def leaf(*size: int) -> dict[str, Any]:
    return {"op": "torch.rand", "args": {"size": list(size)}, "requires_grad": True}


def node(op: str, args: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    return {"op": f"torch.{op}", "inputs": inputs, "args": args or {}}


def grad(outputs: Any, inputs: Any, **args: Any) -> dict[str, Any]:
    flow = args.pop("grad_outputs", None)
    wires = {"outputs": outputs, "inputs": inputs, **({"grad_outputs": flow} if flow else {})}
    return {"op": "gradcanvas.grad", "inputs": wires, "args": args}


SECOND_DERIVATIVE: Nodes = {
    "x": leaf(5),
    "y": node("sin", input="x"),
    "s": node("sum", input="y"),
    "dy": grad("s", "x"),
    "t": node("sum", input="dy"),
    "ddy": grad("t", "x"),
    "loss": node("dot", input="ddy", tensor="y"),
}
PENALTY: Nodes = {
    "x": leaf(4, 3),
    "fc": {"op": "torch.nn.Linear", "args": {"in_features": 3, "out_features": 6}, "inputs": {"input": "x"}},
    "h": node("tanh", input="fc"),
    "w": leaf(6, 1),
    "critic": node("matmul", input="h", other="w"),
    "score": node("sum", input="critic"),
    "g": grad("score", "x"),
    "norm": node("linalg.vector_norm", {"dim": [1]}, input="g"),
    "gap": node("sub", {"other": 1}, input="norm"),
    "square": node("square", input="gap"),
    "penalty": node("mean", input="square"),
    "loss": node("add", input="penalty", other="score"),
}
HESSIAN_VECTOR: Nodes = {
    "x": leaf(4),
    "v": leaf(4),
    "c": node("pow", {"exponent": 3}, input="x"),
    "e": node("exp", input="x"),
    "ce": node("mul", input="c", other="e"),
    "f": node("sum", input="ce"),
    "g": grad("f", "x"),
    "hv": grad("g", "x", grad_outputs="v"),
    "xhv": node("mul", input="hv", other="x"),
    "loss": node("sum", input="xhv"),
}
SEVERAL: Nodes = {
    "x": leaf(3),
    "w": leaf(3),
    "xw": node("mul", input="x", other="w"),
    "xx": node("mul", input="x", other="x"),
    "p": node("add", input="xw", other="xx"),
    "q": node("sigmoid", input="p"),
    "one": node("sum", input="q"),
    "other": node("mean", input="p"),
    "g": grad(["one", "other"], ["x", "w"]),
    "gg": node("mul", input="g", other="g.1"),
    "gx": node("mul", input="gg", other="x"),
    "loss": node("sum", input="gx"),
}


def same_as_eager(text: str, steps: int = 1) -> None:
    expected = eager.run(text, steps=steps)
    for observed in (False, True):
        ran = run(text, observed=observed, steps=steps)
        assert is_same(ran.loss, expected.loss)
        for name, tensor in ran.leaves.items():
            assert is_same(tensor.grad, expected.leaves[name].grad), (observed, name)
        if ran.observation is not None:
            for name, tensor in expected.values.items():
                assert is_same(ran.observation.values[name], tensor), name


@pytest.mark.parametrize("nodes", [SECOND_DERIVATIVE, PENALTY, HESSIAN_VECTOR, SEVERAL])
def test_a_step_watched_or_not_has_the_bits_of_pytorch(nodes: Nodes) -> None:
    same_as_eager(graph(nodes), steps=2)


def test_the_second_derivative_of_the_sine_is_minus_the_sine() -> None:
    x = torch.rand(5, generator=torch.manual_seed(0)).requires_grad_()
    y = x.sin()
    (dy,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (ddy,) = torch.autograd.grad(dy.sum(), x, create_graph=True)
    ddy.dot(y).backward()  # type: ignore[no-untyped-call]

    ran = run(graph(SECOND_DERIVATIVE), observed=True)

    assert ran.observation is not None
    assert is_same(ran.observation.values["ddy"], ddy)
    assert torch.equal(ddy, -y)
    assert is_same(ran.leaves["x"].grad, x.grad)


def test_the_hessian_of_a_quadratic_form_is_its_matrix() -> None:
    a = torch.rand(4, 4)
    nodes: Nodes = {
        "a": {"op": "torch.tensor", "args": {"data": a.tolist()}},
        "x": leaf(4),
        "v": leaf(4),
        "ax": node("mv", input="a", vec="x"),
        "f": node("dot", input="x", tensor="ax"),
        "g": grad("f", "x"),
        "hv": grad("g", "x", grad_outputs="v"),
        "loss": node("sum", input="hv"),
    }

    ran = run(graph(nodes), observed=True)

    assert ran.observation is not None
    values = ran.observation.values
    assert torch.allclose(values["hv"], (a + a.T) @ values["v"])
    assert torch.allclose(ran.gradient("hv.grad_outputs"), (a + a.T).sum(1))  # type: ignore[arg-type]


def test_what_two_edges_of_one_tensor_cannot_tell_apart_counts_together() -> None:
    nodes: Nodes = {
        "x": leaf(3),
        "xx": node("mul", input="x", other="x"),
        "s": node("sum", input="xx"),
        "g": grad("s", "x"),
        "loss": node("sum", input="g"),
    }

    ran = run(graph(nodes), observed=True)

    assert is_same(ran.gradient("xx.input"), torch.full((3,), 2.0))
    assert ran.why("xx.other") == "counted in xx.input"


def test_a_gradient_that_nobody_differentiates_is_a_constant() -> None:
    nodes: Nodes = {
        "x": leaf(3),
        "c": node("pow", {"exponent": 3}, input="x"),
        "s": node("sum", input="c"),
        "g": grad("s", "x", create_graph=False),
        "gx": node("mul", input="g", other="x"),
        "loss": node("sum", input="gx"),
    }

    ran = run(graph(nodes), observed=True)

    assert is_same(ran.leaves["x"].grad, ran.observation.values["g"])  # type: ignore[union-attr]
    assert ran.why("gx.input") == "g does not require a gradient"
    same_as_eager(graph(nodes))


SLOPE: Nodes = {
    "inputs": ["at", "w"],
    "nodes": {
        "wx": node("mul", input="at", other="w"),
        "e": node("exp", input="wx"),
        "both": node("mul", input="e", other="wx"),
        "s": node("sum", input="both"),
        "g": grad("s", "at"),
        "step": node("mul", {"other": 0.1}, input="g"),
        "after": node("sub", input="at", other="step"),
    },
    "outputs": {"at": "after", "slope": "g"},
}


@pytest.mark.parametrize(
    "control",
    [
        {"op": "gradcanvas.call", "args": {"function": "slope"}},
        {"op": "gradcanvas.for", "args": {"body": "slope", "times": 3}},
        {"op": "gradcanvas.if", "args": {"then": "slope", "else": "slope"}},
    ],
    ids=lambda control: str(control["op"]),
)
def test_gradients_are_taken_inside_of_functions_and_through_them(control: Nodes) -> None:
    inputs = {"at": "start", "w": "w"}
    if control["op"] == "gradcanvas.if":
        inputs["condition"] = "yes"
    nodes: Nodes = {
        "x": leaf(4),
        "w": leaf(4),
        "yes": {"op": "torch.tensor", "args": {"data": True}},
        "start": node("sin", input="x"),
        "inner": {**control, "inputs": inputs},
        "ends": node("mul", input="inner", other="start"),
        "end": node("sum", input="ends"),
        "through": grad("end", ["x", "w"]),
        "t": node("mul", input="through", other="through.1"),
        "u": node("add", input="t", other="inner.slope"),
        "loss": node("sum", input="u"),
    }

    text = graph(nodes, functions={"slope": SLOPE})

    same_as_eager(text)
    expected = eager.run(text, aliased=True).aliases or {}
    ran = run(text, observed=True)
    for name, alias in expected.items():
        if "/" in name and alias.grad is not None:
            assert torch.allclose(ran.gradient(name), alias.grad, rtol=1e-4), name  # type: ignore[arg-type]
