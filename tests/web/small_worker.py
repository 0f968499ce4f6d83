"""A worker for the web tests: a real process at a real pipe that answers as docs/wire.md says, torch-free."""

import json
import os
import signal
import struct
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from gradcanvas.engine.messages import (
    VALIDATION,
    WorkerSettings,
    decode_json,
    encode_frames,
    encode_json,
    encode_losses,
    encode_metrics,
    read_copy,
    write_copy,
)

FRAME = struct.Struct("<4sIIIQdIIIII12x")


class SmallWorker:
    """Counts steps; its loss at a step is the step's number."""

    def __init__(self, connection: Connection, settings: WorkerSettings) -> None:
        self.connection, self.settings = connection, settings
        self.sending = threading.Lock()
        self.frames = self.layouts = self.step = self.run = self.rows = 0
        self.rate = 0.0
        self.title: str | None = None
        self.is_running = False
        self.is_deaf = False

    def serve(self) -> None:
        """Hear and answer until the pipe ends."""
        self.tell(type="ready", torch="none", device="cpu", pid=os.getpid())
        while True:
            try:
                message = decode_json(self.connection.recv_bytes())
            except EOFError:
                os._exit(0)
            getattr(self, f"on_{message.pop('type')}")(**message)

    def tell(self, **message: Any) -> None:
        self.send(encode_json(message))

    def send(self, data: bytes) -> None:
        with self.sending:
            self.connection.send_bytes(data)

    def tell_status(self, state: str, problem: dict[str, str] | None = None) -> None:
        self.tell(
            type="status",
            state=state,
            step=self.step,
            of=0,
            loss=float(self.step),
            device="cpu",
            torch="none",
            run=self.run,
            dirty=self.step > 0,
            problem=problem,
        )

    def tell_layout(self, title: str, edit: int) -> None:
        if title == self.title:
            self.tell(type="alike", layout=self.layouts, edit=edit)
            return
        self.title = title
        self.tell(
            type="layout",
            layout=self.layouts,
            edit=edit,
            problems=[],
            outputs=[],
            edges=[],
            leaves=[title],
            parameters=[],
            loss=None,
        )

    def send_frame(self) -> None:
        self.send(b"F" + self.make_frame())

    def make_frame(self) -> bytes:
        self.frames += 1
        loss = float(self.step)
        return FRAME.pack(b"GCF1", self.frames, self.layouts, 0, self.step, loss, 0, 0, 0, 0, self.run)

    def on_load(self, text: str, edit: int, evaluate: bool, tell: bool = True) -> None:
        self.layouts += 1
        title = json.loads(text).get("title", "")
        if evaluate:
            self.tell(type="evaluating", edit=edit)
        if title == "fault" and evaluate:
            os.kill(os.getpid(), signal.SIGFPE)
        self.tell_layout(title, edit)
        if title == "endless" and evaluate:
            return
        if not self.is_running:
            self.tell_status("idle")
        self.send_frame()
        if evaluate:
            self.tell(type="evaluated")

    def on_restore(self, evaluate: bool) -> None:
        state = json.loads(read_copy(self.settings.copy_path) or b"{}")
        self.step, self.run = state["step"], state["run"]
        self.tell_status("paused")

    def on_watch(self, rate: float) -> None:
        self.rate = rate

    def on_stop(self) -> None:
        if not self.is_deaf:
            self.is_running = False
            self.tell(type="stopped")

    def on_release(self) -> None:
        if self.is_deaf:
            return
        self.copy()
        os._exit(0)

    def on_query(self, id: int, what: str, **rest: Any) -> None:
        if what == "edge":
            error = {"code": "unknown-edge", "message": "There is no such edge.", "help": "Look."}
            self.tell(type="result", id=id, error=error)
        elif what == "export":
            self.tell(type="result", id=id, result=exported(**rest))
        elif what != "ledger":
            self.tell(type="result", id=id, result={"what": what, **rest})

    def on_command(self, verb: str) -> None:
        match verb:
            case "train":
                self.is_running = True
                threading.Thread(target=self.train, daemon=True).start()
            case "step":
                self.advance(1)
                self.tell_status("paused")
            case "reset":
                self.step, self.run, self.rows = 0, self.run + 1, 0
                self.tell_status("idle")
            case "pause":
                self.is_running = False
            case "forward":
                self.send(encode_frames([self.make_frame() for _ in range(3)]))
                self.send_frame()
            case "backward":
                self.is_deaf = True

    def train(self) -> None:
        """Count on, a hundred steps every ten milliseconds."""
        self.tell_status("running")
        while self.is_running:
            self.advance(100)
            self.copy()
            self.send_frame()
            time.sleep(0.01)
        self.tell_status("paused")

    def advance(self, steps: int) -> None:
        values = struct.pack(f"<{steps}d", *(float(self.step + one) for one in range(steps)))
        self.send(encode_losses(self.run, self.step, values))
        self.send(encode_metrics(self.run, self.step, ["accuracy"], values))
        self.step += steps
        row = struct.pack("<2d", self.step, 1 / self.step)
        self.send(encode_metrics(self.run, self.rows, ["step", "loss"], row, kind=VALIDATION))
        self.rows += 1

    def copy(self) -> None:
        write_copy(self.settings.copy_path, json.dumps({"step": self.step, "run": self.run}).encode())


def exported(to: str, autograd: bool) -> dict[str, Any]:
    """Say what an export is made of."""
    if to == "python":
        return {"text": "import torch\n"}
    return {"autograd": {"nodes": [], "links": []}} if autograd else {"outputs": {}}


def small_worker(connection: Connection, settings: WorkerSettings) -> None:
    """Be a worker."""
    SmallWorker(connection, settings).serve()
