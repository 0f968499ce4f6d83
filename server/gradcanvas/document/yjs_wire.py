"""Reads a Yjs update (encoding version 1) byte by byte, to know what it holds before it is trusted.

The library that applies updates believes the lengths it reads, nests as deep as it is told and takes any
shared type. The form of a graph needs little of that: maps and texts. What else an update holds is refused
here.
"""

from dataclasses import dataclass
from typing import NamedTuple

MAP_TYPE = 1
TEXT_TAG = 119
LARGEST_CLOCK = 2**31
LARGEST_CLIENT = 2**53

_GARBAGE, _DELETED, _TYPE, _ANY, _SKIP = 0, 1, 7, 8, 10


class Id(NamedTuple):
    """What names an item: who made it, and their how-many-th it is."""

    client: int
    clock: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an update.

    Attributes:
        id: its own.
        length: how many clock ticks it takes.
        origin: its left neighbour, or else its right one, from which it has its parent.
        parent: the map it stands in: an item, or the name of a root; None where a neighbour says it.
        is_map: whether it is a map itself.
    """

    id: Id
    length: int
    origin: Id | None
    parent: Id | str | None
    is_map: bool


@dataclass(frozen=True, slots=True)
class Update:
    """What an update holds: items, and the ranges it deletes."""

    items: list[Item]
    deletions: list[tuple[Id, int]]

    def ends(self) -> dict[int, int]:
        """Return client → the clock up to which a document must have its items once this is applied."""
        ends: dict[int, int] = {}
        for item in self.items:
            ends[item.id.client] = max(ends.get(item.id.client, 0), item.id.clock + item.length)
        for start, length in self.deletions:
            ends[start.client] = max(ends.get(start.client, 0), start.clock + length)
        return ends


class WireError(ValueError):
    """The bytes are no update, or hold what no graph does."""


def read_update(data: bytes) -> Update:
    """Read an update.

    Raises:
        WireError: see there.
    """
    reader = _Reader(data)
    items: list[Item] = []
    clients: set[int] = set()
    for _ in range(reader.count(3)):
        amount, client, clock = reader.count(2), reader.number(LARGEST_CLIENT), reader.number(LARGEST_CLOCK)
        if client in clients:
            raise WireError("a client stands twice in the update")
        clients.add(client)
        for _ in range(amount):
            item, length = reader.item(Id(client, clock))
            if item is not None:
                items.append(item)
            if length == 0:
                raise WireError("an item of the update is empty")
            clock += length
    deletions = reader.deletions()
    reader.end()
    return Update(items, deletions)


def read_state(data: bytes) -> dict[int, int]:
    """Read a state vector: client → the clock up to which its items are there.

    Raises:
        WireError: it is none.
    """
    reader = _Reader(data)
    state = {}
    for _ in range(reader.count(2)):
        client = reader.number(LARGEST_CLIENT)
        state[client] = reader.number(2**32)
    reader.end()
    return state


class _Reader:
    """A place in the bytes, moving on."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise WireError("the update ends in the middle")
        self.at += 1
        return self.data[self.at - 1]

    def number(self, largest: int) -> int:
        """Read an unsigned number of seven bits a byte."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
            if shift > 63:
                break
        if result > largest:
            raise WireError("a number in the update is too large")
        return result

    def count(self, smallest: int) -> int:
        """Read how many things of at least that many bytes follow; no more than there is room for."""
        return self.number((len(self.data) - self.at) // smallest)

    def text(self) -> str:
        end = self.count(1) + self.at
        try:
            text = self.data[self.at : end].decode()
        except UnicodeDecodeError as error:
            raise WireError("a text in the update is not UTF-8") from error
        self.at = end
        return text

    def id(self) -> Id:
        return Id(self.number(LARGEST_CLIENT), self.number(LARGEST_CLOCK))

    def item(self, own: Id) -> tuple[Item | None, int]:
        info = self.byte()
        kind = info & 0x1F
        if kind in (_GARBAGE, _SKIP):
            length = self.number(LARGEST_CLOCK)
            return None if kind == _SKIP else Item(own, length, None, None, False), length
        left = self.id() if info & 0x80 else None
        right = self.id() if info & 0x40 else None
        parent: Id | str | None = None
        if left is None and right is None:
            parent = self.text() if self.number(1) else self.id()
            if not info & 0x20:
                raise WireError("the update puts something into a map without a key")
            self.text()
        length = self.content(kind)
        return Item(own, length, left or right, parent, kind == _TYPE), length

    def content(self, kind: int) -> int:
        """Read an item's content and return its length."""
        if kind == _DELETED:
            return self.number(LARGEST_CLOCK)
        if kind == _TYPE and self.number(2**31) == MAP_TYPE:
            return 1
        if kind == _ANY:
            return self.texts()
        raise WireError("the update holds a shared type that is no map")

    def texts(self) -> int:
        """Read values that one key had one after the other, and return how many."""
        amount = self.count(2)
        for _ in range(amount):
            if self.byte() != TEXT_TAG:
                raise WireError("the update holds a value that is no text")
            self.text()
        return amount

    def deletions(self) -> list[tuple[Id, int]]:
        ranges = []
        for _ in range(self.count(2)):
            client = self.number(LARGEST_CLIENT)
            for _ in range(self.count(2)):
                clock = self.number(LARGEST_CLOCK)
                ranges.append((Id(client, clock), self.number(LARGEST_CLOCK)))
        return ranges

    def end(self) -> None:
        if self.at != len(self.data):
            raise WireError("something follows the update")
