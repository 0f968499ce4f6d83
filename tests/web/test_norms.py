"""The course of the edges' norms that is kept for later pages, by the rule of `norm-history.ts`."""

import math
import struct
from array import array
from typing import Any

from gradcanvas.web.norms import MOST_EDGES, POINTS, Norms

HEADER = struct.Struct("<4IQd4II12x")


def frame(step: int, *norms: float | None, run: int = 1, layout: int = 1, flags: int = 1) -> bytes:
    rows = [[0.0 if norm is None else norm, 0.0, 0.0, 0.0, -1.0 if norm is None else 0.0] for norm in norms]
    header = HEADER.pack(0x31464347, 1, layout, flags, step, 0.0, len(norms), 0, 0, 0, run)
    return header + array("d" if flags & 1 else "f", [number for row in rows for number in row]).tobytes()


def read(norms: Norms) -> dict[str, Any]:
    data = norms.encode()
    run, layout, points, edges, largest, stride = struct.unpack_from("<4I2d", data)
    steps = array("d", data[32 : 32 + 8 * points])
    values = array("f", data[32 + 8 * points :])
    assert len(values) == points * edges
    return {
        "run": run,
        "layout": layout,
        "largest": largest,
        "stride": stride,
        "steps": steps.tolist(),
        "norms": [values[edges * point : edges * (point + 1)].tolist() for point in range(points)],
    }


def laid_out(*edges: str) -> Norms:
    norms = Norms()
    norms.relayout(1, edges)
    return norms


def test_norms_of_a_run_are_kept_in_order() -> None:
    norms = laid_out("y.a", "y.b")

    norms.add(frame(1, 0.5, 2.0))
    norms.add(frame(2, 0.25, None, flags=0))

    kept = read(norms)
    assert kept["steps"] == [1, 2]
    assert kept["norms"][0] == [0.5, 2.0]
    assert kept["norms"][1][0] == 0.25
    assert math.isnan(kept["norms"][1][1])
    assert kept["largest"] == 2.0


def test_a_long_run_keeps_a_bounded_number_of_points_of_all_of_it() -> None:
    norms = laid_out("y.a")

    for step in range(1, 1001):
        norms.add(frame(step, float(step)))

    kept = read(norms)
    assert POINTS // 2 <= len(kept["steps"]) <= POINTS
    assert kept["steps"][0] == 1
    assert kept["steps"][-1] > 1000 - 2 * kept["stride"]
    assert [row[0] for row in kept["norms"]] == kept["steps"]


def test_another_layout_keeps_the_course_of_edges_that_stay() -> None:
    norms = laid_out("y.a", "y.b")
    norms.add(frame(1, 1.0, 2.0))

    norms.relayout(2, ["new.a", "y.b"])
    norms.add(frame(2, 3.0, 4.0, layout=2))
    norms.add(frame(3, 9.0, 9.0, layout=1))

    kept = read(norms)
    assert kept["layout"] == 2
    assert math.isnan(kept["norms"][0][0])
    assert kept["norms"][0][1] == 2.0
    assert kept["norms"][1:] == [[3.0, 4.0]]


def test_a_new_run_begins_anew_and_an_evaluation_begins_the_scale_anew() -> None:
    norms = laid_out("y.a")
    norms.add(frame(5, 100.0))

    norms.add(frame(1, 7.0, run=2))
    after_reset = read(norms)
    norms.add(frame(1, 3.0, run=2, flags=3))

    assert (after_reset["run"], after_reset["steps"], after_reset["largest"]) == (2, [1], 7.0)
    assert read(norms)["largest"] == 3.0


def test_frames_without_gradients_leave_no_point() -> None:
    norms = laid_out("y.a")

    norms.add(frame(1, None, flags=5))

    assert read(norms)["steps"] == []


def test_a_graph_beyond_the_bound_has_no_course() -> None:
    norms = laid_out(*map(str, range(MOST_EDGES + 1)))

    norms.add(frame(1, *[1.0] * 3))

    assert read(norms)["norms"] == []


def test_what_comes_again_of_the_last_step_takes_its_place() -> None:
    norms = laid_out("y.a")

    norms.add(frame(0, 1000.0))
    norms.add(frame(0, 1.0))
    norms.add(frame(1, 0.5))

    assert read(norms)["steps"] == [0, 1]
    assert read(norms)["norms"] == [[1.0], [0.5]]
