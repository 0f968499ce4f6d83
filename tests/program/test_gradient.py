"""`gradcanvas.grad` against hand-written PyTorch: values, gradients of gradients, and the edges."""

from typing import Any

import pytest

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
