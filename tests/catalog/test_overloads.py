"""Overloads become one where every mixture of a number and a tensor is allowed, and stay apart where not."""

from dataclasses import replace

from gradcanvas.catalog import Argument, Output, Overload
from gradcanvas.catalog.overloads import merge_overloads, receiver_first

ONE = (Output("0"),)
X = Argument("input", "tensor", wired=True, typed=False, required=True)
TENSOR = replace(X, name="other")
NUMBER = Argument("other", "number", required=True)
BOTH = replace(NUMBER, wired=True)


def overload(*arguments: Argument) -> Overload:
    return Overload(arguments, ONE)


def test_a_number_or_a_tensor_is_one_argument() -> None:
    merged = merge_overloads([overload(X, TENSOR), overload(X, NUMBER)])

    assert merged == (overload(X, BOTH),)


def test_all_mixtures_but_the_one_without_a_tensor_are_one_overload() -> None:
    number = replace(NUMBER, name="self", passing="positional")

    merged = merge_overloads([overload(X, TENSOR), overload(X, NUMBER), overload(number, TENSOR)])

    first, second = merged[0].arguments
    assert (first.name, first.wired, first.typed, first.passing) == ("input", True, True, "positional")
    assert second == BOTH
    assert len(merged) == 1


def test_bounds_of_one_kind_stay_two_overloads() -> None:
    low, high = (replace(NUMBER, name=name, required=False, default="null") for name in ("min", "max"))
    wired = [replace(each, type="tensor", wired=True, typed=False) for each in (low, high)]

    merged = merge_overloads([Overload((X, low, high), ONE), Overload((X, *wired), ONE)])

    assert len(merged) == 2


def test_an_integer_or_a_list_is_one_argument() -> None:
    one = Argument("dim", "int", required=True)
    many = Argument("dim", "ints", required=True)

    merged = merge_overloads([overload(X, one), overload(X, many)])

    assert merged == (overload(X, replace(many, single=True)),)


def test_what_another_overload_accepts_as_well_is_left_out() -> None:
    flag = Argument("flag", "bool", default="false")

    assert merge_overloads([overload(X), overload(X, flag)]) == (overload(X, flag),)


def test_overloads_with_other_outputs_stay_apart() -> None:
    dim = Argument("dim", "int", required=True)
    several = Overload((X, dim), (Output("values"), Output("indices")))

    assert set(merge_overloads([overload(X), several])) == {overload(X), several}


def test_the_receiver_comes_first() -> None:
    receiver = replace(X, name="self")

    moved = receiver_first(overload(TENSOR, receiver))

    assert moved == overload(receiver, TENSOR)
    assert receiver_first(overload(NUMBER)) is None
