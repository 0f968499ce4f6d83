"""What a file of data holds once it is read: named arrays of numbers. Knows nothing of formats or graphs."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcanvas.program.data_urls import DataError

MOST_COLUMNS = 256
"""Outputs that a node of data may have."""

Numbers = Literal["floating", "whole", "truth", "complex"]
"""What becomes of an array: `dtype`, int64, bool, or its own complex dtype."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One output of data.

    Attributes:
        name: of the output.
        array: its numbers: of any floating or complex dtype, int64 or bool.
        key: what it is called in the file: a column's number, or a tensor's name.
        words: of a column of words, these in sorted order; `array` holds their places in it.
    """

    name: str
    array: NDArray[Any]
    key: int | str = ""
    words: tuple[str, ...] | None = None

    @property
    def numbers(self) -> Numbers:
        """What kind of numbers it holds."""
        return _KINDS[self.array.dtype.kind]


_KINDS: dict[str, Numbers] = {"f": "floating", "i": "whole", "u": "whole", "b": "truth", "c": "complex"}
_INT64 = np.iinfo(np.int64)


def taken_in(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Return an array as outputs hold it: in this machine's byte order, whole numbers as int64.

    Args:
        array: as a file holds it.
        what: how it is spoken of in a message.

    Raises:
        DataError: it holds what is no number, or numbers that no tensor can hold.
    """
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind not in _KINDS or (kind == "f" and size > 8) or (kind == "c" and size > 16):
        raise DataError(
            f"{what} holds `{array.dtype}`; an output holds numbers or true and false.",
            "Save it as float32, float64, int64 or bool.",
        )
    if kind == "u" and array.size and int(array.max()) > _INT64.max:
        raise DataError(
            f"{what} holds {int(array.max())}; whole numbers end at {_INT64.max}.", "Save it as float64."
        )
    if kind in "iu":
        return array.astype(np.int64)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def check_count(count: int) -> None:
    """Raise a `DataError` for more columns or arrays than a node can have outputs, or for none."""
    if count == 0:
        raise DataError("The file holds no data.", "Choose one with at least one column or array.")
    if count > MOST_COLUMNS:
        raise DataError(
            f"The file holds {count:,} columns or arrays; a node gives at most {MOST_COLUMNS}.",
            "Keep what belongs together in one NPY array of two dimensions.",
            "too-many-columns",
        )


def distinct_names(wished: list[str]) -> list[str]:
    """Return names under which outputs can be referred to: identifiers, each once, none of them a number."""
    taken: set[str] = set()
    names = []
    for place, text in enumerate(wished):
        words = "".join(
            character if character.isalnum() and character.isascii() else " " for character in text
        )
        name = "_".join(words.split())[:64] or f"column_{place}"
        if name[0].isdigit():
            name = f"column_{name}"
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.add(unique)
        names.append(unique)
    return names
