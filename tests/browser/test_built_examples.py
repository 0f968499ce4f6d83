"""The examples of modules, attention and solvers: built from the palette, trained and saved by the page."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from sklearn import datasets
from torch import nn
from torch.nn import functional

from gradcanvas.engine.limits import threads_per_worker
from tests.browser.building import Builder
from tests.browser.conftest import Server
from tests.browser.editor import Editor
from tests.oracle.article import EXAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Step = Callable[[], torch.Tensor]


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    return Editor(page, server.address)


@pytest.fixture(autouse=True)
def threads_of_a_worker() -> Iterator[None]:
    """The numbers of a convolution depend on how many threads make them."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads_per_worker())
    yield
    torch.set_num_threads(before)


def test_a_linear_solve_is_built_trained_and_saved(editor: Editor) -> None:
    builder = Builder(
        editor,
        "Linear solve",
        "Gradients flow through `torch.linalg.solve`: the matrix `A` learns until the solution is the "
        "target. Its gradient is of rank one, so every row of the heat map is a multiple of the others.",
    )
    builder.add("torch.tensor", "A", (0, 0), data=json.dumps(MATRIX), requires_grad=True)
    builder.add("torch.tensor", "b", (0, 200), data=json.dumps([1.0, 2.0, 3.0, 4.0]))
    builder.add("torch.tensor", "target", (260, 260), data=json.dumps(TARGET))
    builder.add("torch.linalg.solve", "x", (260, 60))
    builder.add("torch.nn.functional.mse_loss", "loss", (540, 120))
    builder.add("torch.linalg.det", "det", (540, -60))
    builder.wire("A", "x.A", "det.A")
    builder.wire("b", "x.B")
    builder.wire("x", "loss.input")
    builder.wire("target", "loss.target")
    builder.settings({"loss": "loss", "steps": "200", "optimizer": "Adam", "lr": "0.05"})
    builder.settings({"add a metric": "det"})

    editor.train(200)

    matrix = torch.tensor(MATRIX, requires_grad=True)
    right, target = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor(TARGET)
    expected = trained(
        torch.optim.Adam([matrix], lr=0.05),
        lambda: functional.mse_loss(torch.linalg.solve(matrix, right), target),
        200,
    )
    expect_losses(editor, expected, below=1e-5)
    expect_saved(builder, "linear-solve")


def test_an_lstm_is_built_trained_and_saved(editor: Editor) -> None:
    builder = Builder(
        editor,
        "LSTM",
        "From each value of a sine wave an LSTM tells the next one. The state it begins with is learned too: "
        "the gradients of `h0` and `c0` have come back through all eighty steps of the wave.",
    )
    builder.add("torch.linspace", "time", (0, 0), start="0.0", end="16.0", steps="81")
    builder.add("torch.sin", "wave", (190, 0))
    builder.add("torch.Tensor.__getitem__", "past", (380, 0), index=":-1, None")
    builder.add("torch.zeros", "h0", (190, 180), size="1, 16", requires_grad=True)
    builder.add("torch.zeros", "c0", (190, 320), size="1, 16", requires_grad=True)
    builder.add("torch.nn.LSTM", "lstm", (570, 80), input_size="1", hidden_size="16")
    builder.add("torch.nn.Linear", "guess", (790, 60), in_features="16", out_features="1")
    builder.add("torch.Tensor.__getitem__", "future", (380, -150), index="1:, None")
    builder.add("torch.nn.functional.mse_loss", "loss", (1000, 0))
    builder.add("torch.linalg.vector_norm", "memory", (790, 300))
    builder.wire("time", "wave.input")
    builder.wire("wave", "past.self", "future.self")
    builder.wire("past", "lstm.input")
    builder.wire("h0", "lstm.hx.0")
    builder.wire("c0", "lstm.hx.1")
    builder.wire("lstm.output", "guess.input")
    builder.wire("lstm.h_n", "memory.input")
    builder.wire("guess", "loss.input")
    builder.wire("future", "loss.target")
    builder.settings({"loss": "loss", "steps": "120", "optimizer": "Adam", "lr": "0.02", "seed": "1"})
    builder.settings({"add a metric": "memory"})

    editor.train(120)

    torch.manual_seed(1)
    wave = torch.sin(torch.linspace(0.0, 16.0, 81))
    h0, c0 = (torch.zeros([1, 16], requires_grad=True) for _ in range(2))
    lstm, guess = nn.LSTM(1, 16), nn.Linear(16, 1)
    leaves = [h0, c0, *lstm.parameters(), *guess.parameters()]
    expected = trained(
        torch.optim.Adam(leaves, lr=0.02),
        lambda: functional.mse_loss(guess(lstm(wave[:-1, None], (h0, c0))[0]), wave[1:, None]),
        120,
    )
    expect_losses(editor, expected, below=1e-4)
    expect_saved(builder, "lstm")


def test_an_attention_block_is_built_trained_and_saved(editor: Editor) -> None:
    builder = Builder(
        editor,
        "Attention",
        "Each of six tokens is to repeat the one before it. Watch `looks`: every row is a token and shows "
        "where it looks; while it trains, all of them turn to their neighbour.",
    )
    builder.add("torch.randn", "tokens", (0, 20), size="32, 6, 4")
    builder.add("torch.eye", "place", (0, 300), n="6")
    builder.add("torch.Tensor.expand", "places", (180, 330), size="32, 6, 6")
    builder.add("torch.cat", "both", (360, 110), dim="2")
    for row, (name, features) in enumerate([("query", 8), ("key", 8), ("value", 4)]):
        builder.add(
            "torch.nn.Linear", name, (560, -140 + 175 * row), in_features="10", out_features=str(features)
        )
    builder.add("torch.nn.functional.scaled_dot_product_attention", "attended", (790, 0))
    builder.add("torch.nn.functional.scaled_dot_product_attention", "weights", (790, 330))
    builder.add("torch.roll", "wished", (560, -290), shifts="1", dims="1")
    builder.add("torch.nn.functional.mse_loss", "loss", (1010, -40))
    builder.add("torch.mean", "looks", (1010, 330), {"called with": "input, dim"}, dim="0")
    builder.wire("tokens", "both.tensors.0", "wished.input")
    builder.wire("place", "places.self")
    builder.wire("places", "both.tensors.1", "weights.value")
    builder.wire("both", "query.input", "key.input", "value.input")
    builder.wire("query", "attended.query", "weights.query")
    builder.wire("key", "attended.key", "weights.key")
    builder.wire("value", "attended.value")
    builder.wire("attended", "loss.input")
    builder.wire("wished", "loss.target")
    builder.wire("weights", "looks.input")
    builder.settings({"loss": "loss", "steps": "200", "optimizer": "Adam", "lr": "0.03", "seed": "3"})

    editor.train(200)

    torch.manual_seed(3)
    tokens = torch.randn([32, 6, 4])
    places = torch.eye(6).expand([32, 6, 6])
    query, key, value = nn.Linear(10, 8), nn.Linear(10, 8), nn.Linear(10, 4)

    def loss() -> torch.Tensor:
        both = torch.cat([tokens, places], dim=2)
        attended = functional.scaled_dot_product_attention(query(both), key(both), value(both))
        return functional.mse_loss(attended, torch.roll(tokens, shifts=1, dims=1))

    parts = [*query.parameters(), *key.parameters(), *value.parameters()]
    expect_losses(editor, trained(torch.optim.Adam(parts, lr=0.03), loss, 200), below=1e-3)
    expect_saved(builder, "attention")


def test_a_convolutional_digit_classifier_is_built_trained_and_saved(editor: Editor) -> None:
    builder = Builder(
        editor,
        "Digits by convolution",
        "Two convolutions learn to read digits, sixty-four pictures a step. Watch the dashed curves in the "
        "loss chart: loss and accuracy on the 359 pictures that are held back, at the end of each epoch.",
        is_wide=True,
    )
    builder.add("gradcanvas.data", "digits", (0, 420), {"source": "digits"}, part="train")
    builder.add("gradcanvas.data", "held", (0, 580), {"source": "digits"}, part="validation")
    builder.add(
        "torch.nn.Conv2d",
        "conv1",
        (160, 230),
        in_channels="1",
        out_channels="8",
        kernel_size="3",
        padding="1",
    )
    builder.add("torch.nn.functional.relu", "relu1", (295, 20))
    builder.add("torch.nn.functional.max_pool2d", "pool1", (430, 230), kernel_size="2")
    builder.add(
        "torch.nn.Conv2d",
        "conv2",
        (565, -40),
        in_channels="8",
        out_channels="16",
        kernel_size="3",
        padding="1",
    )
    builder.add("torch.nn.functional.relu", "relu2", (700, 230))
    builder.add("torch.nn.functional.max_pool2d", "pool2", (835, 20), kernel_size="2")
    builder.add("torch.flatten", "flat", (970, 230), start_dim="1")
    builder.add("torch.nn.Linear", "scores", (1105, -40), in_features="64", out_features="10")
    builder.add("torch.nn.functional.cross_entropy", "loss", (1290, 200))
    builder.add("torch.argmax", "guess", (1290, 400), dim="1")
    builder.add("torch.eq", "right", (1450, 460))
    builder.add("torch.mean", "share", (1610, 460), dtype="float32")
    for source, target in pairwise(
        ["digits.images", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flat", "scores", "loss"]
    ):
        builder.wire(source, f"{target}.input")
    builder.wire("scores", "guess.input")
    builder.wire("guess", "right.input")
    builder.wire("digits.labels", "loss.target", "right.other")
    builder.wire("right", "share.input")
    builder.settings({"loss": "loss", "steps": "138", "optimizer": "Adam", "lr": "0.01"})
    editor.expect_gradient("scores.input")
    builder.settings({"batch size": "64", "shuffle": True})
    builder.settings({"digits becomes": "held", "digits.labels becomes": "held.labels"})
    builder.settings({"add a metric": "share"})
    builder.settings({"name of share": "accuracy"})

    editor.train(138)

    found = datasets.load_digits()
    order = np.random.RandomState(0).permutation(1797)
    pictures = torch.tensor(found.data[order] / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    labels = torch.tensor(found.target[order])
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 10),
    )
    batches = (batch for _ in range(6) for batch in torch.split(torch.randperm(len(labels) - HELD), 64))

    def loss() -> torch.Tensor:
        batch = next(batches)
        return functional.cross_entropy(network(pictures[HELD:][batch]), labels[HELD:][batch])

    expected = trained(torch.optim.Adam(network.parameters(), lr=0.01), loss, 138)
    with torch.no_grad():
        scores = network(pictures[:HELD])
    validation = {
        "loss": functional.cross_entropy(scores, labels[:HELD]).item(),
        "accuracy": (scores.argmax(1) == labels[:HELD]).mean(dtype=torch.float32).item(),
    }
    assert validation["accuracy"] > 0.95
    expect(editor.loss_chart).to_have_attribute("data-validation-points", "6")
    assert json.loads(editor.loss_chart.get_attribute("data-validation-last") or "") == validation
    editor.page.reload()
    expect(editor.loss_chart).to_have_attribute("data-validation-points", "6")
    expect_losses(editor, expected, below=0.3)
    expect_saved(builder, "digits-convolution")


HELD = 359
MATRIX = [[4.0, 1.0, 0.0, -1.0], [1.0, 3.0, 1.0, 0.0], [0.0, 1.0, 4.0, 1.0], [-1.0, 0.0, 1.0, 3.0]]
TARGET = [1.0, -1.0, 1.0, -1.0]


def trained(optimizer: torch.optim.Optimizer, step: Step, steps: int) -> list[float]:
    """Train as a plain script does and return the losses."""
    losses = []
    for _ in range(steps):
        loss = step()
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def expect_losses(editor: Editor, expected: list[float], below: float) -> None:
    """Hold that the last loss is the script's, and that it has learned."""
    assert float(editor.loss_chart.get_attribute("data-last") or "nan") == expected[-1]
    assert expected[-1] < below < expected[0]


def expect_saved(builder: Builder, name: str) -> None:
    """Save, and hold that the file is the example; a card may stand a little elsewhere."""
    saved, example = builder.saved(), json.loads((EXAMPLES / f"{name}.json").read_text())
    places, wished = taken_places(saved), taken_places(example)
    assert saved == example
    assert list(saved["nodes"]) == list(example["nodes"])
    for node, place in places.items():
        assert place == pytest.approx(wished[node], abs=4), node


def taken_places(document: dict[str, Any]) -> dict[str, list[int]]:
    """Take the places of the cards out of a document."""
    return {name: node.pop("at") for name, node in document["nodes"].items()}
