from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from gradcanvas.cli import app
from gradcanvas.document import read, write
from gradcanvas.training import check_graph, run_graph
from tests import forked
from tests.oracle.article import EXAMPLES

FILES = sorted(EXAMPLES.glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@cache
def result_of(example: Path) -> dict[str, Any]:
    """Run an example once for all tests."""
    return run_graph(example.read_bytes(), limit=1_000_000)


def test_an_example_is_written_canonically_and_says_what_to_look_for(example: Path) -> None:
    document = read(example.read_bytes())

    assert write(document) == example.read_text()
    assert document.graph.notes
    assert document.graph.notes.endswith(".")


def test_an_example_has_no_problem(example: Path) -> None:
    assert check_graph(example.read_bytes())["problems"] == []


def test_an_example_learns(example: Path) -> None:
    losses = result_of(example)["loss"]

    assert losses[-1] < losses[0]


def test_an_examples_script_prints_the_examples_numbers(example: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    result = result_of(example)

    CliRunner().invoke(app, ["export", str(example), "--to", "python", "-o", str(script)])
    done = forked.python(script, threads=torch.get_num_threads())
    printed = done.stdout

    assert done.returncode == 0, done.stderr
    assert str(result["loss"][-1]) in printed
    for name, tensor in result["tensors"].items():
        if tensor["leaf"] and tensor["requires_grad"]:
            first = tensor["value"]
            while isinstance(first, list):
                first = first[0]
            assert str(first) in printed, name
