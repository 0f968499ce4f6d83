import os
import signal
import struct
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradcanvas.engine.messages import places_of_frames
from tests.patience import AT_ONCE
from tests.web.running_server import Client, Server, running, wait_until

Connect = Callable[..., Client]


def frame_numbers(frame: bytes) -> tuple[int, int]:
    number, layout = struct.unpack_from("<II", frame, 4)
    return number, layout


class Losses:
    """A page's own copy of the losses."""

    def __init__(self) -> None:
        self.run = 0
        self.values = array("d")
        self.bytes = 0

    def take(self, message: dict[str, Any]) -> None:
        if message["run"] != self.run:
            self.run, self.values = message["run"], array("d")
        assert message["from"] <= len(self.values), "a gap"
        self.bytes += len(message["values"])
        del self.values[message["from"] :]
        self.values.frombytes(message["values"])

    def take_from(self, client: Client, count: int) -> None:
        while len(self.values) < count:
            self.take(client.next("losses"))


def command(client: Client, verb: str) -> None:
    assert client.call("command", {"verb": verb}) == {"ok": True}


def state(client: Client, name: str) -> dict[str, Any]:
    status: dict[str, Any] = client.until("status", lambda status: status["state"] == name)
    return status


def test_the_first_page_that_joins_has_the_graph_evaluated(server: Server, connect: Connect) -> None:
    client = connect(server, server.make("mine"))

    assert client.joined["file"] is None
    assert client.joined["status"]["state"] == "starting"
    assert client.joined["losses"] == {"run": 0, "from": 0, "values": b""}
    assert client.next("layout")["leaves"] == ["mine"]
    assert state(client, "idle")["torch"] == "none"


def test_a_page_that_joins_later_gets_what_is_newest(server: Server, connect: Connect) -> None:
    graph = server.make("mine")
    first = connect(server, graph)
    first.call("watch", {"rate": 30})
    first.next("frame")
    command(first, "step")
    first.next("losses")
    state(first, "paused")

    joined = connect(server, graph).joined

    assert joined["status"]["state"] == "paused"
    assert joined["layout"]["leaves"] == ["mine"]
    assert frame_numbers(joined["frame"])[1] == joined["layout"]["layout"]
    assert joined["losses"] == {"run": 0, "from": 0, "values": struct.pack("<d", 0)}


def test_all_losses_arrive_each_once_at_every_page(server: Server, connect: Connect) -> None:
    graph = server.make()
    clients = [connect(server, graph) for _ in range(3)]
    losses = [Losses() for _ in clients]

    command(clients[0], "train")
    for client, taken in zip(clients, losses, strict=True):
        taken.take_from(client, 5000)
    command(clients[0], "pause")

    for taken in losses:
        assert taken.values[:5000] == array("d", map(float, range(5000)))
        assert taken.bytes == 8 * len(taken.values)


def test_a_page_that_reconnects_gets_only_the_losses_it_misses(server: Server, connect: Connect) -> None:
    graph = server.make()
    before, losses = connect(server, graph), Losses()
    command(before, "train")
    losses.take_from(before, 1000)
    before.close()
    have = {"run": losses.run, "losses": len(losses.values)}

    after = connect(server)
    joined = after.join(graph, have=have)
    losses.take(joined["losses"])
    losses.take_from(after, have["losses"] + 1000)
    command(after, "pause")

    assert joined["losses"]["from"] == have["losses"]
    assert losses.values == array("d", map(float, range(len(losses.values))))


def test_losses_beyond_one_message_follow_in_pieces(server: Server, connect: Connect) -> None:
    graph = server.make()
    first = connect(server, graph)
    command(first, "train")
    count = 70_000
    first.until("losses", lambda losses: losses["from"] > count)
    command(first, "pause")

    second, losses = connect(server, graph), Losses()
    losses.take(second.joined["losses"])
    losses.take_from(second, count)

    assert len(second.joined["losses"]["values"]) < 8 * count
    assert losses.values[:count] == array("d", map(float, range(count)))


def test_metrics_arrive_with_their_names(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())

    command(client, "step")

    metrics = client.next("metrics")
    assert metrics == {"run": 0, "from": 0, "names": ["accuracy"], "values": struct.pack("<d", 0)}


def test_rows_of_validation_arrive_each_once_and_all_of_them_at_a_page_that_joins(
    server: Server, connect: Connect
) -> None:
    graph = server.make()
    first = connect(server, graph)
    command(first, "step")
    command(first, "step")
    rows = [first.next("validation") for _ in range(2)]

    joined = connect(server, graph).next("validation")

    assert [row["from"] for row in rows] == [0, 1]
    assert [row["values"] for row in rows] == [struct.pack("<2d", 1, 1), struct.pack("<2d", 2, 0.5)]
    assert joined == {
        "run": 0,
        "from": 0,
        "names": ["step", "loss"],
        "values": struct.pack("<4d", 1, 1, 2, 0.5),
    }


def test_reset_begins_a_new_run_of_losses(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    command(client, "step")
    client.until("losses", lambda losses: losses["values"])

    command(client, "reset")
    command(client, "step")

    empty, first = client.next("losses"), client.next("losses")
    assert (empty["run"], empty["from"], empty["values"]) == (1, 0, b"")
    assert (first["run"], first["from"], first["values"]) == (1, 0, struct.pack("<d", 0))


def test_a_hidden_page_gets_no_frames_but_all_losses(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    client.call("watch", {"rate": 0})

    command(client, "train")
    Losses().take_from(client, 3000)
    command(client, "pause")

    assert all(name != "frame" for name, _ in client.events.queue)


def test_a_page_that_does_not_draw_is_sent_no_more_than_a_few_frames(
    server: Server, connect: Connect
) -> None:
    client = connect(server, server.make())
    client.call("watch", {"rate": 60})
    frames: list[bytes] = []
    client.socket.on("frame", frames.append)

    command(client, "train")
    Losses().take_from(client, 10_000)
    sent = len(frames)
    client.call("received", {"frame": frame_numbers(frames[-1])[0]})
    wait_until(lambda: len(frames) > sent)
    command(client, "pause")

    assert sent <= 3


def test_the_frames_of_a_beginning_go_to_those_who_watch_before_the_frame_that_follows(
    server: Server, connect: Connect
) -> None:
    graph = server.make()
    client, hidden = connect(server, graph), connect(server, graph)
    client.call("watch", {"rate": 30})
    shown = client.next("frame")
    hidden.call("watch", {"rate": 0})

    command(client, "forward")

    batch = client.next("frames")
    after = client.next("frame")
    frames = [batch[start:end] for start, end in places_of_frames(batch)]
    first, layout = frame_numbers(shown)
    assert [frame_numbers(frame) for frame in frames] == [(first + n, layout) for n in (1, 2, 3)]
    assert frame_numbers(after) == (first + 4, layout)
    late = connect(server, graph)
    assert late.joined["frame"] == after
    for page in (late, hidden):
        assert page.call("query", {"what": "code"})["ok"]
        assert all(name != "frames" for name, _ in page.events.queue)


def test_a_page_gets_frames_at_its_own_rate_and_the_last_one_always(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    frames: list[tuple[float, int]] = []

    def draw(frame: bytes) -> None:
        frames.append((time.monotonic(), frame_numbers(frame)[0]))
        client.socket.emit("received", {"frame": frame_numbers(frame)[0]})

    client.socket.on("frame", draw)
    client.call("watch", {"rate": 5})
    command(client, "train")
    time.sleep(2)
    command(client, "pause")
    state(client, "paused")
    time.sleep(0.5)

    numbers = [number for _, number in frames]
    assert 2 <= len(frames) <= 5 * (frames[-1][0] - frames[0][0]) + 4
    assert numbers == sorted(set(numbers))
    newest = frame_numbers(connect(server, client.graph).joined["frame"])[0]
    assert numbers[-1] == newest


def test_a_question_goes_to_the_worker_and_comes_back(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())

    question = {"what": "tensor", "ref": "w", "part": "gradient"}
    assert client.call("query", question) == {"ok": True, "result": question}

    refused = client.call("query", {"what": "edge", "edge": "nowhere"})
    assert refused["error"] == {
        "code": "unknown-edge",
        "message": "There is no such edge.",
        "help": "Look.",
    }


def test_stop_is_not_kept_waiting_by_a_question(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    answers: list[Any] = []
    client.socket.emit("query", {"what": "ledger", "ref": "w"}, callback=answers.append)

    began = time.monotonic()
    command(client, "stop")

    assert time.monotonic() - began < AT_ONCE
    assert not answers


def test_stop_of_a_worker_that_does_not_hear_is_done_at_once(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    command(client, "train")
    client.until("losses", lambda losses: losses["from"] > 500)
    command(client, "backward")
    assert client.call("query", {"what": "code"})["ok"]

    began = time.monotonic()
    command(client, "stop")
    state(client, "paused")

    assert time.monotonic() - began < AT_ONCE
    assert client.next("notice")["code"] == "worker-stopped"
    assert state(client, "paused")["step"] > 0
    command(client, "step")
    assert state(client, "paused")["step"] > 500


def test_a_killed_worker_is_told_at_once_and_goes_on_from_its_copy(server: Server, connect: Connect) -> None:
    graph = server.make("kept")
    client, losses = connect(server, graph), Losses()
    command(client, "train")
    losses.take_from(client, 2000)
    pid = worker_of(server)

    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    lost = state(client, "lost")

    assert time.monotonic() - began < AT_ONCE
    assert lost["problem"]["code"] == "worker-died"
    assert "SIGKILL" in client.next("notice")["message"]
    restored = state(client, "paused")
    assert restored["step"] >= 1000
    command(client, "train")
    losses.take_from(client, restored["step"] + 2000)
    command(client, "pause")
    assert losses.values == array("d", map(float, range(len(losses.values))))
    assert server.json(f"/api/graphs/{graph}/file")["title"] == "kept"


def worker_of(server: Server) -> int:
    """Find the youngest process under the server's template."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    templates = [pid for pid, parent in children.items() if parent == server.process.pid]
    return max(pid for pid, parent in children.items() if parent in templates)


def test_a_graph_that_is_laid_out_alike_is_told_by_its_number_alone(server: Server, connect: Connect) -> None:
    graph = server.make("mine")
    client = connect(server, graph)
    client.call("watch", {"rate": 60})
    layout = client.next("layout")
    client.next("frame")

    edit = client.set("seed", "7")["edit"]

    alike = client.next("alike")
    assert alike == {"layout": layout["layout"] + 1, "edit": edit}
    assert frame_numbers(client.next("frame"))[1] == alike["layout"]
    joined = connect(server, graph).joined
    assert joined["layout"] == layout | alike
    assert frame_numbers(joined["frame"])[1] == alike["layout"]


def test_frames_and_layouts_count_on_over_a_change_of_workers(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    client.call("watch", {"rate": 60})
    first_layout = client.next("layout")
    first_frame = frame_numbers(client.next("frame"))
    command(client, "step")
    state(client, "paused")

    os.kill(worker_of(server), signal.SIGKILL)

    layout = client.next("layout")
    frame = frame_numbers(client.next("frame"))
    assert layout["layout"] > first_layout["layout"]
    assert frame[0] > first_frame[0]
    assert frame[1] == layout["layout"]


def test_a_graph_whose_evaluation_ends_its_process_stays_editable(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    state(client, "idle")

    client.set("title", '"fault"')
    lost = state(client, "lost")
    state(client, "idle")
    edit = client.set("title", '"mended"')["edit"]

    assert "SIGFPE" in lost["problem"]["message"]
    assert client.until("layout", lambda layout: layout["edit"] == edit)["leaves"] == ["mended"]


def test_a_worker_nobody_watches_is_released_and_its_state_comes_back(tmp_path: Path) -> None:
    with running(tmp_path, unseen_seconds=0.1) as server:
        graph = server.make()
        client = Client(server, graph)
        command(client, "step")
        state(client, "paused")
        pid = worker_of(server)
        client.close()
        wait_until(lambda: not Path(f"/proc/{pid}").exists())

        returned = Client(server, graph)
        status = state(returned, "paused")
        returned.close()

    assert returned.joined["losses"]["values"] == struct.pack("<d", 0)
    assert status["step"] == 1


@pytest.mark.parametrize("verbs", [(), ("train",), ("backward",)])
def test_an_evaluation_that_nobody_looks_at_any_more_is_ended(tmp_path: Path, verbs: tuple[str, ...]) -> None:
    with running(tmp_path, left_seconds=0.2) as server:
        client = Client(server, server.make())
        client.next("layout")
        for verb in verbs:
            command(client, verb)
        if "train" in verbs:
            state(client, "running")
        client.set("title", '"endless"')
        client.until("layout", lambda layout: layout["leaves"] == ["endless"])
        pid = worker_of(server)

        client.close()

        wait_until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_run_that_nobody_looks_at_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, left_seconds=0.1, unseen_seconds=0.1) as server:
        graph = server.make()
        client = Client(server, graph)
        command(client, "train")
        state(client, "running")
        pid = worker_of(server)
        client.close()
        time.sleep(0.6)

        returned = Client(server, graph)

        assert returned.joined["status"]["state"] == "running"
        assert worker_of(server) == pid
        returned.close()


def test_nothing_is_missed_between_the_answer_to_join_and_what_comes_after(
    server: Server, connect: Connect
) -> None:
    graph = server.make()
    writer, writing = connect(server, graph), threading.Event()

    def write() -> None:
        for number in range(100):
            writer.set("title", f'"{number}"')
        writing.set()

    thread = threading.Thread(target=write)
    thread.start()
    pages: list[Client] = []
    while not writing.is_set() and len(pages) < 20:
        pages.append(connect(server, graph))
    thread.join()

    for page in pages:
        while page.get("title") != '"99"':
            page.doc.apply_update(page.next("edit"))
