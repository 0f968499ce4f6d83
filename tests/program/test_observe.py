from typing import Any

import pytest
import torch

from tests.program import eager
from tests.program.local_gradients import local_gradients
from tests.program.running import bound, graph, is_same, run


def leaf(*size: int) -> dict[str, Any]:
    return {"op": "torch.rand", "args": {"size": list(size)}, "requires_grad": True}


def node(op: str, args: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    return {"op": f"torch.{op}", "inputs": inputs, "args": args or {}}


def same_as_eager(text: str, steps: int = 1) -> None:
    expected = eager.run(text, steps=steps)
    for observed in (False, True):
        ran = run(text, observed=observed, steps=steps)
        assert is_same(ran.loss, expected.loss)
        for name, tensor in ran.leaves.items():
            assert is_same(tensor.grad, expected.leaves[name].grad), (observed, name)


def test_one_source_in_two_arguments_has_two_edges() -> None:
    text = graph({"x": leaf(3), "y": node("mul", input="x", other="x"), "loss": node("sum", input="y")})

    ran = run(text, observed=True)

    assert ran.observation is not None
    assert [edge.edge for edge in ran.observation.edges] == ["y.input", "y.other", "loss.input"]
    one, other = ran.gradient("y.input"), ran.gradient("y.other")
    assert is_same(one, ran.sources["x"].detach())
    assert is_same(one + other, ran.leaves["x"].grad)  # type: ignore[operator]


def test_an_edge_of_a_broadcast_source_has_the_sources_shape() -> None:
    text = graph(
        {
            "b": leaf(1),
            "x": leaf(4, 3),
            "y": node("add", input="x", other="b"),
            "loss": node("sum", input="y"),
        }
    )

    ran = run(text, observed=True)

    assert is_same(ran.gradient("y.other"), torch.tensor([12.0]))


def test_an_edges_gradient_is_that_of_the_last_backward_while_the_leaf_adds_up() -> None:
    text = graph({"w": leaf(2), "y": node("square", input="w"), "loss": node("sum", input="y")})

    ran = run(text, observed=True, steps=3)

    once = 2 * ran.sources["w"].detach()
    assert is_same(ran.gradient("y.input"), once)
    assert is_same(ran.leaves["w"].grad, once + once + once)


@pytest.mark.parametrize("turned", [False, True])
def test_a_tensor_with_five_uses_gets_its_parts_added_as_autograd_adds_them(turned: bool) -> None:
    uses = {f"u{i}": node(op, input="a") for i, op in enumerate(["sin", "exp", "tanh", "sqrt", "log"])}
    if turned:
        uses = dict(reversed(uses.items()))
    nodes = {"x": leaf(50), "a": node("mul", {"other": 1.7}, input="x"), **uses}
    nodes["all"] = node("stack", tensors=[*uses])
    text = graph({**nodes, "loss": node("mean", input="all")})
    text = text.replace('"all"', '"stacked"')

    ran = run(text, observed=True)

    same_as_eager(text)
    parts = [ran.gradient(f"{name}.input") for name in uses]
    total = parts[-1]
    for part in reversed(parts[:-1]):
        total = total + part  # type: ignore[operator]
    assert ran.observation is not None
    assert is_same(total, ran.observation.values["a"].grad)


def test_reasons_are_given_in_words() -> None:
    text = graph(
        {
            "x": leaf(3),
            "t": {"op": "torch.rand", "args": {"size": [3]}},
            "a": node("argmax", input="x"),
            "d": {"op": "gradcanvas.detach", "inputs": {"input": "x"}},
            "far": node("exp", input="x"),
            "y": node("mul", input="x", other="t"),
            "z": node("mul", input="y", other="d"),
            "k": node("add", input="z", other="a"),
            "loss": node("sum", input="k"),
        }
    )

    ran = run(text, observed=True)

    assert ran.why("a.input") == "argmax is not differentiable"
    assert ran.why("d.input") == "detached by d"
    assert ran.why("far.input") == "the loss does not depend on it"
    assert ran.why("y.other") == "t does not require a gradient"
    assert ran.why("k.other") == "a does not require a gradient"
    assert ran.why("z.other") == "d does not require a gradient"
    assert ran.why("y.input") is None


def test_outputs_of_one_node_have_edges_of_their_own() -> None:
    text = graph(
        {
            "x": leaf(3, 4),
            "m": node("max", {"dim": 1}, input="x"),
            "g": node("gather", {"dim": 1}, input="x", index="i"),
            "i": node("Tensor.unsqueeze", {"dim": 1}, self="m.indices"),
            "p": node("split", {"split_size_or_sections": 2, "dim": 1}, tensor="x"),
            "q": node("mul", input="p.1", other="p.1"),
            "s": node("sum", input="q"),
            "n": node("sum", input="m"),
            "o": node("sum", input="g"),
            "sn": node("add", input="s", other="n"),
            "loss": node("add", input="sn", other="o"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert ran.observation is not None
    values = ran.observation.values
    assert {"m", "m.indices", "p", "p.1"} <= values.keys()
    assert is_same(ran.gradient("q.input") + ran.gradient("q.other"), values["p.1"].grad)  # type: ignore[operator]
    assert ran.why("i.self") == "m.indices does not require a gradient"
    assert values["p"].grad is None


def test_a_channels_last_convolution_keeps_its_bits() -> None:
    text = graph(
        {
            "x": {"op": "torch.rand", "args": {"size": [2, 5, 1, 9]}},
            "c": node("Tensor.permute", {"dims": [0, 3, 1, 2]}, self="x"),
            "w": leaf(4, 9, 3, 1),
            "w2": node("mul", {"other": 1.1}, input="w"),
            "h": node("nn.functional.conv2d", {"padding": [1, 0]}, input="c", weight="w2"),
            "r": node("relu", input="h"),
            "v": leaf(4, 4, 1, 1),
            "k": node("nn.functional.conv2d", input="r", weight="v"),
            "l": node("add", input="k", other="r"),
            "penalty": node("mul", input="w2", other="w2"),
            "a": node("mean", input="l"),
            "b": node("mean", input="penalty"),
            "loss": node("add", input="a", other="b"),
        }
    )

    for _ in range(5):
        same_as_eager(text)


def test_attention_on_one_tensor_counts_its_arguments_together() -> None:
    attention = {"embed_dim": 4, "num_heads": 2, "batch_first": True}
    text = graph(
        {
            "x": leaf(2, 3, 4),
            "h": node("tanh", input="x"),
            "attn": node("nn.MultiheadAttention", attention, query="h", key="h", value="h"),
            "y": node("add", input="h", other="attn"),
            "loss": node("mean", input="y"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert ran.why("attn.key") == "counted in attn.query"
    assert ran.why("attn.value") == "counted in attn.query"
    assert ran.observation is not None
    total = ran.gradient("y.input") + ran.gradient("attn.query")  # type: ignore[operator]
    assert torch.allclose(total, ran.observation.values["h"].grad)  # type: ignore[arg-type]
    local = local_gradients(bound(text).scope.nodes["attn"], ran.observation.values, ran.program.modules)
    assert torch.allclose(ran.gradient("attn.query"), sum(each for each in local.values()))  # type: ignore[arg-type, misc]


def test_a_sparse_gradient_is_kept_on_its_edge() -> None:
    text = graph(
        {
            "w": leaf(5, 3),
            "i": {"op": "torch.tensor", "args": {"data": [1, 1, 4]}},
            "e": node("nn.functional.embedding", {"sparse": True}, input="i", weight="w"),
            "loss": node("sum", input="e"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    kept = ran.gradient("e.weight")
    assert kept is not None
    assert kept.is_sparse
    assert is_same(kept, ran.leaves["w"].grad)


def test_complex_tensors_have_complex_gradients() -> None:
    text = graph(
        {
            "x": leaf(4),
            "f": node("fft.fft", input="x"),
            "p": node("mul", input="f", other="f"),
            "m": node("abs", input="p"),
            "loss": node("sum", input="m"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    one, other = ran.gradient("p.input"), ran.gradient("p.other")
    assert one is not None
    assert one.is_complex()
    assert ran.observation is not None
    assert is_same(one + other, ran.observation.values["f"].grad)  # type: ignore[operator]


def test_a_bypassed_node_passes_its_first_input_on() -> None:
    text = graph(
        {
            "x": leaf(3),
            "a": node("sin", input="x"),
            "skip": {**node("mul", input="a", other="x"), "bypass": True},
            "y": node("mul", input="skip", other="a"),
            "loss": node("sum", input="y"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert is_same(ran.gradient("skip.input"), ran.gradient("y.input"))
    assert ran.why("skip.other") == "skip is bypassed and passes on its first input only"


def test_an_operation_that_gives_its_input_back_passes_on_what_flows() -> None:
    text = graph(
        {
            "x": leaf(30),
            "a": node("sin", input="x"),
            "same": node("nn.functional.dropout", {"training": False}, input="a"),
            "p": node("exp", input="same"),
            "q": node("tanh", input="same"),
            "pq": node("mul", input="p", other="q"),
            "y": node("add", input="pq", other="a"),
            "loss": node("mean", input="y"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert is_same(ran.gradient("same.input"), ran.gradient("q.input") + ran.gradient("p.input"))  # type: ignore[operator]


def test_the_loss_has_the_gradient_one_and_its_own_uses_their_part() -> None:
    alone = graph({"x": leaf(3), "loss": node("sum", input="x")})
    used = graph({"x": leaf(3), "loss": node("sum", input="x"), "after": node("square", input="loss")})

    for text in (alone, used):
        ran = run(text, observed=True)
        assert ran.observation is not None
        assert is_same(ran.observation.values["loss"].grad, torch.tensor(1.0))
        same_as_eager(text)


def test_gradients_are_listed_in_the_order_of_the_edges() -> None:
    nodes = {
        "x": leaf(3),
        "n": node("nn.functional.normalize", {"dim": 0}, input="x"),
        "m": node("mul", input="n", other="x"),
        "s": node("split", {"split_size_or_sections": 1}, tensor="m"),
        "c": node("cat", tensors=["s", "s.2", "s"]),
        "loss": node("sum", input="c"),
    }
    short = {**{name: nodes[name] for name in ("x",)}, "loss": node("sum", input="x")}
    for text in (graph(nodes), graph(short)):
        ran = run(text, observed=True)

        assert ran.observation is not None
        listed = ran.observation.gradients()
        assert all(
            is_same(one, edge.gradient()) for one, edge in zip(listed, ran.observation.edges, strict=True)
        )


def test_penalties_on_a_modules_weight_are_ordinary_edges() -> None:
    text = (
        graph(
            {
                "x": {"op": "torch.rand", "args": {"size": [5, 3]}},
                "fc": node("nn.Linear", {"in_features": 3, "out_features": 2}, input="x"),
                "size": node("nn.functional.normalize", input="fc.weight"),
                "p": node("mean", input="size"),
                "y": node("mean", input="fc"),
                "loss": node("add", input="y", other="p"),
            }
        )
        .replace('"size": {"op"', '"norm": {"op"')
        .replace('"input": "size"', '"input": "norm"')
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert ran.edge("norm.input").source == "fc.weight"
    assert ran.gradient("norm.input") is not None
    assert ran.why("fc.input") == "x does not require a gradient"


LAYER = {"d_model": 4, "nhead": 2, "dim_feedforward": 6, "batch_first": True}
MODULES = {
    "encoder with dropout": node("nn.TransformerEncoderLayer", {**LAYER, "dropout": 0.3}, src="h"),
    "decoder of one tensor": node(
        "nn.TransformerDecoderLayer", {**LAYER, "dropout": 0.3}, tgt="h", memory="h"
    ),
    "recurrent": node("nn.GRU", {"input_size": 4, "hidden_size": 4}, input="h"),
    "with statistics": node("nn.BatchNorm1d", {"num_features": 3}, input="h"),
    "two inputs": node(
        "nn.Bilinear", {"in1_features": 4, "in2_features": 4, "out_features": 4}, input1="h", input2="h"
    ),
    "nothing": node("nn.Identity", input="h"),
    "dropout": node("nn.Dropout", {"p": 0.4}, input="h"),
}


@pytest.mark.parametrize("kind", MODULES)
def test_a_module_beside_other_uses_of_its_input_keeps_the_bits(kind: str) -> None:
    text = graph(
        {
            "x": leaf(2, 3, 4),
            "h": node("sin", input="x"),
            "m": MODULES[kind],
            "r": node("add", input="h", other="m"),
            "q": node("mul", input="r", other="h"),
            "after": node("nn.functional.dropout", {"p": 0.5}, input="q"),
            "loss": node("mean", input="after"),
        }
    )

    same_as_eager(text, steps=2)

    ran = run(text, observed=True)
    edges = [*bound(text).scope.nodes["m"].edges()]
    parts = [ran.gradient("q.other"), ran.gradient("r.input"), *(ran.gradient(edge) for edge, _, _ in edges)]
    assert ran.observation is not None
    total = sum((part for part in parts if part is not None), torch.zeros(()))
    assert torch.allclose(total, ran.observation.values["h"].grad, atol=1e-6)  # type: ignore[arg-type]
    assert all(part is not None for part in parts)
