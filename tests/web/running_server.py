"""A real server in a process of its own, and real Socket.IO clients, for the tests of web and faults."""

import json
import os
import queue
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import socketio
from pycrdt import Doc, Map

PATIENCE = 30.0
SMALL = {
    "worker": "tests.web.small_worker:small_worker",
    "preload": "",
    "limits": {"silence_seconds": 300.0},
}


def wait_until(condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait for a state."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


class Server:
    """A server that runs."""

    def __init__(self, data: Path, **settings: Any) -> None:
        told = SMALL | {"data": str(data)} | settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.serving", json.dumps(told)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self.process.stdout is not None
        self.said = ""
        self.address = ""
        while not self.address:
            line = self.process.stdout.readline()
            self.said += line
            if not line:
                break
            if " is at " in line:
                self.address = line.split(" is at ")[1].strip()
        self.base = self.address.split("?")[0].rstrip("/")

    def request(
        self, path: str, body: Any = None, *, method: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask for something; a refusal is an answer as well."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            headers = {"Content-Type": "application/json"} | headers
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        opener = urllib.request.build_opener(_NoRedirect())
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def json(self, path: str, body: Any = None) -> Any:
        """Ask for JSON."""
        return json.loads(self.request(path, body)[2])

    def make(self, title: str = "t") -> str:
        """Make a graph with a title."""
        text = json.dumps({"gradcanvas": 1, "title": title})
        return str(self.json("/api/graphs", {"file": text})["id"])

    def kill(self) -> None:
        """Kill it as kill -9 does."""
        self.process.kill()
        self._end()

    def stop(self) -> int:
        """End it gracefully and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        status = self.process.wait(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@contextmanager
def running(data: Path, **settings: Any) -> Iterator[Server]:
    """Run a server; it is ended with the block."""
    server = Server(data, **settings)
    try:
        assert server.address, "it did not start"
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


class _Socket(socketio.Client):  # type: ignore[misc]
    """A Socket.IO client that hears in order, and nothing more once it goes: the library trips over both."""

    is_going = False

    def __init__(self) -> None:
        super().__init__(reconnection=False)
        trigger = self.eio._trigger_event

        def trigger_in_order(event: str, *given: Any, **options: Any) -> Any:
            return trigger(event, *given, **options | {"run_async": False})

        self.eio._trigger_event = trigger_in_order

    def _handle_eio_message(self, data: Any) -> None:
        if not self.is_going:
            super()._handle_eio_message(data)


EVENTS = ("edit", "layout", "alike", "frame", "frames", "losses", "metrics", "validation", "status", "notice")


class Client:
    """A page without a page: a Socket.IO client that keeps what it was sent, and a Yjs document."""

    def __init__(self, server: Server, graph: str | None = None, **headers: str) -> None:
        self.events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.losses: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.doc: Doc[Any] = Doc()
        self.graph = graph
        self.socket = _Socket()
        for name in EVENTS:
            kept = self.losses if name == "losses" else self.events
            self.socket.on(name, lambda data, name=name, kept=kept: kept.put((name, data)))
        self.socket.connect(server.base, transports=["websocket"], headers=headers, wait_timeout=PATIENCE)
        self._leave = weakref.finalize(self, self.socket.eio.ws.shutdown)
        if graph is not None:
            self.joined = self.join(graph)

    def call(self, event: str, data: Any, seconds: float = PATIENCE) -> Any:
        """Send a request and return its answer."""
        return self.socket.call(event, data, timeout=seconds)

    def join(self, graph: str, **more: Any) -> dict[str, Any]:
        """Enter a graph and take its document."""
        answer: dict[str, Any] = self.call("join", {"graph": graph, "vector": self.doc.get_state(), **more})
        assert answer["ok"], answer
        self.doc.apply_update(answer["update"])
        return answer

    def set(self, key: str, literal: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Edit the graph's own literals."""
        before = self.doc.get_state()
        self.doc.get("graph", type=Map)[key] = literal
        answer: dict[str, Any] = self.call("edit", self.doc.get_update(before), seconds)
        return answer

    def get(self, key: str) -> Any:
        """Return one of the graph's own literals."""
        return self.doc.get("graph", type=Map).get(key)

    def next(self, name: str, seconds: float = PATIENCE) -> Any:
        """Wait for the next event of this name; others are passed over, but for losses, which all count."""
        deadline = time.monotonic() + seconds
        events = self.losses if name == "losses" else self.events
        while True:
            came, data = events.get(timeout=max(0.01, deadline - time.monotonic()))
            if came == name:
                return data

    def until(self, name: str, condition: Callable[[Any], bool], seconds: float = PATIENCE) -> Any:
        """Wait for an event that fulfils a condition."""
        deadline = time.monotonic() + seconds
        while not condition(data := self.next(name, deadline - time.monotonic())):
            pass
        return data

    def close(self) -> None:
        """Go; where the server went first, the library leaves the connection open."""
        self.socket.is_going = True
        self.socket.disconnect()
        self._leave()
