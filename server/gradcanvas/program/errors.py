"""A failure of PyTorch while a program runs, brought back to the node that it happened in.

Knows generated code and its lines; knows nothing of sessions or of how a failure is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, TracebackType


class NodeError(Exception):
    """What PyTorch said, and where.

    Attributes:
        where: JSON pointer of the node.
        message: PyTorch's own words.
        original: the exception it raised.
        path: the node as it is spoken of, with what called it: "square", "loop@3/wx".
    """

    def __init__(self, where: str, message: str, original: BaseException, path: str = "") -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message
        self.original = original
        self.path = path


class LimitError(RuntimeError):
    """A `gradcanvas.while` reached its limit: our words, not PyTorch's."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the file: its JSON pointer, and its path within the code that runs it."""

    where: str
    path: str


class FailureMap:
    """Knows for each generated function which of its lines runs which node."""

    def __init__(self) -> None:
        self._lines: dict[CodeType, Mapping[int, Place]] = {}

    def add(self, code: CodeType, lines: Mapping[int, Place]) -> None:
        """Remember which line of `code` runs which node."""
        self._lines[code] = lines

    def explain(self, error: Exception) -> Exception:
        """Return the `NodeError` for what a generated function raised; `error` itself if no node did."""
        if isinstance(error, NodeError):
            return error
        places = list(self._places(error.__traceback__))
        if not places:
            return error
        turns: Mapping[str, int] = getattr(error, "gradcanvas_turns", {})
        path = "/".join(_turned(place, turns) for place in places)
        return NodeError(places[-1].where, _words(error), error, path)

    def _places(self, traceback: TracebackType | None) -> Iterator[Place]:
        while traceback is not None:
            lines = self._lines.get(traceback.tb_frame.f_code)
            if lines is not None and traceback.tb_lineno in lines:
                yield lines[traceback.tb_lineno]
            traceback = traceback.tb_next


def _words(error: Exception) -> str:
    words = str(error).strip()
    return words or type(error).__name__


def _turned(place: Place, turns: Mapping[str, int]) -> str:
    return f"{place.path}@{turns[place.where]}" if place.where in turns else place.path
