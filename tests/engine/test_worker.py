"""A worker at the end of a real pipe: what it tells, and what it obeys."""

import itertools
import json
import multiprocessing
import os
import struct
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcanvas.engine.messages import (
    WorkerSettings,
    decode_json,
    decode_losses,
    decode_metrics,
    encode_json,
    places_of_frames,
)
from gradcanvas.engine.opening import MOST_FRAMES
from gradcanvas.engine.preload import NAMES
from gradcanvas.engine.worker import worker_main
from gradcanvas.training import run_graph
from gradcanvas.training.frames import EVALUATION, EXACT, NO_GRADIENTS, Frame, decode
from tests.patience import AT_ONCE
from tests.training.scripts import Json, article, article_script, text

PATIENCE_SECONDS = 60.0


class Parent:
    """The parent's end: sends, and gathers what comes."""

    def __init__(self, connection: Connection, pid: int) -> None:
        self.connection, self.pid = connection, pid
        self.told: list[dict[str, Any]] = []
        self.frames: list[Frame] = []
        self.batches: list[list[Frame]] = []
        self.losses: list[float] = []
        self.metrics: list[float] = []
        self.validation: list[tuple[float, ...]] = []
        self.edit = 0

    def send(self, **message: Any) -> None:
        self.connection.send_bytes(encode_json(message))

    def load(self, graph: Json, **more: Any) -> None:
        self.edit += 1
        self.send(type="load", text=text(graph), edit=self.edit, **more)

    def command(self, verb: str) -> None:
        self.send(type="command", verb=verb)

    def receive(self) -> dict[str, Any] | None:
        """Take one message; JSON ones are returned."""
        assert self.connection.poll(PATIENCE_SECONDS), f"silence after {self.told[-3:]}"
        data = self.connection.recv_bytes()
        match data[:1]:
            case b"J":
                message = decode_json(data)
                if message["type"] != "heartbeat":
                    self.told.append(message)
                return message
            case b"F":
                self.frames.append(decode(data[1:]))
            case b"B":
                self.batches.append(
                    [decode(data[1:][start:end]) for start, end in places_of_frames(data[1:])]
                )
            case b"L":
                _, first, values = decode_losses(data)
                assert first == len(self.losses), "each loss is told once, in order"
                self.losses += struct.unpack(f"<{len(values) // 8}d", values)
            case b"M":
                self.metrics += struct.unpack(
                    f"<{len(decode_metrics(data)[3]) // 8}d", decode_metrics(data)[3]
                )
            case b"V":
                _, first, names, values = decode_metrics(data)
                assert first == len(self.validation), "each row is told once, in order"
                self.validation += struct.iter_unpack(f"<{len(names)}d", values)
        return None

    def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Receive until such a message comes."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            message = self.receive()
            if message and message["type"] == kind and wanted.items() <= message.items():
                return message
        raise AssertionError(f"no {kind} {wanted}")

    def ask(self, **question: Any) -> Any:
        self.send(type="query", id=7, **question)
        answer = self.until("result", id=7)
        return answer["error"] if "error" in answer else answer["result"]

    def last(self, kind: str) -> dict[str, Any]:
        return next(message for message in reversed(self.told) if message["type"] == kind)


@pytest.fixture
def settings(tmp_path: Path) -> WorkerSettings:
    return WorkerSettings(
        "test", str(tmp_path / "copy"), heartbeat_seconds=0.2, copy_interval_seconds=0.05, device="cpu"
    )


@pytest.fixture
def parent(settings: WorkerSettings) -> Iterator[Parent]:
    worker = start(settings)
    yield worker
    end(worker)


def start(settings: WorkerSettings) -> Parent:
    """Start a worker in a process of its own."""
    ours, theirs = Pipe()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(NAMES))
    process = context.Process(target=worker_main, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    worker = Parent(ours, process.pid or 0)
    worker.until("ready")
    return worker


def end(worker: Parent) -> None:
    worker.connection.close()


def long_run(steps: int = 10**7) -> Json:
    graph = article() | {"device": "cpu"}
    graph["train"] = graph["train"] | {
        "steps": steps,
        "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 1e-6}},
    }
    return graph


def test_a_loaded_graph_is_evaluated_and_shown_at_once(parent: Parent) -> None:
    parent.load(article())
    status = parent.until("status")

    layout = parent.last("layout")
    frame = parent.frames[-1]
    assert (layout["edit"], layout["loss"], layout["leaves"]) == (1, "loss", ["b", "w"])
    assert [row["ref"] for row in layout["outputs"]] == list(article()["nodes"])
    assert frame.flags == EXACT | EVALUATION
    assert frame.layout == layout["layout"]
    assert frame.loss == article_script(1)[0][0]
    assert (status["state"], status["step"], status["of"], status["dirty"]) == ("idle", 0, 200, False)
    assert parent.losses == []


def test_a_problem_that_changes_no_number_leaves_the_numbers_shown(parent: Parent) -> None:
    parent.load(article())
    parent.until("status")

    parent.load(article() | {"device": "cuda:99"})
    layout = parent.until("layout", edit=2)
    while len(parent.frames) < 2:
        parent.receive()

    assert [problem["code"] for problem in layout["problems"]] == ["no-device"]
    assert parent.frames[-1].layout == layout["layout"]
    assert parent.frames[-1].loss == parent.frames[0].loss


def test_training_tells_every_loss_once_and_ends_at_the_scripts_numbers(parent: Parent) -> None:
    losses, b, w = article_script(200)
    parent.send(type="watch", rate=30)
    parent.load(article())

    parent.command("train")
    parent.until("status", state="idle", step=200)

    assert parent.losses == losses
    assert parent.frames[-1].flags == EXACT
    assert parent.frames[-1].step == 200
    assert parent.ask(what="tensor", ref="w", part="value")["value"] == w.tolist()
    assert parent.ask(what="tensor", ref="b", part="value")["value"] == b.tolist()


def test_every_evaluation_at_the_end_of_an_epoch_is_told_once(parent: Parent) -> None:
    graph = article()
    graph["train"] |= {
        "batch": {"size": 40, "of": ["x", "y"]},
        "metrics": {"slope": "w"},
        "validation": {"x": [[0.0], [1.0]], "y": [[1.0], [3.0]]},
    }
    parent.load(graph)

    for steps in (200, 400):
        parent.command("train")
        parent.until("status", state="idle", step=steps)

    expected = run_graph(text(graph), device="cpu", steps=400)["validation"]
    assert parent.validation == list(zip(expected["step"], expected["loss"], expected["slope"], strict=True))
    assert [row[0] for row in parent.validation] == list(range(2, 401, 2))


def test_a_worker_that_goes_on_from_a_copy_numbers_its_evaluations_on(settings: WorkerSettings) -> None:
    graph = article()
    graph["train"] |= {"steps": 3, "validation": {"x": [[0.0]], "y": [[1.0]]}}
    before = start(settings)
    before.load(graph)
    before.command("train")
    before.until("status", state="idle", step=3)
    before.send(type="release")
    with pytest.raises(EOFError):
        before.until("nothing")
    end(before)
    after = start(settings)
    after.losses, after.validation = list(before.losses), list(before.validation)

    after.load(graph, evaluate=False)
    after.send(type="restore")
    after.command("train")
    after.until("status", state="idle", step=6)
    end(after)

    assert [row[0] for row in after.validation] == [3, 6]


def test_frames_of_a_run_come_at_the_pace_that_is_asked_for(parent: Parent) -> None:
    parent.send(type="watch", rate=10)
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")
    count, began = len(parent.frames), time.monotonic()

    while time.monotonic() - began < 1.5:
        parent.receive()
    seconds = time.monotonic() - began
    frames = parent.frames[count:]

    assert 1 <= len(frames) <= 10 * seconds + 2
    assert all(frame.flags == 0 for frame in frames)
    assert all(
        one.step < other.step and one.number < other.number for one, other in itertools.pairwise(frames)
    )


def test_nobody_watching_costs_no_frames_and_loses_no_losses(parent: Parent) -> None:
    parent.load(long_run(3000))
    parent.until("status", state="idle")
    count = len(parent.frames)

    parent.command("train")
    parent.until("status", state="idle", step=3000)

    assert len(parent.frames) == count + 1
    assert parent.batches == []
    assert len(parent.losses) == 3000


def test_the_beginning_of_a_run_is_shown_step_by_step_with_the_scripts_numbers(parent: Parent) -> None:
    losses, _, w = article_script(200)
    parent.send(type="watch", rate=30)
    parent.load(article())
    parent.until("status", state="idle")
    count = len(parent.frames)

    parent.command("train")
    parent.until("status", state="idle", step=200)

    batched = [frame for batch in parent.batches for frame in batch]
    shown = {frame.step: frame for frame in (*batched, *parent.frames[count:])}
    assert parent.losses == losses
    assert parent.ask(what="tensor", ref="w", part="value")["value"] == w.tolist()
    assert len(batched) <= MOST_FRAMES
    assert len(shown) >= 20
    assert [frame.step for frame in batched] == sorted({frame.step for frame in batched})
    assert all(frame.flags == 0 and frame.layout == parent.frames[-1].layout for frame in batched)
    assert [frame.loss for frame in batched] == [np.float32(losses[frame.step - 1]) for frame in batched]


def test_a_long_run_is_shown_step_by_step_only_in_its_beginning(parent: Parent) -> None:
    parent.send(type="watch", rate=30)
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")
    began = time.monotonic()

    while time.monotonic() - began < 3.0:
        parent.receive()
    batched = [frame.step for batch in parent.batches for frame in batch]
    while time.monotonic() - began < 4.0:
        parent.receive()

    assert 1 < len(batched) <= MOST_FRAMES
    assert batched == [frame.step for batch in parent.batches for frame in batch]


def test_pause_keeps_all_and_train_goes_on(parent: Parent) -> None:
    parent.send(type="watch", rate=30)
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")

    parent.command("pause")
    paused = parent.until("status", state="paused")
    parent.command("train")
    parent.until("status", state="running")
    parent.command("pause")
    again = parent.until("status", state="paused")

    assert 0 < paused["step"] < again["step"]
    assert again["of"] == 10**7
    assert len(parent.losses) == again["step"]
    assert parent.frames[-1].flags == EXACT
    assert parent.frames[-1].step == again["step"]


def test_stop_ends_a_long_run_at_once_and_keeps_all(parent: Parent) -> None:
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")

    began = time.monotonic()
    parent.send(type="stop")
    parent.until("stopped")
    took = time.monotonic() - began
    status = parent.until("status", state="idle")
    time.sleep(0.2)

    assert took < AT_ONCE
    assert len(parent.losses) == status["step"]
    while parent.connection.poll(0):
        message = parent.receive()
        assert message is not None
        assert message["type"] in ("heartbeat", "evaluated")


def endless() -> Json:
    """Return a graph whose evaluation never ends, though each of its operations does at once."""
    inner: Json = {
        "inputs": ["value"],
        "nodes": {"turned": {"op": "torch.cos", "inputs": {"input": "value"}}},
    }
    going: Json = {
        "inputs": ["value"],
        "nodes": {"on": {"op": "torch.ones_like", "inputs": {"input": "value"}}},
    }
    nodes = {
        "start": {"op": "torch.tensor", "args": {"data": [0.5]}},
        "loop": {
            "op": "gradcanvas.while",
            "inputs": {"value": "start"},
            "args": {"condition": "going", "body": "inner", "limit": 10**12},
        },
    }
    functions = {
        "inner": inner | {"outputs": {"value": "turned"}},
        "going": going | {"outputs": {"on": "on"}},
    }
    return {"gradcanvas": 1, "nodes": nodes, "functions": functions}


def test_an_edit_ends_an_evaluation_between_two_operations(parent: Parent) -> None:
    parent.load(endless())
    parent.until("evaluating", edit=1)

    parent.load(article())
    parent.until("superseding")
    parent.until("evaluated")
    layout = parent.until("layout", edit=2)
    parent.until("status", state="idle")

    assert layout["loss"] == "loss"
    assert parent.frames[-1].loss == article_script(1)[0][0]


def test_an_edit_of_the_drawing_alone_ends_no_evaluation(parent: Parent) -> None:
    parent.load(endless())
    parent.until("evaluating", edit=1)
    moved = endless()
    moved["nodes"]["start"]["at"] = [10, 20]

    parent.load(moved)
    parent.until("heartbeat")
    parent.until("heartbeat")
    told = [message["type"] for message in parent.told]
    parent.load(article())
    parent.until("layout", edit=3)

    assert told == ["ready", "evaluating"], parent.told


def test_stop_ends_an_evaluation_and_says_so(parent: Parent) -> None:
    parent.load(endless())
    parent.until("evaluating")

    parent.send(type="stop")
    parent.until("stopped")
    notice = parent.until("notice", code="evaluation-stopped")
    status = parent.until("status")
    parent.load(article())
    parent.until("layout", edit=2)

    assert "next edit" in notice["help"]
    assert status["state"] == "idle"


def test_an_evaluation_that_an_edit_ended_leaves_the_real_state_as_it_was(parent: Parent) -> None:
    parent.load(article())
    for _ in range(3):
        parent.command("step")
    parent.until("status", step=3)
    graph = article()
    graph["nodes"]["loss"]["inputs"]["input"] = "loop"
    long = endless()
    long["nodes"]["loop"]["inputs"]["value"] = "square"
    graph["nodes"] |= {"loop": long["nodes"]["loop"]}
    graph |= {"functions": long["functions"]}

    parent.load(graph)
    parent.until("evaluating", edit=2)
    parent.load(article())
    parent.until("evaluating", edit=3)
    parent.until("status", step=3)
    for _ in range(2):
        parent.command("step")
    parent.until("status", step=5)

    assert parent.losses == article_script(5)[0]


def test_signs_of_life_come_though_messages_do_not_cease(parent: Parent) -> None:
    parent.load(endless())
    parent.until("evaluating")
    end = time.monotonic() + PATIENCE_SECONDS

    beats = 0
    while beats < 2 and time.monotonic() < end:
        parent.send(type="watch", rate=30)
        time.sleep(0.02)
        while parent.connection.poll(0):
            message = parent.receive()
            beats += beats < 2 and message is not None and message["type"] == "heartbeat"

    assert beats == 2


def test_the_worker_gives_signs_of_life_while_it_computes(parent: Parent) -> None:
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")

    parent.until("heartbeat")
    parent.until("heartbeat")


def test_an_edit_in_a_run_is_applied_between_two_steps(parent: Parent) -> None:
    parent.send(type="watch", rate=30)
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")
    while not parent.losses:
        parent.receive()
    graph = long_run()
    graph["nodes"]["w"]["args"]["size"] = [1, 1]

    parent.load(graph)
    notice = parent.until("notice", code="remade")
    layout = parent.until("layout", edit=2)
    parent.until("status", state="running")

    assert "`w`" in notice["message"]
    assert next(row for row in layout["outputs"] if row["ref"] == "w")["shape"] == [1, 1]


def test_a_run_that_an_edit_takes_its_loss_pauses_and_shows_what_still_runs(parent: Parent) -> None:
    parent.send(type="watch", rate=30)
    parent.load(long_run())
    parent.command("train")
    while not parent.losses:
        parent.receive()
    graph = long_run()
    graph["nodes"]["loss"]["inputs"]["input"] = "nowhere"

    parent.load(graph)
    parent.until("notice", code="no-loss")
    parent.until("status", state="paused")
    layout = parent.last("layout")

    shown = {row["ref"]: row["grad_fn"] for row in layout["outputs"]}
    assert set(shown) == {"b", "w", "x", "y", "wx", "yhat", "error", "square"}
    assert shown["square"] == "PowBackward0"
    assert parent.frames[-1].flags == EXACT | EVALUATION | NO_GRADIENTS


def test_the_verbs_act_on_the_real_state(parent: Parent) -> None:
    parent.load(article())

    parent.command("forward")
    parent.until("status")
    parent.until("status")
    forward = parent.frames[-1].flags
    parent.command("backward")
    parent.until("status", dirty=True)
    once = parent.ask(what="tensor", ref="w", part="deposit")["value"]
    parent.command("backward")
    parent.until("status")
    twice = parent.ask(what="tensor", ref="w", part="deposit")["value"]
    ledger = parent.ask(what="ledger", ref="w")

    assert forward == EXACT | EVALUATION | NO_GRADIENTS
    assert twice == [2 * once[0]]
    assert [entry["verb"] for entry in ledger] == ["backward", "backward"]
    assert list(ledger[0]["edges"]) == ["wx.input"]
    assert ledger[0]["deposit"]["mean"] == once[0]


def test_questions_are_answered(parent: Parent) -> None:
    parent.load(article())

    edge = parent.ask(what="edge", edge="yhat.other")
    data = parent.ask(what="edge", edge="wx.other")
    autograd = parent.ask(what="autograd")
    unknown = parent.ask(what="edge", edge="nothing.here")

    assert edge["from"] == "wx"
    assert edge["shape"] == [80, 1]
    assert edge["figures"]["norm"] > 0
    assert data["value"] is None
    assert data["why"]
    assert {node["kind"] for node in autograd["nodes"]} == {"leaf", "operation", "start"}
    assert unknown["code"] == "unknown-edge"


def test_a_failure_stands_on_its_node_and_the_session_goes_on(parent: Parent) -> None:
    graph = article()
    graph["nodes"]["matrix"] = {"op": "torch.tensor", "args": {"data": [[-1.0]]}}
    graph["nodes"]["root"] = {"op": "torch.linalg.cholesky", "inputs": {"input": "matrix"}}

    parent.load(graph)
    status = parent.until("status")
    layout = parent.last("layout")
    parent.load(article())
    after = parent.until("status", state="idle")

    assert status["state"] == "failed"
    assert status["problem"]["where"] == "/nodes/root"
    assert "/nodes/root" in {problem["where"] for problem in layout["problems"]}
    assert {row["ref"] for row in layout["outputs"]} >= {"yhat", "loss"}
    assert after["problem"] is None


def test_train_of_what_cannot_be_trained_leaves_the_run_where_it_stood(parent: Parent) -> None:
    graph = article()
    del graph["train"]["loss"]
    parent.load(graph)
    parent.until("status")

    parent.command("train")
    notice = parent.until("notice", code="no-loss")
    status = parent.until("status")

    assert "is the loss" in notice["help"]
    assert (status["state"], status["step"], status["of"]) == ("idle", 0, graph["train"]["steps"])


def test_the_ledger_tells_that_a_step_empties_what_it_deposited(parent: Parent) -> None:
    parent.load(article())
    parent.command("step")
    parent.until("status", step=1)

    ledger = parent.ask(what="ledger", ref="w")

    assert [(entry["verb"], entry["step"]) for entry in ledger] == [("step", 0), ("zero", 0)]


def test_a_verb_that_makes_no_sense_is_announced_and_nothing_fails(parent: Parent) -> None:
    graph = article()
    del graph["train"]["optimizer"]
    parent.load(graph)

    parent.command("step")
    notice = parent.until("notice", code="no-optimizer")
    status = parent.until("status")

    assert notice["level"] == "warning"
    assert status["state"] == "idle"


def test_only_the_newest_of_several_edits_is_evaluated(parent: Parent) -> None:
    parent.load(long_run())
    parent.until("status")
    parent.command("step")
    for place in range(50):
        graph = article()
        graph["nodes"]["w"]["args"]["size"] = [1, place + 1]
        parent.load(graph)

    layout = parent.until("layout", edit=51)

    seen = [message["edit"] for message in parent.told if message["type"] == "layout"]
    assert len(seen) < 50
    assert next(row for row in layout["outputs"] if row["ref"] == "w")["shape"] == [1, 50]


def test_a_worker_goes_on_from_the_copy_of_one_that_was_killed(settings: WorkerSettings) -> None:
    first = start(settings)
    first.load(article())
    first.command("step")
    first.command("step")
    first.until("status", step=2)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if Path(settings.copy_path).exists() and copied_step(settings) == 2:
            break
        time.sleep(0.02)
    os.kill(first.pid, 9)

    second = start(settings)
    second.load(article(), evaluate=False)
    second.send(type="restore")
    notice = second.until("notice", code="restored")
    status = second.until("status", step=2)
    second.losses = [0.0] * 2
    second.command("step")
    second.until("status", step=3)
    end(second)

    assert "step 2" in notice["message"]
    assert status["dirty"]
    assert second.losses[2:] == article_script(3)[0][2:]


def copied_step(settings: WorkerSettings) -> int:
    data = Path(settings.copy_path).read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    tree = json.loads(header["__metadata__"]["tree"])
    return int(tree["dict"]["step"])


def test_a_released_worker_leaves_a_copy_and_ends(parent: Parent, settings: WorkerSettings) -> None:
    parent.load(article())
    parent.command("step")
    parent.until("status", step=1)

    parent.send(type="release")
    with pytest.raises(EOFError):
        parent.until("nothing")

    assert copied_step(settings) == 1


def test_a_worker_ends_when_the_pipe_does(parent: Parent) -> None:
    import psutil

    process = psutil.Process(parent.pid)
    parent.load(long_run())
    parent.command("train")
    parent.until("status", state="running")

    parent.connection.close()

    assert process.wait(10) is not None or not process.is_running()
