"""Prints a node of data as the lines that make or decode it. Knows no other node.

Whoever asks for the lines writes the imports that they need at the top of the script.
"""

import json
from collections.abc import Sequence

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.data_columns import Column
from gradcanvas.program.data_csv import read_table
from gradcanvas.program.data_node import Chosen, Data, DataFault, DataOutput, read_data
from gradcanvas.program.data_sets import BUILT_IN
from gradcanvas.program.data_urls import DataFile, open_data_url
from gradcanvas.program.print_names import Names


class Imports:
    """The modules that a script uses beside torch, each under a name that is free in it."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[str, tuple[str, str]] = {}

    def module(self, name: str) -> str:
        """Return what a module is called in the script."""
        return self._import(name, f"import {name}", name)

    def member(self, module: str, name: str) -> str:
        """Return what a function of a module is called in the script."""
        return self._import(f"{module}.{name}", f"from {module} import {name}", name)

    def lines(self) -> tuple[list[str], list[str]]:
        """Return the lines that import Python's own modules, and those that import others."""
        lines = sorted(line for line, _ in self._known.values())
        own = [line for line in lines if line.split()[1] in ("base64", "csv", "io")]
        return own, [line for line in lines if line not in own]

    def _import(self, key: str, line: str, wished: str) -> str:
        if key not in self._known:
            name = self._names.fresh(wished)
            self._known[key] = (line if name == wished else f"{line} as {name}", name)
        return self._known[key][1]


_BEGINNING = 80
"""Characters of a file that an abridged script shows."""


class DataPrinter:
    """Prints nodes of data.

    Args:
        names: the names taken in the script.
        imports: takes what the lines need.
        device: the expression of the device, "" where none is written.
        is_abridged: of a file only the beginning is written.
    """

    def __init__(self, names: Names, imports: Imports, device: str, *, is_abridged: bool = False) -> None:
        self.names = names
        self.is_abridged = is_abridged
        self.imports = imports
        self.device = device

    def lines(self, node: BoundNode, variables: Sequence[str]) -> list[str]:
        """Return the lines of one node.

        Args:
            node: a node of data.
            variables: what its outputs are called.
        """
        data = read_data(node.overload, node.values)
        assert not isinstance(data, DataFault)  # binding has read it
        url = str(node.values["source"])
        file = None if data.drawn is not None else open_data_url(url)
        lines, arrays = self._made(data, variables) if file is None else self._read(file, data, variables)
        selection, rows = self._selection(data.chosen, arrays[0])
        is_tensor = file is not None and file.format == "safetensors"
        asked = node.node.requires_grad is True
        return [
            *lines,
            *selection,
            *(
                self._tensor(f"{variable} = ", f"{array}{rows}", output, is_tensor, asked)
                for variable, array, output in zip(variables, arrays, data.outputs, strict=True)
            ),
        ]

    def _tensor(self, start: str, array: str, output: DataOutput, is_tensor: bool, asked: bool) -> str:
        collects = asked and output.collects
        on = f", device={self.device}" if self.device else ""
        if is_tensor:
            leaf = ".requires_grad_()" if collects else ""
            return f"{start}{array}.to(dtype=torch.{output.dtype}{on}){leaf}"
        leaf = ", requires_grad=True" if collects else ""
        return f"{start}torch.tensor({array}, dtype=torch.{output.dtype}{on}{leaf})"

    def _selection(self, chosen: Chosen, first: str) -> tuple[list[str], str]:
        """Return the lines that choose rows, and what is written behind every array."""
        head = "" if chosen.first is None else f"[:{chosen.first}]"
        if chosen.part == "all":
            return [], head
        numpy, order = self.imports.module("numpy"), self.names.fresh("order")
        count = f"len({first})" if chosen.first is None else str(chosen.first)
        part = f"{chosen.held}:" if chosen.part == "train" else f":{chosen.held}"
        made = f"{numpy}.random.RandomState({chosen.seed}).permutation({count})"
        return [f"{order} = {made}[{part}]"], f"[{order}]"

    def _made(self, data: Data, variables: Sequence[str]) -> tuple[list[str], list[str]]:
        row, drawn = BUILT_IN[data.source], data.drawn
        assert drawn is not None
        text = "\n".join(row.script)
        fields = {name: repr(getattr(drawn, name)) for name in ("rows", "noise", "classes", "seed")}
        fields |= {
            name: self.names.fresh(name) for name in ("random", "radius", "angle") if f"{{{name}}}" in text
        }
        fields |= {"numpy": self.imports.module("numpy")} if "{numpy}" in text else {}
        fields |= {"loader": self.imports.member("sklearn.datasets", row.loader)} if row.loader else {}
        return text.format(*variables, **fields).split("\n"), list(variables)

    def _read(self, file: DataFile, data: Data, variables: Sequence[str]) -> tuple[list[str], list[str]]:
        if file.format == "csv":
            return self._csv(file, data.columns, variables)
        content = self._content(file)
        if file.format == "npy":
            numpy, io = self.imports.module("numpy"), self.imports.module("io")
            kind = f"{numpy}.{data.columns[0].array.dtype.name}"
            loaded = f'{numpy}.load({io}.BytesIO({content})).astype({kind}, order="C")'
            return [f"{variables[0]} = {loaded}"], list(variables)
        load, tensors = self.imports.member("safetensors.torch", "load"), self.names.fresh("tensors")
        arrays = [f"{tensors}[{column.key!r}]" for column in data.columns]
        return [f"{tensors} = {load}({content})"], arrays

    def _csv(
        self, file: DataFile, columns: Sequence[Column], variables: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        csv, io, numpy = (self.imports.module(name) for name in ("csv", "io", "numpy"))
        table = read_table(file.content)
        rows = self.names.fresh("rows")
        text = f'{self._content(file)}.decode("utf-8-sig")'
        how = "" if table.delimiter == "," else f"delimiter={json.dumps(table.delimiter)}, "
        reader = f'{csv}.reader({io}.StringIO({text}, newline=""), {how}skipinitialspace=True)'
        lines = [f"{rows} = [[cell.strip() for cell in row] for row in {reader} if row]"]
        if table.header is not None:
            lines.append(f"{rows} = {rows}[1:]")
        for column, variable in zip(columns, variables, strict=True):
            cell = f"row[{column.key}]"
            if column.words is not None:
                words = self.names.fresh(f"{variable}_words")
                lines.append(f"{words} = sorted({{{cell} for row in {rows}}})")
                value = f"{words}.index({cell})"
            else:
                value = f"int({cell})" if column.numbers == "whole" else f'float({cell} or "nan")'
            lines.append(f"{variable} = {numpy}.array([{value} for row in {rows}])")
        return lines, list(variables)

    def _content(self, file: DataFile) -> str:
        if not file.is_base64:
            return self._shortened(repr(file.content))
        return f'{self.imports.module("base64")}.b64decode("{self._shortened(file.body)}")'

    def _shortened(self, text: str) -> str:
        if not self.is_abridged or len(text) <= 2 * _BEGINNING:
            return text
        return f"{text[:_BEGINNING]}… {len(text) - _BEGINNING:,} more characters"
