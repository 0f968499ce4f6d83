"""Ids and references."""

import builtins
import keyword

import pytest

from gradcanvas.document import edge_id, id_fault, parse_reference, shortest_reference, suggest_id
from gradcanvas.document.names import RESERVED


@pytest.mark.parametrize("name", ["x", "_x", "W1", "a" * 64, "match", "numpy"])
def test_python_identifiers_are_ids(name: str) -> None:
    assert id_fault(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "1x", "a.b", "a b", "é", "x\n", "a" * 65, "lambda", "None", "sum", "torch", "gradcanvas", "__x"],
)
def test_everything_else_is_not_and_an_id_is_suggested(name: str) -> None:
    fault = id_fault(name)

    assert fault is not None
    assert id_fault(suggest_id(name)) is None


def test_no_keyword_or_builtin_of_this_python_is_an_id() -> None:
    names = {name for name in dir(builtins) if not name.startswith("_")} | set(keyword.kwlist)

    assert names - RESERVED == set()


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("x", ("x", None)),
        ("m.values", ("m", "values")),
        ("fc.0.weight", ("fc", "0.weight")),
        ("x.", ("x", "")),
    ],
)
def test_a_reference_is_split_at_its_first_dot(reference: str, parts: tuple[str, str | None]) -> None:
    assert parse_reference(reference) == parts


def test_the_first_output_is_written_as_the_bare_id() -> None:
    assert [shortest_reference(text) for text in ("x.0", "x", "x.1", "fc.0.weight")] == [
        "x",
        "x",
        "x.1",
        "fc.0.weight",
    ]


def test_an_edge_is_named_by_where_it_ends() -> None:
    assert edge_id("yhat", "other") == "yhat.other"
    assert edge_id("cat", "tensors", 2) == "cat.tensors.2"
