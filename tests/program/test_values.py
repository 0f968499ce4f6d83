import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.catalog.model import Argument, ArgumentType
from gradcanvas.document import Literal
from gradcanvas.program.index import Index
from gradcanvas.program.literals import misfit
from gradcanvas.program.values import dtype_name, to_python_source, to_torch


def argument(kind: ArgumentType, **keys: Any) -> Argument:
    return Argument("other", kind, **keys)


@pytest.mark.parametrize(
    ("kind", "text", "passed"),
    [
        ("int", "3", 3),
        ("float", "1", 1),
        ("float", "1.0", 1.0),
        ("float", "1e-3", 0.001),
        ("float", '"-inf"', -math.inf),
        ("number", '{"complex": [1, -2.5]}', 1 - 2.5j),
        ("number", "true", True),
        ("bool", "false", False),
        ("ints", "[2, 3]", [2, 3]),
        ("ints", "3", [3]),
        ("floats", "[0.9, 0.999]", [0.9, 0.999]),
        ("dtype", '"float64"', torch.float64),
        ("string", '"ij,jk->ik"', "ij,jk->ik"),
        ("data", '[[1, "inf"], [{"complex": [0, 1]}, 2.0]]', [[1, math.inf], [1j, 2.0]]),
        ("float", "null", None),
    ],
)
def test_a_literal_is_passed_as_it_is_written(kind: ArgumentType, text: str, passed: object) -> None:
    value = Literal.from_text(text).value

    given_to_torch = to_torch(argument(kind), value)

    assert given_to_torch == passed
    assert type(given_to_torch) is type(passed)


def test_a_single_integer_stays_one_where_torch_takes_it() -> None:
    assert to_torch(argument("ints", single=True), 3) == 3


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("[1, 2]", torch.int64),
        ("[1.0, 2.0]", torch.float32),
        ("[1, 2.0]", torch.float32),
        ("[true]", torch.bool),
        ('[1, "nan"]', torch.float32),
        ('[{"complex": [1, 0]}]', torch.complex64),
    ],
)
def test_numbers_make_the_dtype_in_which_they_are_written(text: str, dtype: torch.dtype) -> None:
    data = to_torch(argument("data"), Literal.from_text(text).value)

    assert torch.tensor(data).dtype is dtype


def test_a_number_at_a_tensor_argument_promotes_like_the_operator() -> None:
    x = torch.arange(3)

    difference = torch.sub(input=to_torch(argument("number", wired=True), 1), other=x)

    assert torch.equal(difference, 1 - x)
    assert difference.dtype is (1 - x).dtype


def test_an_index_is_parsed() -> None:
    index = to_torch(argument("index"), ":, 0")

    assert isinstance(index, Index)
    assert to_python_source(argument("index"), "i,:, None", {"i": "rows"}) == "rows, :, None"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("dtype", "float32", "torch.float32"),
        ("float", "inf", 'float("inf")'),
        ("float", "nan", 'float("nan")'),
        ("number", {"complex": [1, -0.0]}, "complex(1.0, -0.0)"),
        ("data", [[1, 2.0], ["-inf", True]], '[[1, 2.0], [float("-inf"), True]]'),
        ("ints", 3, "[3]"),
        ("string", "it's", '"it\'s"'),
        ("int", None, "None"),
    ],
)
def test_a_literal_is_written_as_python(kind: ArgumentType, value: object, text: str) -> None:
    assert to_python_source(argument(kind), value) == text


plain_numbers = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.complex_numbers(allow_nan=False)
)


@settings(deadline=None, max_examples=200)
@given(plain_numbers)
def test_a_number_written_as_python_is_the_number_that_is_passed(number: complex) -> None:
    value = Literal.of(number).value

    text = to_python_source(argument("number"), value)
    passed = to_torch(argument("number"), value)

    assert repr(eval(text)) == repr(passed) == repr(number)  # the text is our own


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", True),
        ("int", 1.0),
        ("int", "1"),
        ("float", "infinity"),
        ("float", True),
        ("bool", 1),
        ("ints", [1, 2.0]),
        ("ints", [True]),
        ("ints", "x"),
        ("dtype", "float"),
        ("dtype", "torch.float32"),
        ("dtype", 3),
        ("string", 1),
        ("index", 0),
        ("index", "a b"),
        ("data", [[1], [1, 2]]),
        ("data", [1, [2]]),
        ("data", [[1], 2]),
        ("data", "x"),
        ("data", {"complex": [1]}),
        ("data", [None]),
        ("number", {"complex": ["a", 1]}),
        ("number", [1]),
        ("function", 1),
        ("map", []),
        ("int", None),
        ("tensor", 1),
        ("floats", [[1]]),
    ],
)
def test_what_does_not_fit_is_told_with_a_remedy(kind: ArgumentType, value: object) -> None:
    typed = kind != "tensor"

    why = misfit(argument(kind, typed=typed), value)

    assert why is not None
    assert all(why)


def test_a_choice_names_what_may_stand() -> None:
    why = misfit(argument("choice", choices=("mean", "sum")), "men")

    assert why is not None
    assert "`mean`, `sum`" in why[0]


def test_every_dtype_of_a_file_has_its_name() -> None:
    assert dtype_name(torch.bfloat16) == "bfloat16"
    assert dtype_name(torch.float8_e4m3fn) == "float8_e4m3fn"
