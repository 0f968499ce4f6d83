"""Reads CSV into columns of numbers. Knows nothing of graphs.

The first line names the columns if none of its cells is a number. A column of words becomes the numbers of
its words in sorted order; an empty cell in a column of numbers is nan.
"""

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcanvas.program.data_columns import Column, check_count, distinct_names
from gradcanvas.program.data_urls import DataError

_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity)|nan", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a CSV file, without spaces around them.

    Attributes:
        delimiter: what stands between cells.
        header: the cells of the first line; None where that holds numbers already.
        lines: the number of each row's line in the file, counted from 1.
        columns: the cells of each column, as many in each.
    """

    delimiter: str
    header: list[str] | None
    lines: list[int]
    columns: list[list[str]]


def read_csv(content: bytes) -> tuple[Column, ...]:
    """Return the columns of a CSV file.

    Raises:
        DataError: it is no table of numbers and words.
    """
    table = read_table(content)
    numbered = [str(place) for place in range(len(table.columns))]
    names = numbered if table.header is None else distinct_names(table.header)
    return tuple(_column(table, place, name) for place, name in enumerate(names))


def read_table(content: bytes) -> Table:
    """Return the cells of a CSV file.

    Raises:
        DataError: it is not UTF-8, its rows differ in length, or it has none.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"Byte {error.start} of the CSV file is 0x{content[error.start]:02x}, which is not UTF-8 there.",
            "Save the file as UTF-8.",
        ) from error
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines, columns = _cells(text, delimiter)
    header: list[str] | None = None
    if lines and not any(_NUMBER.fullmatch(cells[0]) for cells in columns):
        del lines[0]
        header = [cells.pop(0) for cells in columns]
    if not lines:
        raise DataError("The CSV file has no rows of data.", "Write at least one row under the names.")
    return Table(delimiter, header, lines, columns)


def _cells(text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    """Return the number of each row's line, and the cells by columns: kept rows were many small lists."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    lines: list[int] = []
    columns: list[list[str]] = []
    try:
        for row in reader:
            if not row:
                continue
            if lines and len(row) != len(columns):
                raise DataError(
                    f"Line {reader.line_num} of the CSV file has {len(row)} cells, "
                    f"line {lines[0]} has {len(columns)}.",
                    "Give every line as many; a cell that holds a comma stands in quotation marks.",
                )
            if not lines:
                check_count(len(row))
                columns = [[] for _ in row]
            lines.append(reader.line_num)
            for cells, cell in zip(columns, row, strict=True):
                cells.append(cell.strip())
    except csv.Error as error:
        raise DataError(
            f"Line {reader.line_num} of the CSV file cannot be read: {error}.",
            "Look there for a quotation mark that is not closed.",
        ) from error
    return lines, columns


def _column(table: Table, place: int, name: str) -> Column:
    cells = table.columns[place]
    are_numbers = [bool(_NUMBER.fullmatch(cell)) for cell in cells]
    if all(are_numbers) or not any(cells):
        return Column(name, _numbers(cells), place)
    if not any(are_numbers):
        if not all(cells):
            line = table.lines[cells.index("")]
            raise DataError(
                f"The column `{name}` holds words, and its cell in line {line} is empty.",
                "Write a word there, or take the line away.",
            )
        words = sorted(set(cells))
        places = {word: index for index, word in enumerate(words)}
        return Column(name, np.array([places[cell] for cell in cells], dtype=np.int64), place, tuple(words))
    odd = next((index for index, cell in enumerate(cells) if cell and not are_numbers[index]), None)
    if odd is not None:
        raise DataError(
            f"The column `{name}` holds numbers, and `{cells[odd][:40]}` in line {table.lines[odd]}.",
            "A column holds numbers or words: mend the cell, or leave it empty for nan.",
        )
    return Column(name, _numbers(cells), place)


def _numbers(cells: list[str]) -> NDArray[np.int64] | NDArray[np.float64]:
    if all(_WHOLE.fullmatch(cell) for cell in cells):
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    return np.array([float(cell or "nan") for cell in cells], dtype=np.float64)
