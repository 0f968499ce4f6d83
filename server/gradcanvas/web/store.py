"""The graphs of one data directory, kept in SQLite: every edit is on the disk before it is answered.

A graph is a snapshot of its Yjs document and the updates since; knows nothing of what they mean.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gradcanvas.web.errors import Refused, ServerError

SCHEMA = 1
REVISIONS_KEPT = 100

_metadata = sa.MetaData()
_graphs = sa.Table(
    "graphs",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("changed", sa.Float, nullable=False),
    sa.Column("edits", sa.Integer, nullable=False, default=0),
    sa.Column("snapshot", sa.LargeBinary, nullable=False),
    sa.Column("path", sa.String),
    sa.Column("digest", sa.String),
)
_updates = sa.Table(
    "updates",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("graph", sa.String, sa.ForeignKey("graphs.id"), nullable=False, index=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_revisions = sa.Table(
    "revisions",
    _metadata,
    sa.Column("graph", sa.String, sa.ForeignKey("graphs.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)
_facts = sa.Table(
    "facts", _metadata, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.String)
)
_INSERT_UPDATE = sa.insert(_updates)
_COUNT_EDIT = (
    sa.update(_graphs)
    .where(_graphs.c.id == sa.bindparam("edited"))
    .values(edits=_graphs.c.edits + 1, changed=sa.bindparam("now"))
    .returning(_graphs.c.edits)
)
"""Made once: they are executed at every edit."""


@dataclass(frozen=True)
class GraphRow:
    """What is known of a graph without opening it.

    Attributes:
        id: Its name in addresses.
        title: Its title.
        changed: When it was last edited, seconds since 1970.
        edits: How many edits it had.
        path: The file that saving writes; None if there is none.
        digest: SHA-256 of that file when it was last read or written.
    """

    id: str
    title: str
    changed: float
    edits: int
    path: str | None
    digest: str | None


_LARGEST_INTEGER = 2**63 - 1


class Store:
    """The database of one data directory."""

    def __init__(self, file: Path) -> None:
        """Open it, or make it.

        Raises:
            ServerError: It is not ours, of a newer version, or damaged.
        """
        self._file = file
        self._writing = threading.Lock()
        self._engine = sa.create_engine(f"sqlite:///{file}", pool_size=4, max_overflow=64)
        sa.event.listen(self._engine, "connect", _configure)
        try:
            self._prepare()
        except ServerError:
            self._engine.dispose()
            raise
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise ServerError(
                f"{file} cannot be used: {error.orig}. Move it away, or give another --data directory."
            ) from error

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def create(self, graph: str, title: str, snapshot: bytes) -> None:
        """Keep a new graph."""
        row = {"id": graph, "title": title, "changed": time.time(), "edits": 0, "snapshot": snapshot}
        with self._write() as connection:
            connection.execute(sa.insert(_graphs).values(row))

    def count(self) -> int:
        """Return how many graphs are kept."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(_graphs)).scalar_one()

    def graphs(self) -> list[GraphRow]:
        """Return all graphs, the one last changed first."""
        with self._engine.connect() as connection:
            rows = connection.execute(_select_rows().order_by(_graphs.c.changed.desc()))
            return [_row(row) for row in rows]

    def find(self, graph: str) -> GraphRow | None:
        """Return what is known of a graph."""
        return self._find(_graphs.c.id == graph)

    def find_path(self, path: str) -> GraphRow | None:
        """Return the graph last bound to a file."""
        return self._find(_graphs.c.path == path)

    def load(self, graph: str) -> list[bytes]:
        """Return the snapshot of a graph and all updates since, in order."""
        with self._engine.connect() as connection:
            snapshot = connection.execute(sa.select(_graphs.c.snapshot).where(_graphs.c.id == graph))
            since = sa.select(_updates.c.data).where(_updates.c.graph == graph).order_by(_updates.c.number)
            return [snapshot.scalar_one(), *connection.execute(since).scalars()]

    def append(self, graph: str, update: bytes) -> int:
        """Make an edit durable and return its number.

        Raises:
            Refused: It could not be written.
        """
        with self._write() as connection:
            connection.execute(_INSERT_UPDATE, {"graph": graph, "data": update})
            counted = connection.execute(_COUNT_EDIT, {"edited": graph, "now": time.time()})
            return int(counted.scalar_one())

    def compact(self, graph: str, snapshot: bytes) -> None:
        """Replace the snapshot and all updates of a graph by one snapshot that contains them."""
        with self._write() as connection:
            connection.execute(sa.update(_graphs).where(_graphs.c.id == graph).values(snapshot=snapshot))
            connection.execute(sa.delete(_updates).where(_updates.c.graph == graph))

    def delete(self, graph: str) -> None:
        """Forget a graph and all that was kept of it; the file that it was bound to stays."""
        with self._write() as connection:
            for table in (_updates, _revisions):
                connection.execute(sa.delete(table).where(table.c.graph == graph))
            connection.execute(sa.delete(_graphs).where(_graphs.c.id == graph))

    def set_title(self, graph: str, title: str) -> None:
        """Take note of a graph's title."""
        self._set(graph, title=title)

    def set_file(self, graph: str, path: str | None, digest: str | None) -> None:
        """Bind a graph to a file, whose content has this digest; no other graph is bound to it any more."""
        with self._write() as connection:
            connection.execute(
                sa.update(_graphs).where(_graphs.c.path == path).values(path=None, digest=None)
            )
            connection.execute(
                sa.update(_graphs).where(_graphs.c.id == graph).values(path=path, digest=digest)
            )

    def add_revision(self, graph: str, text: str) -> int:
        """Keep a saved state of a graph, unless it is the newest already, and return its number."""
        newest = (
            sa.select(_revisions.c.revision, _revisions.c.text)
            .where(_revisions.c.graph == graph)
            .order_by(_revisions.c.revision.desc())
            .limit(1)
        )
        with self._write() as connection:
            last = connection.execute(newest).first()
            if last is not None and last.text == text:
                return int(last.revision)
            number = 1 if last is None else last.revision + 1
            row = {"graph": graph, "revision": number, "created": time.time(), "text": text}
            connection.execute(sa.insert(_revisions).values(row))
            connection.execute(
                sa.delete(_revisions).where(
                    _revisions.c.graph == graph, _revisions.c.revision <= number - REVISIONS_KEPT
                )
            )
            return int(number)

    def revisions(self, graph: str) -> list[tuple[int, float]]:
        """Return the numbers and times of a graph's saved states, the newest first."""
        select = (
            sa.select(_revisions.c.revision, _revisions.c.created)
            .where(_revisions.c.graph == graph)
            .order_by(_revisions.c.revision.desc())
        )
        with self._engine.connect() as connection:
            return [(row.revision, row.created) for row in connection.execute(select)]

    def revision(self, graph: str, number: int) -> str | None:
        """Return a saved state of a graph; None if there is none of that number."""
        if number > _LARGEST_INTEGER:
            return None
        select = sa.select(_revisions.c.text).where(
            _revisions.c.graph == graph, _revisions.c.revision == number
        )
        with self._engine.connect() as connection:
            return connection.execute(select).scalar_one_or_none()

    def fact(self, name: str) -> str | None:
        """Return something the server remembers."""
        with self._engine.connect() as connection:
            return connection.execute(
                sa.select(_facts.c.value).where(_facts.c.name == name)
            ).scalar_one_or_none()

    def remember(self, name: str, value: str) -> None:
        """Remember something that is only convenient: where it cannot be written, it is not."""
        with suppress(Refused), self._write() as connection:
            connection.execute(sa.delete(_facts).where(_facts.c.name == name))
            connection.execute(sa.insert(_facts).values(name=name, value=value))

    def _prepare(self) -> None:
        with self._engine.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > SCHEMA:
                raise ServerError(
                    f"{self._file} was written by a newer GradCanvas (its version is {version}, this one"
                    f" reads {SCHEMA}). Update GradCanvas, or give another --data directory."
                )
            _metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")

    def _find(self, condition: sa.ColumnElement[bool]) -> GraphRow | None:
        with self._engine.connect() as connection:
            row = connection.execute(_select_rows().where(condition)).first()
            return None if row is None else _row(row)

    def _set(self, graph: str, **values: Any) -> None:
        with self._write() as connection:
            connection.execute(sa.update(_graphs).where(_graphs.c.id == graph).values(**values))

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        try:
            with self._writing, self._engine.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            raise Refused(
                "not-saved",
                f"The edit could not be written to {self._file}: {error.orig}.",
                "Look at the disk: is there room, may it be written?",
                507,
            ) from error


def _configure(connection: Any, _: Any) -> None:
    """Make a commit mean that the data is on the disk."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _select_rows() -> sa.Select[Any]:
    columns = _graphs.c
    return sa.select(columns.id, columns.title, columns.changed, columns.edits, columns.path, columns.digest)


def _row(row: sa.Row[Any]) -> GraphRow:
    return GraphRow(row.id, row.title, row.changed, row.edits, row.path, row.digest)
