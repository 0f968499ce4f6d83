"""Modules whose constructor needs more than numbers: sizes of the first input, other modules, tensors."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gradcanvas.training.report import check_graph, run_graph
from gradcanvas.training.session import Session
from tests.training.scripts import Json, executed, text

STEPS = 5
SQUARES = {
    "squares": {"op": "torch.square", "inputs": {"input": "net"}},
    "loss": {"op": "torch.mean", "inputs": {"input": "squares"}},
}


def graph(nodes: Json, net: Json, after: Json = SQUARES) -> Json:
    return {
        "gradcanvas": 1,
        "seed": 3,
        "device": "cpu",
        "nodes": {**nodes, "net": net, **after},
        "train": {
            "loss": "loss",
            "steps": STEPS,
            "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1, "momentum": 0.5}},
        },
    }


def randn(*size: int) -> Json:
    return {"op": "torch.randn", "args": {"size": list(size)}}


def trained(make: Callable[[], nn.Module], loss_of: Callable[[nn.Module], Tensor]) -> tuple[list[float], Any]:
    """Five steps by hand; the module is made after the inputs, as in the graph."""
    net = make()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
    losses = []
    for _ in range(STEPS):
        loss = loss_of(net)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses, net


def assert_equal(document: Json, losses: list[float], net: nn.Module) -> None:
    result = run_graph(text(document))
    printed = executed(document)["net"]
    assert result["loss"] == losses
    for name, parameter in net.named_parameters():
        assert result["tensors"][f"net.{name}"]["requires_grad"]
        assert torch.equal(printed.get_parameter(name), parameter)


LAZY: list[tuple[str, Json, tuple[int, ...], Json]] = [
    ("Linear", {"out_features": 3}, (5, 4), {"in_features": 4}),
    ("Linear", {"out_features": 3, "bias": False}, (4,), {"in_features": 4}),
    ("Conv1d", {"out_channels": 2, "kernel_size": 3}, (2, 3, 7), {"in_channels": 3}),
    ("Conv2d", {"out_channels": 2, "kernel_size": [2, 3]}, (3, 5, 6), {"in_channels": 3}),
    ("Conv3d", {"out_channels": 2, "kernel_size": 3, "padding": 1}, (1, 2, 3, 3, 3), {"in_channels": 2}),
    ("ConvTranspose1d", {"out_channels": 2, "kernel_size": 3}, (2, 3, 7), {"in_channels": 3}),
    ("ConvTranspose2d", {"out_channels": 2, "kernel_size": 3, "stride": 2}, (2, 3, 4, 4), {"in_channels": 3}),
    ("ConvTranspose3d", {"out_channels": 2, "kernel_size": 2}, (1, 3, 2, 2, 2), {"in_channels": 3}),
    ("BatchNorm1d", {"eps": 0.01}, (5, 3), {"num_features": 3}),
    ("BatchNorm2d", {}, (5, 3, 2, 2), {"num_features": 3}),
    ("BatchNorm3d", {}, (5, 3, 2, 2, 2), {"num_features": 3}),
    ("InstanceNorm1d", {}, (3, 5), {"num_features": 3, "affine": True, "track_running_stats": True}),
    ("InstanceNorm2d", {}, (2, 3, 4, 4), {"num_features": 3, "affine": True, "track_running_stats": True}),
    ("InstanceNorm3d", {}, (2, 3, 2, 2, 2), {"num_features": 3, "affine": True, "track_running_stats": True}),
]


@pytest.mark.parametrize(("name", "arguments", "size", "inferred"), LAZY)
def test_a_lazy_module_takes_its_sizes_from_its_input(
    name: str, arguments: Json, size: tuple[int, ...], inferred: Json
) -> None:
    torch.manual_seed(3)
    x = torch.randn(size)
    losses, net = trained(
        lambda: getattr(nn, name)(**arguments, **inferred), lambda net: net(x).square().mean()
    )

    net_node = {"op": f"torch.nn.Lazy{name}", "inputs": {"input": "x"}, "args": arguments}
    document = graph({"x": randn(*size)}, net_node)

    assert_equal(document, losses, net)
    outputs = check_graph(text(document))["outputs"]
    assert all(outputs[f"net.{key}"]["shape"] == list(each.shape) for key, each in net.named_parameters())


def test_every_lazy_module_is_tried() -> None:
    lazy = {name for name in dir(nn) if name.startswith("Lazy")}

    assert lazy == {f"Lazy{name}" for name, _, _, _ in LAZY}


def test_a_shared_lazy_module_has_one_size() -> None:
    document = graph(
        {"x": randn(5, 4)},
        {"op": "torch.nn.LazyLinear", "inputs": {"input": "x"}, "args": {"out_features": 4}},
    )
    document["nodes"]["again"] = {"op": "torch.nn.LazyLinear", "inputs": {"input": "net"}, "share": "net"}
    document["nodes"]["squares"] = {"op": "torch.square", "inputs": {"input": "again"}}

    torch.manual_seed(3)
    x = torch.randn(5, 4)
    losses, net = trained(lambda: nn.Linear(4, 4), lambda net: net(net(x)).square().mean())

    assert_equal(document, losses, net)


def test_a_lazy_module_whose_input_has_no_such_dimension_is_a_problem() -> None:
    node = {
        "op": "torch.nn.LazyConv2d",
        "inputs": {"input": "x"},
        "args": {"out_channels": 2, "kernel_size": 2},
    }

    problems = check_graph(text(graph({"x": randn(5, 4)}, node)))["problems"]

    assert [(problem["where"], problem["code"]) for problem in problems] == [("/nodes/net", "shape")]


ENCODER = {
    "op": "torch.nn.TransformerEncoderLayer",
    "args": {"d_model": 4, "nhead": 2, "dim_feedforward": 8, "dropout": 0.25, "activation": "gelu"},
}
DECODER = {"op": "torch.nn.TransformerDecoderLayer", "args": {**ENCODER["args"], "batch_first": True}}  # type: ignore[dict-item]
NORM = {"op": "torch.nn.LayerNorm", "args": {"normalized_shape": 4, "eps": 1e-4}}


@pytest.mark.parametrize("norm", [None, NORM])
def test_a_transformer_encoder_is_made_of_its_layer(norm: Json | None) -> None:
    torch.manual_seed(3)
    x = torch.randn(3, 2, 4)

    def make() -> nn.Module:
        layer = nn.TransformerEncoderLayer(4, 2, 8, 0.25, "gelu")
        made = None if norm is None else nn.LayerNorm(4, eps=1e-4)
        return nn.TransformerEncoder(layer, 2, made, enable_nested_tensor=False)

    losses, net = trained(make, lambda net: net(x).square().mean())
    arguments = {"encoder_layer": ENCODER, "num_layers": 2, "norm": norm, "enable_nested_tensor": False}
    node = {"op": "torch.nn.TransformerEncoder", "inputs": {"src": "x"}, "args": arguments}

    assert_equal(graph({"x": randn(3, 2, 4)}, node), losses, net)


def test_a_transformer_decoder_is_made_of_its_layer() -> None:
    torch.manual_seed(3)
    x, memory = torch.randn(2, 3, 4), torch.randn(2, 5, 4)

    def make() -> nn.Module:
        layer = nn.TransformerDecoderLayer(4, 2, 8, 0.25, "gelu", batch_first=True)
        return nn.TransformerDecoder(layer, 2, nn.LayerNorm(4, eps=1e-4))

    losses, net = trained(make, lambda net: net(x, memory).square().mean())
    arguments = {"decoder_layer": DECODER, "num_layers": 2, "norm": NORM}
    node = {"op": "torch.nn.TransformerDecoder", "inputs": {"tgt": "x", "memory": "m"}, "args": arguments}

    assert_equal(graph({"x": randn(2, 3, 4), "m": randn(2, 5, 4)}, node), losses, net)


@pytest.mark.parametrize(
    ("layer", "where", "code"),
    [
        ({"op": "torch.nn.Linear"}, "/nodes/net/args/encoder_layer", "wrong-type"),
        ({"op": "os.system", "args": {}}, "/nodes/net/args/encoder_layer", "wrong-type"),
        ("x", "/nodes/net/args/encoder_layer", "wrong-type"),
        (
            {"op": "torch.nn.TransformerEncoderLayer", "args": {"d_model": 4, "nhead": 2, "heads": 2}},
            "/nodes/net/args/encoder_layer/args/heads",
            "unknown-argument",
        ),
        (
            {"op": "torch.nn.TransformerEncoderLayer", "args": {"d_model": 4}},
            "/nodes/net/args/encoder_layer",
            "missing-argument",
        ),
    ],
)
def test_a_layer_that_cannot_be_is_a_problem_at_its_place(layer: object, where: str, code: str) -> None:
    arguments = {"encoder_layer": layer, "num_layers": 1}
    node = {"op": "torch.nn.TransformerEncoder", "inputs": {"src": "x"}, "args": arguments}

    problems = check_graph(text(graph({"x": randn(3, 2, 4)}, node)))["problems"]

    assert [(problem["where"], problem["code"]) for problem in problems] == [(where, code)]


WEIGHTED: list[tuple[str, Json, Json, Json]] = [
    ("CrossEntropyLoss", {"weight": [0.5, 1, 2.0]}, {}, {"data": [0, 2, 1, 2]}),
    ("NLLLoss", {"weight": [0.5, 1, 2]}, {}, {"data": [0, 2, 1, 2]}),
    ("MultiMarginLoss", {"weight": [0.5, 1.5, 2.0], "p": 2}, {}, {"data": [0, 2, 1, 2]}),
    (
        "BCEWithLogitsLoss",
        {"weight": [[0.5, 1.5, 2.0]], "pos_weight": [1.0, 2.0, 3.0]},
        {},
        {"data": [[1.0] * 3] * 4},
    ),
    ("MultiLabelSoftMarginLoss", {"weight": [0.5, 1.5, 2.0]}, {}, {"data": [[1.0, 0.0, 1.0]] * 4}),
    (
        "CrossEntropyLoss",
        {"weight": {"data": [0.1, 1, 2.0], "dtype": "float64"}},
        {"dtype": "float64"},
        {"data": [0, 2, 1, 2]},
    ),
]


@pytest.mark.parametrize(("name", "arguments", "kind", "target"), WEIGHTED)
def test_a_loss_has_the_weights_that_are_typed(name: str, arguments: Json, kind: Json, target: Json) -> None:
    dtype = torch.float64 if kind else torch.float32
    torch.manual_seed(3)
    x, y = torch.randn(4, 5, dtype=dtype), torch.tensor(target["data"])
    weights = {
        key: torch.tensor(value["data"] if isinstance(value, dict) else value, dtype=dtype)
        for key, value in arguments.items()
        if isinstance(value, list | dict)
    }
    loss = getattr(nn, name)(**{**arguments, **weights})
    losses, net = trained(lambda: nn.Linear(5, 3, dtype=dtype), lambda net: loss(net(x), y))

    node = {
        "op": "torch.nn.Linear",
        "inputs": {"input": "x"},
        "args": {"in_features": 5, "out_features": 3, **kind},
    }
    source = randn(4, 5)
    nodes = {"x": {**source, "args": {**source["args"], **kind}}, "y": {"op": "torch.tensor", "args": target}}
    after = {"loss": {"op": f"torch.nn.{name}", "inputs": {"input": "net", "target": "y"}, "args": arguments}}

    assert_equal(graph(nodes, node, after), losses, net)


def test_a_lazy_module_in_a_function_belongs_to_the_call() -> None:
    torch.manual_seed(3)
    x = torch.randn(5, 4)
    losses, net = trained(lambda: nn.Linear(4, 3), lambda net: torch.relu(net(x)).square().mean())
    document = graph(
        {"x": randn(5, 4)}, {"op": "gradcanvas.call", "inputs": {"a": "x"}, "args": {"function": "layer"}}
    )
    document["functions"] = {
        "layer": {
            "inputs": ["a"],
            "nodes": {
                "fc": {"op": "torch.nn.LazyLinear", "inputs": {"input": "a"}, "args": {"out_features": 3}},
                "out": {"op": "torch.relu", "inputs": {"input": "fc"}},
            },
            "outputs": {"out": "out"},
        }
    }

    result = run_graph(text(document))

    assert result["loss"] == losses
    assert result["tensors"]["net/fc.weight"]["value"] == net.weight.tolist()


def test_a_lazy_module_is_made_anew_when_its_input_has_another_size() -> None:
    def document(size: int) -> str:
        node = {"op": "torch.nn.LazyLinear", "inputs": {"input": "x"}, "args": {"out_features": 3}}
        return text(graph({"x": randn(5, size)}, node))

    session, fresh = Session(device="cpu"), Session(device="cpu")
    session.load(document(4))
    session.step()
    session.load(document(6))
    fresh.load(document(6))

    assert session.state.leaves["net.weight"].equal(fresh.state.leaves["net.weight"])
    session.step()
    assert session.state.leaves["net.weight"].shape == (3, 6)


def test_a_penalty_on_a_lazy_modules_weight_may_stand_before_its_call() -> None:
    torch.manual_seed(3)
    x = torch.randn(5, 4)
    losses, _ = trained(
        lambda: nn.Linear(4, 3),
        lambda net: net.get_parameter("weight").square().sum() + net(x).square().mean(),
    )
    penalty = {
        "squared": {"op": "torch.square", "inputs": {"input": "net.weight"}},
        "penalty": {"op": "torch.sum", "inputs": {"input": "squared"}},
    }
    after = {
        "squares": SQUARES["squares"],
        "fit": SQUARES["loss"],
        "loss": {"op": "torch.add", "inputs": {"input": "penalty", "other": "fit"}},
    }
    node = {"op": "torch.nn.LazyLinear", "inputs": {"input": "x"}, "args": {"out_features": 3}}
    document = graph({**penalty, "x": randn(5, 4)}, node, after)

    result = run_graph(text(document))

    assert result["loss"] == losses
