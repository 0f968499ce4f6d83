"""What no place of a graph may hold: numbers too large, values nested too deep, text that is not text.

Looks at a whole JSON tree before its meaning is asked, and takes out what it finds, so that what
reads the rest never meets it.
"""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from gradcanvas.document.json_text import Json, Number, Path
from gradcanvas.document.problems import Problem, pointer, quote

LARGEST_INTEGER = 2**64 - 1
SMALLEST_INTEGER = -(2**63)
DEEPEST_LITERAL = 80
"""Levels below the literal's own key; a tensor has at most 64 dimensions."""


class Fault(NamedTuple):
    """A place, and what is wrong there."""

    path: Path
    problem: Problem


def is_too_large(number: Number) -> bool:
    """Whether a number is beyond what PyTorch takes: 64-bit integers, and floats of double precision."""
    text = number.text
    if not number.is_integer:
        return float(text) in (float("inf"), float("-inf"))
    return len(text) > 18 and (len(text) > 20 or not SMALLEST_INTEGER <= int(text) <= LARGEST_INTEGER)


def screen(tree: Json) -> list[Fault]:
    """Return every number that is too large, value that is nested too deep and text with a bad character."""
    if _is_sound(tree, DEEPEST_LITERAL):
        return []
    return [Fault(path, _problem(path, value)) for path, value in _suspects(tree, ())]


def _suspects(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    kind = type(value)
    if kind in (list, dict) and len(path) > _literal_level(path) + DEEPEST_LITERAL:
        yield path[: _literal_level(path)], value
    elif kind is list:
        yield from _in_list(value, path)  # type: ignore[arg-type]
    elif kind is dict:
        for key, item in value.items():  # type: ignore[union-attr]
            if _is_bad_text(key):
                yield (*path, key), key
            yield from _suspects(item, (*path, key))
    elif kind is Number:
        if is_too_large(value):  # type: ignore[arg-type]
            yield path, value
    elif kind is str and _is_bad_text(value):  # type: ignore[arg-type]
        yield path, value


def _is_sound(value: Json, levels: int) -> bool:
    """Tell quickly whether all is well, in no more levels than a literal may have; False is no fault yet."""
    if isinstance(value, dict):
        if levels == 0 or _is_bad_text("".join(value)):
            return False
        return all([_is_sound(each, levels - 1) for each in value.values()])
    if isinstance(value, list):
        return levels > 0 and all([_is_sound(each, levels - 1) for each in value])
    if isinstance(value, Number):
        text = value.text
        return (len(text) <= 18 and "e" not in text and "E" not in text) or not is_too_large(value)
    return not isinstance(value, str) or not _is_bad_text(value)


def _literal_level(path: Path) -> int:
    """Return how many keys lead to the literal: `nodes/x/args/data`, `functions/f/nodes/x/args/data`."""
    return 6 if path[:1] == ("functions",) else 4


def _in_list(values: list[Json], path: Path) -> Iterator[tuple[Path, Json]]:
    for index, item in enumerate(values):
        if type(item) is Number:
            text = item.text
            if (len(text) > 18 or "e" in text or "E" in text) and is_too_large(item):
                yield (*path, index), item
        else:
            yield from _suspects(item, (*path, index))


def _is_bad_text(text: str) -> bool:
    return "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text))


def _problem(path: Path, value: Json) -> Problem:
    where = pointer(path)
    if isinstance(value, Number):
        shown = value.text if len(value.text) <= 40 else f"{value.text[:20]}… ({len(value.text)} characters)"
        return Problem(
            where=where,
            code="number-too-large",
            message=f"{shown} is beyond PyTorch: integers go from -2^63 to 2^64-1, floats to 1.8e308.",
            help='Write a smaller number, or "inf" for infinity.',
        )
    if isinstance(value, str):
        return Problem(
            where=where,
            code="bad-text",
            message=f"The text {quote(value)} holds a NUL or half a surrogate pair.",
            help="Delete that character.",
        )
    return Problem(
        where=where,
        code="too-deep",
        message=f"More than {DEEPEST_LITERAL} lists or objects stand inside one another here.",
        help="A tensor has at most 64 dimensions: take away the outer brackets.",
    )


def without(tree: dict[str, Json], paths: Iterable[Path]) -> dict[str, Json]:
    """Return the tree without what stands at these paths; an entry of a list takes the whole list with it."""
    result = dict(tree)
    copied = {id(result)}
    for path in paths:
        keys = _to_key(path)
        holder: Json = result
        for key in keys[:-1]:
            below = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(below, dict) and isinstance(holder, dict) and id(below) not in copied:
                holder[key] = below = dict(below)
                copied.add(id(below))
            holder = below
        if isinstance(holder, dict):
            holder.pop(keys[-1], None)
    return result


def _to_key(path: Path) -> list[str]:
    """Return the path up to the first index."""
    return [str(step) for step in takewhile(lambda step: isinstance(step, str), path)]


def scrub(tree: Json) -> Json:
    """Return the tree with U+FFFD for every half of a surrogate pair, which no text can carry."""
    if isinstance(tree, str):
        return (
            tree.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if _is_bad_text(tree) else tree
        )
    if isinstance(tree, list):
        return [scrub(item) for item in tree]
    if isinstance(tree, dict):
        return {str(scrub(key)): scrub(item) for key, item in tree.items()}
    return tree
