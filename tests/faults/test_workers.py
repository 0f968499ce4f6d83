import json
import os
import signal
import time
from array import array
from pathlib import Path
from typing import Any

import psutil
from pycrdt import Map

from gradcanvas.training.frames import EVALUATION, decode
from tests.patience import AT_ONCE
from tests.web.running_server import Client, Server, wait_until

EXAMPLE = json.loads((Path(__file__).parents[2] / "static/examples/linear-regression.json").read_text())


def graph_of(server: Server, nodes: dict[str, Any], **train: Any) -> str:
    text = json.dumps({"gradcanvas": 1, "title": "faults", "nodes": nodes, "train": train})
    made = server.json("/api/graphs", {"file": text})
    assert made["problems"] == []
    return str(made["id"])


def long_run(server: Server) -> str:
    text = json.dumps(EXAMPLE | {"train": EXAMPLE["train"] | {"steps": 1_000_000}})
    return str(server.json("/api/graphs", {"file": text})["id"])


def workers_of(server: Server) -> set[int]:
    template = [
        child
        for child in psutil.Process(server.process.pid).children()
        if "gradcanvas.engine.template" in words_of(child)
    ]
    return {child.pid for parent in template for child in parent.children()}


def words_of(process: psutil.Process) -> list[str]:
    """Return a process's command line; of one that has just ended, nothing."""
    try:
        return process.cmdline()
    except (psutil.ZombieProcess, psutil.NoSuchProcess):
        return []


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def join(server: Server, graph: str) -> tuple[Client, int]:
    before = workers_of(server)
    client = Client(server, graph)
    client.next("layout", 60)
    return client, next(iter(workers_of(server) - before))


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def state(client: Client, *names: str) -> dict[str, Any]:
    status: dict[str, Any] = client.until("status", lambda status: status["state"] in names)
    return status


def command(client: Client, verb: str) -> None:
    assert client.call("command", {"verb": verb}) == {"ok": True}


def test_kill_9_of_the_worker_in_a_running_loop_loses_nothing_that_was_told(server: Server) -> None:
    graph = long_run(server)
    client, pid = join(server, graph)
    command(client, "train")
    run, losses = 0, array("d")
    while len(losses) < 2000:
        message = client.next("losses")
        if message["run"] != run:
            run, losses = message["run"], array("d")
        del losses[message["from"] :]
        losses.frombytes(message["values"])
    time.sleep(1.5)

    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    state(client, "lost")
    told_after = time.monotonic() - began
    restored = state(client, "paused")
    again = Client(server, graph)
    kept = array("d", again.joined["losses"]["values"])
    again.close()
    command(client, "train")
    running = client.until("status", lambda status: status["step"] > restored["step"])
    command(client, "stop")
    client.close()

    assert told_after < AT_ONCE
    assert restored["step"] > 0
    assert kept[:2000] == losses[:2000]
    assert running["state"] == "running"


def test_stop_in_a_run_of_a_million_steps_leaves_the_processor_idle_at_once(
    server: Server,
) -> None:
    client, pid = join(server, long_run(server))
    command(client, "train")
    state(client, "running")
    client.next("losses")

    began = time.monotonic()
    command(client, "stop")
    stopped = state(client, "idle", "paused")
    took = time.monotonic() - began
    before = cpu_seconds(pid)
    time.sleep(1.0)
    used = cpu_seconds(pid) - before
    client.close()

    assert took < AT_ONCE
    assert stopped["step"] > 0
    assert used < 0.4


def test_stop_in_one_step_that_takes_minutes_is_done_at_once(server: Server) -> None:
    nodes = {
        "a": {"op": "torch.randn", "args": {"size": [5000, 5000]}, "requires_grad": True},
        "values": {"op": "torch.linalg.svdvals", "inputs": {"A": "a"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "values"}},
    }
    before = workers_of(server)
    client = Client(server, graph_of(server, nodes, loss="loss", steps=3))
    wait_until(lambda: workers_of(server) - before)
    (pid,) = workers_of(server) - before
    wait_until(lambda: cpu_seconds(pid) > 1.0)

    began = time.monotonic()
    command(client, "stop")
    wait_until(lambda: has_ended(pid))
    took = time.monotonic() - began
    notice = client.until("notice", lambda notice: notice["code"] == "worker-stopped")
    state(client, "idle")
    (replaced,) = workers_of(server) - before
    spent = cpu_seconds(replaced)
    time.sleep(1.0)
    idle = cpu_seconds(replaced) - spent
    client.close()

    assert took < AT_ONCE
    assert notice["help"]
    assert idle < 0.4


def set_argument(client: Client, node: str, argument: str, literal: str) -> None:
    """Edit an argument of a node as a page does."""
    before = client.doc.get_state()
    nodes: Any = client.doc.get("nodes", type=Map)
    fields = next(each for each in nodes.values() if each["id"] == node)
    fields["args"][argument] = literal
    assert client.call("edit", client.doc.get_update(before))["ok"]


def test_an_edit_takes_the_place_of_an_evaluation_in_one_operation_that_takes_minutes(server: Server) -> None:
    nodes = {
        "a": {"op": "torch.randn", "args": {"size": [5000, 5000]}, "requires_grad": True},
        "values": {"op": "torch.linalg.svdvals", "inputs": {"A": "a"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "values"}},
    }
    before = workers_of(server)
    client = Client(server, graph_of(server, nodes, loss="loss", steps=3))
    wait_until(lambda: workers_of(server) - before)
    (pid,) = workers_of(server) - before
    wait_until(lambda: cpu_seconds(pid) > 1.0)

    began = time.monotonic()
    set_argument(client, "a", "size", "[5, 5]")
    layout = client.until("layout", lambda layout: layout["outputs"])
    took = time.monotonic() - began
    client.close()

    assert took < AT_ONCE
    assert has_ended(pid)
    assert {row["ref"]: row["shape"] for row in layout["outputs"]}["values"] == [5]


def test_values_are_there_again_after_kill_9_of_the_worker(server: Server) -> None:
    client, pid = join(server, graph_of(server, EXAMPLE["nodes"], **EXAMPLE["train"]))
    command(client, "step")
    stepped = client.until("status", lambda status: status["step"] == 1)
    assert client.call("watch", {"rate": 60})["ok"]
    assert client.call("query", {"what": "code"})["ok"], "answered when the copy of the step is written"

    os.kill(pid, signal.SIGKILL)
    state(client, "lost")
    frame = decode(client.next("frame"))
    client.close()

    assert stepped["step"] == frame.step == 1
    assert frame.flags & EVALUATION
    assert len(frame.values) == len(EXAMPLE["nodes"])
    assert (frame.values[:, 4] == 0).all()
    assert (frame.gradients[-5:, 4] == 0).all()


def test_an_operation_that_ends_the_process_leaves_the_graph_editable(server: Server) -> None:
    nodes = {
        "a": {"op": "torch.full", "args": {"size": [3, 3], "fill_value": "nan"}},
        "values": {"op": "torch.linalg.eigvals", "inputs": {"input": "a"}},
    }
    graph = graph_of(server, nodes)
    client = Client(server, graph)

    told = client.until("status", lambda status: status["state"] in ("lost", "failed"), 60)
    settled = state(client, "idle", "failed") if told["state"] == "lost" else told
    alive = client.set("notes", '"still here"')
    client.close()

    assert told["problem"]["message"]
    assert settled["state"] in ("idle", "failed")
    assert alive["ok"]
    assert server.json(f"/api/graphs/{graph}/file")["notes"] == "still here"


def test_a_worker_that_outgrows_its_memory_is_ended_and_told(server: Server) -> None:
    nodes = {
        "start": {"op": "torch.ones", "args": {"size": [8, 1024, 1024]}},
        "grown": {
            "op": "gradcanvas.for",
            "inputs": {"value": "start"},
            "args": {"body": "double", "times": 12},
        },
    }
    functions = {
        "double": {
            "inputs": ["value"],
            "nodes": {"both": {"op": "torch.cat", "inputs": {"tensors": ["value", "value"]}}},
            "outputs": {"value": "both"},
        }
    }
    text = json.dumps({"gradcanvas": 1, "nodes": nodes, "functions": functions})
    graph = str(server.json("/api/graphs", {"file": text})["id"])
    client = Client(server, graph)

    told = memory_told(client)
    alive = client.set("notes", '"still here"')
    client.close()

    assert "memory" in told.lower() or "bytes" in told.lower()
    assert alive["ok"]


def memory_told(client: Client) -> str:
    """Wait for what is said of memory: before it is taken (a problem) or when it was (a notice)."""
    while True:
        name, data = client.events.get(timeout=60)
        if name == "layout" and data["problems"]:
            return str(data["problems"][0]["message"])
        if name == "notice":
            return str(data["message"])
