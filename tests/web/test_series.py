import math
import struct

from gradcanvas.web.series import Series


def test_names_that_begin_in_the_middle_of_a_run_leave_the_steps_before_empty() -> None:
    series = Series(names=())
    series.put(3, 0, struct.pack("<2d", 1, 2), ("old",))

    kept = series.put(3, 2, struct.pack("<2d", 5, 6), ("one", "two"))

    assert kept == 0
    assert series.count == 3
    assert all(map(math.isnan, series.values[:4]))
    assert series.values[4:].tolist() == [5, 6]


def test_numbers_that_leave_a_gap_are_not_taken() -> None:
    series = Series()
    series.put(0, 0, struct.pack("<d", 1))

    assert series.put(0, 2, struct.pack("<d", 3)) is None
    assert series.put(1, 2, struct.pack("<d", 3)) is None


def test_numbers_that_are_known_are_replaced_from_there_on() -> None:
    series = Series()
    series.put(0, 0, struct.pack("<3d", 1, 2, 3))

    assert series.put(0, 1, struct.pack("<d", 9)) == 1
    assert series.values.tolist() == [1, 9]
