"""The newest results of one session, brought to each page that watches at the page's own pace.

Layout, status and frame: the newest wins. Losses, metrics and validation: every number, once. The frames of
a run's beginning are passed on; of them, as of others, only the edges' norms are kept. What a message means
is the worker's and page's business.
"""

import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradcanvas.engine.messages import places_of_frames
from gradcanvas.web.messages import Have
from gradcanvas.web.norms import Norms
from gradcanvas.web.outgoing import Outgoing
from gradcanvas.web.series import Series
from gradcanvas.web.viewer import Viewer

SOFT_BYTES = 1 << 20
_FRAME_NUMBERS = struct.Struct("<II")
_FRAME_NUMBERS_AT = 4
_FRAME_HEADER_BYTES = 64
NO_STATUS: dict[str, Any] = {
    "state": "starting",
    "step": 0,
    "of": 0,
    "loss": None,
    "device": "",
    "torch": "",
    "run": 0,
    "dirty": False,
    "problem": None,
}


class Broadcast:
    """What is newest, and who has seen what of it."""

    def __init__(self, outgoing: Outgoing, is_behind: Callable[[], None], folder: Path | None = None) -> None:
        """Prepare for the first page.

        Args:
            outgoing: Brings the messages.
            is_behind: Called when somebody has to be helped by `catch_up`.
            folder: Where a file may lie that holds a long run's numbers.
        """
        self._outgoing, self._is_behind = outgoing, is_behind
        self._lock = threading.RLock()
        self._viewers: dict[str, Viewer] = {}
        self._layout: dict[str, Any] | None = None
        self._layouts_before = 0
        self._frame: bytes | None = None
        self._frame_number = self._numbers_given = 0
        self._series = {
            "losses": Series(folder=folder),
            "metrics": Series((), folder),
            "validation": Series((), folder),
        }
        self._norms = Norms()
        self._full_in_run = -1
        self.status = dict(NO_STATUS)

    @property
    def viewers(self) -> list[str]:
        """The sockets of those who watch."""
        with self._lock:
            return list(self._viewers)

    @property
    def rate(self) -> float:
        """The highest rate of frames that somebody wants."""
        with self._lock:
            return max((viewer.rate for viewer in self._viewers.values()), default=0.0)

    @property
    def has_layout(self) -> bool:
        """Whether anything was ever evaluated."""
        return self._layout is not None

    def enter(self, sid: str, have: Have) -> dict[str, Any]:
        """Let a page in and return what it misses; it is sent more after that was answered."""
        with self._lock:
            viewer = self._viewers[sid] = Viewer(sid)
            losses = self._series["losses"]
            viewer.has("losses", have.run, have.losses)
            first = viewer.missing("losses", losses)
            values = losses.since(first)
            viewer.has("losses", losses.run, first + len(values) // 8)
            viewer.frame = self._frame_number if self._frame is not None else 0
            self._outgoing.after_answer(lambda: self._open(viewer))
            return {
                "status": self.status,
                "layout": self._layout,
                "frame": self._frame,
                "history": self._norms.encode(),
                "losses": {"run": losses.run, "from": first, "values": values},
            }

    def leave(self, sid: str) -> None:
        """Let a page go."""
        with self._lock:
            self._viewers.pop(sid, None)

    def watch(self, sid: str, rate: float) -> None:
        """Take note of the pace a page wants; one that was hidden gets the course of what it did not see."""
        with self._lock:
            viewer = self._viewers.get(sid)
            if viewer is None:
                return
            if viewer.wants(rate):
                self.send("history", self._norms.encode(), only=sid)
            self._pump([viewer])

    def received(self, sid: str, frame: int) -> None:
        """Take note of what a page has drawn."""
        self._change(sid, lambda viewer: viewer.has_drawn(frame))

    def send(self, event: str, data: Any, besides: str | None = None, only: str | None = None) -> None:
        """Send something to all, at once; or to all but one, or to one."""
        with self._lock:
            viewers = [each for each in self._viewers.values() if each.sid != besides]
            viewers = [each for each in viewers if only in (None, each.sid)]
            for viewer in viewers:
                if not viewer.is_open:
                    viewer.waiting.append((event, data))
            sids = [viewer.sid for viewer in viewers if viewer.is_open]
            if sids:
                self._outgoing.send(sids, event, data)

    def put_status(self, **changes: Any) -> None:
        """Take a new status, or what changed of it."""
        with self._lock:
            status = {key: changes.get(key, value) for key, value in self.status.items()}
            if status == self.status:
                return
            has_ended = self.status["state"] == "running" != status["state"]
            self.status = status
            if has_ended:
                self.send("history", self._norms.encode())
            self.send("status", status)
            if self.status["run"] > self._series["losses"].run:
                self.put_losses(self.status["run"], 0, b"")

    def put_layout(self, layout: dict[str, Any]) -> None:
        """Take a new layout."""
        with self._lock:
            number = layout["layout"] + self._layouts_before
            self._layout = layout | {"layout": number}
            self._norms.relayout(number, [row["edge"] for row in layout["edges"]])
            self.send("layout", self._layout)

    def put_alike(self, alike: dict[str, Any]) -> None:
        """Take the number and the edit under which the newest layout goes on."""
        with self._lock:
            if self._layout is None:
                return
            alike = alike | {"layout": alike["layout"] + self._layouts_before}
            self._layout = self._layout | alike
            self._norms.relayout(alike["layout"], [row["edge"] for row in self._layout["edges"]])
            self.send("alike", alike)

    def put_frame(self, frame: bytes) -> None:
        """Take a new frame; its numbers go on where those of the worker before ended."""
        if len(frame) < _FRAME_HEADER_BYTES:
            return
        with self._lock:
            renumbered = bytearray(frame)
            self._frame_number = self._renumber(renumbered, 0)
            self._frame = bytes(renumbered)
            self._norms.add(self._frame)
            self._pump_all()

    def put_frames(self, batch: bytes) -> None:
        """Pass on frames that follow each other fast to those who can take them; nobody gets them later."""
        renumbered = bytearray(batch)
        with self._lock:
            for start, end in places_of_frames(batch):
                if end - start >= _FRAME_HEADER_BYTES:
                    self._renumber(renumbered, start)
                    self._norms.add(memoryview(renumbered)[start:end])
            sids = [viewer.sid for viewer in self._viewers.values() if self._has_room(viewer)]
            if sids:
                self._outgoing.send(sids, "frames", bytes(renumbered))

    def put_losses(self, run: int, first: int, values: bytes) -> None:
        """Take new losses."""
        self._put_series("losses", run, first, values, ("",))

    def put_metrics(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Take new metrics."""
        self._put_series("metrics", run, first, values, tuple(names))

    def put_validation(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Take new rows of validation."""
        self._put_series("validation", run, first, values, tuple(names))

    def begin_worker(self) -> None:
        """Take note that the next numbers of layouts and frames come from another worker."""
        with self._lock:
            self._layouts_before = self._layout["layout"] if self._layout else 0

    def catch_up(self) -> None:
        """Send what time allows to those who are behind."""
        with self._lock:
            self._pump([viewer for viewer in self._viewers.values() if viewer.is_behind])

    def _renumber(self, frame: bytearray, start: int) -> int:
        """Give the frame that begins here its numbers, and return its own; the lock is held."""
        _, layout = _FRAME_NUMBERS.unpack_from(frame, start + _FRAME_NUMBERS_AT)
        self._numbers_given += 1
        numbers = (self._numbers_given & 0xFFFFFFFF, layout + self._layouts_before)
        _FRAME_NUMBERS.pack_into(frame, start + _FRAME_NUMBERS_AT, *numbers)
        return self._numbers_given

    def _has_room(self, viewer: Viewer) -> bool:
        is_watching = viewer.is_open and viewer.rate > 0
        return is_watching and self._outgoing.waiting_bytes(viewer.sid) <= SOFT_BYTES

    def _open(self, viewer: Viewer) -> None:
        with self._lock:
            viewer.is_open = True
            for event, data in viewer.waiting:
                self._outgoing.send([viewer.sid], event, data)
            viewer.waiting.clear()
            self._pump([viewer])

    def _change(self, sid: str, change: Any) -> None:
        with self._lock:
            viewer = self._viewers.get(sid)
            if viewer is not None:
                change(viewer)
                self._pump([viewer])

    def _put_series(self, name: str, run: int, first: int, values: bytes, names: tuple[str, ...]) -> None:
        with self._lock:
            series = self._series[name]
            try:
                kept = series.put(run, first, values, names)
            except OSError as error:
                self._tell_no_room(name, error)
                return
            if kept is None:
                return
            for viewer in self._viewers.values():
                sent_run, count = viewer.sent.get(name, (-1, 0))
                if sent_run == run:
                    viewer.has(name, run, min(count, kept))
            self._pump_all()

    def _tell_no_room(self, name: str, error: OSError) -> None:
        """Say once a run that its numbers are no longer kept; the lock is held."""
        run = self._series[name].run
        if self._full_in_run != run:
            self._full_in_run = run
            message = f"No more {name} of this run can be kept: {error.strerror or error}."
            help = "Make room on the disk of the data directory, and press Reset."
            self.send("notice", {"level": "error", "code": "no-room", "message": message, "help": help})

    def _pump_all(self) -> None:
        self._pump(list(self._viewers.values()))

    def _pump(self, viewers: list[Viewer]) -> None:
        """Send each of these pages what it misses and may be sent now; the lock is held."""
        now = time.monotonic()
        due = []
        for viewer in viewers:
            if not viewer.is_open:
                continue
            viewer.is_behind = self._outgoing.waiting_bytes(viewer.sid) > SOFT_BYTES
            if viewer.is_behind:
                continue
            for name in self._series:
                self._send_series(viewer, name)
            if self._frame is not None and viewer.is_due(self._frame_number, now):
                viewer.was_sent(self._frame_number, now)
                due.append(viewer.sid)
        if due:
            self._outgoing.send(due, "frame", self._frame)
        if any(viewer.is_behind for viewer in viewers):
            self._is_behind()

    def _send_series(self, viewer: Viewer, name: str) -> None:
        series = self._series[name]
        first = viewer.missing(name, series)
        if first >= series.count and viewer.sent.get(name, (-1, 0))[0] == series.run:
            return
        values = series.since(first)
        count = first + len(values) // (8 * series.width)
        is_new_run = viewer.sent.get(name, (-1, 0))[0] != series.run
        viewer.has(name, series.run, count)
        viewer.is_behind = viewer.is_behind or count < series.count
        if values or (is_new_run and name == "losses"):
            message: dict[str, Any] = {"run": series.run, "from": first, "values": values}
            if name != "losses":
                message["names"] = list(series.names)
            self._outgoing.send([viewer.sid], name, message)
