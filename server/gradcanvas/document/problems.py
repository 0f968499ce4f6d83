"""What is wrong with a graph, as data: one `Problem` a fault, with the place where it stands.

Knows nothing of where graphs come from or who shows the problems.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

from gradcanvas.document.json_text import Json, Number, text_of

LONGEST_QUOTE = 60


class Problem(BaseModel):
    """One fault of a graph.

    Attributes:
        where: a JSON pointer (RFC 6901) into the file; "" for the file itself.
        code: what kind of fault it is, for programs and tests (`unknown-key`).
        message: what stood there, what was expected, what came.
        help: what to do.
    """

    model_config = ConfigDict(frozen=True)

    where: str
    code: str
    message: str
    help: str


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON pointer of a path of keys and indices."""
    return "".join("/" + _sound(str(step)).replace("~", "~0").replace("/", "~1") for step in path)


def path_of(where: str) -> tuple[str, ...]:
    """Return the path of a JSON pointer; an index is text in it."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:])


def quote(text: str) -> str:
    """Return the text in double quotes as JSON writes it, shortened if it is long."""
    if len(text) > LONGEST_QUOTE:
        text = text[: LONGEST_QUOTE - 1] + "…"
    return text_of(_sound(text))


def _sound(text: str) -> str:
    """Return the text without halves of surrogate pairs, which could not be printed or sent."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def describe(value: Json) -> str:
    """Say what a JSON value is, in a few words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number():
            return f"the number {value.text[:LONGEST_QUOTE]}"
        case str():
            return f"the text {quote(value)}"
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return "an object"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like this one, None if none comes near."""
    if len(word) > LONGEST_QUOTE:
        return None
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None
