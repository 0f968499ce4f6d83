"""What the palette and the inspector show of an operation: heading, one plain line, documentation."""

import re

import pytest

from gradcanvas.catalog import Catalog, operation_to_json
from gradcanvas.catalog.descriptions import resolve_reference, summary
from gradcanvas.catalog.docstrings import trim
from gradcanvas.catalog.rules import CHOICES, NUMBER_FOR_TENSOR, SCHEMAS, STATEFUL, VARARGS
from gradcanvas.catalog.words import ALIASES, CATEGORIES, LAZY_NOTE, NOTES, SUMMARIES

RESIDUE = re.compile(
    r":\w+:`|``|\\|^See |\b[Ss]ee (?:/|the |[Tt]orch)|refer to|/notes/|::$|[:;,(]$|i\.e\.,?$"
    r"|math[a-z]{2}|\btext[a-z]+\b|rightarrow|(?<!\w)\*\w+\*(?!\w)|\d\.\d{6}|https?:|\s{2}|[{}]{2}|\(\s*\)\."
)
"""What is left of docs markup, of LaTeX, or of a sentence that goes on elsewhere."""


def test_every_operation_has_a_heading_and_a_plain_line(catalog: Catalog) -> None:
    bad = [
        (operation.name, operation.category, operation.summary)
        for operation in catalog.operations.values()
        if operation.category in ("", "Other")
        or len(operation.summary) < 10
        or "\n" in operation.summary
        or RESIDUE.search(operation.summary)
    ]

    assert bad == []


def test_the_list_of_operations_leaves_nothing_empty(catalog: Catalog) -> None:
    rows = [operation_to_json(each) for each in catalog.operations.values()]
    arguments = [
        (row["name"], argument)
        for row in rows
        for overload in row["overloads"]
        for argument in overload["arguments"]
    ]

    assert len(rows) >= 900
    assert [
        row["name"] for row in rows if not (row["summary"] and row["category"] and row["overloads"])
    ] == []
    assert [(name, each) for name, each in arguments if not (each["name"] and each["type"])] == []
    optional = {"required", "nullable", "default", "fixed"}
    open_ended = {name for name, each in arguments if not optional & each.keys()}
    assert {name for name in open_ended if not name.startswith("gradcanvas.")} == set()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("torch.add", "Adds other, scaled by alpha, to input."),
        ("torch.Tensor.add", "Add a scalar or tensor to self tensor."),
        ("torch.Tensor.pow", "Takes the power of each element in input with exponent"),
        ("torch.nn.Linear", "Applies an affine linear transformation to the incoming data: y = xAᵀ + b."),
        ("torch.rsub", "Subtracts input, scaled by alpha, from other."),
        ("torch.Tensor.index_add", "Accumulate the elements of alpha times source into the self tensor"),
    ],
)
def test_the_line_says_what_it_does(catalog: Catalog, name: str, line: str) -> None:
    assert catalog.operations[name].summary.startswith(line)


def test_documentation_is_kept_without_withheld_arguments(catalog: Catalog) -> None:
    text = catalog.operations["torch.randn"].documentation

    assert "normal distribution" in text
    assert "size (int...)" in text
    assert ">>> torch.randn(4)" in text
    assert not re.search(r"pin_memory|requires_grad", text)
    silent = [each.name for each in catalog.operations.values() if not each.documentation]
    assert len(silent) <= 20


def test_what_torch_does_not_know_of_graphs_stands_before_its_words(catalog: Catalog) -> None:
    operations = catalog.operations

    assert operations["torch.nn.LazyLinear"].documentation.startswith(LAZY_NOTE)
    assert operations["torch.nn.LazyLinear"].summary.startswith("A torch.nn.Linear module")
    assert {name.rpartition(".")[2] for name in operations} >= set(NOTES)


def test_a_docstring_is_cut_where_a_graph_says_no_more() -> None:
    text = (
        "add(input, *,\n    out=None) -> Tensor\n\nAdds.\n\nArgs:\n    out (Tensor): no\n        more of it\n"
        "    alpha (Number): yes\n\nExample::\n\n    >>> add(1)\n    2\n\nMore."
    )

    assert trim(text) == (
        "Adds.\n\nArgs:\n    alpha (Number): yes\n\nExample::\n\n    >>> add(1)\n    2\n\nMore."
    )


def test_a_summary_is_the_first_sentence_in_plain_text() -> None:
    text = "Computes :math:`\\frac{a}{b} \\times 2` of :attr:`input`, see :func:`~torch.x`. More."

    assert summary("anything", text) == "Computes a / (b) × 2 of input, see torch.x."


def test_a_reference_is_replaced_by_what_stands_there() -> None:
    summaries = {
        "torch.add": "Adds.",
        "torch.plus": "Alias for torch.add.",
        "torch.Tensor.plus": "See torch.plus",
    }

    assert resolve_reference("torch.Tensor.plus", "See torch.plus", summaries) == "Alias for torch.add. Adds."
    assert resolve_reference("torch.a", "See torch.nowhere", summaries) == "See torch.nowhere"


def test_no_row_speaks_of_what_is_not_there(catalog: Catalog) -> None:
    full = set(catalog.operations)
    short = {name.rpartition(".")[2] for name in full}
    categorised = [name for names in CATEGORIES.values() for name in names.split() if not name.endswith("*")]

    assert [
        name for name in (*ALIASES, *NUMBER_FOR_TENSOR, *SCHEMAS, *STATEFUL, *VARARGS) if name not in full
    ] == []
    assert [name for name in (*SUMMARIES, *categorised) if name not in short | full] == []
    named = {key.rpartition(".")[0] for key in CHOICES if "." in key}
    assert [name for name in named if name not in short | {"torch.fft"}] == []


def test_an_alias_hides_another_name_only_where_that_is_meant(catalog: Catalog) -> None:
    short = {name.rpartition(".")[2].lower() for name in catalog.operations}
    aliases = [alias for operation in catalog.operations.values() for alias in operation.aliases]

    assert {alias for alias in aliases if alias in short} <= {
        "mm",
        "dot",
        "gradient",
        "expit",
        "range",
        "data",
        "gaussian",
        "exponential",
    }
    assert len(aliases) == len(set(aliases))
