import json
import socket
import struct
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import websocket
from socketio.exceptions import ConnectionError as RefusedError

from tests.web.running_server import Client, Server, running, wait_until

Connect = Callable[..., Client]
MEGABYTE = 1 << 20


class RawPage:
    """A page that speaks the protocols by hand, so that it can misbehave: it reads only when asked to."""

    def __init__(self, server: Server, graph: str | None = None) -> None:
        host = server.base.removeprefix("http://")
        options = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)
        self.socket = websocket.create_connection(
            f"ws://{host}/socket.io/?transport=websocket&EIO=4", timeout=10, sockopt=options
        )
        assert str(self.socket.recv()).startswith("0")
        self.socket.send("40")
        assert str(self.socket.recv()).startswith("40")
        if graph is not None:
            self.socket.send(f'42["join",{{"graph":"{graph}"}}]')

    def close(self) -> None:
        """Go without a word."""
        self.socket.shutdown()  # type: ignore[no-untyped-call]

    def is_gone(self) -> bool:
        """Whether the server has ended the connection."""
        try:
            self.socket.send("3")
        except (OSError, websocket.WebSocketException):
            return True
        return False


@pytest.mark.parametrize(
    ("event", "data", "place"),
    [
        ("join", None, "argument"),
        ("join", {"graph": 3}, "graph"),
        ("join", {"graph": "../x"}, "graph"),
        ("join", {"graph": "abc", "have": {"losses": -1}}, "have.losses"),
        ("join", {"graph": "abc", "more": 1}, "more"),
        ("edit", {"text": "x"}, "bytes"),
        ("edit", None, "argument"),
        ("command", {"verb": "explode"}, "verb"),
        ("command", {}, "verb"),
        ("watch", {"rate": -1}, "rate"),
        ("watch", {"rate": 61}, "rate"),
        ("watch", {"rate": "fast"}, "rate"),
        ("received", {"frame": 1.5}, "frame"),
        ("query", {"what": "secret"}, "what"),
        ("query", {"what": "tensor", "ref": "w"}, "part"),
        ("query", [], "the whole"),
        ("no such event", {}, "no such event"),
    ],
)
def test_a_malformed_message_is_refused_with_its_place(
    server: Server, connect: Connect, event: str, data: Any, place: str
) -> None:
    client = connect(server, server.make())

    answer = client.call(event, data)

    assert not answer["ok"]
    assert answer["error"]["code"] == "malformed"
    assert place in answer["error"]["message"]
    assert answer["error"]["help"]
    assert client.call("watch", {"rate": 1}) == {"ok": True}


def test_a_message_without_a_graph_is_refused(server: Server, connect: Connect) -> None:
    client = connect(server)

    for event, data in (("command", {"verb": "train"}), ("edit", b"\x00\x00"), ("watch", {"rate": 1})):
        assert client.call(event, data)["error"]["code"] == "not-joined"


def test_an_unknown_graph_cannot_be_joined(server: Server, connect: Connect) -> None:
    client = connect(server)

    assert client.call("join", {"graph": "nowhere"})["error"]["code"] == "unknown-graph"


def test_what_is_no_state_vector_is_refused(server: Server, connect: Connect) -> None:
    client = connect(server)

    answer = client.call("join", {"graph": server.make(), "vector": b"\xff\xff"})

    assert "vector" in answer["error"]["message"]


@pytest.mark.parametrize(
    "packet",
    [
        "4",
        "9",
        "42",
        "42[]",
        "42{}",
        '42["join"',
        "42[1]",
        '420["join",' + "[" * 100_000,
        '45999999999-0["edit",{"_placeholder":true,"num":0}]',
        '451-0["edit",{"_placeholder":true,"num":7}]',
        "44{}",
        "4999999999",
        b"\x00\x01",
        "40/other,",
        '42/other,["join"]',
        "",
    ],
)
def test_garbage_on_the_socket_harms_nobody_else(
    server: Server, connect: Connect, packet: str | bytes
) -> None:
    client = connect(server, server.make())

    with closing(RawPage(server)) as page, suppress(OSError, websocket.WebSocketException):
        page.socket.send(packet) if isinstance(packet, str) else page.socket.send_binary(packet)
        page.socket.send_binary(b"x")

    assert client.call("watch", {"rate": 1}) == {"ok": True}
    assert client.set("title", '"fine"')["ok"]


def test_a_message_beyond_the_bound_ends_the_connection_before_it_is_in_memory(tmp_path: Path) -> None:
    with running(tmp_path, message_bytes=MEGABYTE) as server:
        page, before = RawPage(server), psutil.Process(server.process.pid).memory_info().rss
        wire = page.socket.sock
        assert wire is not None
        sent = 0
        wire.sendall(b"\x82\xff" + struct.pack(">Q", 1 << 30) + b"\x00" * 4)
        with suppress(OSError):
            while sent < 1 << 29:
                sent += wire.send(bytes(MEGABYTE))
        after = psutil.Process(server.process.pid).memory_info().rss
        alive = server.request("/api/health")[0]
        page.close()

    assert sent < 64 * MEGABYTE
    assert after - before < 32 * MEGABYTE
    assert alive == 200


def test_a_page_that_stops_reading_is_disconnected_and_costs_no_memory(tmp_path: Path) -> None:
    with running(tmp_path, outgoing_bytes=2 * MEGABYTE) as server:
        graph = server.make()
        writer, page = Client(server, graph), RawPage(server, graph)
        process = psutil.Process(server.process.pid)
        before = process.memory_info().rss
        text = "x" * 500_000
        for number in range(60):
            assert writer.set("notes", json.dumps(f"{number}{text}"))["ok"]
        wait_until(page.is_gone)
        page.close()
        after = process.memory_info().rss
        seen = writer.set("title", '"still here"')
        writer.close()

    assert after - before < 64 * MEGABYTE
    assert seen["ok"]


def test_a_client_that_floods_is_held_back(server: Server, connect: Connect) -> None:
    process = psutil.Process(server.process.pid)
    page = RawPage(server, server.make())
    before = process.memory_info().rss
    page.socket.settimeout(3)
    packet = '42["no such event","' + "x" * 100_000 + '"]'
    with suppress(OSError, websocket.WebSocketException):
        for _ in range(1000):
            page.socket.send(packet)

    grown = process.memory_info().rss - before
    page.close()

    assert grown < 150 * MEGABYTE
    assert connect(server, server.make()).call("watch", {"rate": 1}) == {"ok": True}


def test_a_body_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, http_bytes=10_000) as server:
        status, _, body = server.request("/api/graphs", {"file": "x" * 20_000})

    assert status == 413
    assert json.loads(body)["error"]["help"]


def test_one_page_too_many_gets_a_clear_503_and_may_come_when_one_leaves(tmp_path: Path) -> None:
    with running(tmp_path, viewers=2) as server:
        clients = [Client(server), Client(server)]
        status, _, body = server.request("/socket.io/?transport=websocket&EIO=4", Upgrade="websocket")
        with pytest.raises(RefusedError):
            Client(server)
        clients[0].close()
        wait_until(lambda: _can_connect(server))
        clients[1].close()

    assert status == 503
    assert json.loads(body)["error"]["code"] == "too-many-viewers"


def _can_connect(server: Server) -> bool:
    try:
        Client(server).close()
    except RefusedError:
        return False
    return True


def test_a_graph_too_many_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, graphs=2) as server:
        made = [server.request("/api/graphs", {})[0] for _ in range(3)]

    assert made == [201, 201, 503]


def test_when_all_processes_are_taken_an_unwatched_one_makes_room(tmp_path: Path) -> None:
    with running(tmp_path, sessions=2) as server:
        graphs = [server.make() for _ in range(4)]
        clients = [Client(server, graph) for graph in graphs[:2]]
        for client in clients:
            client.next("layout")
        third = Client(server)
        refused = third.call("join", {"graph": graphs[2]})
        clients[0].close()
        wait_until(lambda: third.call("join", {"graph": graphs[2]})["ok"])
        for client in (*clients[1:], third):
            client.close()

    assert refused["error"]["code"] == "too-many-sessions"
