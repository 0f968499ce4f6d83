"""What a step costs beside the script a person would write, and how fast an edit becomes numbers.

Short rounds of each are run in turn in one process, so that what else the machine does falls on both alike.
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

import numpy as np
import torch
from torch import Tensor

from gradcanvas.engine.inbox import Inbox
from gradcanvas.engine.messages import WorkerSettings
from gradcanvas.engine.worker import Worker
from gradcanvas.training.recording import Recorder
from gradcanvas.training.session import Session
from gradcanvas.training.showing import Display
from tests.bench.table import Row
from tests.oracle.article import EXAMPLES

ROUNDS = 150
TOGETHER = 10
"""So many rounds are taken together where a frame falls into some of them only."""
FRAMES_A_SECOND = 30
FIRST_SECONDS = 2.0
EDITS = 40
GOAL_WATCHED = 1.05
WIDTH, BATCH, LAYERS = 256, 128, 4
Json = dict[str, Any]
Steps = Callable[[int], Callable[[], None]]
"""Takes a number of steps, and gives what makes them."""


@dataclass(frozen=True)
class Case:
    """A graph, the same loop by hand, and how many steps a round has."""

    name: str
    graph: Json
    by_hand: Steps
    steps: int
    goal_recorded: float


def rows() -> list[Row]:
    """Return the rows of training."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        cases = [Case("the article", _article(), _article_by_hand(), 128, 1.40)]
        cases.append(
            Case(f"{LAYERS} layers of {WIDTH}, batch {BATCH}", _network(), _network_by_hand(), 8, 1.25)
        )
        return [*(row for case in cases for row in _case_rows(case)), *_edit_rows()]
    finally:
        torch.set_num_threads(threads)


def _case_rows(case: Case) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        variants = {
            "by hand": case.by_hand,
            "alone": _plain(case.graph),
            "recorded": _recorded(case.graph),
        }
        ratios, hand = _in_turn(variants, case.steps, ROUNDS)
        watched = {"by hand": case.by_hand, "watched": Watched(case.graph, folder).portion}
        ratios |= _in_turn(watched, case.steps, 2 * ROUNDS, TOGETHER)[0]
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


def _in_turn(
    variants: dict[str, Steps], steps: int, rounds: int, together: int = 1
) -> tuple[dict[str, float], float]:
    """Return the median of each variant's ratio to what is done by hand, and the seconds a step of that.

    Args:
        variants: what is compared.
        steps: how many a round has.
        rounds: how many there are of each.
        together: so many rounds are one time.
    """
    for prepare in variants.values():
        prepare(max(steps // 2, 100))()
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, prepare in variants.items():
            run = prepare(steps)
            began = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - began)
    sums = {name: np.array(taken).reshape(-1, together).sum(axis=1) for name, taken in seconds.items()}
    ratios = {name: float(np.median(taken / sums["by hand"])) for name, taken in sums.items()}
    return ratios, statistics.median(seconds["by hand"]) / steps


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
            session.step(watched=True, record=recorder.add)

    return lambda steps: partial(run, steps)


class _Nobody:
    """The end of a pipe at which messages are taken and forgotten."""

    def send_bytes(self, data: bytes) -> None:
        """Forget a message."""


class Watched:
    """A worker in a run without end that is watched, made to go on for some steps at a time.

    Frames, losses, status and copies are part of it. Its clock stands still between the portions, or else
    more frames would fall due in each. The run's first second is over, in which more is observed.
    """

    def __init__(self, graph: Json, folder: str) -> None:
        self._left, self._rested, self._rests_since = 0, 0.0, time.perf_counter()
        settings = WorkerSettings("bench", str(Path(folder) / "copy"), device="cpu")
        self._worker = Worker(cast(Connection, _Nobody()), settings)
        self._worker._pace.clock = self._clock
        text = json.dumps(graph | {"train": graph["train"] | {"steps": 10**9}})
        self._worker.obey({"type": "load", "text": text, "edit": 1})
        self._worker.obey({"type": "watch", "rate": FRAMES_A_SECOND})
        self._worker.obey({"type": "command", "verb": "train"})
        self._worker._loop._inbox = cast(Inbox, self)
        began = self._clock()
        while self._clock() - began < FIRST_SECONDS:
            self._run(1)

    def __bool__(self) -> bool:
        """Whether something waits for the worker: the end of the portion."""
        self._left -= 1
        return self._left < 0

    def portion(self, steps: int) -> Callable[[], None]:
        """Return what goes on for so many steps."""
        return partial(self._run, steps)

    def _run(self, steps: int) -> None:
        self._left = steps
        self._rested += time.perf_counter() - self._rests_since
        self._worker._loop.run()
        self._rests_since = time.perf_counter()

    def _clock(self) -> float:
        return time.perf_counter() - self._rested


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
    for edit in range(EDITS + 2):
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
