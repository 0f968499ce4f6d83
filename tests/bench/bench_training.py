"""What a step costs beside the script a person would write, and how fast an edit becomes numbers.

Rounds of each are run in turn in one process, so that whatever else the machine does falls on both alike:
many of a few hundredths of a second, and where the pace of frames counts, fewer long ones.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch
from torch import Tensor

from gradcanvas.engine.messages import WorkerSettings
from gradcanvas.engine.worker import Worker
from gradcanvas.training.moments import Moment
from gradcanvas.training.recording import Recorder
from gradcanvas.training.session import Session
from gradcanvas.training.showing import Display
from tests.bench.table import Row
from tests.oracle.article import EXAMPLES

ROUNDS, LONG = 150, 9
FRAMES_A_SECOND = 30
GOAL_WATCHED = 1.05
WIDTH, BATCH, LAYERS = 256, 128, 4
Json = dict[str, Any]
Steps = Callable[[int], Callable[[], None]]
"""Takes a number of steps, and gives what makes them."""


@dataclass(frozen=True)
class Case:
    """A graph, the same loop by hand, and how many steps a round and a long one have."""

    name: str
    graph: Json
    by_hand: Steps
    steps: int
    steps_long: int
    goal_recorded: float


def rows() -> list[Row]:
    """Return the rows of training."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        cases = [Case("the article", _article(), _article_by_hand(), 128, 6000, 1.40)]
        cases.append(
            Case(f"{LAYERS} layers of {WIDTH}, batch {BATCH}", _network(), _network_by_hand(), 8, 400, 1.25)
        )
        return [*(row for case in cases for row in _case_rows(case)), *_edit_rows()]
    finally:
        torch.set_num_threads(threads)


def _case_rows(case: Case) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        long = {"by hand": case.by_hand, "watched": _watched(case.graph, folder)}
        short = {
            "by hand": case.by_hand,
            "alone": _plain(case.graph),
            "recorded": _recorded(case.graph),
        }
        ratios, hand = _in_turn(short, case.steps, ROUNDS)
        ratios |= _in_turn(long, case.steps_long, LONG)[0]
    texts = {
        "alone": ("nobody watching", GOAL_WATCHED),
        "watched": (f"watched at {FRAMES_A_SECOND} frames a second", GOAL_WATCHED),
        "recorded": ("every step observed, five figures of every edge", case.goal_recorded),
    }
    for name, (text, goal) in texts.items():
        ratio = ratios[name]
        beside = f"the script: {hand * 1e6:.0f} µs a step"
        what = f"{case.name}: a step, {text}, of the script's time"
        yield Row(what, f"{ratio:.2f}", f"at most {goal:.2f}", ratio <= goal, beside)


def _in_turn(variants: dict[str, Steps], steps: int, rounds: int) -> tuple[dict[str, float], float]:
    """Return the median of each variant's ratio to what is done by hand, and the seconds a step of that."""
    for prepare in variants.values():
        prepare(max(steps // 2, 100))()
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, prepare in variants.items():
            run = prepare(steps)
            began = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - began)
    by_hand = seconds["by hand"]
    ratios = {
        name: statistics.median(mine / theirs for mine, theirs in zip(taken, by_hand, strict=True))
        for name, taken in seconds.items()
    }
    return ratios, statistics.median(by_hand) / steps


def _session(graph: Json) -> Session:
    session = Session(device="cpu")
    session.load(json.dumps(graph))
    return session


def _plain(graph: Json) -> Steps:
    session = _session(graph)

    def run(steps: int) -> None:
        for _ in range(steps):
            session.step()

    return lambda steps: partial(run, steps)


def _recorded(graph: Json) -> Steps:
    session, recorder = _session(graph), Recorder()

    def run(steps: int) -> None:
        for _ in range(steps):
            recorder.add(cast(Moment, session.step(watched=True)))

    return lambda steps: partial(run, steps)


class _Nobody:
    """The end of a pipe at which messages are taken and forgotten."""

    def send_bytes(self, data: bytes) -> None:
        """Forget a message."""


def _watched(graph: Json, folder: str) -> Steps:
    """Run the worker's own loop, frames, losses, status and copies included.

    As in a long run, of a second or more: loading the graph is left out, and its first second, in which more
    is observed, for nobody saw it begin.
    """
    settings = WorkerSettings("bench", str(Path(folder) / "copy"), device="cpu")
    worker = Worker(cast(Connection, _Nobody()), settings)

    def prepare(steps: int) -> Callable[[], None]:
        graph["train"]["steps"] = steps
        worker.obey({"type": "load", "text": json.dumps(graph), "edit": 1})
        worker.obey({"type": "watch", "rate": 0})
        worker.obey({"type": "command", "verb": "train"})
        worker.obey({"type": "watch", "rate": FRAMES_A_SECOND})
        return worker.run

    return prepare


def _article() -> Json:
    graph: Json = json.loads((EXAMPLES / "linear-regression.json").read_text())
    return graph


def _article_by_hand() -> Steps:
    nodes = _article()["nodes"]
    x, y = (torch.tensor(nodes[name]["args"]["data"]) for name in ("x", "y"))
    torch.manual_seed(42)
    b = torch.randn(1, requires_grad=True, dtype=torch.float)
    w = torch.randn(1, requires_grad=True, dtype=torch.float)
    lr = 0.1

    def run(steps: int) -> None:
        nonlocal b, w
        for _ in range(steps):
            yhat = b + w * x
            error = y - yhat
            loss = (error**2).mean()
            loss.backward()  # type: ignore[no-untyped-call]
            with torch.no_grad():
                b -= lr * b.grad  # type: ignore[operator]
                w -= lr * w.grad  # type: ignore[operator]
            b.grad.zero_()  # type: ignore[union-attr]
            w.grad.zero_()  # type: ignore[union-attr]

    return lambda steps: partial(run, steps)


def _network() -> Json:
    nodes: Json = {
        "x": {"op": "torch.randn", "args": {"size": [BATCH, WIDTH]}},
        "y": {"op": "torch.randn", "args": {"size": [BATCH, WIDTH]}},
    }
    last = "x"
    for layer in range(LAYERS):
        weight, bias, linear, relu = (f"{word}{layer}" for word in ("weight", "bias", "linear", "relu"))
        nodes[weight] = {
            "op": "torch.full",
            "args": {"size": [WIDTH, WIDTH], "fill_value": 0.001},
            "requires_grad": True,
        }
        nodes[bias] = {"op": "torch.zeros", "args": {"size": [WIDTH]}, "requires_grad": True}
        inputs = {"input": last, "weight": weight, "bias": bias}
        nodes[linear] = {"op": "torch.nn.functional.linear", "inputs": inputs}
        last = linear
        if layer < LAYERS - 1:
            nodes[relu] = {"op": "torch.relu", "inputs": {"input": linear}}
            last = relu
    nodes["loss"] = {"op": "torch.nn.functional.mse_loss", "inputs": {"input": last, "target": "y"}}
    optimizer = {"op": "torch.optim.SGD", "args": {"lr": 0.01}}
    return {
        "gradcanvas": 1,
        "device": "cpu",
        "nodes": nodes,
        "train": {"loss": "loss", "optimizer": optimizer},
    }


def _network_by_hand() -> Steps:
    torch.manual_seed(0)
    x, y = torch.randn(BATCH, WIDTH), torch.randn(BATCH, WIDTH)
    weights = [torch.full((WIDTH, WIDTH), 0.001, requires_grad=True) for _ in range(LAYERS)]
    biases = [torch.zeros(WIDTH, requires_grad=True) for _ in range(LAYERS)]
    leaves = [leaf for pair in zip(weights, biases, strict=True) for leaf in pair]
    optimizer = torch.optim.SGD(leaves, lr=0.01)

    def loss() -> Tensor:
        hidden = x
        for layer in range(LAYERS):
            hidden = torch.nn.functional.linear(hidden, weights[layer], biases[layer])
            if layer < LAYERS - 1:
                hidden = torch.relu(hidden)
        return torch.nn.functional.mse_loss(hidden, y)

    def run(steps: int) -> None:
        for _ in range(steps):
            loss().backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            optimizer.zero_grad()

    return lambda steps: partial(run, steps)


def _edit_rows() -> Iterator[Row]:
    cases = (("the article", _article(), "x", 5.0), ("1,000 nodes", _chain(1000), "w5", 250.0))
    for name, graph, source, goal in cases:
        milliseconds = _edit_milliseconds(graph, source)
        middle = statistics.median(milliseconds)
        what = f"{name}: from a changed value to its numbers, inside the worker"
        beside = f"slowest of {len(milliseconds)}: {max(milliseconds):.1f} ms"
        yield Row(what, f"{middle:.1f} ms", f"at most {goal:g} ms", middle <= goal, beside)


def _edit_milliseconds(graph: Json, source: str) -> list[float]:
    session = Session(device="cpu")
    display = Display(session)
    milliseconds = []
    for edit in range(12):
        data = graph["nodes"][source]["args"]["data"]
        data[0] = [edit / 100] if isinstance(data[0], list) else edit / 100
        text = json.dumps(graph)
        began = time.perf_counter()
        session.load(text)
        session.evaluate()
        display.layout([])
        display.frame(exact=True)
        milliseconds.append((time.perf_counter() - began) * 1e3)
    return milliseconds[2:]


def _chain(count: int) -> Json:
    """Return a long chain of small operations with a leaf for every ten of them."""
    leaves = count // 10
    nodes: Json = {
        f"w{k}": {"op": "torch.tensor", "args": {"data": [1.0 + k / 1000]}, "requires_grad": True}
        for k in range(leaves)
    }
    last = "w0"
    for k in range(count - leaves - 1):
        operation = ("torch.mul", "torch.add", "torch.tanh", "torch.sub")[k % 4]
        inputs = {"input": last} | ({} if k % 4 == 2 else {"other": f"w{k % leaves}"})
        nodes[f"n{k}"] = {"op": operation, "inputs": inputs}
        last = f"n{k}"
    nodes["loss"] = {"op": "torch.mean", "inputs": {"input": last}}
    return {"gradcanvas": 1, "device": "cpu", "nodes": nodes, "train": {"loss": "loss"}}
