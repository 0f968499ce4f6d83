import pytest
import torch

from gradcanvas.program.errors import NodeError
from tests.program import eager
from tests.program.running import Nodes, compiled, graph, is_same, run


def leaf(*size: int) -> Nodes:
    return {"op": "torch.rand", "args": {"size": list(size)}, "requires_grad": True}


def same_as_eager(text: str, seed: int = 0, steps: int = 1) -> None:
    expected = eager.run(text, seed=seed, steps=steps)
    for observed in (False, True):
        ran = run(text, observed=observed, seed=seed, steps=steps)
        assert is_same(ran.loss, expected.loss)
        gradients = {name: tensor.grad for name, tensor in ran.leaves.items()}
        assert list(gradients) == [n for n, each in expected.leaves.items() if each.requires_grad]
        for name, gradient in gradients.items():
            assert is_same(gradient, expected.leaves[name].grad), name
        if ran.observation is not None:
            for name, tensor in expected.values.items():
                assert is_same(ran.observation.values[name], tensor), name


LAYER = {
    "inputs": ["h"],
    "nodes": {
        "w": leaf(3, 3),
        "b": leaf(3),
        "wh": {"op": "torch.matmul", "inputs": {"input": "h", "other": "w"}},
        "whb": {"op": "torch.add", "inputs": {"input": "wh", "other": "b"}},
        "h2": {"op": "torch.tanh", "inputs": {"input": "whb"}},
    },
    "outputs": {"h": "h2"},
}
LOSS = {"op": "torch.mean", "inputs": {"input": "y"}}


def test_each_call_of_a_function_owns_the_sources_in_it() -> None:
    text = graph(
        {
            "x": leaf(2, 3),
            "one": {"op": "gradcanvas.call", "inputs": {"h": "x"}, "args": {"function": "layer"}},
            "noise": leaf(1),
            "two": {"op": "gradcanvas.call", "inputs": {"h": "one"}, "args": {"function": "layer"}},
            "y": {"op": "torch.mul", "inputs": {"input": "two", "other": "noise"}},
            "loss": LOSS,
        },
        functions={"layer": LAYER},
    )

    assert compiled(text).inputs == ("x", "one/w", "one/b", "noise", "two/w", "two/b")
    same_as_eager(text)


def test_a_call_that_shares_uses_the_sources_of_the_other() -> None:
    text = graph(
        {
            "x": leaf(2, 3),
            "one": {"op": "gradcanvas.call", "inputs": {"h": "x"}, "args": {"function": "layer"}},
            "y": {
                "op": "gradcanvas.call",
                "inputs": {"h": "one"},
                "args": {"function": "layer"},
                "share": "one",
            },
            "loss": LOSS,
        },
        functions={"layer": LAYER},
    )

    assert compiled(text).inputs == ("x", "one/w", "one/b")
    same_as_eager(text)


def test_edges_in_a_call_have_its_path_and_the_edge_into_it_carries_their_sum() -> None:
    body = {
        "inputs": ["h"],
        "nodes": {
            "a": {"op": "torch.sin", "inputs": {"input": "h"}},
            "b": {"op": "torch.mul", "inputs": {"input": "h", "other": "a"}},
        },
        "outputs": {"out": "b"},
    }
    text = graph(
        {
            "x": leaf(3),
            "twice": {"op": "torch.mul", "inputs": {"input": "x"}, "args": {"other": 2.0}},
            "call": {"op": "gradcanvas.call", "inputs": {"h": "twice"}, "args": {"function": "f"}},
            "y": {"op": "torch.add", "inputs": {"input": "call", "other": "twice"}},
            "loss": LOSS,
        },
        functions={"f": body},
    )

    ran = run(text, observed=True)

    assert ran.observation is not None
    assert [each.edge for each in ran.observation.edges] == [
        *("twice.input", "call.h", "call/a.input", "call/b.input", "call/b.other"),
        *("y.input", "y.other", "loss.input"),
    ]
    assert ran.edge("call/a.input").source == "call/h"
    inner = [ran.gradient("call/b.input"), ran.gradient("call/a.input")]
    assert is_same(ran.gradient("call.h"), inner[0] + inner[1])  # type: ignore[operator]
    whole = ran.observation.values["twice"].grad
    assert is_same(whole, ran.gradient("y.other") + inner[0] + inner[1])  # type: ignore[operator]
    same_as_eager(text)


@pytest.mark.parametrize("bound", [-1.0, 5.0])
def test_a_condition_decides_which_function_runs(bound: float) -> None:
    text = graph(
        {
            "x": leaf(3),
            "large": {"op": "torch.sum", "inputs": {"input": "x"}},
            "c": {"op": "torch.gt", "inputs": {"input": "large"}, "args": {"other": bound}},
            "y": {
                "op": "gradcanvas.if",
                "inputs": {"condition": "c", "h": "x"},
                "args": {"then": "up", "else": "down"},
            },
            "loss": LOSS,
        },
        functions={
            "up": {
                "inputs": ["h"],
                "nodes": {"p": leaf(3), "u": {"op": "torch.mul", "inputs": {"input": "h", "other": "p"}}},
                "outputs": {"out": "u"},
            },
            "down": {
                "inputs": ["h"],
                "nodes": {"d": {"op": "torch.exp", "inputs": {"input": "h"}}},
                "outputs": {"out": "d"},
            },
        },
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    idle, busy = ("y/u.input", "y/d.input") if bound > 0 else ("y/d.input", "y/u.input")
    assert ran.why(idle) == "its branch did not run"
    assert is_same(ran.gradient("y.h"), ran.gradient(busy))
    assert ran.why("y.condition") == "c only decides what runs"


def test_without_else_the_inputs_pass_through() -> None:
    text = graph(
        {
            "x": leaf(3),
            "s": {"op": "torch.sin", "inputs": {"input": "x"}},
            "c": {"op": "torch.tensor", "args": {"data": False}},
            "y": {"op": "gradcanvas.if", "inputs": {"condition": "c", "h": "s"}, "args": {"then": "layer"}},
            "z": {"op": "torch.exp", "inputs": {"input": "y"}},
            "q": {"op": "torch.mul", "inputs": {"input": "z", "other": "s"}},
            "loss": {"op": "torch.mean", "inputs": {"input": "q"}},
        },
        functions={"layer": LAYER},
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert is_same(ran.gradient("y.h"), ran.gradient("z.input"))
    assert ran.why("y/wh.other") == "its branch did not run"


@pytest.mark.parametrize(
    "total",
    [
        {
            "op": "gradcanvas.if",
            "inputs": {"condition": "large", "loss": "error"},
            "args": {"then": "twice", "else": "same"},
        },
        {"op": "gradcanvas.call", "inputs": {"loss": "error"}, "args": {"function": "same"}},
    ],
)
def test_a_loss_that_only_passed_through_brings_the_1_to_its_edge(total: Nodes) -> None:
    text = graph(
        {
            "x": leaf(3),
            "error": {"op": "torch.sum", "inputs": {"input": "x"}},
            "large": {"op": "torch.gt", "inputs": {"input": "error"}, "args": {"other": 1000}},
            "loss": total,
        },
        functions={
            "same": {"inputs": ["loss"], "nodes": {}, "outputs": {"loss": "loss"}},
            "twice": {
                "inputs": ["loss"],
                "nodes": {"double": {"op": "torch.mul", "inputs": {"input": "loss"}, "args": {"other": 2}}},
                "outputs": {"loss": "double"},
            },
        },
    )

    ran = run(text, observed=True)

    assert is_same(ran.gradient("loss.loss"), torch.tensor(1.0))


def test_a_loop_feeds_its_outputs_back_and_shares_its_sources() -> None:
    text = graph(
        {
            "x": leaf(2, 3),
            "y": {"op": "gradcanvas.for", "inputs": {"h": "x"}, "args": {"body": "layer", "times": 4}},
            "loss": LOSS,
        },
        functions={"layer": LAYER},
    )
    same_as_eager(text)
    same_as_eager(text, steps=3)

    ran = run(text, observed=True)

    assert ran.observation is not None
    parts = [ran.gradient(f"y@{turn}/wh.other") for turn in range(4)]
    total = parts[3] + parts[2] + parts[1] + parts[0]  # type: ignore[operator]
    assert is_same(ran.gradient("y/wh.other"), total)
    assert is_same(total, ran.leaves["y/w"].grad)
    assert is_same(ran.gradient("y.h"), ran.gradient("y@0/wh.input"))
    assert "y@3/wh" in ran.observation.values


def test_a_loop_over_slices_stacks_and_counts() -> None:
    text = graph(
        {
            "xs": leaf(4, 3),
            "h": leaf(3),
            "still": leaf(3),
            "y": {
                "op": "gradcanvas.for",
                "inputs": {"x": "xs", "h": "h", "c": "still"},
                "args": {"body": "cell", "each": {"x": 0}, "stack": {"seen": 1}},
            },
            "last": {"op": "torch.mul", "inputs": {"input": "y.h", "other": "y.seen"}},
            "a": {"op": "torch.sum", "inputs": {"input": "y.seen"}},
            "b": {"op": "torch.sum", "inputs": {"input": "y.h"}},
            "loss": {"op": "torch.add", "inputs": {"input": "a", "other": "b"}},
        },
        functions={
            "cell": {
                "inputs": ["x", "h", "c", "index"],
                "nodes": {
                    "g": {"op": "torch.mul", "inputs": {"input": "x", "other": "h"}},
                    "n": {
                        "op": "torch.addcmul",
                        "inputs": {"input": "g", "tensor1": "c", "tensor2": "index"},
                    },
                },
                "outputs": {"h": "n", "seen": "g"},
            }
        },
    )
    text = text.replace('"y.h", "other": "y.seen"', '"y.h", "other": "y.h"')
    same_as_eager(text)

    ran = run(text, observed=True)

    assert is_same(ran.gradient("y.x"), ran.leaves["xs"].grad)
    assert is_same(ran.gradient("y.c"), ran.leaves["still"].grad)
    assert ran.edge("y@1/g.other").source == "y@1/h"
    assert ran.why("y@1/n.tensor2") == "y@1/index does not require a gradient"


def test_a_while_loop_turns_as_long_as_its_condition_holds() -> None:
    text = graph(
        {
            "x": leaf(3),
            "y": {
                "op": "gradcanvas.while",
                "inputs": {"h": "x"},
                "args": {"condition": "small", "body": "grow", "limit": 20},
            },
            "loss": LOSS,
        },
        functions={
            "small": {
                "inputs": ["h"],
                "nodes": {
                    "s": {"op": "torch.sum", "inputs": {"input": "h"}},
                    "c": {"op": "torch.lt", "inputs": {"input": "s"}, "args": {"other": 9.0}},
                },
                "outputs": {"go": "c"},
            },
            "grow": {
                "inputs": ["h"],
                "nodes": {
                    "r": leaf(3),
                    "n": {"op": "torch.add", "inputs": {"input": "h", "other": "r"}},
                },
                "outputs": {"h": "n"},
            },
        },
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert is_same(ran.gradient("y.h"), ran.leaves["x"].grad)
    assert is_same(ran.gradient("y/n.other"), ran.leaves["y/r"].grad)
    assert ran.why("y@0/s.input") == "the loss does not depend on it"


def test_reaching_the_limit_of_a_loop_says_so_at_its_node() -> None:
    text = graph(
        {
            "x": leaf(3),
            "y": {
                "op": "gradcanvas.while",
                "inputs": {"h": "x"},
                "args": {"condition": "always", "body": "same", "limit": 3},
            },
            "loss": LOSS,
        },
        functions={
            "always": {
                "inputs": ["h"],
                "nodes": {"t": {"op": "torch.tensor", "args": {"data": True}}},
                "outputs": {"go": "t"},
            },
            "same": {
                "inputs": ["h"],
                "nodes": {"n": {"op": "torch.neg", "inputs": {"input": "h"}}},
                "outputs": {"h": "n"},
            },
        },
    )

    with pytest.raises(NodeError, match="limit") as caught:
        run(text, observed=False)

    assert caught.value.where == "/nodes/y"
    assert "3 iterations" in caught.value.message


def test_a_failure_in_a_loop_names_the_node_and_the_iteration() -> None:
    body = {
        "inputs": ["h"],
        "nodes": {
            "m": leaf(3, 4),
            "n": {"op": "torch.matmul", "inputs": {"input": "h", "other": "m"}},
        },
        "outputs": {"h": "n"},
    }
    text = graph(
        {
            "x": leaf(2, 3),
            "y": {"op": "gradcanvas.for", "inputs": {"h": "x"}, "args": {"body": "step", "times": 5}},
            "loss": LOSS,
        },
        functions={"step": body},
    )

    for observed in (False, True):
        with pytest.raises(NodeError) as caught:
            run(text, observed=observed)

        assert caught.value.where == "/functions/step/nodes/n"
        assert caught.value.path == "y@1/n"
        assert "mat1 and mat2 shapes cannot be multiplied" in caught.value.message


def test_loops_within_loops_speak_of_both_iterations() -> None:
    text = graph(
        {
            "x": leaf(2, 3),
            "y": {"op": "gradcanvas.for", "inputs": {"h": "x"}, "args": {"body": "outer", "times": 2}},
            "loss": LOSS,
        },
        functions={
            "layer": LAYER,
            "outer": {
                "inputs": ["h"],
                "nodes": {
                    "inner": {
                        "op": "gradcanvas.for",
                        "inputs": {"h": "h"},
                        "args": {"body": "layer", "times": 3},
                    },
                    "more": {
                        "op": "gradcanvas.call",
                        "inputs": {"h": "inner"},
                        "args": {"function": "layer"},
                    },
                },
                "outputs": {"h": "more"},
            },
        },
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    parts = [ran.gradient(f"y@{i}/inner@{j}/wh.other") for i in range(2) for j in range(3)]
    assert all(part is not None for part in parts)
    assert torch.allclose(sum(parts), ran.leaves["y/inner/w"].grad)  # type: ignore[arg-type]
    assert torch.allclose(ran.gradient("y/inner/wh.other"), ran.leaves["y/inner/w"].grad)  # type: ignore[arg-type]
    assert is_same(ran.gradient("y/more/wh.other"), ran.leaves["y/more/w"].grad)
    assert ran.gradient("y/inner@1/wh.input") is not None
