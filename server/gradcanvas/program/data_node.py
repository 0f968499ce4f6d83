"""What a node of data gives, from its arguments: names and shapes of its outputs, and their arrays.

Knows files and built-in sets; knows nothing of torch, nor of the graph around the node.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcanvas.catalog.datasets import DATA
from gradcanvas.catalog.model import Operation, Overload
from gradcanvas.program.data_arrays import read_npy, read_safetensors
from gradcanvas.program.data_columns import Column
from gradcanvas.program.data_csv import read_csv
from gradcanvas.program.data_sets import BUILT_IN, Drawn
from gradcanvas.program.data_urls import DataError, Format, open_data_url


@dataclass(frozen=True, slots=True)
class DataFault:
    """Why a node of data gives nothing: the argument, and a problem's code, message and help."""

    argument: str
    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class DataOutput:
    """One output.

    Attributes:
        name: as references name it.
        shape: of the array, after rows were chosen.
        dtype: the name of the tensor's dtype.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def collects(self) -> bool:
        """Whether it can collect a gradient."""
        return self.dtype not in ("int64", "bool")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows of a whole are given.

    Attributes:
        total: rows of the whole; None where all of it is given, as it is.
        first: of these the first ones, where not all are used.
        part: "all", "train" or "validation".
        held: how many of the used ones are the validation part.
        seed: of the permutation that tells the parts apart.
    """

    total: int | None = None
    first: int | None = None
    part: str = "all"
    held: int = 0
    seed: int = 0

    @property
    def rows(self) -> int:
        """How many are given."""
        used = (self.total or 0) if self.first is None else self.first
        return {"all": used, "train": used - self.held, "validation": self.held}[self.part]

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the chosen rows of an array."""
        used = array if self.first is None else array[: self.first]
        if self.part == "all":
            return used
        order = np.random.RandomState(self.seed).permutation(len(used))
        chosen: NDArray[Any] = used[order[self.held :] if self.part == "train" else order[: self.held]]
        return chosen


@dataclass(frozen=True, slots=True)
class Data:
    """What a node of data gives.

    Attributes:
        outputs: in their order.
        chosen: which rows.
        dtype: the name of the dtype of floating numbers.
        source: the name of the built-in set; "" where it is a file.
        drawn: what the built-in set is drawn from.
        columns: of a file, what it holds.
    """

    outputs: tuple[DataOutput, ...]
    chosen: Chosen
    dtype: str
    source: str = ""
    drawn: Drawn | None = None
    columns: tuple[Column, ...] = ()

    @property
    def bytes_on_the_way(self) -> int:
        """What making it takes at most, beside what it gives."""
        if self.drawn is None:
            return 0
        elements = sum(int(np.prod(each.shape[1:], dtype=object)) for each in self.outputs)
        return 4 * 8 * elements * self.drawn.rows

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Return the arrays, in the dtypes in which they were read or drawn."""
        if self.drawn is not None:
            whole: tuple[NDArray[Any], ...] = BUILT_IN[self.source].make(self.drawn)
        else:
            whole = tuple(column.array for column in self.columns)
        return tuple(self.chosen.of(array) for array in whole)


def is_data(operation: Operation | None) -> bool:
    """Tell whether an operation is the one that holds data."""
    return operation is not None and operation.name == DATA


def read_data(overload: Overload, values: Mapping[str, object]) -> Data | DataFault:
    """Return what a node of data gives; makes no built-in set, and reads a file once.

    Args:
        overload: the way of calling that its arguments mean.
        values: argument → literal; those left out have the overload's defaults.
    """
    arguments: dict[str, Any] = {}
    for each in overload.arguments:
        value = values.get(each.name)
        arguments[each.name] = json.loads(each.default) if value is None and each.default else value
    for name, (fits, words, help_text) in _LIMITS.items():
        if arguments.get(name) is not None and not fits(arguments[name]):
            return DataFault(name, "bad-value", f"`{name}` is {arguments[name]}; it is {words}.", help_text)
    source = str(arguments["source"])
    if source in BUILT_IN:
        return _built_in(overload, source, arguments)
    return _file(source, arguments)


@lru_cache(maxsize=8)
def read_columns(url: str) -> tuple[Column, ...] | DataFault:
    """Return what the file in a data URL holds."""
    try:
        file = open_data_url(url)
        return _READERS[file.format](file.content)
    except DataError as error:
        return DataFault("source", error.code, error.message, error.help)


_READERS: dict[Format, Callable[[bytes], tuple[Column, ...]]] = {
    "csv": read_csv,
    "npy": read_npy,
    "safetensors": read_safetensors,
}
_MOST_ROWS = 1 << 40
_LIMITS: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "rows": (lambda rows: 1 <= rows <= _MOST_ROWS, "a number of rows, from 1", "Write for example 100."),
    "noise": (
        lambda noise: 0 <= float(noise) < math.inf,
        "a standard deviation, from 0",
        "Write for example 0.1; 0 is no noise.",
    ),
    "classes": (lambda classes: 1 <= classes <= 1000, "from 1 to 1000", "Write for example 3."),
    "seed": (lambda seed: 0 <= seed < 1 << 32, "from 0 to 4294967295", "Write a small whole number."),
    "holdout": (
        lambda share: 0 < float(share) < 1,
        "the share of the rows that is held out, between 0 and 1",
        "Write for example 0.2.",
    ),
}
"""What an argument may be, beyond its type: whether it fits, in words, and what to do."""


def _built_in(overload: Overload, source: str, arguments: Mapping[str, Any]) -> Data | DataFault:
    row = BUILT_IN[source]
    is_fixed = row.size is not None
    drawn = Drawn(
        rows=arguments["rows"] if row.size is None else row.size,
        noise=float(arguments.get("noise", 0.0)),
        classes=arguments.get("classes", 2),
        seed=arguments["seed"],
    )
    chosen = _chosen(drawn.rows, arguments["rows"] if is_fixed else None, arguments)
    if isinstance(chosen, DataFault):
        return chosen
    dtype = str(arguments["dtype"])
    shapes = (chosen.rows, *row.row), (chosen.rows,) if row.labels else (chosen.rows, 1)
    dtypes = dtype, "int64" if row.labels else dtype
    outputs = tuple(
        DataOutput(*each)
        for each in zip((output.name for output in overload.outputs), shapes, dtypes, strict=True)
    )
    return Data(outputs, chosen, dtype, source, drawn)


def _file(url: str, arguments: Mapping[str, Any]) -> Data | DataFault:
    columns = read_columns(url)
    if isinstance(columns, DataFault):
        return columns
    chosen: Chosen | DataFault = Chosen()
    if arguments["rows"] is not None or arguments["part"] != "all":
        sizes = {column.array.shape[:1] for column in columns}
        if len(sizes) > 1 or () in sizes:
            return DataFault(
                "rows" if arguments["part"] == "all" else "part",
                "bad-value",
                "The arrays of the file have not as many rows each, so none can be left out.",
                "Take all of them: leave `rows` and `part` out.",
            )
        chosen = _chosen(columns[0].array.shape[0], arguments["rows"], arguments)
    if isinstance(chosen, DataFault):
        return chosen
    dtype = str(arguments["dtype"])
    outputs = tuple(
        DataOutput(column.name, _shape(column, chosen), _dtype(column, dtype)) for column in columns
    )
    return Data(outputs, chosen, dtype, columns=columns)


def _shape(column: Column, chosen: Chosen) -> tuple[int, ...]:
    shape = column.array.shape
    return shape if chosen.total is None else (chosen.rows, *shape[1:])


def _dtype(column: Column, dtype: str) -> str:
    if column.numbers == "floating":
        return dtype
    return {"whole": "int64", "truth": "bool"}.get(column.numbers, str(column.array.dtype))


def _chosen(total: int, first: int | None, arguments: Mapping[str, Any]) -> Chosen | DataFault:
    used = total if first is None else min(first, total)
    part = str(arguments["part"])
    held = round(used * float(arguments["holdout"]))
    if part != "all" and not 0 < held < used:
        return DataFault(
            "holdout",
            "bad-value",
            f"`holdout` leaves {held} of {used} rows to the validation part and {used - held} to the other.",
            "Leave both at least one row: change `holdout`, or take more rows.",
        )
    return Chosen(total, used if used < total else None, part, held, arguments["seed"])
