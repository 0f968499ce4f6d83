"""Fractional order keys: the keys of the browser's library, and order that holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.document.order_keys import first_keys, key_between, keys_between

# From the library's own tests.
BETWEEN = [
    (None, None, "a0"),
    (None, "a0", "Zz"),
    (None, "Zz", "Zy"),
    ("a0", None, "a1"),
    ("a1", None, "a2"),
    ("a0", "a1", "a0V"),
    ("a1", "a2", "a1V"),
    ("a0V", "a1", "a0l"),
    ("Zz", "a0", "ZzV"),
    ("Zz", "a1", "a0"),
    (None, "Y00", "Xzzz"),
    ("bzz", None, "c000"),
    ("a0", "a0V", "a0G"),
    ("a0", "a0G", "a08"),
    ("b125", "b129", "b127"),
    ("a0", "a1V", "a1"),
    ("Zz", "a01", "a0"),
    (None, "a0V", "a0"),
    (None, "b999", "b99"),
    (None, "A000000000000000000000000001", "A000000000000000000000000000V"),
    ("zzzzzzzzzzzzzzzzzzzzzzzzzzy", None, "zzzzzzzzzzzzzzzzzzzzzzzzzzz"),
    ("zzzzzzzzzzzzzzzzzzzzzzzzzzz", None, "zzzzzzzzzzzzzzzzzzzzzzzzzzzV"),
]
MANY = [
    (None, None, 5, "a0 a1 a2 a3 a4"),
    ("a4", None, 10, "a5 a6 a7 a8 a9 aA aB aC aD aE"),
    (None, "a0", 5, "Zv Zw Zx Zy Zz"),
    ("a0", "a2", 20, "a04 a08 a0G a0K a0O a0V a0Z a0d a0l a0t a1 a14 a18 a1G a1O a1V a1Z a1d a1l a1t"),
]
MALFORMED = [
    (None, "A00000000000000000000000000"),
    ("a00", None),
    ("a00", "a1"),
    ("0", "1"),
    ("a1", "a0"),
    ("a1", "a1"),
    ("", None),
    ("a", None),
    ("a!", None),
]


@pytest.mark.parametrize(("lower", "upper", "expected"), BETWEEN)
def test_a_key_is_the_librarys(lower: str | None, upper: str | None, expected: str) -> None:
    assert key_between(lower, upper) == expected


@pytest.mark.parametrize(("lower", "upper", "count", "expected"), MANY)
def test_many_keys_are_the_librarys(lower: str | None, upper: str | None, count: int, expected: str) -> None:
    assert keys_between(lower, upper, count) == expected.split()


@pytest.mark.parametrize(("lower", "upper"), MALFORMED)
def test_malformed_keys_are_refused(lower: str | None, upper: str | None) -> None:
    with pytest.raises(ValueError, match="order key"):
        key_between(lower, upper)


def test_a_list_gets_short_keys() -> None:
    keys = first_keys(5000)

    assert keys == sorted(keys)
    assert len(set(keys)) == 5000
    assert max(map(len, keys)) == 4


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_whatever_is_put_anywhere_the_order_holds(places: list[int]) -> None:
    keys: list[str] = []

    for place in places:
        at = place % (len(keys) + 1)
        lower = keys[at - 1] if at else None
        upper = keys[at] if at < len(keys) else None
        keys.insert(at, key_between(lower, upper))

    assert keys == sorted(set(keys))
