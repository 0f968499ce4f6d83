"""From texts of graph files to Yjs documents and back, and what can be seen of a file without torch."""

from typing import Any

from pycrdt import Doc

from gradcanvas.document import Document, read
from gradcanvas.document.yjs import NodeTexts, to_yjs, write_yjs

EMPTY = (
    '{"gradcanvas": 1, "train": {"steps": 200,'
    ' "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.1}}}}'
)
"""What New gives: the article's loop, waiting for a loss."""
UNTITLED = "Untitled"
LONGEST_TITLE = 200


def new_doc(updates: list[bytes]) -> Doc[Any]:
    """Return the Yjs document that these updates make; it may be used by any thread, one at a time."""
    doc: Doc[Any] = Doc(allow_multithreading=True)
    for update in updates:
        doc.apply_update(update)
    return doc


def snapshot_of(document: Document) -> bytes:
    """Return a graph's whole Yjs document as one update."""
    doc: Doc[Any] = Doc()
    to_yjs(document, doc)
    return doc.get_update()


def text_of(doc: Doc[Any], texts: NodeTexts | None = None) -> tuple[str, str]:
    """Return the canonical text of a graph and its title; `texts` are of the same graph's nodes before."""
    text, title = write_yjs(doc, texts)
    return text, _shown(title)


def title_of(document: Document) -> str:
    """Return a graph's title, or a word for none."""
    return _shown(document.graph.title)


def _shown(title: str) -> str:
    return (title or UNTITLED)[:LONGEST_TITLE]


def describe_example(text: str) -> tuple[str, str, int]:
    """Return the title, the sentence and the number of nodes of an example."""
    graph = read(text).graph
    notes = graph.notes.strip()
    return graph.title or UNTITLED, notes.split("\n", 1)[0], len(graph.nodes)
