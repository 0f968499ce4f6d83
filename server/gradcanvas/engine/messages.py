"""What an engine and its workers say to each other over one duplex pipe; knows neither torch nor sockets.

A message is bytes: one kind byte and a payload. Both ends use the functions below and nothing else.

| kind | payload |
|---|---|
| `J` | a JSON object with `"type"` |
| `F` | a frame, as `docs/wire.md` describes it |
| `L` | losses: `u32` run, `u64` number of the first, then float64 each |
| `B` | more frames, of a run's beginning: for each `u32` length, `u32` zero, the frame |
| `M` | metrics: `u32` run, `u64` first step, `u32` n, n bytes of JSON (array of names), float64s step-major |
| `V` | validation: the same, a row for every evaluation; the first names are `step` and `loss` |

To the worker: `load` (text, edit, evaluate, tell), `command` (verb), `watch` (rate), `query` (id, …), `stop`,
`restore` (evaluate), and `release` (write a last copy and end). When the pipe ends, the worker ends at once.
A worker that takes over a state gets `load` with `"evaluate": false, "tell": false`, then `restore`, and
evaluates and tells with that; one that replaces a worker which an evaluation has ended does not evaluate at
all: it binds the graph, tells layout and status, and computes nothing until it is asked.
From the worker: `ready` (torch, device), `heartbeat`, `layout`, `status`, `notice`, `result` (id, and
`result` or `error` with code, message, help), `stopped`: answers `stop` when the step has ended;
`evaluating` (edit) and `evaluated` around each evaluation, and `superseding` (seconds that it has taken) when
a graph with other numbers was heard meanwhile: it ends between two operations.
"""

import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JSON_MESSAGE = b"J"
FRAME = b"F"
FRAMES = b"B"
LOSSES = b"L"
METRICS = b"M"
VALIDATION = b"V"

_BATCH_HEADER = struct.Struct("<I4x")
_LOSSES_HEADER = struct.Struct("<IQ")
_METRICS_HEADER = struct.Struct("<IQI")


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker is told when it starts; it can be pickled.

    Attributes:
        session: Name of the session, for what is logged.
        copy_path: File (in memory, where the machine has such a place) that holds the last copy of the
            session's state. It outlives the worker; see `write_copy` and `read_copy`.
        threads: How many threads the worker's tensor library may use.
        device: Device for graphs that say `auto`; empty for the best there is.
        memory_bytes: What the worker may have resident; the engine replaces one that has more.
        heartbeat_seconds: The worker's control thread sends `heartbeat` this often, whatever the step does.
        copy_interval_seconds: A copy of the state is written after a step, at most this often.
        budget_bytes: What checking lets a graph's tensors take together.
    """

    session: str
    copy_path: str
    threads: int = 1
    device: str = ""
    memory_bytes: int = 4 << 30
    heartbeat_seconds: float = 1.0
    copy_interval_seconds: float = 1.0
    budget_bytes: int = 2 << 30


def encode_json(message: dict[str, Any]) -> bytes:
    """Encode a JSON message, its kind byte first."""
    return JSON_MESSAGE + json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def decode_json(data: bytes) -> dict[str, Any]:
    """Decode what `encode_json` made."""
    message: dict[str, Any] = json.loads(data[1:])
    return message


def encode_frames(frames: list[bytes]) -> bytes:
    """Encode a batch of frames, oldest first."""
    parts = (part for frame in frames for part in (_BATCH_HEADER.pack(len(frame)), frame))
    return b"".join((FRAMES, *parts))


def places_of_frames(batch: bytes | bytearray) -> list[tuple[int, int]]:
    """Give where each frame of a batch (without its kind byte) begins and ends; one cut short is left out."""
    places, at = [], 0
    while at + _BATCH_HEADER.size <= len(batch):
        start = at + _BATCH_HEADER.size
        at = start + _BATCH_HEADER.unpack_from(batch, at)[0]
        if at <= len(batch):
            places.append((start, at))
    return places


def encode_losses(run: int, first: int, values: bytes) -> bytes:
    """Encode losses: `values` holds little-endian float64s, the losses number `first` and on of run `run`."""
    return LOSSES + _LOSSES_HEADER.pack(run, first) + values


def decode_losses(data: bytes) -> tuple[int, int, bytes]:
    """Decode losses to (run, number of the first, values)."""
    run, first = _LOSSES_HEADER.unpack_from(data, 1)
    return run, first, data[1 + _LOSSES_HEADER.size :]


def encode_metrics(run: int, first: int, names: list[str], values: bytes, *, kind: bytes = METRICS) -> bytes:
    """Encode metrics or validation: `values` holds little-endian float64s, `len(names)` a row, row-major."""
    header = json.dumps(names).encode()
    return kind + _METRICS_HEADER.pack(run, first, len(header)) + header + values


def decode_metrics(data: bytes) -> tuple[int, int, list[str], bytes]:
    """Decode metrics or validation to (run, number of the first row, names, values)."""
    run, first, length = _METRICS_HEADER.unpack_from(data, 1)
    start = 1 + _METRICS_HEADER.size
    names: list[str] = json.loads(data[start : start + length])
    return run, first, names, data[start + length :]


def write_copy(path: str | Path, data: bytes | memoryview) -> None:
    """Put a copy of the state where the next worker finds it, whole or not at all.

    Raises:
        OSError: There is no room for it; the copy before stays.
    """
    new = f"{path}.new"
    try:
        with open(new, "wb", buffering=0) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) or 0 :]
        os.replace(new, path)
    except OSError:
        Path(new).unlink(missing_ok=True)
        raise


def read_copy(path: str | Path) -> bytes | None:
    """Read the last copy of the state; None if none was made."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return None
