"""The gate through which people's edits enter a Y.Doc: an update is applied whole and sound, or not at all.

Knows nothing of who sends updates. A copy of the document takes each one first, so that one that fails in the
middle never touches the document itself.
"""

from typing import Any
from weakref import WeakKeyDictionary

from pycrdt import Doc, Map

from gradcanvas.document.yjs_depths import Depths, deepest_map
from gradcanvas.document.yjs_records import ROOTS
from gradcanvas.document.yjs_wire import Update, WireError, read_state, read_update

LARGEST_UPDATE_BYTES = 64 * 1024 * 1024
DEEPEST_MAP = 6
"""How many maps may stand inside a root: a function, its nodes, a node, its inputs, and some to spare."""

_REMEDY = "Nothing was changed. Load the page again to get the graph as it is."


class DocumentError(ValueError):
    """An update was refused.

    Attributes:
        code: what kind of refusal it is.
        message: what is wrong with the update.
        help: what to do.
    """

    def __init__(self, code: str, message: str, help: str = _REMEDY) -> None:
        super().__init__(f"{message} {help}")
        self.code = code
        self.message = message
        self.help = help


def apply_update_checked(doc: "Doc[Any]", update: bytes) -> None:
    """Apply an update that somebody sent, wholly or not at all.

    Args:
        doc: the document.
        update: a Yjs update.

    Raises:
        DocumentError: it is no update, is too large, holds what no graph does, or builds on edits that are
            not there. The document is as it was.
    """
    admit_update(doc, update)
    doc.apply_update(update)


def admit_update(doc: "Doc[Any]", update: bytes) -> "Doc[Any]":
    """Try an update on the copy of a document.

    Args:
        doc: the document, which stays as it is: it is to take the update before the next one is tried, or
            `forget_copy` is called.
        update: a Yjs update.

    Returns:
        The copy: the document as it will be. It is only to be read, and changes with the next update.

    Raises:
        DocumentError: as in `apply_update_checked`.
    """
    gate = _gates.get(doc)
    if gate is None:
        gate = _gates[doc] = _Gate(doc)
    try:
        gate.admit(doc, update)
    except DocumentError:
        if gate.is_spoilt:
            forget_copy(doc)
        raise
    return gate.copy


def forget_copy(doc: "Doc[Any]") -> None:
    """Let go of the copy of a document: it has taken an update that the document does not take."""
    _gates.pop(doc, None)


class _Gate:
    """A copy of a document, and how deep the items of its maps stand.

    Attributes:
        is_spoilt: the copy has taken something that the document must not: another gate is needed.
    """

    def __init__(self, doc: "Doc[Any]") -> None:
        self.copy: Doc[Any] = Doc(allow_multithreading=True)
        for name in ROOTS:
            self.copy.get(name, type=Map)
        self.depths = Depths()
        self.is_spoilt = False
        self._take(doc.get_update())

    def admit(self, doc: "Doc[Any]", update: bytes) -> None:
        """Apply the update to the copy, or raise."""
        if len(update) > LARGEST_UPDATE_BYTES:
            raise DocumentError("update-too-large", f"The update has {len(update):,} bytes.")
        state = self.copy.get_state()
        if read_state(doc.get_state()) != read_state(state):
            self._take(doc.get_update(state))
        content = self._take(update)
        reached = read_state(self.copy.get_state())
        if any(reached.get(client, 0) < end for client, end in content.ends().items()):
            self.is_spoilt = True
            raise DocumentError("update-out-of-order", "The update builds on edits that are not here.")

    def _take(self, update: bytes) -> Update:
        try:
            content = read_update(update)
            roots = {item.parent for item in content.items if isinstance(item.parent, str)}
            if not roots <= set(ROOTS):
                raise WireError("it writes outside of the graph")
            measured = self.depths.measure(content.items)
            if deepest_map(measured) > DEEPEST_MAP:
                raise WireError("its maps are nested too deep")
            self._apply(update)
        except (ValueError, RuntimeError) as error:
            raise DocumentError("bad-update", f"The update cannot be taken: {error}.") from error
        self.depths.keep(measured)
        return content

    def _apply(self, update: bytes) -> None:
        before, self.is_spoilt = self.is_spoilt, True
        self.copy.apply_update(update)
        self.is_spoilt = before


_gates: WeakKeyDictionary["Doc[Any]", _Gate] = WeakKeyDictionary()
