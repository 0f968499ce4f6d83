import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradcanvas.engine.limits import RELEASED, Ended, Limits
from gradcanvas.engine.local import Assignment, LocalEngine, LocalWorker
from gradcanvas.engine.messages import WorkerSettings, decode_json, encode_json
from tests.patience import AT_ONCE

SETTINGS = WorkerSettings(session="s", copy_path="")
PATIENCE = 20.0


class Heard:
    """What a worker said, and how it ended."""

    def __init__(self) -> None:
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.ends: queue.Queue[Ended] = queue.Queue()

    def receive(self, data: bytes) -> None:
        self.messages.put(decode_json(data))

    def message(self) -> dict[str, Any]:
        return self.messages.get(timeout=PATIENCE)

    def end(self) -> Ended:
        return self.ends.get(timeout=PATIENCE)


Start = Callable[..., tuple[LocalWorker, Heard]]


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(target="tests.engine.small_workers:echo", preload="")
    yield engine
    engine.close()


@pytest.fixture
def start(engine: LocalEngine) -> Start:
    def start(limits: Limits = Limits()) -> tuple[LocalWorker, Heard]:  # noqa: B008
        heard = Heard()
        return engine.start(Assignment(SETTINGS, limits, heard.receive, heard.ends.put)), heard

    return start


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_hears_and_answers(start: Start) -> None:
    worker, heard = start()

    worker.send(encode_json({"word": "gradient ∇"}))

    assert heard.message()["session"] == "s"
    assert heard.message() == {"word": "gradient ∇"}


def test_several_workers_are_different_processes(start: Start) -> None:
    heard = [start()[1] for _ in range(3)]

    pids = {one.message()["pid"] for one in heard}

    assert len(pids) == 3
    assert os.getpid() not in pids


def test_a_second_worker_starts_at_once(start: Start) -> None:
    start()[1].message()

    began = time.monotonic()
    start()[1].message()

    assert time.monotonic() - began < AT_ONCE


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"do": "exit", "status": 3}, "exit status 3"),
        ({"do": "fault"}, "SIGFPE"),
    ],
)
def test_the_end_of_a_worker_is_told_in_words(start: Start, order: dict[str, Any], words: str) -> None:
    worker, heard = start()
    heard.message()

    worker.send(encode_json(order))

    ended = heard.end()
    assert ended.code == "died"
    assert words in ended.message
    assert ended.help


def test_a_worker_killed_from_outside_is_told_at_once(start: Start) -> None:
    _, heard = start()
    pid = heard.message()["pid"]

    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)

    assert "SIGKILL" in heard.end().message
    assert time.monotonic() - began < AT_ONCE


def test_kill_ends_a_worker_with_the_reason_given(start: Start) -> None:
    worker, heard = start()
    pid = heard.message()["pid"]

    worker.kill(RELEASED)

    assert heard.end() == RELEASED
    assert not is_alive(pid)


def test_a_silent_worker_is_taken_for_hung(start: Start) -> None:
    worker, heard = start(Limits(silence_seconds=0.5))
    pid = heard.message()["pid"]

    worker.send(encode_json({"do": "hang"}))

    assert heard.end().code == "hung"
    assert not is_alive(pid)


def test_a_worker_that_outgrows_its_memory_is_ended_and_others_are_not(start: Start) -> None:
    worker, heard = start(Limits(memory_bytes=200 << 20))
    _, other = start()
    heard.message()
    pid = other.message()["pid"]

    worker.send(encode_json({"do": "grow", "mebibytes": 300}))

    ended = heard.end()
    assert ended.code == "memory"
    assert "0.2 GiB" in ended.message
    assert is_alive(pid)


def test_messages_to_a_worker_that_ended_are_lost_without_harm(start: Start) -> None:
    worker, heard = start()
    heard.message()
    worker.kill(RELEASED)
    heard.end()

    worker.send(encode_json({}))
    worker.kill(RELEASED)

    assert heard.ends.empty()


def test_closing_the_engine_ends_all_workers(engine: LocalEngine, start: Start) -> None:
    pids = [start()[1].message()["pid"] for _ in range(2)]

    engine.close()

    wait_until(lambda: not any(map(is_alive, pids)))


def test_after_the_template_is_killed_workers_are_reported_and_new_ones_start(
    engine: LocalEngine, start: Start
) -> None:
    _, heard = start()
    heard.message()
    assert engine._template is not None

    engine._template.kill()

    assert heard.end().code == "died"
    assert start()[1].message()["type"] == "ready"


SERVER = """
import sys, threading
from gradcanvas.engine.local import Assignment, LocalEngine
from gradcanvas.engine.limits import Limits
from gradcanvas.engine.messages import WorkerSettings, decode_json
def tell(message):
    print(decode_json(message)["pid"], flush=True)
engine = LocalEngine(target="tests.engine.small_workers:silent", preload="")
for _ in range(2):
    engine.start(Assignment(WorkerSettings("s", ""), Limits(), tell, print))
threading.Event().wait()
"""


def test_workers_die_with_the_server_even_when_they_hang() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert server.stdout is not None
    pids = [int(server.stdout.readline()) for _ in range(2)]

    server.kill()
    server.wait()
    server.stdout.close()

    wait_until(lambda: not any(map(is_alive, pids)))
