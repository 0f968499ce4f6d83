"""The file on a person's disk that a graph is bound to: opened, written back, watched for others' changes."""

import hashlib
import os
import tempfile
from pathlib import Path

from gradcanvas.document import read
from gradcanvas.web.errors import Refused, ServerError
from gradcanvas.web.graph_text import EMPTY
from gradcanvas.web.rooms import Rooms
from gradcanvas.web.store import Store


def open_file(path: Path, store: Store, rooms: Rooms) -> str:
    """Return the graph that is bound to a file; a new one if the file is new or was changed by somebody else.

    Raises:
        ServerError: It cannot be read, or is no graph at all.
    """
    path = path.resolve()
    content = _content(path)
    digest = _digest(content) if content is not None else None
    bound = store.find_path(str(path))
    if bound is not None and bound.digest == digest:
        return bound.id
    document = read(EMPTY if content is None else content)
    if not document.readable:
        first = document.problems[0]
        raise ServerError(f"{path} is not a graph. {first.message} {first.help}")
    graph = rooms.create(document)
    store.set_file(graph, str(path), digest)
    return graph


def save_file(graph: str, text: str, store: Store, overwrite: bool) -> str:
    """Write a graph to the file it is bound to and return the file's path.

    Raises:
        Refused: It is bound to none, the file was changed by somebody else, or it cannot be written.
    """
    row = store.find(graph)
    if row is None or row.path is None:
        raise Refused("no-file", "The server was not started on a file of this graph.", "Download it.", 404)
    path = Path(row.path)
    try:
        content = _content(path)
    except ServerError as error:
        raise Refused("not-saved", str(error), "Look at the disk.", 507) from error
    if content is not None and not overwrite and _digest(content) != row.digest:
        raise Refused(
            "changed-on-disk",
            f"{path} was changed by something else since it was opened or saved here.",
            "Save over it, or open the changed file first.",
            409,
        )
    try:
        _replace(path, text.encode())
    except OSError as error:
        raise Refused(
            "not-saved", f"{path} could not be written: {error.strerror}.", "Look at the disk.", 507
        ) from error
    store.set_file(graph, row.path, _digest(text.encode()))
    return row.path


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ServerError(f"{path} cannot be read: {error.strerror}.") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, with the rights it had."""
    descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, path.stat().st_mode & 0o7777 if path.exists() else 0o644)
        os.replace(new, path)
    except OSError:
        Path(new).unlink(missing_ok=True)
        raise
