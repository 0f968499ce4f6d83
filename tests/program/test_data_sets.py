"""Every built-in set against the lines that a person would write for it."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import datasets

from gradcanvas.catalog.datasets import DATA_OPERATION
from gradcanvas.document import read
from gradcanvas.program.check import Checked, check_document
from gradcanvas.program.data_sets import BUILT_IN
from gradcanvas.program.print_python import print_python
from tests.program.running import bound, catalog, compiled, graph, is_same
from tests.program.test_print_python import executed

Pair = tuple[torch.Tensor, torch.Tensor]


def data(**args: Any) -> dict[str, Any]:
    return {"op": "gradcanvas.data", "args": args}


def checked(nodes: dict[str, Any], **rest: Any) -> Checked:
    return check_document(read(graph(nodes, None, **rest)), catalog(), device="cpu", budget_bytes=1 << 30)


def made(**args: Any) -> Pair:
    first, second = compiled(graph({"d": data(**args)}, None)).make().values()
    return first, second


def pair(x: Any, y: Any) -> Pair:
    labels = torch.int64 if y.dtype.kind == "i" else torch.float32
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=labels)


def lines() -> Pair:
    random = np.random.RandomState(42)
    x = random.rand(100, 1)
    return pair(x, 1 + 2 * x + 0.1 * random.randn(100, 1))


def sine() -> Pair:
    random = np.random.RandomState(42)
    x = random.uniform(-np.pi, np.pi, (100, 1))
    return pair(x, np.sin(x) + 0.1 * random.randn(100, 1))


def spirals() -> Pair:
    random = np.random.RandomState(42)
    y = np.arange(100) % 2
    radius = np.sqrt(random.rand(100))
    angle = 2 * np.pi * (radius + y / 2)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return pair(x + 0.05 * random.randn(100, 2), y)


def xor() -> Pair:
    random = np.random.RandomState(42)
    x = random.uniform(-1, 1, (100, 2))
    y = (x[:, 0] * x[:, 1] < 0).astype(np.int64)
    return pair(x + 0.1 * random.randn(100, 2), y)


def digits() -> Pair:
    found = datasets.load_digits()
    return pair(found.images[:, None] / 16, found.target)


WRITTEN: dict[str, Callable[[], Pair]] = {
    "lines": lines,
    "sine": sine,
    "moons": lambda: pair(*datasets.make_moons(100, noise=0.1, random_state=42)),
    "circles": lambda: pair(*datasets.make_circles(100, noise=0.1, factor=0.5, random_state=42)),
    "spirals": spirals,
    "xor": xor,
    "blobs": lambda: pair(*datasets.make_blobs(100, centers=3, cluster_std=1.0, random_state=42)),
    "digits": digits,
    "iris": lambda: pair(*datasets.load_iris(return_X_y=True)),
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_set_is_what_a_person_would_write(name: str) -> None:
    x, y = WRITTEN[name]()

    first, second = made(source=name, seed=42)

    assert is_same(first, x)
    assert is_same(second, y)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_check_tells_what_a_set_will_be(name: str) -> None:
    nodes = {"d": data(source=name, part="train", holdout=0.3, dtype="float64")}

    told = checked(nodes).outputs

    sources = compiled(graph(nodes, None)).make()
    assert list(told) == list(sources)
    for ref, tensor in sources.items():
        assert (told[ref].shape, told[ref].dtype) == (tensor.shape, str(tensor.dtype).removeprefix("torch."))


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("part", ["all", "train"])
def test_a_printed_set_is_the_one_that_is_made(name: str, part: str) -> None:
    text = graph({"d": data(source=name, seed=3, rows=50, part=part)}, None)

    variables, _ = executed(print_python(bound(text), device="cpu"))

    first, second = compiled(text).make().items()
    assert is_same(variables["d"], first[1])
    assert is_same(variables[second[0].replace(".", "_")], second[1])


def test_the_catalogue_offers_every_set() -> None:
    offered = [
        choice
        for overload in DATA_OPERATION.overloads
        for argument in overload.arguments
        if argument.name == "source"
        for choice in argument.choices
    ]

    assert sorted(offered) == sorted(BUILT_IN)


def test_the_parts_of_a_set_share_no_row_and_leave_none_out() -> None:
    whole, labels = made(source="digits")
    train, train_labels = made(source="digits", part="train")
    held, held_labels = made(source="digits", part="validation")

    order = np.random.RandomState(0).permutation(1797)
    assert is_same(held, whole[order[:359]])
    assert is_same(train, whole[order[359:]])
    assert is_same(torch.cat([held_labels, train_labels]), labels[order])


def test_a_set_draws_nothing_from_the_graphs_generator() -> None:
    noise = {"w": {"op": "torch.randn", "args": {"size": [3]}}}
    alone, beside = compiled(graph(noise, None)), compiled(graph({"d": data(source="lines"), **noise}, None))

    torch.manual_seed(1)
    expected = alone.make()["w"]
    torch.manual_seed(1)

    assert is_same(beside.make()["w"], expected)


def test_the_floating_outputs_of_data_collect_gradients() -> None:
    nodes = {"d": {**data(source="moons", rows=4), "requires_grad": True}}

    sources = compiled(graph(nodes, None)).make()

    assert [tensor.requires_grad for tensor in sources.values()] == [True, False]
    assert [row.requires_grad for row in checked(nodes).outputs.values()] == [True, False]
    variables, printed = executed(print_python(bound(graph(nodes, None)), device="cpu"))
    assert variables["d"].requires_grad
    assert printed == f"d: {sources['d'].tolist()}\n"


def test_data_in_a_function_belong_to_each_call() -> None:
    body = {
        "inputs": [],
        "nodes": {
            "d": data(source="moons", rows=6),
            "f": {"op": "torch.Tensor.float", "inputs": {"self": "d.y"}},
            "s": {"op": "torch.sum", "inputs": {"input": "d"}},
            "t": {"op": "torch.add", "inputs": {"input": "s", "other": "f"}},
        },
        "outputs": {"out": "t"},
    }
    text = graph({"c": {"op": "gradcanvas.call", "args": {"function": "g"}}}, None, functions={"g": body})

    program = compiled(text)
    sources = program.make()

    assert list(sources) == ["c/d", "c/d.y"]
    value = program.observed(*sources.values()).values["c"]
    x, y = datasets.make_moons(6, noise=0.1, random_state=0)
    expected = torch.tensor(x, dtype=torch.float32).sum() + torch.tensor(y).float()
    assert is_same(value, expected)
    variables, _ = executed(print_python(bound(text), device="cpu"))
    assert is_same(variables["c"], expected)


@pytest.mark.parametrize(
    ("args", "place", "code"),
    [
        ({"source": "moon"}, "/args/source", "wrong-type"),
        ({"source": "https://example.org/x.csv"}, "/args/source", "wrong-type"),
        ({"source": 3}, "/args/source", "wrong-type"),
        ({}, "", "missing-argument"),
        ({"source": "iris", "noise": 0.1}, "/args/noise", "unknown-argument"),
        ({"source": "data:text/csv,a%0A1", "noise": 0.1}, "/args/noise", "unknown-argument"),
        ({"source": "moons", "rows": 0}, "/args/rows", "bad-value"),
        ({"source": "moons", "rows": -5}, "/args/rows", "bad-value"),
        ({"source": "moons", "rows": 2**62}, "/args/rows", "bad-value"),
        ({"source": "moons", "rows": 10**10}, "", "memory-budget"),
        ({"source": "blobs", "classes": 0}, "/args/classes", "bad-value"),
        ({"source": "blobs", "classes": 10**9}, "/args/classes", "bad-value"),
        ({"source": "moons", "noise": -1.0}, "/args/noise", "bad-value"),
        ({"source": "moons", "noise": "inf"}, "/args/noise", "bad-value"),
        ({"source": "moons", "noise": "nan"}, "/args/noise", "bad-value"),
        ({"source": "moons", "seed": -1}, "/args/seed", "bad-value"),
        ({"source": "moons", "seed": 2**32}, "/args/seed", "bad-value"),
        ({"source": "moons", "holdout": 1.0}, "/args/holdout", "bad-value"),
        ({"source": "moons", "holdout": "nan"}, "/args/holdout", "bad-value"),
        ({"source": "moons", "rows": 2, "part": "train"}, "/args/holdout", "bad-value"),
        ({"source": "moons", "part": "test"}, "/args/part", "wrong-type"),
        ({"source": "moons", "dtype": "int64"}, "/args/dtype", "wrong-type"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_an_argument_that_cannot_be_is_a_problem_at_its_place(
    args: dict[str, Any], place: str, code: str
) -> None:
    consumer = {"op": "torch.neg", "inputs": {"input": "d.y"}}

    problems = checked({"d": data(**args), "n": consumer}).problems

    assert [(each.where, each.code) for each in problems] == [(f"/nodes/d{place}", code)]
    assert all(each.message and each.help for each in problems)
