"""Frames as docs/wire.md lays them out."""

import math
import struct

import numpy as np
import pytest

from gradcanvas.training.frames import EVALUATION, EXACT, Frame, decode, encode


def frame(
    flags: int, *, edges: int = 3, outputs: int = 2, leaves: int = 1, pictures: bytes = b"\x01\xff\x80"
) -> Frame:
    def rows(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.arange(count * 5, dtype=np.float64).reshape(count, 5) / 8

    return Frame(
        number=9,
        layout=4,
        flags=flags,
        step=2**40,
        loss=0.1,
        run=2,
        edges=rows(edges),
        values=rows(outputs),
        gradients=rows(outputs) + 1,
        deposits=rows(leaves),
        pictures=pictures,
    )


@pytest.mark.parametrize("flags", [0, EXACT, EXACT | EVALUATION])
def test_what_was_encoded_is_decoded(flags: int) -> None:
    sent = frame(flags)

    came = decode(encode(sent))

    for name in ("number", "layout", "flags", "step", "loss", "run", "pictures"):
        assert getattr(came, name) == getattr(sent, name)
    for name in ("edges", "values", "gradients", "deposits"):
        np.testing.assert_array_equal(getattr(came, name), getattr(sent, name))


def test_the_header_and_the_blocks_stand_where_the_wire_says() -> None:
    data = encode(frame(0))

    assert struct.unpack_from("<4I", data) == (0x31464347, 9, 4, 0)
    assert struct.unpack_from("<Qd", data, 16) == (2**40, 0.1)
    assert struct.unpack_from("<5I", data, 32) == (3, 2, 1, 3, 2)
    assert struct.unpack_from("<f", data, 64 + 4)[0] == 0.125
    values = 64 + 3 * 5 * 4 + 4
    assert values % 8 == 0
    assert struct.unpack_from("<f", data, values + 4)[0] == 0.125
    assert len(data) % 8 == 0
    assert data[-8:-5] == b"\x01\xff\x80"


def test_a_graph_without_anything_is_a_frame() -> None:
    data = encode(frame(EXACT, edges=0, outputs=0, leaves=0, pictures=b""))

    assert len(data) == 64
    assert decode(data).edges.shape == (0, 5)


def test_no_loss_is_not_a_number() -> None:
    empty = np.empty((0, 5))

    came = decode(encode(Frame(1, 1, 0, 0, math.nan, 1, empty, empty, empty, empty, b"")))

    assert math.isnan(came.loss)


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:20], lambda data: b"x" + data[1:], lambda data: data + b"x"]
)
def test_other_bytes_are_refused(spoil: "type[bytes]") -> None:
    with pytest.raises(ValueError, match=r"frame"):
        decode(spoil(encode(frame(0))))
