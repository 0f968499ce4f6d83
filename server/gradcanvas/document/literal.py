"""A literal of a graph: JSON whose numbers keep the text they were written in. Knows nothing of tensors."""

import json
import math
from functools import cached_property

from gradcanvas.document.json_text import Json, Number, parse, plain, text_of


class Literal:
    """A value as a graph file holds it; equal to another if the canonical text is the same.

    Attributes:
        tree: the JSON tree, numbers with their text. Not to be changed.
    """

    def __init__(self, tree: Json) -> None:
        self.tree = tree

    @classmethod
    def of(cls, value: object) -> "Literal":
        """Return the literal of a Python value; infinity, not-a-number and complex as the format says.

        Raises:
            TypeError: the value has no form in a graph file.
        """
        return cls(_tree(value))

    @classmethod
    def from_text(cls, text: str) -> "Literal":
        """Return the literal that a JSON text stands for.

        Raises:
            ValueError: the text is not JSON.
        """
        return cls(parse(text).tree)

    @cached_property
    def text(self) -> str:
        """The canonical JSON text."""
        return text_of(self.tree)

    @cached_property
    def value(self) -> object:
        """The plain Python value: int, float, bool, str, None, list, dict. Not to be changed."""
        return plain(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Literal({self.text})"


def _tree(value: object) -> Json:
    match value:
        case None | bool() | str():
            return value
        case int() | float():
            return _number(value)
        case complex():
            return {"complex": [_tree(value.real), _tree(value.imag)]}
        case list() | tuple():
            return [_tree(item) for item in value]
        case dict():
            return {str(key): _tree(item) for key, item in value.items()}
        case _:
            raise TypeError(f"{type(value).__name__} has no form in a graph file")


def _number(value: float) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return Number(json.dumps(value))
