"""Finds operations by what people type, and the right name beside a wrong one. Knows no torch.

Ranks are rows of one table; an index over a catalogue is made once and kept.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from gradcanvas.catalog.model import Catalog, Operation
from gradcanvas.catalog.words import ROOMS

_MOST: Final = 50
_LONGEST: Final = 200
_REMEMBERED: Final = 2048
_WORD: Final = re.compile(r"[^\W_]+")


def search(catalog: Catalog, words: str) -> list[Operation]:
    """Return the operations that the words mean, best first; at most 50.

    Ranked by whole name or alias, beginning, parts, letters in order, description; where nothing of a name
    fits, one mistyped letter of a name is forgiven, or of a word of it.
    """
    wanted = " ".join(words.lower().split())[:_LONGEST]
    return _index(catalog).find(wanted) if wanted else []


def suggest(catalog: Catalog, name: str) -> str | None:
    """Return the catalogue's name that is meant by one that is not in it; None if nothing is near."""
    whole = f"torch.{name[:_LONGEST]}"
    return whole if whole in catalog.operations else _index(catalog).nearest(name[:_LONGEST])


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is searched of one operation, in lower case."""

    operation: Operation
    name: str
    short: str
    plain: str
    aliases: tuple[str, ...]
    words: frozenset[str]
    beginnings: str
    summary: str
    order: tuple[int, int, str]


class _Wanted:
    """What is looked for, in the forms in which entries are asked for it."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.parts = words.split()
        self.plain = _plain(words)
        self.beginnings = [f" {part}" for part in self.parts]
        self.has_letters_in_order = re.compile(".*?".join(map(re.escape, self.plain))).match


_Rank = Callable[["_Entry", _Wanted], bool]

_RANKS: Final[tuple[_Rank, ...]] = (
    lambda entry, wanted: wanted.words == entry.name or wanted.words in entry.aliases,
    lambda entry, wanted: wanted.words == entry.short,
    lambda entry, wanted: bool(wanted.plain) and wanted.plain == entry.plain,
    lambda entry, wanted: entry.short.startswith(wanted.words) or entry.name.startswith(wanted.words),
    lambda entry, wanted: any([each.startswith(wanted.words) for each in entry.aliases]),
    lambda entry, wanted: all([part in entry.beginnings for part in wanted.beginnings]),
    lambda entry, wanted: len(wanted.plain) > 1 and wanted.plain in entry.plain,
    lambda entry, wanted: (
        wanted.words in entry.summary
        or all([part in entry.summary or part in entry.name for part in wanted.parts])
    ),
    lambda entry, wanted: len(wanted.plain) > 2 and bool(wanted.has_letters_in_order(entry.plain)),
)
"""How well an entry fits, best first; it counts at the first that holds."""

_LONG_WORD: Final = 5
_NAMED: Final = 7
"""The first rank that does not look at names alone: a typo is looked for where nothing fits better."""


class _Index:
    """A catalogue prepared for searching."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        # A wrong name is asked for at every edit of the graph that it stands in.
        self.nearest = lru_cache(maxsize=_REMEMBERED)(self._nearest)
        self._entries = [_entry(operation) for operation in catalog.operations.values()]
        self._mistyped: dict[str, list[_Entry]] = defaultdict(list)
        self._mistyped_words: dict[str, list[tuple[str, _Entry]]] = defaultdict(list)
        self._plain: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self._entries:
            self._plain[entry.plain].append(entry)
            for variant in set(_deletions(entry.plain)):
                self._mistyped[variant].append(entry)
            for word in entry.words:
                if len(word) >= _LONG_WORD:
                    for variant in set(_deletions(word)):
                        self._mistyped_words[variant].append((word, entry))

    def find(self, words: str) -> list[Operation]:
        """Return what fits, best first."""
        wanted = _Wanted(words)
        found: list[tuple[float, tuple[int, int, str], _Entry]] = []
        for entry in self._entries:
            for rank, fits in enumerate(_RANKS):
                if fits(entry, wanted):
                    found.append((rank, entry.order, entry))
                    break
        if not found or min(found)[0] >= _NAMED:
            known = {entry.name for _, _, entry in found}
            named = [(_NAMED, entry) for entry in self._near(wanted.plain)]
            near = [each for each in named or self._near_words(wanted.plain) if each[1].name not in known]
            found += [(rank, entry.order, entry) for rank, entry in near]
        found.sort(key=lambda each: each[:2])
        return [entry.operation for _, _, entry in found[:_MOST]]

    def _nearest(self, name: str) -> str | None:
        """Return the name that is meant."""
        short = name.rpartition(".")[2].lower()
        plain = _plain(short)
        namespace = name.rpartition(".")[0]
        if len(plain) < 2:
            return None
        for find in (self._called, self._near, self._longer, self._close):
            if found := find(plain):
                return min(found, key=lambda each: _distance(each, namespace)).operation.name
        return None

    def _called(self, plain: str) -> list[_Entry]:
        return self._plain.get(plain, [])

    def _longer(self, plain: str) -> list[_Entry]:
        return [entry for entry in self._entries if entry.plain.startswith(plain)]

    def _close(self, plain: str) -> list[_Entry]:
        return self._called("".join(get_close_matches(plain, self._plain, n=1, cutoff=0.75)))

    def _near(self, plain: str) -> list[_Entry]:
        """Return entries whose name differs by one letter added, lost, changed or swapped."""
        if len(plain) < 3:
            return []
        found = {
            entry.name: entry for variant in _deletions(plain) for entry in self._mistyped.get(variant, ())
        }
        return [entry for entry in found.values() if _is_one_off(plain, entry.plain)]

    def _near_words(self, plain: str) -> list[tuple[float, _Entry]]:
        """Return entries of which a word differs so: by which people look for it, or else of its name."""
        if len(plain) < _LONG_WORD:
            return []
        found = {
            (entry.name, word not in entry.aliases): entry
            for variant in _deletions(plain)
            for word, entry in self._mistyped_words.get(variant, ())
            if _is_one_off(plain, word)
        }
        return [(_NAMED + (0.5 if is_part else 0.25), entry) for (_, is_part), entry in found.items()]


_last: list[_Index] = []


def _index(catalog: Catalog) -> _Index:
    """Return the index of a catalogue; the last one is kept."""
    if not _last or _last[0].catalog is not catalog:
        _last[:] = [_Index(catalog)]
    return _last[0]


def _entry(operation: Operation) -> _Entry:
    name = operation.name.lower()
    short = name.rpartition(".")[2]
    room = operation.name.rpartition(".")[0]
    aliases = tuple(alias.lower() for alias in operation.aliases)
    words = _WORD.findall(" ".join((name.replace("_", " "), *aliases)))
    return _Entry(
        operation=operation,
        name=name,
        short=short,
        plain=_plain(short),
        aliases=aliases,
        words=frozenset(words),
        beginnings=" ".join(("", *words)),
        summary=operation.summary.lower(),
        order=(ROOMS.index(room) if room in ROOMS else len(ROOMS), len(short), name),
    )


def _plain(text: str) -> str:
    """Return a name without what people leave out or mistake: capitals, underscores, spaces."""
    return "".join(_WORD.findall(text.lower()))


def _deletions(text: str) -> Iterator[str]:
    yield text
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]


def _is_one_off(one: str, other: str) -> bool:
    """Say whether one letter was added, lost or changed, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, others = one[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest == others[1:]
        or rest[1:] == others
        or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    )


def _distance(entry: _Entry, namespace: str) -> tuple[bool, tuple[int, int, str]]:
    return entry.operation.name.rpartition(".")[0] != namespace, entry.order
