"""The Yjs form of a graph (docs/yjs-form.md): a document put into a Y.Doc and read back out of it.

Both directions go by plain records of text (`yjs_records`); this module alone turns those into shared maps.
"""

import json
from typing import Any, cast

from pycrdt import Doc, Map

from gradcanvas.document.canonical import canonical_node
from gradcanvas.document.json_text import Json, Number, text_of
from gradcanvas.document.migrations import migrate
from gradcanvas.document.reading import Document, interpret
from gradcanvas.document.writing import write, write_tree
from gradcanvas.document.yjs_codecs import Names, Record
from gradcanvas.document.yjs_records import (
    ROOTS,
    MakeUid,
    Records,
    from_records,
    random_uid,
    read_node,
    to_records,
)
from gradcanvas.document.yjs_updates import (
    DocumentError,
    admit_update,
    apply_update_checked,
    forget_copy,
)

__all__ = [
    "ROOTS",
    "DocumentError",
    "NodeTexts",
    "admit_update",
    "apply_update_checked",
    "forget_copy",
    "from_yjs",
    "read_records",
    "to_yjs",
    "write_yjs",
]


def to_yjs(document: Document, doc: "Doc[Any]", make_uid: MakeUid = random_uid) -> None:
    """Put a document into a Y.Doc, in one transaction; what its roots held before is replaced."""
    records = to_records(document.tree, make_uid)
    with doc.transaction():
        for name in ROOTS:
            root = doc.get(name, type=Map)
            root.clear()
            for key, stored in records[name].items():
                root[key] = _shared(stored)


def from_yjs(doc: "Doc[Any]") -> Document:
    """Read the document that a Y.Doc holds, with all its problems; whatever stands there can be read."""
    return interpret(from_records(read_records(doc)))


class NodeTexts:
    """The texts of a graph's nodes as they were written last: what did not change is not written again."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._known: dict[str, tuple[dict[str, object], Number]] = {}

    def of(self, records: Records, names: Names) -> dict[str, object]:
        """Return name → text of each node, written as a number is: as it stands.

        Args:
            records: of the nodes in their order.
            names: uid → name; where one differs from the last time, nothing is known.
        """
        before = self._known if names == self._names else {}
        self._known = {
            uid: known
            if (known := before.get(uid)) and known[0] == record
            else (record, _written(record, names))
            for uid, record in records
        }
        self._names = dict(names)
        return {names[uid]: text for uid, (_, text) in self._known.items()}


def _written(record: dict[str, object], names: Names) -> Number:
    return Number(text_of(canonical_node(cast(Json, read_node(record, names)))))


def write_yjs(doc: "Doc[Any]", texts: NodeTexts | None = None) -> tuple[str, str]:
    """Return what `write(from_yjs(doc))` does, and the title, without asking what the graph means.

    Args:
        doc: the graph.
        texts: what was written of the same graph before, and now is what is.
    """
    tree = from_records(read_records(doc), (texts or NodeTexts()).of)
    title = tree.get("title")
    text = write_tree(tree)
    if migrate(tree) is not tree or not _is_plain(text) or not isinstance(title, str | None):
        document = from_yjs(doc)
        return write(document), document.graph.title
    return text, title or ""


def _is_plain(text: str) -> bool:
    """Tell whether a text holds nothing that screening replaces: half a surrogate pair, or a NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


def read_records(doc: "Doc[Any]") -> dict[str, object]:
    """Return the five roots of a Y.Doc as plain objects."""
    with doc.transaction():
        return {name: json.loads(str(doc.get(name, type=Map))) for name in ROOTS}


def _shared(stored: "str | Record") -> Any:
    if isinstance(stored, str):
        return stored
    return Map({key: _shared(value) for key, value in stored.items()})
