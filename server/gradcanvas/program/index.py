"""The text between the brackets of an index, parsed and never evaluated. Knows nothing of torch.

    index := entry ("," entry)* [","]
    entry := ":" and numbers as in a slice | integer | "None" | "..." | "True" | "False" | name | list
    list  := "[" integers or booleans "]"

A name stands for an entry of the node's `inputs`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from keyword import iskeyword
from types import EllipsisType

LONGEST = 2000
"""Characters of an index that are read at all."""

_TOKEN = re.compile(r"\s*(?:(\d+)|(\.\.\.)|([A-Za-z_][A-Za-z_0-9]*)|([-+:,\[\]]))", re.ASCII)
_CONSTANTS: dict[str, bool | None] = {"None": None, "True": True, "False": False}


class IndexSyntaxError(ValueError):
    """An index that cannot be read; its message says what stood where."""


@dataclass(frozen=True, slots=True)
class Name:
    """Stands for the tensor that is wired to the input of this name."""

    name: str


Entry = int | bool | None | EllipsisType | slice | Name | tuple[int | bool, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A parsed index.

    Attributes:
        entries: one for each dimension-wise part, as written.
        is_tuple: there was a comma, so that `x[0,]` is written as it was.
    """

    entries: tuple[Entry, ...]
    is_tuple: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names it mentions, once each, in the order of the text."""
        return tuple(dict.fromkeys(entry.name for entry in self.entries if isinstance(entry, Name)))

    def build(self, wired: Mapping[str, object]) -> object:
        """Return what goes between the brackets, with what is wired in the place of its names."""
        parts = tuple(_built(entry, wired) for entry in self.entries)
        return parts if self.is_tuple else parts[0]

    def source(self, names: Mapping[str, str]) -> str:
        """Return it as Python text, with `names` in the place of its names."""
        text = ", ".join(_text(entry, names) for entry in self.entries)
        return f"{text}," if self.is_tuple and len(self.entries) == 1 else text


@lru_cache(maxsize=4096)
def parse_index(text: str) -> Index:
    """Read the text of an index.

    Raises:
        IndexSyntaxError: it is not one.
    """
    if len(text) > LONGEST:
        raise IndexSyntaxError(f"An index may have at most {LONGEST} characters; this one has {len(text)}.")
    return _Parser(_tokens(text), text).index()


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            raise IndexSyntaxError(f"`{_short(stripped[place:].lstrip())}` cannot stand in an index.")
        found.append(match[0].strip())
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.place = 0

    def index(self) -> Index:
        if not self.tokens:
            raise IndexSyntaxError("An index needs at least one entry, such as `0` or `:`.")
        entries = [self.entry()]
        is_tuple = False
        while self.peek() == ",":
            self.place += 1
            is_tuple = True
            if self.peek() is None:
                break
            entries.append(self.entry())
        if self.peek() is not None:
            raise IndexSyntaxError(f"`{self.peek()}` stands where a comma or the end was expected.")
        if sum(entry is ... for entry in entries) > 1:
            raise IndexSyntaxError("An index can have only one `...`.")
        return Index(tuple(entries), is_tuple)

    def peek(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def entry(self) -> Entry:
        token = self.peek()
        if token == "...":
            self.place += 1
            return ...
        if token == "[":
            return self.list_of_constants()
        if token is not None and (token[0].isalpha() or token[0] == "_"):
            self.place += 1
            return self.word(token)
        return self.number_or_slice()

    def word(self, token: str) -> Entry:
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        if iskeyword(token):
            raise IndexSyntaxError(f"`{token}` cannot be the name of an input.")
        return Name(token)

    def number_or_slice(self) -> Entry:
        parts: list[int | None] = [self.integer()]
        while self.peek() == ":" and len(parts) < 3:
            self.place += 1
            parts.append(self.integer())
        if len(parts) > 1:
            if len(parts) == 3 and parts[2] is not None and parts[2] <= 0:
                raise IndexSyntaxError("The step of a slice must be greater than zero, as PyTorch wants it.")
            return slice(parts[0], parts[1], parts[2] if len(parts) == 3 else None)
        if parts[0] is None:
            raise IndexSyntaxError(f"An entry is missing {self.here()}.")
        return parts[0]

    def integer(self) -> int | None:
        token = self.peek()
        sign = 1
        if token in ("-", "+"):
            self.place += 1
            sign = -1 if token == "-" else 1
            token = self.peek()
            if token is None or not token.isdigit():
                raise IndexSyntaxError(f"A number must follow the sign {self.here()}.")
        if token is None or not token.isdigit():
            return None
        if len(token) > 19 or int(token) >= 2**63:
            raise IndexSyntaxError(f"`{_short(token)}` is too large for an index.")
        self.place += 1
        return sign * int(token)

    def list_of_constants(self) -> tuple[int | bool, ...]:
        self.place += 1
        items: list[int | bool] = []
        while self.peek() != "]":
            token = self.peek()
            item: object = self.integer()
            if item is None and token in ("True", "False"):
                self.place += 1
                item = token == "True"
            if not isinstance(item, int):
                raise IndexSyntaxError(f"A list in an index holds integers or True and False {self.here()}.")
            items.append(item)
            if self.peek() == ",":
                self.place += 1
            elif self.peek() != "]":
                raise IndexSyntaxError(f"A list in an index must end with `]` {self.here()}.")
        self.place += 1
        if len({type(item) for item in items}) > 1:
            raise IndexSyntaxError("A list in an index holds either integers or booleans.")
        return tuple(items)

    def here(self) -> str:
        token = self.peek()
        return "at the end" if token is None else f"before `{token}`"


def _built(entry: Entry, wired: Mapping[str, object]) -> object:
    if isinstance(entry, Name):
        return wired[entry.name]
    return list(entry) if isinstance(entry, tuple) else entry


def _text(entry: Entry, names: Mapping[str, str]) -> str:
    if isinstance(entry, Name):
        return names[entry.name]
    if isinstance(entry, slice):
        start, stop, step = (
            "" if part is None else str(part) for part in (entry.start, entry.stop, entry.step)
        )
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if isinstance(entry, tuple):
        return str(list(entry))
    return "..." if entry is ... else str(entry)


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
