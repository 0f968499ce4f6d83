"""The same numbers as plain PyTorch on a GPU; skipped where there is none."""

import contextlib
import io
from pathlib import Path

import pytest
import torch

from gradcanvas.training import python_of, run_graph
from tests.oracle.article import EXAMPLES, run_article

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]
FILES = sorted(EXAMPLES.glob("*.json"))


def test_the_article_on_a_gpu_has_the_numbers_of_its_script() -> None:
    expected = run_article(device="cuda")

    result = run_graph((EXAMPLES / "linear-regression.json").read_text(), device="cuda")

    assert result["device"].startswith("cuda")
    assert result["loss"] == expected.losses
    assert result["tensors"]["b"]["value"] == expected.b
    assert result["tensors"]["w"]["value"] == expected.w
    assert result["tensors"]["w"]["grad"] == expected.w_gradient


def test_auto_takes_the_gpu() -> None:
    result = run_graph((EXAMPLES / "linear-regression.json").read_text(), steps=1)

    assert result["device"].startswith("cuda")


@pytest.mark.parametrize("example", FILES, ids=lambda path: path.stem)
def test_an_examples_script_prints_the_examples_numbers_on_a_gpu(example: Path) -> None:
    result = run_graph(example.read_text(), device="cuda")
    printed = io.StringIO()

    with contextlib.redirect_stdout(printed):
        exec(python_of(example.read_text()), {"__name__": "__main__"})

    assert str(result["loss"][-1]) in printed.getvalue()


def test_another_gpu_than_there_is_is_a_problem_with_a_remedy() -> None:
    result = run_graph((EXAMPLES / "linear-regression.json").read_text(), device="cuda:99")

    assert [problem["where"] for problem in result["problems"]] == ["/device"]
