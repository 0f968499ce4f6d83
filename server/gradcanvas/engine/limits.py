"""What a worker may take, and why one ended, in words for a person; knows nothing of pipes."""

import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """What one session's worker may take.

    Attributes:
        memory_bytes: Resident memory.
        threads: Threads for its tensor library.
        silence_seconds: Without a heartbeat for this long, a worker that has begun is taken for hung.
        start_seconds: As long may a worker take from its fork to its first message.
        stop_grace_seconds: How long the step in hand may still take after Stop.
        supersede_seconds: An evaluation that an edit has made useless may have taken so long in all before
            its process is ended, where it does not end by itself between two operations.
        supersede_grace_seconds: But at least so long after the edit.
        refill_seconds: Where Stop had to end a process, the next one evaluates the graph for so long at most.
        query_seconds: How long a question to the worker waits for its answer.
        queries: How many questions of one session may wait at once.
    """

    memory_bytes: int = 4 << 30
    threads: int = 1
    silence_seconds: float = 15.0
    start_seconds: float = 120.0
    stop_grace_seconds: float = 0.25
    supersede_seconds: float = 0.5
    supersede_grace_seconds: float = 0.15
    refill_seconds: float = 1.0
    query_seconds: float = 30.0
    queries: int = 16


@dataclass(frozen=True)
class Ended:
    """Why a worker is no more.

    Attributes:
        code: "died", "hung", "memory", "stopped" (Stop had to end it), "superseded" (an edit made
            useless what it computed) or "released" (asked for by us).
        message: What happened.
        help: What to do.
    """

    code: str
    message: str
    help: str = ""


STOPPED = Ended(
    "stopped",
    "The step in hand did not end soon after Stop, so its process was ended.",
    "The session goes on from its last copy.",
)
_EMPTY = "Values and gradients stay empty until the next edit or verb."
EVALUATION_STOPPED = Ended(
    "stopped",
    "The evaluation in hand did not end soon after Stop, so its process was ended.",
    f"The session goes on from its last copy. {_EMPTY}",
)
SUPERSEDED = Ended(
    "superseded",
    "An edit came while the evaluation was in one long operation, so its process was ended.",
    "Ask again.",
)
RELEASED = Ended("released", "The session's process was released.")


def during_evaluation(reason: Ended) -> Ended:
    """Say that it was an evaluation which ended a worker, so that it is not tried again by itself."""
    return replace(reason, help=f"{reason.help} {_EMPTY}")


def threads_per_worker(workers_at_once: int = 2) -> int:
    """Share the processors out: each worker gets its part, at least one thread."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, processors // workers_at_once)


def default_memory_bytes() -> int:
    """Half of the machine's memory, so that one session cannot take the machine down."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (ValueError, OSError):
        return 4 << 30


def resident_bytes(pid: int) -> int:
    """Measure what a process has of its own in memory; 0 where it cannot be told.

    Files it maps (the libraries) are not counted.
    """
    if sys.platform != "linux":
        return 0
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def died(status: int) -> Ended:
    """Say in words how a process ended by itself."""
    if status >= 0:
        return Ended(
            "died",
            f"The session's process ended with exit status {status}.",
            "Change the graph or try again; the server's output says more.",
        )
    name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
    if name == "SIGKILL":
        return Ended(
            "died",
            "The session's process was killed from outside (SIGKILL), as systems do when memory runs out.",
            "The graph is intact. If it happens again, make the tensors or the batch smaller.",
        )
    return Ended(
        "died",
        f"The session's process was ended by a fault inside PyTorch ({name}).",
        "The graph is intact. Look at the operation edited last: its input may hold nan or inf.",
    )


def hung(silence_seconds: float) -> Ended:
    """Say that a worker has been silent for too long."""
    return Ended(
        "hung",
        f"The session's process gave no sign of life for {silence_seconds:.0f} s and was ended.",
        "The graph is intact. Change the operation edited last, or try again.",
    )


def outgrown(used_bytes: int, limit_bytes: int) -> Ended:
    """Say that a worker took more memory than it may."""
    return Ended(
        "memory",
        f"The session's process took {used_bytes / 2**30:.1f} GiB of memory; its limit is"
        f" {limit_bytes / 2**30:.1f} GiB, so it was ended.",
        "The graph is intact. Make the tensors or the batch smaller.",
    )
