"""All open graphs and who is in which; opens, paces, releases and closes sessions. Knows nothing of Flask."""

import itertools
import logging
import secrets
import threading
import time
from pathlib import Path
from typing import Any

from gradcanvas.document import Document
from gradcanvas.engine.local import Engine
from gradcanvas.engine.messages import WorkerSettings
from gradcanvas.web.errors import Refused, unknown_graph
from gradcanvas.web.graph_text import snapshot_of, title_of
from gradcanvas.web.messages import Join
from gradcanvas.web.outgoing import Outgoing
from gradcanvas.web.session import Session
from gradcanvas.web.settings import Settings
from gradcanvas.web.store import Store

_log = logging.getLogger(__name__)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 12
PACE_SECONDS = 0.02
SWEEP_SECONDS = 10.0


class Rooms:
    """The sessions of one server."""

    def __init__(
        self, settings: Settings, store: Store, engine: Engine, copies: Path, outgoing: Outgoing
    ) -> None:
        self._settings, self._store, self._engine = settings, store, engine
        self._copies, self._outgoing = copies, outgoing
        self._opening = threading.RLock()
        self._sessions: dict[str, Session] = {}
        self._session_of: dict[str, Session] = {}
        self._closed = threading.Event()
        self._copy_numbers = itertools.count()
        self._is_behind = threading.Event()
        for work in (self._pace, self._sweep_at_times):
            threading.Thread(target=work, name=f"gradcanvas-{work.__name__}", daemon=True).start()

    def create(self, document: Document) -> str:
        """Keep a new graph and return its id."""
        if self._store.count() >= self._settings.graphs:
            raise Refused(
                "too-many-graphs",
                f"This server keeps {self._settings.graphs:,} graphs, and has that many.",
                "Delete some of them, or start it with another --data directory.",
                503,
            )
        graph = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
        self._store.create(graph, title_of(document), snapshot_of(document))
        return graph

    def open(self, graph: str) -> Session:
        """Return the session of a graph, opened if need be; nothing is computed for that."""
        with self._opening:
            session = self._sessions.get(graph)
            if session is None:
                if self._store.find(graph) is None:
                    raise unknown_graph(graph)
                session = self._sessions[graph] = self._new_session(graph)
            return session

    def open_for_work(self, graph: str) -> Session:
        """Return the session of a graph that may start a worker.

        Raises:
            Refused: There is no such graph, or as many workers as there may be.
        """
        with self._opening:
            session = self.open(graph)
            if not session.has_worker:
                self._make_room()
            return session

    def join(self, sid: str, join: Join) -> dict[str, Any]:
        """Bring a page into a graph, out of whichever it was in before."""
        with self._opening:
            session = self.open_for_work(join.graph)
            self.leave(sid)
            answer = session.join(sid, join.vector, join.have)
            self._session_of[sid] = session
        if not self._outgoing.is_connected(sid):
            self.leave(sid)
        self._store.remember("last-graph", join.graph)
        row = self._store.find(join.graph)
        return answer | {"file": row.path if row else None}

    def leave(self, sid: str) -> None:
        """Take a page out of the graph it is in."""
        with self._opening:
            session = self._session_of.pop(sid, None)
        if session is not None:
            session.leave(sid)

    def session_of(self, sid: str) -> Session:
        """Return the session a page is in."""
        session = self._session_of.get(sid)
        if session is None:
            raise Refused("not-joined", "This page has not joined a graph.", "Send `join` first.")
        return session

    def delete(self, graph: str) -> None:
        """Forget a graph for good.

        Raises:
            Refused: There is no such graph, or a page shows it.
        """
        with self._opening:
            if self._store.find(graph) is None:
                raise unknown_graph(graph)
            session = self._sessions.get(graph)
            if session is not None and session.broadcast.viewers:
                raise Refused(
                    "graph-open", "This graph is open in a page.", "Close that page, then delete it.", 409
                )
            self._store.delete(graph)
            if session is not None:
                del self._sessions[graph]
                session.close()

    def viewer_count(self) -> int:
        """Return how many pages are in some graph."""
        return len(self._session_of)

    def close(self) -> None:
        """End all workers."""
        self._closed.set()
        self._is_behind.set()
        with self._opening:
            for session in self._sessions.values():
                session.close()

    def _new_session(self, graph: str) -> Session:
        limits = self._settings.limits
        worker_settings = WorkerSettings(
            session=graph,
            copy_path=str(self._copies / f"{graph}-{next(self._copy_numbers)}"),
            threads=limits.threads,
            memory_bytes=limits.memory_bytes,
            budget_bytes=limits.memory_bytes // 2,
        )
        return Session(
            graph,
            self._store,
            self._outgoing,
            self._engine,
            worker_settings,
            limits,
            self._settings.graph_bytes,
            self._is_behind.set,
            self._settings.data,
        )

    def _make_room(self) -> None:
        """Make sure that one more worker may be started; the lock is held."""
        with_worker = [session for session in self._sessions.values() if session.has_worker]
        if len(with_worker) < self._settings.sessions:
            return
        unseen = [one for one in with_worker if not one.broadcast.viewers and not one.is_running]
        if not unseen:
            raise Refused(
                "too-many-sessions",
                f"{len(with_worker)} graphs are open and running, as many as this server allows.",
                "Close one of them, or wait.",
                503,
            )
        min(unseen, key=lambda session: session.active_at).release()

    def _pace(self) -> None:
        """Help those on who miss something, as long as somebody does."""
        while not self._closed.is_set():
            self._is_behind.wait()
            self._is_behind.clear()
            self._closed.wait(PACE_SECONDS)
            for session in list(self._sessions.values()):
                session.broadcast.catch_up()

    def _sweep_at_times(self) -> None:
        settings = self._settings
        while not self._closed.wait(min(SWEEP_SECONDS, settings.left_seconds, settings.unseen_seconds)):
            try:
                self._sweep()
            except Exception:
                _log.exception("What nobody needs could not be put away")

    def _patience(self, session: Session) -> float:
        """Return how many seconds a session keeps its worker when nothing is asked of it."""
        if session.broadcast.viewers:
            return self._settings.idle_seconds
        return self._settings.left_seconds if session.is_evaluating else self._settings.unseen_seconds

    def _sweep(self) -> None:
        """Release the workers that nobody needs, and forget the graphs that were left longest ago."""
        now = time.monotonic()
        for session in list(self._sessions.values()):
            is_idle = now - session.active_at > self._patience(session)
            if session.has_worker and not session.is_running and is_idle:
                session.release()
        with self._opening:
            left = [
                one for one in self._sessions.values() if not one.has_worker and not one.broadcast.viewers
            ]
            left.sort(key=lambda session: session.active_at)
            for session in left[: max(0, len(self._sessions) - 2 * self._settings.sessions)]:
                del self._sessions[session.graph]
                session.close()
