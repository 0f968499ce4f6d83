"""The engine that starts workers on this machine, and the seam behind which another could stand.

It starts and ends processes, and watches their lives, silence and memory; what a message means, and whether a
worker is replaced, is not its business.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe

from gradcanvas.engine.limits import Ended, Limits, died, hung, outgrown, resident_bytes
from gradcanvas.engine.messages import WorkerSettings
from gradcanvas.engine.template import receive_message, send_message

WORKER = "gradcanvas.engine.worker:worker_main"
PRELOAD = "gradcanvas.engine.preload:preload"
WATCH_SECONDS = 0.2
FAREWELL_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Worker(ABC):
    """One process that computes for one session."""

    @abstractmethod
    def send(self, message: bytes) -> None:
        """Send one message; what a worker that ended is sent, is lost."""

    @abstractmethod
    def kill(self, reason: Ended) -> None:
        """End it at once; `ended` is then called with this reason."""


@dataclass(frozen=True)
class Assignment:
    """What one worker is started for.

    Attributes:
        settings: What the worker is told.
        limits: What it may take.
        receive: Called with every message it sends, in order, in a thread of the worker's own.
        ended: Called once, after the last message, in the same thread.
    """

    settings: WorkerSettings
    limits: Limits
    receive: Callable[[bytes], None]
    ended: Callable[[Ended], None]


class Engine(ABC):
    """Starts workers."""

    @abstractmethod
    def warm_up(self) -> None:
        """Prepare in the background, so that the first worker starts fast."""

    @abstractmethod
    def start(self, assignment: Assignment) -> Worker:
        """Start a worker and return at once."""

    @abstractmethod
    def close(self) -> None:
        """End all workers."""


class LocalWorker(Worker):
    """The parent's side of one forked worker."""

    def __init__(self, connection: Connection, assignment: Assignment, kill: Callable[[], None]) -> None:
        self.connection = connection
        self.limits = assignment.limits
        self.pid = 0
        self.heard_at = 0.0
        self.began = False
        self._receive, self._ended = assignment.receive, assignment.ended
        self._kill = kill
        self._reason: Ended | None = None
        self._status: int | None = None
        self._reaped = threading.Event()
        self._sending = threading.Lock()
        threading.Thread(target=self._read, name="gradcanvas-worker-reader", daemon=True).start()

    def send(self, message: bytes) -> None:
        """Send one message; what a worker that ended is sent, is lost."""
        with self._sending:
            try:
                self.connection.send_bytes(message)
            except OSError:
                return

    def kill(self, reason: Ended) -> None:
        """End it at once."""
        self._reason = self._reason or reason
        self._kill()

    def forked(self, pid: int) -> None:
        """Take note of the process id."""
        self.pid, self.heard_at = pid, time.monotonic()

    def reaped(self, status: int) -> None:
        """Take note of how the process ended."""
        self._status, self.pid = status, 0
        self._reaped.set()

    def watch(self, now: float) -> None:
        """Kill it if it is silent for too long or has outgrown its memory."""
        if not self.pid or self._reason:
            return
        patience = self.limits.silence_seconds if self.began else self.limits.start_seconds
        used = resident_bytes(self.pid)
        if now - self.heard_at > patience:
            self.kill(hung(patience))
        elif used > self.limits.memory_bytes:
            self.kill(outgrown(used, self.limits.memory_bytes))

    def _deliver(self, message: bytes) -> None:
        try:
            self._receive(message)
        except Exception:
            _log.exception("A message of a worker could not be handled")

    def _read(self) -> None:
        try:
            while True:
                message = self.connection.recv_bytes()
                self.heard_at, self.began = time.monotonic(), True
                self._deliver(message)
        except (EOFError, OSError):
            if not self._reaped.wait(timeout=FAREWELL_SECONDS):
                self._kill()
        if not self._reaped.wait(timeout=5.0):
            self._status = self._status if self._status is not None else -9
        with self._sending:
            self.connection.close()
        self._ended(self._reason or died(self._status if self._status is not None else -9))


class LocalEngine(Engine):
    """Forks workers from one template process, which is started when it is first needed."""

    def __init__(self, target: str = WORKER, preload: str = PRELOAD) -> None:
        """Name what runs.

        Args:
            target: "module:function" that is called in each worker with (connection, settings).
            preload: "module:function" that is called in the template before the first fork; may be empty.
        """
        self._target = target
        self._preload = preload
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._template: subprocess.Popen[bytes] | None = None
        self._workers: dict[int, LocalWorker] = {}
        self._last_id = 0
        self._closed = threading.Event()
        self.is_warm = threading.Event()

    def warm_up(self) -> None:
        """Start the template process, which takes seconds to import the tensor library."""
        with self._lock:
            self._ensure_template()

    def start(self, assignment: Assignment) -> LocalWorker:
        """Fork a worker; if the template is still importing, as soon as it has."""
        ours, theirs = Pipe(duplex=True)
        with self._lock, theirs:
            control = self._ensure_template()
            self._last_id += 1
            identifier = self._last_id
            worker = LocalWorker(ours, assignment, lambda: self._kill(identifier))
            self._workers[identifier] = worker
            request = {"spawn": identifier, "target": self._target, "settings": assignment.settings}
            try:
                send_message(control, request, [theirs.fileno()])
            except OSError:
                worker.reaped(-9)
        return worker

    def close(self) -> None:
        """End the template, and all workers with it."""
        self._closed.set()
        with self._lock:
            control, template = self._control, self._template
            self._control = self._template = None
        if control is not None and template is not None:
            control.shutdown(socket.SHUT_RDWR)
            try:
                template.wait(timeout=2.0)
            except subprocess.TimeoutExpired:
                template.kill()
                template.wait()

    def _kill(self, identifier: int) -> None:
        with self._lock:
            if self._control is not None and identifier in self._workers:
                try:
                    send_message(self._control, {"kill": identifier})
                except OSError:
                    return

    def _ensure_template(self) -> socket.socket:
        """Start the template if there is none; the lock is held."""
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            self._template = subprocess.Popen(
                [sys.executable, "-m", "gradcanvas.engine.template", str(descriptor), self._preload],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        self._control = ours
        self.is_warm.clear()
        threading.Thread(
            target=self._listen, args=(ours, self._template), name="gradcanvas-template", daemon=True
        ).start()
        if self._last_id == 0:
            threading.Thread(target=self._watch, name="gradcanvas-watch", daemon=True).start()
            self._last_id = 1
        return ours

    def _listen(self, control: socket.socket, template: subprocess.Popen[bytes]) -> None:
        while True:
            try:
                report, _ = receive_message(control)
            except OSError:
                report = None
            if report is None:
                break
            self._note(report)
        self._template_ended(control, template)

    def _note(self, report: dict[str, int]) -> None:
        if "ready" in report:
            self.is_warm.set()
        elif "started" in report:
            with self._lock:
                worker = self._workers.get(report["started"])
            if worker is not None:
                worker.forked(report["pid"])
        else:
            with self._lock:
                worker = self._workers.pop(report["ended"], None)
            if worker is not None:
                worker.reaped(report["status"])

    def _template_ended(self, control: socket.socket, template: subprocess.Popen[bytes]) -> None:
        """Count all workers as gone; the next start makes a new template."""
        with self._lock:
            workers, self._workers = list(self._workers.values()), {}
            if self._control is control:
                self._control = self._template = None
        for worker in workers:
            worker.reaped(-9)
        control.close()
        template.wait()

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            with self._lock:
                workers = list(self._workers.values())
            now = time.monotonic()
            for worker in workers:
                worker.watch(now)
