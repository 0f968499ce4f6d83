"""Literals: the text as written, the value as Python has it."""

import math

import pytest

from gradcanvas.document import Literal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (2**60, "1152921504606846976"),
        (1e-3, "0.001"),
        (True, "true"),
        (None, "null"),
        ("é\n", '"é\\n"'),
        ((1, [2.5]), "[1, [2.5]]"),
        ({"dim": 0}, '{"dim": 0}'),
        (math.inf, '"inf"'),
        (-math.inf, '"-inf"'),
        (math.nan, '"nan"'),
        (1 - 2j, '{"complex": [1.0, -2.0]}'),
    ],
)
def test_a_python_value_becomes_the_text_the_format_has_for_it(value: object, text: str) -> None:
    assert Literal.of(value).text == text


def test_a_value_without_a_form_in_a_file_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no form"):
        Literal.of({1})


def test_literals_are_equal_by_text() -> None:
    assert Literal.from_text("[1,2]") == Literal.of([1, 2])
    assert Literal.from_text("1.0") != Literal.from_text("1")
    assert len({Literal.from_text("1e-3"), Literal.from_text("1e-3"), Literal.from_text("0.001")}) == 2


def test_the_value_is_plain_python() -> None:
    assert Literal.from_text('{"a": [1, 2.0, null, true, "x"]}').value == {"a": [1, 2.0, None, True, "x"]}


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        Literal.from_text("[1,")
