import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcanvas.engine.keeper import Keeper
from gradcanvas.engine.limits import Ended, Limits
from gradcanvas.engine.local import LocalEngine
from gradcanvas.engine.messages import WorkerSettings
from gradcanvas.engine.questions import WorkerError
from tests.patience import AT_ONCE

PATIENCE = 20.0
LIMITS = Limits(stop_grace_seconds=0.3, query_seconds=1.0, queries=2)


class Listener:
    """Keeps what the keeper tells."""

    def __init__(self) -> None:
        self.pids: queue.Queue[int] = queue.Queue()
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.ends: queue.Queue[tuple[Ended, bool]] = queue.Queue()
        self.starts = 0

    def starting(self) -> None:
        self.starts += 1

    def told(self, message: dict[str, Any]) -> None:
        if message["type"] == "ready":
            self.pids.put(message["pid"])
        else:
            self.heard.put(message["heard"])

    def frame(self, frame: bytes) -> None:
        raise AssertionError

    def frames(self, batch: bytes) -> None:
        raise AssertionError

    def losses(self, run: int, first: int, values: bytes) -> None:
        raise AssertionError

    def metrics(self, run: int, first: int, names: list[str], values: bytes) -> None:
        raise AssertionError

    def validation(self, run: int, first: int, names: list[str], values: bytes) -> None:
        raise AssertionError

    def lost(self, reason: Ended, is_replaced: bool) -> None:
        self.ends.put((reason, is_replaced))

    def next(self) -> dict[str, Any]:
        return self.heard.get(timeout=PATIENCE)

    def until(self, kind: str) -> dict[str, Any]:
        while (message := self.next())["type"] != kind:
            pass
        return message

    def end(self) -> tuple[Ended, bool]:
        return self.ends.get(timeout=PATIENCE)


class Kept:
    """A keeper, its listener, and the graph it loads."""

    def __init__(self, engine: LocalEngine, directory: Path) -> None:
        self.text, self.edit = "graph", 1
        self.listener = Listener()
        self.copy = directory / "copy"
        settings = WorkerSettings("s", str(self.copy))
        self.keeper = Keeper(engine, settings, LIMITS, self.listener, lambda: (self.text, self.edit))


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(target="tests.engine.small_workers:counting", preload="")
    yield engine
    engine.close()


@pytest.fixture
def kept(engine: LocalEngine, tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(engine, tmp_path)
    yield kept
    kept.keeper.close()


def is_idle(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_is_started_before_it_is_needed(kept: Kept) -> None:
    kept.keeper.watch(30)
    kept.keeper.stop()
    kept.keeper.release()

    assert not kept.keeper.has_worker
    assert kept.listener.starts == 0


def test_the_graph_is_loaded_before_a_command_that_came_after_it(kept: Kept) -> None:
    kept.keeper.watch(30)
    kept.keeper.load()
    kept.keeper.command("train")

    load, watch, command = kept.listener.next(), kept.listener.next(), kept.listener.next()
    assert load == {"type": "load", "text": "graph", "edit": 1, "evaluate": True}
    assert watch == {"type": "watch", "rate": 30}
    assert command == {"type": "command", "verb": "train"}


def test_edits_that_come_faster_than_they_are_sent_are_one_load(kept: Kept) -> None:
    for edit in range(1, 1001):
        kept.edit = edit
        kept.keeper.load()

    loads = 1
    while kept.listener.until("load")["edit"] != 1000:
        loads += 1
    assert loads < 900


def test_a_question_is_answered(kept: Kept) -> None:
    assert kept.keeper.query({"what": "code"}) == "code"


@pytest.mark.parametrize(("what", "code"), [("mistake", "unknown-reference"), ("nothing", "busy")])
def test_a_question_without_an_answer_is_an_error_in_words(kept: Kept, what: str, code: str) -> None:
    with pytest.raises(WorkerError) as raised:
        kept.keeper.query({"what": what})

    assert raised.value.code == code
    assert raised.value.message
    assert raised.value.help


def test_too_many_questions_at_once_are_refused(kept: Kept) -> None:
    def ask() -> None:
        with pytest.raises(WorkerError):
            kept.keeper.query({"what": "nothing"})

    waiting = [threading.Thread(target=ask) for _ in range(LIMITS.queries)]
    for thread in waiting:
        thread.start()
    wait_until(lambda: len(kept.keeper._questions) == LIMITS.queries)

    with pytest.raises(WorkerError, match="Too many"):
        kept.keeper.query({"what": "code"})
    for thread in waiting:
        thread.join()


def test_a_worker_that_obeys_stop_is_kept(kept: Kept) -> None:
    kept.keeper.load()
    pid = kept.listener.pids.get(timeout=PATIENCE)

    kept.keeper.stop()

    kept.listener.until("stop")
    time.sleep(2 * LIMITS.stop_grace_seconds)
    assert not is_idle(pid)
    assert kept.listener.ends.empty()


def test_a_worker_that_does_not_obey_stop_is_replaced_at_once(kept: Kept) -> None:
    kept.keeper.command("copy")
    kept.keeper.command("deaf")
    kept.listener.until("command")
    kept.listener.until("command")
    pid = kept.listener.pids.get(timeout=PATIENCE)

    began = time.monotonic()
    kept.keeper.stop()

    reason, is_replaced = kept.listener.end()
    assert time.monotonic() - began < AT_ONCE
    assert is_idle(pid)
    assert reason.code == "stopped"
    assert is_replaced
    load = {"type": "load", "text": "graph", "edit": 1, "evaluate": False, "tell": False}
    assert kept.listener.next() == load
    assert kept.listener.next() == {"type": "restore", "evaluate": True}


def test_stop_takes_back_commands_that_were_not_sent_yet(kept: Kept) -> None:
    kept.keeper.command("deaf")
    kept.listener.until("command")

    kept.keeper.stop()
    kept.listener.end()

    kept.listener.until("watch")
    kept.keeper.command("train")
    assert kept.listener.next()["verb"] == "train"


def test_a_killed_worker_is_replaced_and_told_at_once(kept: Kept) -> None:
    kept.keeper.load()
    pid = kept.listener.pids.get(timeout=PATIENCE)

    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)

    reason, is_replaced = kept.listener.end()
    assert time.monotonic() - began < AT_ONCE
    assert reason.code == "died"
    assert is_replaced
    assert kept.listener.pids.get(timeout=PATIENCE) != pid


def test_a_question_fails_when_the_worker_ends(kept: Kept) -> None:
    kept.keeper.load()
    pid = kept.listener.pids.get(timeout=PATIENCE)
    threading.Timer(0.2, os.kill, [pid, signal.SIGKILL]).start()

    with pytest.raises(WorkerError, match="SIGKILL"):
        kept.keeper.query({"what": "nothing"})


def test_a_graph_that_ends_every_worker_is_given_up_until_it_changes(kept: Kept) -> None:
    kept.text = "fault"
    kept.keeper.load()
    replaced = [kept.listener.end()[1] for _ in range(3)]
    starts = kept.listener.starts

    kept.text, kept.edit = "mended", 2
    kept.keeper.load()

    assert replaced == [True, True, False]
    assert starts == 3
    load = kept.listener.until("load")
    while load["text"] != "mended":
        load = kept.listener.until("load")
    assert load["evaluate"]


def test_a_released_worker_leaves_its_copy_to_the_next(kept: Kept) -> None:
    kept.keeper.load()
    kept.listener.until("load")

    kept.keeper.release()
    reason, is_replaced = kept.listener.end()
    kept.keeper.command("step")

    assert reason.code == "released"
    assert not is_replaced
    kept.listener.until("load")
    assert kept.listener.next() == {"type": "restore", "evaluate": True}


def test_a_worker_that_will_not_be_released_is_ended(kept: Kept) -> None:
    kept.keeper.command("deaf")
    kept.listener.until("command")

    kept.keeper.release()

    assert kept.listener.end()[0].code == "released"


@pytest.fixture(scope="module")
def engrossed_engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(target="tests.engine.small_workers:engrossed", preload="")
    yield engine
    engine.close()


@pytest.fixture
def engrossed(engrossed_engine: LocalEngine, tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(engrossed_engine, tmp_path)
    kept.text = "long"
    kept.keeper.load()
    wait_until(lambda: kept.keeper.is_evaluating)
    kept.listener.until("watch")
    yield kept
    kept.keeper.close()


def test_an_edit_replaces_a_worker_that_an_old_evaluation_does_not_let_go(engrossed: Kept) -> None:
    pid = engrossed.listener.pids.get(timeout=PATIENCE)
    engrossed.text, engrossed.edit = "short", 2

    engrossed.keeper.load()
    engrossed.keeper.command("train")
    assert engrossed.listener.pids.get(timeout=PATIENCE) != pid

    engrossed.listener.until("watch")
    assert engrossed.listener.next()["verb"] == "train"
    assert is_idle(pid)
    assert engrossed.listener.ends.empty()
    wait_until(lambda: not engrossed.keeper.is_evaluating)


def test_the_newest_graph_is_evaluated_by_the_worker_that_takes_over(engrossed: Kept) -> None:
    engrossed.text, engrossed.edit = "short", 2

    engrossed.keeper.load()
    engrossed.listener.until("load")
    load = engrossed.listener.until("load")

    assert (load["text"], load["edit"], load["evaluate"]) == ("short", 2, True)


def test_an_evaluation_that_stop_had_to_end_is_named_and_not_tried_again(engrossed: Kept) -> None:
    engrossed.keeper.stop()

    reason, is_replaced = engrossed.listener.end()

    assert reason.code == "stopped"
    assert "evaluation" in reason.message
    assert is_replaced
    assert not engrossed.listener.until("load")["evaluate"]


def test_a_worker_killed_in_an_evaluation_is_replaced_by_one_that_waits(engrossed: Kept) -> None:
    os.kill(engrossed.listener.pids.get(timeout=PATIENCE), signal.SIGKILL)

    reason, is_replaced = engrossed.listener.end()

    assert reason.code == "died"
    assert "next edit" in reason.help
    assert is_replaced
    assert not engrossed.listener.until("load")["evaluate"]


def test_a_worker_killed_at_rest_is_replaced_by_one_that_evaluates(kept: Kept) -> None:
    kept.keeper.load()
    kept.listener.until("load")

    os.kill(kept.listener.pids.get(timeout=PATIENCE), signal.SIGKILL)

    assert kept.listener.until("load")["evaluate"]


def test_closing_ends_the_worker_and_forgets_its_copy(kept: Kept) -> None:
    kept.keeper.command("copy")
    pid = kept.listener.pids.get(timeout=PATIENCE)
    wait_until(kept.copy.exists)

    kept.keeper.close()

    wait_until(lambda: is_idle(pid))
    assert not kept.copy.exists()
