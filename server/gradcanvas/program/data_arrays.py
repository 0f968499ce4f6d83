"""Reads NPY and safetensors into arrays of numbers, and never a pickle. Knows nothing of graphs."""

import io
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from gradcanvas.program.data_columns import Column, check_count, distinct_names, taken_in
from gradcanvas.program.data_urls import DataError

_AGAIN = "It was cut or changed on its way; choose the file anew."
_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1", "C64": "<c8",
}  # fmt: skip
"""Safetensors' names of dtypes, and numpy's; bfloat16, which numpy has not, is the upper half of float32."""


def read_npy(content: bytes) -> tuple[Column, ...]:
    """Return the one array of an NPY file.

    Raises:
        DataError: it is no NPY file, holds objects, or fewer or more bytes than its shape asks for.
    """
    stream = io.BytesIO(content)
    try:
        read_header = _HEADERS[npy.read_magic(stream)]
        shape, _, dtype = read_header(stream)
        _check_header(shape, dtype, len(content) - stream.tell())
        stream.seek(0)
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
    except DataError:
        raise
    except Exception as error:  # numpy reads the header as Python's own tokens, and its errors are many
        words = str(error).partition("\n")[0][:200] or type(error).__name__
        raise DataError(f"This is not an NPY file: {words}.", _AGAIN) from error
    return (Column("0", taken_in(array, "The NPY file")),)


def read_safetensors(content: bytes) -> tuple[Column, ...]:
    """Return the tensors of a safetensors file, in the order of their names.

    Raises:
        DataError: it is no safetensors file, or holds a dtype that has no place here.
    """
    try:
        found: list[tuple[str, dict[str, Any]]] = deserialize(content)  # type: ignore[no-untyped-call]
        tensors = sorted(found, key=lambda row: row[0])
    except (SafetensorError, ValueError, TypeError, OverflowError) as error:
        raise DataError(f"This is not a safetensors file: {str(error)[:200]}.", _AGAIN) from error
    check_count(len(tensors))
    names = distinct_names([name for name, _ in tensors])
    return tuple(
        Column(named, taken_in(_tensor(name, row), f"`{name[:60]}`"), name)
        for named, (name, row) in zip(names, tensors, strict=True)
    )


def _tensor(name: str, row: dict[str, Any]) -> NDArray[Any]:
    dtype, shape, data = row["dtype"], row["shape"], bytes(row["data"])
    if dtype == "BF16":
        halves = np.frombuffer(data, dtype="<u2").astype(np.uint32) << np.uint32(16)
        return halves.view(np.float32).reshape(shape)
    if dtype not in _DTYPES:
        raise DataError(
            f"`{name[:60]}` of the safetensors file holds {dtype}, which is not read here.",
            "Save it as float32.",
        )
    return np.frombuffer(data, dtype=_DTYPES[dtype]).reshape(shape)


def _check_header(shape: tuple[int, ...], dtype: "np.dtype[Any]", there: int) -> None:
    """Refuse what would be unpickled, and sizes that the content does not have, before memory is taken."""
    if dtype.hasobject:
        raise DataError(
            "The NPY file holds Python objects, which are pickled and never read here.",
            "Save an array of numbers, for example `array.astype(numpy.float32)`.",
        )
    needed = dtype.itemsize
    for size in shape:
        needed = min(needed * size, _BEYOND) if size >= 0 else _BEYOND
    if needed != there:
        count = f"{needed:,}" if needed < _BEYOND else "more than any memory"
        raise DataError(
            f"The shape that the NPY file names takes {count} bytes; {there:,} are there.", _AGAIN
        )


_BEYOND = 1 << 62
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
