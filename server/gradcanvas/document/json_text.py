"""JSON as text and as a tree, with every number kept as it was written. Knows nothing of graphs.

The standard library's scanner does the reading; its hooks keep what it would lose: a number's text, keys that
stand twice, and the tokens `NaN` and `Infinity`, which JSON does not have.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias, TypeVar

DEEPEST = 200
"""How many brackets may stand inside one another before a text is refused as a whole."""

_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): 255, ord("}"): 255}
_STEP_TABLE = bytes(_STEPS.get(byte, 0) for byte in range(256))
_NO_STEPS = bytes(byte for byte in range(256) if byte not in _STEPS)
_quote = json.JSONEncoder(ensure_ascii=False).encode


class Number:
    """A number of a JSON text, as it was written there: `1`, `1.0`, `-0.0` and `1e-3` stay what they are."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def is_integer(self) -> bool:
        """Whether it is written without point and exponent, which makes it an integer."""
        return self.text.lstrip("-").isdecimal()

    @property
    def value(self) -> int | float:
        """The Python number; the text must not be longer than Python converts (`is_too_large`)."""
        return int(self.text) if self.is_integer else float(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Number({self.text!r})"


Json: TypeAlias = "bool | Number | str | list[Json] | dict[str, Json] | None"
"""A JSON tree in which numbers keep their text."""

Path: TypeAlias = tuple[str | int, ...]
_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Parsed:
    """A tree, and what the text had that JSON does not allow: each with its path.

    Attributes:
        tree: the values. Of a key that stands twice the first keeps its name, later ones are `key_2`.
        repeated: paths of keys that stand more than once.
        renamed: paths of the values that were renamed for it.
        constants: paths and tokens of `NaN`, `Infinity`, `-Infinity`; the tree has `"nan"` and so on.
    """

    tree: Json
    repeated: list[Path] = field(default_factory=list)
    renamed: list[Path] = field(default_factory=list)
    constants: list[tuple[Path, str]] = field(default_factory=list)


class TooDeepError(ValueError):
    """The text has more brackets inside one another than `DEEPEST`."""


class _Constant:
    def __init__(self, token: str) -> None:
        self.token = token

    @property
    def spelled(self) -> str:
        return {"NaN": "nan", "Infinity": "inf"}.get(self.token, "-inf")


class _Repeated(dict[str, "Json"]):
    """An object in which keys stood twice."""

    def __init__(self, pairs: list[tuple[str, Json]]) -> None:
        super().__init__()
        taken = {key for key, _ in pairs}
        counts: dict[str, int] = {}
        self.renamed: list[str] = []
        for key, value in pairs:
            counts[key] = counts.get(key, 0) + 1
            name = key
            if counts[key] > 1:
                while (name := f"{key}_{counts[key]}") in taken:
                    counts[key] += 1
                self.renamed.append(name)
            taken.add(name)
            self[name] = value
        self.keys_repeated = [key for key, count in counts.items() if count > 1]


def depth(text: str) -> int:
    """Return how many brackets stand inside one another, without parsing."""
    brackets = _STRING.sub("", text).encode("utf-8", "replace").translate(_STEP_TABLE, _NO_STEPS)
    return max(accumulate(memoryview(brackets).cast("b")), default=0)


def parse(text: str) -> Parsed:
    """Parse a JSON text.

    Raises:
        json.JSONDecodeError: it is not JSON.
        TooDeepError: its brackets are nested too deep.
    """
    if depth(text) > DEEPEST:
        raise TooDeepError(f"more than {DEEPEST} brackets inside one another")
    noted: list[object] = []
    tree = json.JSONDecoder(
        parse_int=Number,
        parse_float=Number,
        parse_constant=lambda token: _note(_Constant(token), noted),
        object_pairs_hook=lambda pairs: _object(pairs, noted),
    ).decode(text)
    parsed = Parsed(tree)
    if noted:
        holder: list[Json] = [tree]
        _settle(holder, (), parsed)
        parsed = Parsed(
            holder[0],
            [path[1:] for path in parsed.repeated],
            [path[1:] for path in parsed.renamed],
            [(path[1:], token) for path, token in parsed.constants],
        )
    return parsed


def _object(pairs: list[tuple[str, Json]], noted: list[object]) -> dict[str, Json]:
    result = dict(pairs)
    return result if len(result) == len(pairs) else _note(_Repeated(pairs), noted)


def _note(thing: _Thing, noted: list[object]) -> _Thing:
    noted.append(thing)
    return thing


def _settle(container: list[Json] | dict[str, Json], path: Path, parsed: Parsed) -> None:
    """Replace the markers below by plain JSON and note where they stood."""
    items: Iterator[tuple[str | int, object]]
    items = iter(list(container.items())) if isinstance(container, dict) else iter(enumerate(container))
    for key, value in items:
        below = (*path, key)
        if isinstance(value, _Constant):
            parsed.constants.append((below, value.token))
            container[key] = value.spelled  # type: ignore[index]
        elif isinstance(value, dict | list):
            _settle(value, below, parsed)
            if isinstance(value, _Repeated):
                parsed.repeated.extend((*below, name) for name in value.keys_repeated)
                parsed.renamed.extend((*below, name) for name in value.renamed)
                container[key] = dict(value)  # type: ignore[index]


def text_of(tree: Json) -> str:
    """Return the canonical JSON text: one space after `:` and `,`, numbers as they were written."""
    kind = type(tree)
    if kind is Number:
        return tree.text  # type: ignore[union-attr]
    if kind is list:
        return "[" + ", ".join(map(text_of, tree)) + "]"  # type: ignore[arg-type]
    if kind is dict:
        return "{" + ", ".join(_member(key, value) for key, value in tree.items()) + "}"  # type: ignore[union-attr]
    return _quote(tree)


def _member(key: str, value: Json) -> str:
    return f"{_quote(key)}: {text_of(value)}"


def plain(tree: Json) -> object:
    """Return the tree in Python's own numbers: int where written without point and exponent, else float."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    return tree
