import json
from typing import Any

import pytest
import torch

from gradcanvas.catalog import callables, load_catalog
from gradcanvas.document import read
from gradcanvas.program.check import OutputMeta, check, check_document
from tests.program.written import Json, checked, found, graph_of, node, randn


def tensor(data: Any, **keys: Any) -> Json:
    return node("torch.tensor", args={"data": data}, **keys)


X = {"x": randn(3, 2), "w": randn(2, requires_grad=True), "i": tensor([1, 2])}
LINEAR = {"in_features": 2, "out_features": 5}


def test_shapes_dtypes_and_gradients_of_every_output_are_told_in_the_order_of_the_file() -> None:
    seen = checked(
        {
            **X,
            "loss": node("torch.mean", {"input": "fc"}),
            "fc": node("torch.nn.Linear", {"input": "m"}, LINEAR, requires_grad={"bias": False}),
            "m": node("torch.mul", {"input": "x", "other": "w"}),
            "best": node("torch.max", {"input": "m"}, {"dim": 1}),
        },
        train={"loss": "loss"},
    )

    assert seen.problems == ()
    assert seen.to_json()["outputs"] == {
        "x": {"shape": [3, 2], "dtype": "float32", "requires_grad": False},
        "w": {"shape": [2], "dtype": "float32", "requires_grad": True},
        "i": {"shape": [2], "dtype": "int64", "requires_grad": False},
        "loss": {"shape": [], "dtype": "float32", "requires_grad": True},
        "fc": {"shape": [3, 5], "dtype": "float32", "requires_grad": True},
        "fc.weight": {"shape": [5, 2], "dtype": "float32", "requires_grad": True},
        "fc.bias": {"shape": [5], "dtype": "float32", "requires_grad": False},
        "m": {"shape": [3, 2], "dtype": "float32", "requires_grad": True},
        "best": {"shape": [3], "dtype": "float32", "requires_grad": True},
        "best.indices": {"shape": [3], "dtype": "int64", "requires_grad": False},
    }
    assert list(seen.outputs) == list(seen.to_json()["outputs"])


@pytest.mark.parametrize(
    "data",
    [1, 1.5, True, [], [[]], [1, 2.0], [True, 2], [[1, 2], [3, 4]], [1.5, True], [["inf"], [1]], "nan"],
)
def test_data_has_the_shape_and_dtype_that_torch_gives_it(data: Any) -> None:
    real = torch.tensor(json.loads(json.dumps(data).replace('"inf"', "Infinity").replace('"nan"', "NaN")))

    seen = checked({"x": tensor(data)}).outputs["x"]

    assert (seen.shape, f"torch.{seen.dtype}") == (tuple(real.shape), str(real.dtype))


def test_detach_ends_the_gradient() -> None:
    seen = checked(
        {**X, "d": node("gradcanvas.detach", {"input": "w"}), "y": node("torch.exp", {"input": "d"})}
    )

    assert not seen.outputs["y"].requires_grad


def test_shapes_that_do_not_broadcast_are_told_in_both_words() -> None:
    seen = checked(
        {
            "wx": randn(3, 2),
            "b": randn(4, 1),
            "yhat": node("torch.add", {"input": "b", "other": "wx"}),
            "after": node("torch.exp", {"input": "yhat"}),
            "free": node("torch.exp", {"input": "b"}),
        }
    )

    (problem,) = seen.problems
    with pytest.raises(RuntimeError) as real:
        torch.add(torch.randn(4, 1), torch.randn(3, 2))
    assert (problem.where, problem.code) == ("/nodes/yhat", "shape-mismatch")
    assert problem.message == (
        "`yhat.other` gives shape (3, 2) but `yhat.input` is (4, 1): they do not broadcast. "
        f"PyTorch says: {real.value}"
    )
    assert problem.help == "Transpose one, or check the data of `b` and `wx`."
    assert list(seen.binding.scope.nodes) == ["wx", "b", "free"]
    assert list(seen.outputs) == ["wx", "b", "free"]


SAYS: list[tuple[str, Json, Json, str]] = [
    ("torch.matmul", {"input": "x", "other": "x"}, {}, "shape-mismatch"),
    ("torch.cat", {"tensors": ["x", "row"]}, {}, "shape-mismatch"),
    ("torch.sum", {"input": "x"}, {"dim": 7}, "check-failed"),
    ("torch.mean", {"input": "i"}, {}, "check-failed"),
    ("torch.Tensor.reshape", {"self": "x"}, {"shape": [4]}, "shape-mismatch"),
    ("torch.nn.functional.linear", {"input": "x", "weight": "row"}, {}, "shape-mismatch"),
    ("torch.bmm", {"input": "cube", "mat2": "cube"}, {}, "shape-mismatch"),
    ("torch.dot", {"input": "x", "tensor": "x"}, {}, "shape-mismatch"),
]


@pytest.mark.parametrize(("op", "inputs", "args", "code"), SAYS, ids=[row[0] for row in SAYS])
def test_what_torch_refuses_is_a_problem_in_its_own_words(
    op: str, inputs: Json, args: Json, code: str
) -> None:
    given = {
        "x": torch.randn(3, 2),
        "row": torch.randn(1, 4),
        "i": torch.tensor([1, 2]),
        "cube": torch.randn(2, 3, 4),
    }
    passed: Json = {
        name: [given[each] for each in wire] if isinstance(wire, list) else given[wire]
        for name, wire in inputs.items()
    }
    with pytest.raises((RuntimeError, IndexError)) as real:
        callables()[op](*[passed.pop("self")] if "self" in passed else [], **passed, **args)
    nodes = {name: randn(*value.shape) for name, value in given.items()} | {"i": X["i"]}

    (problem,) = checked({**nodes, "y": node(op, inputs, args)}).problems

    assert (problem.where, problem.code) == ("/nodes/y", code)
    assert str(real.value).split("\n")[0].rstrip(".") in problem.message
    assert problem.help


def test_integers_cannot_require_a_gradient() -> None:
    (problem,) = checked(
        {"x": tensor([1, 2], requires_grad=True), "y": node("torch.exp", {"input": "x"})}
    ).problems

    with pytest.raises(RuntimeError) as real:
        torch.tensor([1, 2]).requires_grad_()
    assert (problem.where, problem.code) == ("/nodes/x/requires_grad", "requires-grad-dtype")
    assert str(real.value) in problem.message
    assert "1.0" in problem.help


@pytest.mark.parametrize(
    ("data", "dtype"),
    [([300], "uint8"), ([2**63], "int64"), (["inf"], "int32"), ([{"complex": [1, 1]}], "float32")],
)
def test_data_that_its_dtype_cannot_hold_is_refused(data: Any, dtype: str) -> None:
    seen = checked({"x": node("torch.tensor", args={"data": data, "dtype": dtype})})

    assert found(seen.problems) == [("/nodes/x", "check-failed")]


def test_what_would_exceed_the_budget_is_refused_with_its_bytes() -> None:
    seen = checked(
        {
            **X,
            "big": node("torch.full", args={"size": [10**6, 10**6], "fill_value": 1.0}),
            "after": node("torch.exp", {"input": "big"}),
            "free": node("torch.exp", {"input": "x"}),
        }
    )

    assert found(seen.problems) == [("/nodes/big", "memory-budget")]
    assert "4,000,000,000,000 bytes (4.0 TB)" in seen.problems[0].message
    assert "free" in seen.outputs


def test_a_size_that_no_number_holds_is_refused() -> None:
    seen = checked(
        {"big": node("torch.full", args={"size": [2**40, 2**40], "fill_value": 1.0}), "x": randn(2**62)}
    )

    assert found(seen.problems) == [("/nodes/big", "memory-budget"), ("/nodes/x", "memory-budget")]


def test_the_budget_counts_outputs_and_their_gradients_but_no_views() -> None:
    nodes = {
        "x": randn(100, requires_grad=True),
        "v": node("torch.Tensor.expand", {"self": "x"}, {"size": [10**6, 100]}),
        "y": node("torch.exp", {"input": "x"}),
    }

    assert checked(nodes, budget_bytes=1600).problems == ()
    assert found(checked(nodes, budget_bytes=1599).problems) == [("/nodes/y", "memory-budget")]


def test_a_module_counts_what_it_owns() -> None:
    huge = {"in_features": 10**6, "out_features": 10**6}

    seen = checked({"x": randn(1, 10**6), "fc": node("torch.nn.Linear", {"input": "x"}, huge)})

    assert found(seen.problems) == [("/nodes/fc", "memory-budget")]


def test_a_loop_counts_what_all_of_its_iterations_hold() -> None:
    functions = {
        "f": {"inputs": ["a"], "nodes": {"y": node("torch.exp", {"input": "a"})}, "outputs": {"a": "y"}}
    }
    nodes = {"x": randn(100), "l": node("gradcanvas.for", {"a": "x"}, {"body": "f", "times": 1000})}

    assert checked(nodes, functions=functions, budget_bytes=500_000).problems == ()
    assert found(checked(nodes, functions=functions, budget_bytes=300_000).problems) == [
        ("/nodes/l", "memory-budget")
    ]


def test_nothing_is_allocated_and_nothing_is_drawn() -> None:
    state = torch.random.get_rng_state()

    checked({"x": randn(10**8), "d": node("torch.nn.functional.dropout", {"input": "x"})}, budget_bytes=2**40)

    assert torch.equal(torch.random.get_rng_state(), state)


def test_what_the_data_decide_is_null_and_what_follows_is_unknown() -> None:
    seen = checked(
        {
            **X,
            "where": node("torch.nonzero", {"input": "x"}),
            "mask": node("torch.gt", {"input": "x"}, {"other": 0}),
            "picked": node("torch.Tensor.__getitem__", {"self": "x", "mask": "mask"}, {"index": "mask"}),
            "scaled": node("torch.mul", {"input": "picked", "other": "w"}),
            "loss": node("torch.mean", {"input": "scaled"}),
        },
        train={"loss": "loss"},
    )

    assert seen.problems == ()
    assert seen.outputs["where"] == OutputMeta((None, 2), "int64", False)
    assert seen.outputs["picked"] == OutputMeta((None,), "float32", False)
    assert seen.outputs["loss"] == OutputMeta(None, None, None)
    assert seen.binding.train is not None
    assert seen.binding.train.loss is not None


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("y", "grad can be implicitly created only for scalar outputs"),
        ("c", "grad can be implicitly created only for real scalar outputs but got torch.complex64"),
        ("n", "element 0 of tensors does not require grad and does not have a grad_fn"),
    ],
)
def test_a_loss_without_a_gradient_is_told_and_everything_is_still_known(loss: str, words: str) -> None:
    nodes = {
        **X,
        "y": node("torch.mul", {"input": "x", "other": "w"}),
        "z": node("torch.fft.fft", {"input": "w"}),
        "c": node("torch.sum", {"input": "z"}),
        "n": node("torch.sum", {"input": "x"}),
    }

    seen = checked(nodes, train={"loss": loss})

    assert found(seen.problems) == [("/train/loss", "loss-not-differentiable")]
    assert words in seen.problems[0].message
    assert set(seen.outputs) == set(nodes)
    assert seen.binding.train is not None
    assert seen.binding.train.loss is None


def test_a_metric_is_one_real_number() -> None:
    seen = checked(
        {**X, "m": node("torch.sum", {"input": "x"})}, train={"metrics": {"good": "m", "bad": "x"}}
    )

    assert found(seen.problems) == [("/train/metrics/bad", "metric-not-one-element")]
    assert seen.binding.train is not None
    assert list(seen.binding.train.metrics) == ["good"]


def test_a_step_sees_one_batch() -> None:
    seen = checked(
        {**X, "y": node("torch.exp", {"input": "x"})},
        train={"batch": {"size": 2, "of": ["x"], "shuffle": True}},
    )

    assert seen.outputs["x"].shape == (3, 2)
    assert seen.outputs["y"].shape == (2, 2)


def test_sources_of_one_batch_have_as_many_rows_each() -> None:
    seen = checked(
        {**X, "y": randn(4), "n": tensor(1.0)}, train={"batch": {"size": 2, "of": ["x", "y", "n"]}}
    )

    assert found(seen.problems) == [("/train/batch/of/1", "batch-size"), ("/train/batch/of/2", "batch-size")]


def test_a_missing_output_or_parameter_is_told_at_its_edge() -> None:
    seen = checked(
        {
            **X,
            "parts": node("torch.split", {"tensor": "x"}, {"split_size_or_sections": 2}),
            "a": node("torch.exp", {"input": "parts.1"}),
            "b": node("torch.cat", {"tensors": ["a", "parts.2"]}),
            "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR),
            "c": node("torch.exp", {"input": "fc.wieght"}),
            "attn": node(
                "torch.nn.MultiheadAttention",
                {"query": "x", "key": "x", "value": "x"},
                {"embed_dim": 2, "num_heads": 1, "need_weights": False},
            ),
            "d": node("torch.exp", {"input": "attn.1"}),
        }
    )

    assert found(seen.problems) == [
        ("/nodes/b/inputs/tensors/1", "unknown-output"),
        ("/nodes/c/inputs/input", "unknown-output"),
        ("/nodes/d/inputs/input", "absent-output"),
    ]


def test_parameters_are_frozen_filled_and_shared_by_name() -> None:
    init = {
        "weight": {"op": "torch.nn.init.normal_", "args": {"std": 0.1}},
        "wight": {"op": "torch.nn.init.ones_"},
    }

    seen = checked(
        {
            **X,
            "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR, requires_grad=False),
            "y": node("torch.nn.Linear", {"input": "x"}, share="fc"),
            "bad": node("torch.nn.Linear", {"input": "x"}, LINEAR, init=init),
            "worse": node("torch.nn.Linear", {"input": "x"}, LINEAR, requires_grad={"bais": False}),
        }
    )

    assert seen.outputs["fc.weight"].requires_grad is False
    assert seen.outputs["y"] == OutputMeta((3, 5), "float32", False)
    assert found(seen.problems) == [
        ("/nodes/bad/init/wight", "unknown-parameter"),
        ("/nodes/worse/requires_grad/bais", "unknown-parameter"),
    ]


def test_a_filling_that_looks_at_its_numbers_is_no_problem() -> None:
    init = {"weight": {"op": "torch.nn.init.trunc_normal_", "args": {"std": 0.1}}}

    seen = checked({**X, "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR, init=init)})

    assert found(seen.problems) == []
    assert seen.outputs["fc"] == OutputMeta((3, 5), "float32", True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:3"])
def test_a_device_that_is_not_there_is_told_with_a_remedy(device: str) -> None:
    seen = checked(X, device=device)

    assert found(seen.problems) == [("/device", "no-device")]
    assert "`auto`" in seen.problems[0].help
    assert seen.device == "cpu"
    assert set(seen.outputs) == set(X)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_that_is_there_is_taken_and_one_beyond_is_not() -> None:
    assert checked(X, device="auto").device == "cuda:0"
    assert found(checked(X, device="cuda:99").problems) == [("/device", "no-device")]


def test_an_unknown_device_given_beside_the_file_is_a_problem() -> None:
    seen = check(graph_of(X), load_catalog(), device="tpu")

    assert found(seen.problems) == [("/device", "unknown-device")]


def test_problems_of_the_document_stand_among_the_others() -> None:
    document = read(
        json.dumps({"gradcanvas": 1, "nodes": {"a": {"op": "torch.nope"}, "b": 3, "c": {"op": "torch.no"}}})
    )

    seen = check_document(document, load_catalog())

    assert [where for where, _ in found(seen.problems)] == ["/nodes/a/op", "/nodes/b", "/nodes/c/op"]


@pytest.mark.parametrize(
    ("op", "inputs", "args"),
    [
        ("torch.unbind", {"input": "long"}, {}),
        ("torch.split", {"tensor": "long"}, {"split_size_or_sections": 1}),
        ("torch.tensor_split", {"input": "x"}, {"sections": 10**9}),
        ("torch.combinations", {"input": "long"}, {"r": 10**9}),
        ("torch.nn.LSTM", {"input": "x"}, {"input_size": 2, "hidden_size": 2, "num_layers": 10**9}),
    ],
)
def test_what_would_keep_torch_busy_for_hours_is_refused_at_once(op: str, inputs: Json, args: Json) -> None:
    seen = checked({"x": randn(3, 2), "long": randn(10**6), "y": node(op, inputs, args)})

    assert found(seen.problems) == [("/nodes/y", "out-of-range")]


def test_a_negative_size_is_told_where_torch_has_no_words_for_it() -> None:
    (problem,) = checked({"x": node("torch.randn", args={"size": [-3, 2]})}).problems

    assert (problem.where, problem.message) == ("/nodes/x", "`x.size` holds a negative number: [-3, 2].")


def test_a_device_beyond_those_that_torch_can_number_is_not_there() -> None:
    (problem,) = check_document(read('{"gradcanvas": 1, "device": "cuda:200"}'), load_catalog()).problems

    assert (problem.where, problem.code) == ("/device", "no-device")


@pytest.mark.parametrize(
    ("train", "where"),
    [
        ({"optimizer": {"op": "torch.optim.LBFGS"}, "clip": {"norm": 1.0}}, "/train/clip"),
        ({"metrics": {"step": "loss"}, "validation": {"x": "w"}}, "/train/metrics/step"),
        ({"metrics": {"loss": "loss"}, "validation": {"x": "w"}}, "/train/metrics/loss"),
    ],
)
def test_what_training_would_pass_over_is_a_problem(train: Json, where: str) -> None:
    nodes = {
        "x": randn(2),
        "w": randn(2, requires_grad=True),
        "wx": node("torch.mul", {"input": "w", "other": "x"}),
        "loss": node("torch.sum", {"input": "wx"}),
    }

    seen = checked(nodes, train={"loss": "loss", "steps": 1, **train})

    assert [place for place, _ in found(seen.problems)] == [where]


def test_a_shared_module_is_in_the_mode_of_its_owner() -> None:
    norm = {"num_features": 3}
    nodes = {
        "x": randn(1, 3),
        "first": node("torch.nn.BatchNorm1d", {"input": "x"}, norm, mode="eval"),
        "again": node("torch.nn.BatchNorm1d", {"input": "x"}, share="first"),
    }

    assert checked(nodes).problems == ()


@pytest.mark.parametrize("dim", [2**63, [0, 2**64 - 1]], ids=str)
def test_an_integer_that_torch_cannot_take_is_named(dim: object) -> None:
    seen = checked({"x": randn(1, 3), "y": node("torch.sum", {"input": "x"}, {"dim": dim})})

    assert found(seen.problems) == [("/nodes/y", "out-of-range")]
    assert "`y.dim` holds" in seen.problems[0].message
    assert "memory" not in seen.problems[0].message


def test_a_module_that_copies_its_parts_is_known_as_every_other() -> None:
    arguments = {
        "d_model": 6,
        "nhead": 2,
        "num_encoder_layers": 2,
        "num_decoder_layers": 1,
        "batch_first": True,
    }
    real = torch.nn.Transformer(6, 2, 2, 1, batch_first=True)
    nodes = {"x": randn(2, 4, 6), "y": randn(2, 5, 6)}

    seen = checked({**nodes, "m": node("torch.nn.Transformer", {"src": "x", "tgt": "y"}, arguments)})

    assert seen.outputs["m"] == OutputMeta((2, 5, 6), "float32", True)
    assert {name.removeprefix("m."): meta.shape for name, meta in seen.outputs.items() if "." in name} == {
        name: tuple(parameter.shape) for name, parameter in real.named_parameters()
    }
