import contextlib
import io
import re

import pytest

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
