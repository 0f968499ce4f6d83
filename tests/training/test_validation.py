import contextlib
import io
import re

import pytest
import torch

from gradcanvas.training import python_of, run_graph
from tests.training.scripts import Json, text

NODES: Json = {
    "x": {"op": "torch.randn", "args": {"size": [10, 3]}},
    "y": {"op": "torch.randn", "args": {"size": [10, 1]}},
    "held_x": {"op": "torch.randn", "args": {"size": [4, 3]}},
    "w": {"op": "torch.zeros", "args": {"size": [1]}, "requires_grad": True},
    "hidden": {
        "op": "torch.nn.Linear",
        "inputs": {"input": "x"},
        "args": {"in_features": 3, "out_features": 8},
    },
    "kept": {"op": "torch.nn.Dropout", "inputs": {"input": "hidden"}},
    "guess": {
        "op": "torch.nn.Linear",
        "inputs": {"input": "kept"},
        "args": {"in_features": 8, "out_features": 1},
    },
    "moved": {"op": "torch.add", "inputs": {"input": "guess", "other": "w"}},
    "loss": {"op": "torch.nn.functional.mse_loss", "inputs": {"input": "moved", "target": "y"}},
}
HELD_Y = [[1.0], [0.5], [-1.0], [2.0]]


def graph(**train: object) -> str:
    """Make a graph whose loss draws random numbers, so that an evaluation that draws too would be seen."""
    loop = {
        "loss": "loss",
        "steps": 9,
        "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1}},
        "metrics": {"offset": "w"},
        "validation": {"x": "held_x", "y": HELD_Y},
    }
    return text({"gradcanvas": 1, "seed": 4, "nodes": NODES, "train": loop | train})


@pytest.mark.parametrize(
    ("train", "steps"),
    [
        ({}, [9]),
        ({"batch": {"size": 4, "of": ["x", "y"], "shuffle": True}}, [3, 6, 9]),
        ({"batch": {"size": 5, "of": ["x", "y"]}, "metrics": {}}, [2, 4, 6, 8]),
    ],
    ids=["no batch", "shuffled batches", "no metrics"],
)
def test_the_script_prints_the_evaluations_that_a_run_makes(train: Json, steps: list[int]) -> None:
    result = run_graph(graph(**train), device="cpu")

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(python_of(graph(**train)), "script.py", "exec"), {"__name__": "__main__"})

    rows = re.findall(r"^validation after step (.*)$", printed.getvalue(), re.MULTILINE)
    assert [[float(number) for number in row.split()] for row in rows] == [
        list(map(float, row)) for row in zip(*result["validation"].values(), strict=True)
    ]
    assert result["validation"]["step"] == steps
    assert f"loss: {result['loss'][-1]}\n" in printed.getvalue()


def test_an_evaluation_changes_no_number_of_the_run() -> None:
    batch = {"size": 4, "of": ["x", "y"], "shuffle": True}

    with_it = run_graph(graph(batch=batch), device="cpu")
    without = run_graph(graph(batch=batch, validation={}), device="cpu")

    assert with_it["loss"] == without["loss"]
    assert with_it["metrics"] == without["metrics"]


def numbers_of_script(graph: str) -> list[list[float]]:
    """Run the exported script; give the numbers of the rows that it prints of validation."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(python_of(graph), "script.py", "exec"), {"__name__": "__main__"})
    rows = re.findall(r"^validation after step (.*)$", printed.getvalue(), re.MULTILINE)
    return [[float(number) for number in row.split()] for row in rows]


@pytest.mark.parametrize(
    ("source", "held", "by_hand"),
    [
        ({"data": [0.1, 0.3]}, [0.7, "inf"], torch.tensor([0.7, torch.inf])),
        ({"data": [0.1, 0.3]}, ["nan", "-inf"], torch.tensor([torch.nan, -torch.inf])),
        ({"data": [0.1, 0.3], "dtype": "float64"}, [0.7, 0.1], torch.tensor([0.7, 0.1], dtype=torch.double)),
        ({"data": [1, 3], "dtype": "float64"}, [7, 1], torch.tensor([7.0, 1.0], dtype=torch.double)),
        ({"data": [0.1, 0.3]}, [{"complex": [0.1, "inf"]}, 2], torch.tensor([complex(0.1, torch.inf), 2])),
        ({"data": [0.1, 0.3], "dtype": "bfloat16"}, [0.7, 0.1], torch.tensor([0.7, 0.1]).bfloat16()),
    ],
    ids=["inf", "nan", "float64", "integers as float64", "complex", "bfloat16"],
)
def test_a_replacing_literal_is_read_as_a_source_is(
    source: Json, held: list[object], by_hand: torch.Tensor
) -> None:
    nodes: Json = {
        "x": {"op": "torch.tensor", "args": source},
        "w": {"op": "torch.tensor", "args": {"data": 2.0}, "requires_grad": True},
        "wx": {"op": "torch.mul", "inputs": {"input": "w", "other": "x"}},
        "size": {"op": "torch.abs", "inputs": {"input": "wx"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "size"}},
    }
    train = {
        "loss": "loss",
        "steps": 1,
        "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.0}},
        "validation": {"x": held},
    }
    graph = text({"gradcanvas": 1, "nodes": nodes, "train": train})
    expected = (2.0 * by_hand).abs().sum().item()

    result = run_graph(graph, device="cpu")

    assert [str(float(loss)) for loss in result["validation"]["loss"]] == [str(expected)]
    assert str(numbers_of_script(graph)) == str([[1.0, expected]])


def test_a_replacing_literal_that_cannot_be_read_is_a_problem() -> None:
    nodes: Json = {
        "x": {"op": "torch.tensor", "args": {"data": [1, 2], "dtype": "uint8"}},
        "w": {"op": "torch.tensor", "args": {"data": 2.0}, "requires_grad": True},
        "wx": {"op": "torch.mul", "inputs": {"input": "w", "other": "x"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "wx"}},
    }
    train = {
        "loss": "loss",
        "steps": 1,
        "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.0}},
        "validation": {"x": [1, 300]},
    }

    result = run_graph(text({"gradcanvas": 1, "nodes": nodes, "train": train}), device="cpu")

    assert [problem["where"] for problem in result["problems"]] == ["/train/validation/x"]
    assert "overflow" in result["problems"][0]["message"]
    assert result["loss"] == [6.0]


def test_the_script_follows_a_gradient_that_validation_takes() -> None:
    nodes: Json = {
        "x": {"op": "torch.tensor", "args": {"data": [0.1, 0.3]}, "requires_grad": True},
        "y": {"op": "torch.tensor", "args": {"data": [0.4, 0.5]}},
        "w": {"op": "torch.tensor", "args": {"data": 2.0}, "requires_grad": True},
        "wx": {"op": "torch.mul", "inputs": {"input": "w", "other": "x"}},
        "u": {"op": "torch.tanh", "inputs": {"input": "wx"}},
        "total": {"op": "torch.sum", "inputs": {"input": "u"}},
        "du": {"op": "gradcanvas.grad", "inputs": {"outputs": ["total"], "inputs": ["x"]}},
        "square": {"op": "torch.square", "inputs": {"input": "du"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "square"}},
    }
    optimizer = {"op": "gradcanvas.descent", "args": {"lr": 0.0}}
    train = {"loss": "loss", "steps": 2, "optimizer": optimizer, "validation": {"x": "y"}}
    graph = text({"gradcanvas": 1, "nodes": nodes, "train": train})
    y = torch.tensor([0.4, 0.5], requires_grad=True)
    (du,) = torch.autograd.grad(torch.tanh(torch.tensor(2.0) * y).sum(), y)
    expected = du.square().sum().item()

    result = run_graph(graph, device="cpu")

    assert result["validation"]["loss"] == [expected]
    assert numbers_of_script(graph) == [[2.0, expected]]
