"""One graph that is open: its Yjs document, its worker, and those who watch. Knows no sockets and no routes.

An edit is tried on a copy, made durable, applied, answered and passed to the other pages. The worker is given
it from the copy, and computes while it is written. The document never waits for a run.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pycrdt import Doc

from gradcanvas.document.yjs import DocumentError, NodeTexts, admit_update, forget_copy
from gradcanvas.engine.keeper import Keeper
from gradcanvas.engine.limits import Ended, Limits
from gradcanvas.engine.local import Engine
from gradcanvas.engine.messages import WorkerSettings
from gradcanvas.web.broadcast import Broadcast
from gradcanvas.web.errors import Refused
from gradcanvas.web.graph_text import new_doc, text_of
from gradcanvas.web.messages import Have
from gradcanvas.web.outgoing import Outgoing
from gradcanvas.web.store import Store

UPDATES_BEFORE_SNAPSHOT = 400
_NOTHING = b"\x00\x00"


class Session:
    """One open graph."""

    def __init__(
        self,
        graph: str,
        store: Store,
        outgoing: Outgoing,
        engine: Engine,
        worker_settings: WorkerSettings,
        limits: Limits,
        graph_bytes: int,
        is_behind: Callable[[], None],
        folder: Path,
    ) -> None:
        row = store.find(graph)
        updates = store.load(graph)
        self.graph = graph
        self._store, self._graph_bytes = store, graph_bytes
        self._editing, self._reading = threading.RLock(), threading.Lock()
        self._doc, self._texts = new_doc(updates), NodeTexts()
        self._ahead: Doc[Any] | None = None
        self._size = sum(map(len, updates))
        self._updates_since_snapshot = len(updates) - 1
        self._is_edited = False
        self._edit = row.edits if row else 0
        self._title = row.title if row else ""
        self.active_at = time.monotonic()
        self.broadcast = Broadcast(outgoing, is_behind, folder)
        self._keeper = Keeper(engine, worker_settings, limits, self, self._newest_graph)

    @property
    def has_worker(self) -> bool:
        """Whether a process computes for it, or is ready to."""
        return self._keeper.has_worker

    @property
    def is_running(self) -> bool:
        """Whether a run is going on, which nobody has to watch."""
        is_told = self.broadcast.status["state"] == "running"
        return self.has_worker and is_told and not self._keeper.is_evaluating

    @property
    def is_evaluating(self) -> bool:
        """Whether an edit is being evaluated, which is of use only to whoever looks."""
        return self._keeper.is_evaluating

    def join(self, sid: str, vector: bytes, have: Have) -> dict[str, Any]:
        """Let a page in and return what it misses."""
        with self._editing:
            try:
                update, ours = self._doc.get_update(vector), self._doc.get_state()
            except Exception as error:
                raise Refused(
                    "malformed", f"`vector` is not a Yjs state vector: {error}.", "Reload the page."
                ) from None
            missed = self.broadcast.enter(sid, have)
        if not self.has_worker:
            self._keeper.load()
        self._touch()
        return {"update": update, "vector": ours, **missed}

    def leave(self, sid: str) -> None:
        """Let a page go; what it saw is kept as a revision when nobody is left."""
        self.broadcast.leave(sid)
        self._keeper.watch(self.broadcast.rate)
        self._touch()
        if not self.broadcast.viewers and self._is_edited:
            text, _ = self.text()
            with suppress(Refused):
                self._store.add_revision(self.graph, text)
                self._is_edited = False

    def edit(self, sid: str, update: bytes) -> int:
        """Take an edit of a page; it is durable when this returns.

        Returns:
            The number of the edit.

        Raises:
            Refused: It is no Yjs update, the graph would grow too large, or it could not be written.
        """
        with self._editing:
            if self._size + len(update) > self._graph_bytes:
                raise Refused(
                    "graph-too-large",
                    f"The graph with its history would pass {self._graph_bytes:,} bytes.",
                    "Save it to a file and open that file: its history is left behind.",
                    413,
                )
            if update == _NOTHING:
                return self._edit
            self._take(update)
            self.broadcast.send("edit", update, besides=sid)
            self._touch()
            return self._edit

    def command(self, verb: str) -> None:
        """Have the worker do something."""
        self._touch()
        if verb == "stop":
            self._keeper.stop()
        else:
            self._keeper.command(verb)

    def query(self, question: dict[str, Any]) -> Any:
        """Ask the worker; WorkerError if there is no answer."""
        self._touch()
        return self._keeper.query(question)

    def watch(self, sid: str, rate: float) -> None:
        """Take note of the pace a page wants."""
        self.broadcast.watch(sid, rate)
        self._keeper.watch(self.broadcast.rate)

    def text(self) -> tuple[str, str]:
        """Return the canonical graph file and its title."""
        with self._editing:
            return text_of(self._doc)

    def release(self) -> None:
        """Let the worker go; the next one takes over its state."""
        self._keeper.release()

    def close(self) -> None:
        """End the worker and forget its state."""
        self._keeper.close()

    def starting(self) -> None:
        """Tell the pages that a worker is being started."""
        self.broadcast.begin_worker()
        if self.broadcast.status["state"] in ("lost", "failed"):
            self.broadcast.put_status(state="starting")

    def told(self, message: dict[str, Any]) -> None:
        """Pass on what the worker tells."""
        match message.pop("type"):
            case "layout":
                self.broadcast.put_layout(message)
            case "alike":
                self.broadcast.put_alike(message)
            case "status":
                self.broadcast.put_status(**message)
            case "notice":
                self.broadcast.send("notice", message)
            case "ready":
                known = {key: message[key] for key in ("device", "torch") if key in message}
                self.broadcast.put_status(**known)

    def frame(self, frame: bytes) -> None:
        """Pass on a frame."""
        self.broadcast.put_frame(frame)

    def frames(self, batch: bytes) -> None:
        """Pass on frames of a run's beginning."""
        self.broadcast.put_frames(batch)

    def losses(self, run: int, first: int, values: bytes) -> None:
        """Keep losses and pass them on."""
        self.broadcast.put_losses(run, first, values)

    def metrics(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Keep metrics and pass them on."""
        self.broadcast.put_metrics(run, first, names, values)

    def validation(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Keep rows of validation and pass them on."""
        self.broadcast.put_validation(run, first, names, values)

    def lost(self, reason: Ended, is_replaced: bool) -> None:
        """Tell the pages why the worker ended."""
        if reason.code == "released":
            return
        if reason.code == "stopped":
            self.broadcast.put_status(state="paused")
            level = "info"
        else:
            problem = {"where": "", "code": f"worker-{reason.code}", "message": reason.message}
            problem["help"] = reason.help
            self.broadcast.put_status(state="lost" if is_replaced else "failed", problem=problem)
            level = "error"
        notice = {"code": f"worker-{reason.code}", "message": reason.message, "help": reason.help}
        self.broadcast.send("notice", {"level": level, **notice})

    def _touch(self) -> None:
        self.active_at = time.monotonic()

    def _take(self, update: bytes) -> None:
        """Make an edit durable, then have it in the document: what is in it has been written.

        The worker is given it meanwhile; if it cannot be written, the graph without it.
        """
        try:
            with self._reading:
                self._ahead = admit_update(self._doc, update)
        except DocumentError as error:
            raise Refused(error.code, error.message, error.help) from None
        self._keeper.load()
        try:
            number = self._store.append(self.graph, update)
        except Exception:
            with self._reading:
                self._ahead = None
                forget_copy(self._doc)
            self._keeper.load()
            raise
        with self._reading:
            self._ahead, self._edit = None, number
            self._doc.apply_update(update)
        self._is_edited = True
        self._size += len(update)
        self._updates_since_snapshot += 1
        if self._updates_since_snapshot >= UPDATES_BEFORE_SNAPSHOT:
            # The edit is durable whatever becomes of this, which is tried again with the next.
            with suppress(Refused):
                snapshot = self._doc.get_update()
                self._store.compact(self.graph, snapshot)
                self._updates_since_snapshot, self._size = 0, len(snapshot)

    def _newest_graph(self) -> tuple[str, int]:
        """Give the worker the newest graph."""
        with self._reading:
            doc, edit = (self._doc, self._edit) if self._ahead is None else (self._ahead, self._edit + 1)
            text, title = text_of(doc, self._texts)
        if title != self._title:
            with suppress(Refused):
                self._store.set_title(self.graph, title)
                self._title = title
        return text, edit
