"""JSON as text and tree: what is kept to the letter, and what JSON does not allow."""

import json
import time

import pytest

from gradcanvas.document.json_text import Number, TooDeepError, depth, parse, plain, text_of
from tests.patience import PROCESSOR_SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.0",
        "-0",
        "-0.0",
        "1e-3",
        "1E+5",
        "0.10",
        "1152921504606846976",
        "9" * 5000,
        "1e999",
        '"\\u0001é😀"',
    ],
)
def test_a_value_comes_back_as_it_was_written(text: str) -> None:
    assert text_of(parse(text).tree) == text


def test_spaces_are_made_canonical() -> None:
    assert text_of(parse('{ "a":[1,2 , {}],"b" :\n[] }').tree) == '{"a": [1, 2, {}], "b": []}'


def test_a_number_is_an_integer_if_written_without_point_and_exponent() -> None:
    tree = parse("[1, 1.0, 1e2, -7, 1152921504606846976]").tree

    values = plain(tree)

    assert values == [1, 1.0, 100.0, -7, 2**60]
    assert [type(value) for value in values if isinstance(values, list)] == [int, float, float, int, int]


def test_of_a_key_that_stands_twice_all_values_are_kept_and_the_place_is_told() -> None:
    parsed = parse('{"a": {"x": 1, "x": 2, "x_2": 3, "x": 4}, "b": [{"y": 1, "y": 1}]}')

    assert text_of(parsed.tree) == '{"a": {"x": 1, "x_3": 2, "x_2": 3, "x_4": 4}, "b": [{"y": 1, "y_2": 1}]}'
    assert parsed.repeated == [("a", "x"), ("b", 0, "y")]


def test_an_object_with_one_key_a_hundred_thousand_times_is_read_at_once() -> None:
    text = "{" + ", ".join(['"a": 1'] * 100_000) + "}"
    start = time.process_time()

    parsed = parse(text)

    assert isinstance(parsed.tree, dict)
    assert len(parsed.tree) == 100_000
    assert time.process_time() - start < PROCESSOR_SECONDS


@pytest.mark.parametrize(("token", "spelled"), [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf")])
def test_tokens_that_json_lacks_are_told_and_spelled_as_the_format_does(token: str, spelled: str) -> None:
    parsed = parse(f'{{"a": [1, {token}]}}')

    assert parsed.constants == [(("a", 1), token)]
    assert parsed.tree == {"a": [Number("1"), spelled]}


def test_a_bare_token_is_told_with_the_root_as_its_place() -> None:
    assert parse("NaN").constants == [((), "NaN")]


@pytest.mark.parametrize(
    ("text", "expected"), [("1", 0), ("[]", 1), ('["[[["]', 1), ('[{"a]": [1]}, 2]', 3), ('["\\"["]', 1)]
)
def test_depth_counts_brackets_outside_of_strings(text: str, expected: int) -> None:
    assert depth(text) == expected


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 201 + "]" * 201]
)
def test_text_that_is_nested_too_deep_is_refused_without_recursion(text: str) -> None:
    with pytest.raises(TooDeepError):
        parse(text)


def test_a_string_that_never_ends_is_refused_in_no_time() -> None:
    text = '"' + '\\"' * 500_000
    start = time.process_time()

    with pytest.raises(json.JSONDecodeError):
        parse(text)

    assert time.process_time() - start < PROCESSOR_SECONDS
