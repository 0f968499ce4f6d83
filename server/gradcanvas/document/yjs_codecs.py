"""How each kind of value stands in the Yjs form: literals and references as text, objects as records of text.

A codec writes a JSON value and reads it back. Writing is given the uids of the names it may meet, reading the
names of the uids. Reading takes anything: what is not of the form is passed over, and text that is no JSON is
a text.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from gradcanvas.document.json_text import Json, parse, text_of
from gradcanvas.document.names import parse_reference

Stored: TypeAlias = "str | Record"
Record: TypeAlias = "dict[str, Stored]"
Names: TypeAlias = Mapping[str, str]

WRONG = "!"
"""Before a literal: a value of the wrong type for its place. Before a key: one that the form uses itself."""

ABSENT = object()
"""What reading gives for something that is not of the form."""


@dataclass(frozen=True)
class Codec:
    """Both directions of one kind of value.

    Attributes:
        write: the value, and name → uid; gives what is stored.
        read: what is stored, and uid → name; gives the value or `ABSENT`.
    """

    write: Callable[[Json, Names], Stored]
    read: Callable[[object, Names], object]


def wrong(value: Json) -> str:
    """Return how a value is stored that is not what its place asks for."""
    return WRONG + text_of(value)


def read_literal(stored: object, _: Names = {}) -> object:  # noqa: B006  # never changed
    """Read a literal; a text that is no JSON is kept as a text."""
    if not isinstance(stored, str):
        return ABSENT
    return _parse_again(stored) if len(stored) <= _SHORT else _parse(stored)


def _parse(stored: str) -> Json:
    try:
        return parse(stored).tree
    except (ValueError, RecursionError):
        return stored


_SHORT = 64
_parse_again = lru_cache(maxsize=8192)(_parse)
"""A graph is read after every edit, and all but one of its literals are as before; nobody changes a tree."""


def _read_text(stored: object, _: Names) -> object:
    if isinstance(stored, str) and stored.startswith(WRONG):
        return read_literal(stored[1:])
    return stored if isinstance(stored, str) else ABSENT


def _write_text(value: Json, _: Names) -> str:
    return value if isinstance(value, str) and not value.startswith(WRONG) else wrong(value)


def write_pointer(value: Json, uids: Names) -> str:
    """Store a reference: by uid where a node of that name exists, else as it stands."""
    if not isinstance(value, str) or value.startswith((WRONG, "[")):
        return wrong(value)
    name, output = parse_reference(value)
    if name not in uids:
        return value
    return f"@{uids[name]}" if output is None else f"@{uids[name]}.{output}"


def read_pointer(stored: object, names: Names) -> object:
    """Read a reference; one to a node that is gone stays as it is stored, and is a problem in its place."""
    value = _read_text(stored, names)
    if not isinstance(value, str) or value is not stored or not value.startswith("@"):
        return value
    uid, output = parse_reference(value[1:])
    if uid not in names:
        return value
    return names[uid] if output is None else f"{names[uid]}.{output}"


def _write_pointers(value: Json, uids: Names) -> str:
    if isinstance(value, list):
        return text_of([write_pointer(item, uids) for item in value])
    return write_pointer(value, uids)


def _read_pointers(stored: object, names: Names) -> object:
    if not isinstance(stored, str) or not stored.startswith("["):
        return read_pointer(stored, names)
    items = read_literal(stored)
    if not isinstance(items, list):
        return items
    return [read_pointer(item, names) if isinstance(item, str) else item for item in items]


literal = Codec(lambda value, _: text_of(value), read_literal)
text = Codec(_write_text, _read_text)
pointer = Codec(write_pointer, read_pointer)
pointers = Codec(_write_pointers, _read_pointers)


def map_of(codec: Codec) -> Codec:
    """Return the codec of an object all of whose values are of one kind; read sorted by key."""

    def write(value: Json, uids: Names) -> Stored:
        if not isinstance(value, dict):
            return wrong(value)
        return {key: codec.write(item, uids) for key, item in value.items()}

    def read(stored: object, names: Names) -> object:
        if not isinstance(stored, dict):
            return _read_text(stored, names)
        return _present((key, codec.read(stored[key], names)) for key in sorted(stored))

    return Codec(write, read)


def fields(codecs: Mapping[str, Codec], reserved: Iterable[str] = ()) -> Codec:
    """Return the codec of an object whose keys each have their own kind, unknown ones a literal.

    Args:
        codecs: the kinds, by key.
        reserved: keys that the form uses for itself in this record: the reader passes them over, and a file's
            key of that name is stored with `!` before it.
    """
    ours = frozenset(reserved)

    def write(value: Json, uids: Names) -> Stored:
        if not isinstance(value, dict):
            return wrong(value)
        return {
            WRONG + key if key in ours or key.startswith(WRONG) else key: codecs.get(key, literal).write(
                item, uids
            )
            for key, item in value.items()
        }

    def read(stored: object, names: Names) -> object:
        if not isinstance(stored, dict):
            return _read_text(stored, names)
        return _present(
            (key.removeprefix(WRONG), codecs.get(key, literal).read(stored[key], names))
            for key in sorted(stored)
            if key not in ours
        )

    return Codec(write, read)


def _write_validation(value: Json, uids: Names) -> Stored:
    if not isinstance(value, dict):
        return wrong(value)
    return {
        write_pointer(key, uids): f"={write_pointer(item, uids)}" if isinstance(item, str) else text_of(item)
        for key, item in value.items()
    }


def _read_validation(stored: object, names: Names) -> object:
    if not isinstance(stored, dict):
        return _read_text(stored, names)
    return _present(
        (str(read_pointer(key, names)), _read_replacement(stored[key], names)) for key in sorted(stored)
    )


def _read_replacement(stored: object, names: Names) -> object:
    if isinstance(stored, str) and stored.startswith("="):
        return read_pointer(stored[1:], names)
    return read_literal(stored)


def _present(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    return {key: value for key, value in items if value is not ABSENT}


validation = Codec(_write_validation, _read_validation)
