from typing import Any

import pytest
import torch

from gradcanvas.program.errors import NodeError
from tests.program import eager
from tests.program.running import compiled, graph, is_same, run
from tests.program.test_observe import leaf, node, same_as_eager

LINEAR = {"in_features": 3, "out_features": 3}


def test_sources_and_modules_are_made_in_the_order_of_the_file() -> None:
    text = graph(
        {
            "a": leaf(3),
            "fc": node("nn.Linear", LINEAR, input="x"),
            "x": leaf(2, 3),
            "y": node("mul", input="fc", other="a"),
            "loss": node("sum", input="y"),
        }
    )

    program = compiled(text)
    torch.manual_seed(7)
    sources = program.make()

    torch.manual_seed(7)
    a, fc, x = torch.rand(3), torch.nn.Linear(3, 3), torch.rand(2, 3)
    assert program.inputs == ("a", "x")
    assert is_same(sources["a"].detach(), a)
    assert is_same(sources["x"].detach(), x)
    assert is_same(dict(program.parameters())["fc.weight"].detach(), fc.weight.detach())
    assert [*program.leaves(sources)] == ["a", "fc.weight", "fc.bias", "x"]


def test_what_is_kept_is_not_made_anew_and_draws_nothing() -> None:
    text = graph({"a": leaf(3), "b": leaf(3), "loss": node("dot", input="a", tensor="b")})
    program = compiled(text)
    kept = torch.ones(3, requires_grad=True)

    torch.manual_seed(1)
    sources = program.make({"a": kept})

    torch.manual_seed(1)
    assert sources["a"] is kept
    assert is_same(sources["b"].detach(), torch.rand(3))


def test_modules_are_filled_frozen_shared_and_set_as_the_file_says() -> None:
    text = graph(
        {
            "x": leaf(2, 3),
            "one": {
                **node("nn.Linear", LINEAR, input="x"),
                "requires_grad": {"bias": False},
                "init": {"weight": {"op": "torch.nn.init.constant_", "args": {"val": 0.25}}},
            },
            "drop": {**node("nn.Dropout", {"p": 0.5}, input="one"), "mode": "eval"},
            "two": {**node("nn.Linear", LINEAR, input="drop"), "share": "one"},
            "norm": {**node("nn.BatchNorm1d", {"num_features": 3}, input="two"), "requires_grad": False},
            "loss": node("sum", input="norm"),
        }
    )

    ran = run(text, observed=True)

    assert [*ran.program.modules] == ["one", "drop", "norm"]
    assert [*ran.leaves] == ["x", "one.weight"]
    assert is_same(ran.program.modules["one"].get_parameter("weight").detach(), torch.full((3, 3), 0.25))
    assert not ran.program.modules["drop"].training
    assert "norm.running_mean" in dict(ran.program.parameters())


def test_a_plain_step_leaves_out_only_what_changes_nothing() -> None:
    unused = {
        "x": leaf(4),
        "noise": node("nn.functional.dropout", {"training": True}, input="x"),
        "broken": node("matmul", input="noise", other="wide"),
        "wide": leaf(5, 5),
        "drop": node("nn.functional.dropout", {"training": True}, input="x"),
        "loss": node("sum", input="drop"),
    }
    torch.manual_seed(0)
    x = torch.rand(4, requires_grad=True)
    torch.rand(5, 5)
    torch.nn.functional.dropout(x)
    expected = torch.nn.functional.dropout(x).sum()

    ran = run(graph(unused), observed=False)

    assert is_same(ran.loss, expected)
    with pytest.raises(NodeError) as caught:
        run(graph(unused), observed=True)
    assert caught.value.where == "/nodes/broken"
    assert "cannot be multiplied" in caught.value.message


@pytest.mark.parametrize("observed", [False, True])
def test_a_failure_names_its_node_and_keeps_pytorchs_words(observed: bool) -> None:
    text = graph(
        {
            "x": leaf(3, 4),
            "a": node("sin", input="x"),
            "b": node("nn.functional.linear", input="a", weight="a"),
            "c": node("matmul", input="a", other="a"),
            "bc": node("add", input="c", other="b"),
            "loss": node("sum", input="bc"),
        }
    )

    with pytest.raises(NodeError) as caught:
        run(text, observed=observed)

    assert caught.value.where == "/nodes/c"
    assert "mat1 and mat2 shapes cannot be multiplied (3x4 and 3x4)" in caught.value.message
    assert isinstance(caught.value.original, RuntimeError)


def test_a_source_that_cannot_be_made_is_named() -> None:
    text = graph({"x": {"op": "torch.full", "args": {"size": [-1], "fill_value": 1.0}}}, loss=None)

    with pytest.raises(NodeError) as caught:
        compiled(text).make()

    assert caught.value.where == "/nodes/x"


def test_metrics_follow_the_loss() -> None:
    nodes: dict[str, Any] = {
        "x": leaf(3),
        "a": node("sin", input="x"),
        "m": node("amax", input="a"),
        "loss": node("sum", input="a"),
    }
    text = graph(nodes, loss=None, train={"loss": "loss", "metrics": {"top": "m"}})
    program = compiled(text)
    torch.manual_seed(0)
    sources = program.make()

    loss, top = program.plain(*sources.values())
    observation = program.observed(*sources.values())

    assert program.metrics == ("top",)
    assert is_same(top, observation.metrics[0])
    assert is_same(loss, observation.loss)


def test_a_graph_without_a_loss_is_computed_all_the_same() -> None:
    text = graph({"x": leaf(3), "a": node("sin", input="x")}, loss=None)
    program = compiled(text)
    sources = program.make()

    observation = program.observed(*sources.values())

    assert program.plain(*sources.values()) == (None,)
    assert observation.loss is None
    assert is_same(observation.values["a"], sources["x"].sin())


def test_recurrent_modules_give_their_outputs_depth_first() -> None:
    text = graph(
        {
            "x": leaf(4, 2, 3),
            "rnn": node("nn.LSTM", {"input_size": 3, "hidden_size": 5}, input="x"),
            "c": node("sum", input="rnn.2"),
            "o": node("mean", input="rnn"),
            "loss": node("add", input="c", other="o"),
        }
    )
    same_as_eager(text)

    ran = run(text, observed=True)

    assert ran.observation is not None
    assert ran.observation.values["rnn.h_n"].shape == (1, 2, 5)


def test_an_index_with_names_takes_the_tensors_that_are_wired() -> None:
    index = {"self": "x", "i": "i"}
    text = graph(
        {
            "x": leaf(4, 3),
            "i": {"op": "torch.tensor", "args": {"data": [2, 0, 2]}},
            "y": {"op": "torch.Tensor.__getitem__", "inputs": index, "args": {"index": "i, 1:"}},
            "loss": node("sum", input="y"),
        }
    )
    same_as_eager(text)

    expected = eager.run(text)
    assert is_same(run(text, observed=True).leaves["x"].grad, expected.leaves["x"].grad)


def test_ids_that_generated_code_uses_itself_are_as_good_as_any() -> None:
    text = graph(
        {
            **{name: leaf(3) for name in ("self", "_", "inf", "nan", "module_0", "fx_pytree")},
            "operator": node("mul", input="self", other="_"),
            "a__b": node("mul", input="inf", other="nan"),
            "getitem": node("softmax", {"dim": 0}, input="operator"),
            "forward": node("add", input="getitem", other="a__b"),
            "control_0": node("mul", input="forward", other="module_0"),
            "last": node("mul", input="control_0", other="fx_pytree"),
            "loss": node("sum", input="last"),
        }
    )

    same_as_eager(text)


def test_compiling_again_and_again_keeps_no_text() -> None:
    text = graph({"x": leaf(3), "loss": node("sum", input="x")})
    before = len(torch.fx.graph_module._loader.eval_cache)

    for _ in range(3):
        run(text, observed=True)

    assert len(torch.fx.graph_module._loader.eval_cache) == before
