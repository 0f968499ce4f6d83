"""What a check says of `gradcanvas.grad`: shapes, and why a gradient cannot be taken."""

import pytest

from tests.program.written import Json, checked, found, node, randn

LEAF = randn(3, 2, requires_grad=True)
BASE: Json = {
    "x": LEAF,
    "data": randn(3, 2),
    "other": LEAF,
    "y": node("torch.mul", {"input": "x", "other": "data"}),
    "s": node("torch.sum", {"input": "y"}),
    "d": node("torch.sum", {"input": "data"}),
}


def grad(outputs: object, inputs: object, flow: object = None, **args: bool) -> Json:
    wires = {"outputs": outputs, "inputs": inputs, **({} if flow is None else {"grad_outputs": flow})}
    return node("gradcanvas.grad", wires, args)


def test_a_gradient_has_the_shape_and_dtype_of_its_input() -> None:
    seen = checked({**BASE, "g": grad("s", ["x", "y"]), "one": grad("s", "x", create_graph=False)})

    assert seen.problems == ()
    outputs = seen.to_json()["outputs"]
    assert outputs["g"] == outputs["g.1"] == {"shape": [3, 2], "dtype": "float32", "requires_grad": True}
    assert outputs["one"] == {"shape": [3, 2], "dtype": "float32", "requires_grad": False}


def test_an_unused_input_has_zeros_or_nothing_where_that_is_allowed() -> None:
    zeros = grad("s", ["x", "other"], materialize_grads=True)
    nothing = grad("s", ["x", "other"], allow_unused=True)

    seen = checked({**BASE, "zeros": zeros, "nothing": nothing})

    assert seen.problems == ()
    assert seen.to_json()["outputs"]["zeros.1"]["requires_grad"] is False
    assert "nothing.1" not in seen.outputs


@pytest.mark.parametrize(
    ("gradient", "where", "code", "remedy"),
    [
        (grad("d", "x"), "outputs", "grad-not-required", "gradcanvas.detach"),
        (grad("s", "data"), "inputs", "grad-not-required", "gradcanvas.detach"),
        (grad("s", ["x", "data"]), "inputs/1", "grad-not-required", "gradcanvas.detach"),
        (grad("y", "x"), "outputs", "grad-not-scalar", "torch.ones_like"),
        (grad("s", "other"), "inputs", "grad-unused", "materialize_grads"),
        (grad("y", "x", "s"), "grad_outputs", "shape-mismatch", "shape of the output"),
        (grad(["y", "y"], "x", ["data"]), "grad_outputs", "wrong-length", "for each output"),
    ],
)
def test_why_a_gradient_cannot_be_taken_stands_at_its_place(
    gradient: Json, where: str, code: str, remedy: str
) -> None:
    seen = checked({**BASE, "g": gradient})

    assert found(seen.problems) == [(f"/nodes/g/inputs/{where}", code)]
    assert remedy in seen.problems[0].help


def test_a_parameter_is_used_by_its_modules_call() -> None:
    layer = node("torch.nn.Linear", {"input": "data"}, {"in_features": 2, "out_features": 1})
    unused = node("torch.nn.Linear", {"input": "data"}, {"in_features": 2, "out_features": 1})
    nodes = {**BASE, "fc": layer, "no": unused, "t": node("torch.sum", {"input": "fc"})}

    seen = checked({**nodes, "g": grad("t", ["fc.weight", "fc.bias"]), "h": grad("t", "no.weight")})

    assert found(seen.problems) == [("/nodes/h/inputs/inputs", "grad-unused")]
    assert seen.outputs["g.1"].shape == (1,)


def test_data_can_be_differentiated_from_where_they_are_made_a_leaf() -> None:
    seen = checked(
        {
            "data": randn(4),
            "start": node("gradcanvas.detach", {"input": "data"}, {"requires_grad": True}),
            "y": node("torch.sin", {"input": "start"}),
            "s": node("torch.sum", {"input": "y"}),
            "g": grad("s", "start"),
        }
    )

    assert seen.problems == ()
    assert seen.outputs["start"].requires_grad is True
