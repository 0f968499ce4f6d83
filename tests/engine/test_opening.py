"""Which of a run's first steps are observed: dense first, then ever further apart, always bounded."""

import itertools

import pytest

from gradcanvas.engine.messages import encode_frames, places_of_frames
from gradcanvas.engine.opening import GROWTH, MOST_BYTES, MOST_FRAMES, MOST_SECONDS, SECONDS, Opening


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def observed(steps: int, frame: bytes = b"12345678", *, first: int = 0, seconds: float = 0.0) -> list[int]:
    """The steps that are observed of a run in no time, each for so long."""
    clock = Clock()
    opening = Opening(clock)
    opening.begin(first)
    seen = []
    for step in range(first + 1, first + steps + 1):
        if opening.is_due(step, clock.now):
            opening.keep(step, frame, seconds)
            seen.append(step)
    return seen


def test_the_first_steps_are_all_observed_and_the_rest_ever_further_apart() -> None:
    steps = observed(200)

    distances = [other - one for one, other in itertools.pairwise(steps)]
    assert steps[:24] == list(range(1, 25))
    assert distances == sorted(distances)
    assert 60 <= len(steps) <= 90
    assert 200 - steps[-1] <= GROWTH * 200 + 1


def test_a_run_that_goes_on_is_observed_from_where_it_stands() -> None:
    assert observed(200, first=1000) == [1000 + step for step in observed(200)]


@pytest.mark.parametrize(
    ("frame", "seconds"),
    [(b"1", 0.0), (bytes(50_000), 0.0), (bytes(3 * MOST_BYTES // 4), 0.0), (b"1", 0.01), (b"1", 1.0)],
    ids=["small", "large", "huge", "slow", "very slow"],
)
def test_frames_are_bounded_in_number_bytes_and_time(frame: bytes, seconds: float) -> None:
    steps = observed(100_000, frame, seconds=seconds)

    assert 1 <= len(steps) <= MOST_FRAMES
    assert len(steps) * len(frame) <= MOST_BYTES
    assert (len(steps) - 1) * seconds <= MOST_SECONDS


def test_large_frames_are_fewer_and_reach_as_far() -> None:
    assert len(observed(1000, bytes(50_000))) < 25
    assert observed(1000, bytes(50_000))[-1] > 150


def test_a_frame_that_was_held_up_does_not_thin_out_the_rest() -> None:
    opening = Opening(Clock())
    opening.begin(0)
    opening.keep(1, b"1", MOST_SECONDS)
    for step in range(2, 21):
        opening.keep(step, b"1", MOST_SECONDS / 200)
    opening.keep(21, b"1", MOST_SECONDS)

    assert opening.is_due(22, 100.0)


def test_after_its_time_nothing_is_due() -> None:
    clock = Clock()
    opening = Opening(clock)
    assert not opening.is_due(1, clock.now)

    opening.begin(0)
    assert opening.is_due(1, clock.now)
    clock.now += SECONDS

    assert not opening.is_due(1, clock.now)


def test_frames_are_handed_over_once_in_their_order() -> None:
    opening = Opening(Clock())
    opening.begin(0)
    for step in range(1, 4):
        opening.keep(step, bytes([step]) * 8, 0.0)

    batch = encode_frames(opening.take())[1:]

    assert [batch[start:end] for start, end in places_of_frames(batch)] == [b"\1" * 8, b"\2" * 8, b"\3" * 8]
    assert all(start % 8 == 0 for start, _ in places_of_frames(batch))
    assert places_of_frames(batch[:-1]) == places_of_frames(batch)[:2]
    assert opening.take() == []
