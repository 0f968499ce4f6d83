import math
import os
import struct
from array import array
from pathlib import Path

import pytest

from gradcanvas.web.series import LARGEST_IN_MEMORY, LARGEST_PIECE, Series


def numbers(series: Series) -> tuple[float, ...]:
    data = series.since(0)
    return struct.unpack(f"<{len(data) // 8}d", data)


def test_names_that_begin_in_the_middle_of_a_run_leave_the_steps_before_empty() -> None:
    series = Series(names=())
    series.put(3, 0, struct.pack("<2d", 1, 2), ("old",))

    kept = series.put(3, 2, struct.pack("<2d", 5, 6), ("one", "two"))

    assert kept == 0
    assert series.count == 3
    assert all(map(math.isnan, numbers(series)[:4]))
    assert numbers(series)[4:] == (5, 6)


def test_numbers_that_leave_a_gap_are_not_taken() -> None:
    series = Series()
    series.put(0, 0, struct.pack("<d", 1))

    assert series.put(0, 2, struct.pack("<d", 3)) is None
    assert series.put(1, 2, struct.pack("<d", 3)) is None


def test_numbers_that_are_known_are_replaced_from_there_on() -> None:
    series = Series()
    series.put(0, 0, struct.pack("<3d", 1, 2, 3))

    assert series.put(0, 1, struct.pack("<d", 9)) == 1
    assert numbers(series) == (1, 9)


def test_more_than_fits_in_memory_is_all_there_and_leaves_no_file(tmp_path: Path) -> None:
    series = Series(folder=tmp_path)
    count = LARGEST_IN_MEMORY // 8 + 3 * LARGEST_PIECE
    for first in range(0, count, 50_000):
        last = min(first + 50_000, count)
        series.put(1, first, array("d", range(first, last)).tobytes())

    series.put(1, count - 2, struct.pack("<2d", -1, -2))
    pieces = [series.since(first) for first in range(0, count, LARGEST_PIECE)]

    assert series.count == count
    values = array("d", b"".join(pieces))
    assert values[: count - 2] == array("d", range(count - 2))
    assert values[count - 2 :].tolist() == [-1, -2]
    assert os.listdir(tmp_path) == []


def test_a_new_run_begins_with_an_empty_series() -> None:
    series = Series()
    series.put(1, 0, array("d", range(LARGEST_IN_MEMORY // 4)).tobytes())

    series.put(2, 0, struct.pack("<d", 7))

    assert numbers(series) == (7,)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is Linux's /dev/full")
def test_without_room_it_is_said_and_what_was_known_stays() -> None:
    series = Series()
    series.put(1, 0, struct.pack("<2d", 1, 2))
    with open("/dev/full", "r+b", buffering=0) as full:
        known, series._file = series._file, full  # type: ignore[assignment]
        with pytest.raises(OSError, match="space"):
            series.put(1, 2, struct.pack("<d", 3))
        series._file = known

    assert numbers(series) == (1, 2)
