"""The binary form of a frame (docs/wire.md); knows only numbers, not where they come from."""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = 0x31464347
EXACT, EVALUATION, NO_GRADIENTS = 1, 2, 4
"""Flags: figures are float64; nothing was deposited; there are no gradients yet."""

_HEADER = struct.Struct("<4IQd4II12x")

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """The numbers of one moment. Figures are (n, 5): norm, mean, min, max, non-finite count.

    Attributes:
        number: counts up in a session.
        layout: the number of the layout that says what the rows are.
        flags: `EXACT | EVALUATION | NO_GRADIENTS`.
        step: how many steps had been made.
        loss: NaN if there is none.
        run: counts up with every Reset.
        edges: the gradient of each edge.
        values: each output's value.
        gradients: each output's gradient.
        deposits: the `.grad` of each leaf.
        pictures: int8 cells.
    """

    number: int
    layout: int
    flags: int
    step: int
    loss: float
    run: int
    edges: Figures
    values: Figures
    gradients: Figures
    deposits: Figures
    pictures: bytes


def encode(frame: Frame) -> bytes:
    """Give the bytes of a frame."""
    kind = np.dtype("<f8" if frame.flags & EXACT else "<f4")
    header = _HEADER.pack(
        MAGIC,
        frame.number & 0xFFFFFFFF,
        frame.layout,
        frame.flags,
        frame.step,
        frame.loss,
        len(frame.edges),
        len(frame.values),
        len(frame.deposits),
        len(frame.pictures),
        frame.run,
    )
    with np.errstate(over="ignore"):
        blocks = [
            rows.astype(kind).tobytes()
            for rows in (frame.edges, frame.values, frame.gradients, frame.deposits)
        ]
    return b"".join([header, *(_padded(block) for block in (*blocks, frame.pictures))])


def decode(data: bytes) -> Frame:
    """Read the bytes of a frame.

    Raises:
        ValueError: they are not a frame.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"A frame has at least {_HEADER.size} bytes, these are {len(data)}.")
    magic, number, layout, flags, step, loss, edges, outputs, leaves, pictures, run = _HEADER.unpack_from(
        data
    )
    if magic != MAGIC:
        raise ValueError(f"A frame begins with {MAGIC:#x}, this with {magic:#x}.")
    kind = np.dtype("<f8" if flags & EXACT else "<f4")
    at = _HEADER.size
    blocks = []
    for rows in (edges, outputs, outputs, leaves):
        size = rows * 5 * kind.itemsize
        blocks.append(np.frombuffer(data, kind, rows * 5, at).astype(np.float64).reshape(rows, 5))
        at += size + -size % 8
    if len(data) != at + pictures + -pictures % 8:
        raise ValueError("The frame's length is not what its header says.")
    return Frame(
        number,
        layout,
        flags,
        step,
        loss,
        run,
        blocks[0],
        blocks[1],
        blocks[2],
        blocks[3],
        data[at : at + pictures],
    )


def _padded(block: bytes) -> bytes:
    return block + bytes(-len(block) % 8)
