"""What a server is told when it starts, and what it allows; knows nothing of Flask."""

from dataclasses import dataclass, field
from pathlib import Path

from gradcanvas.engine.limits import Limits, default_memory_bytes, threads_per_worker
from gradcanvas.engine.local import PRELOAD, WORKER


def _limits() -> Limits:
    return Limits(memory_bytes=default_memory_bytes(), threads=threads_per_worker())


@dataclass(frozen=True)
class Settings:
    """What one server is told.

    Attributes:
        data: Directory in which graphs are kept.
        host: Address it listens on.
        file: Graph file that saving writes back.
        token: What a visitor must know; None on loopback.
        allowed_hosts: Names besides those of this machine by which it may be called.
        page: Directory of the built page; None for the package's own.
        http_bytes: Largest body of a request.
        message_bytes: Largest message on a socket.
        outgoing_bytes: What may wait for one client before it is disconnected.
        viewers: How many sockets at once.
        sessions: How many graphs may have a process at once.
        graphs: How many graphs are kept.
        graph_bytes: How large the edits of one graph may grow.
        left_seconds: How long an evaluation goes on that nobody looks at any more; a run goes on to its end.
        unseen_seconds: How long a process nobody watches is kept when it rests.
        idle_seconds: How long a process that somebody watches is kept when nothing is asked of it.
        limits: What one session's process may take.
        worker: What a process runs, "module:function".
        preload: What is called before the first process is forked; may be empty.
    """

    data: Path
    host: str = "127.0.0.1"
    file: Path | None = None
    token: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    page: Path | None = None
    http_bytes: int = 80 << 20
    message_bytes: int = 16 << 20
    outgoing_bytes: int = 8 << 20
    viewers: int = 128
    sessions: int = 32
    graphs: int = 10_000
    graph_bytes: int = 256 << 20
    left_seconds: float = 10.0
    unseen_seconds: float = 300.0
    idle_seconds: float = 3600.0
    limits: Limits = field(default_factory=_limits)
    worker: str = WORKER
    preload: str = PRELOAD
