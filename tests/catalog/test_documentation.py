"""Documentation reads well: torch's docstrings as a tree, whole, however they are written."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.catalog import Catalog
from gradcanvas.catalog.documentation import Documentation
from gradcanvas.catalog.json_form import write_documentation
from gradcanvas.catalog.prose import read_prose, references

MARKUP = re.compile(r"``|:\w+:`|\.\. \w+::|>>>|^\s*::\s*$")


@pytest.fixture(scope="module")
def documentation(catalog: Catalog) -> Documentation:
    return Documentation(write_documentation(catalog))


@pytest.fixture(scope="module")
def pages(catalog: Catalog, documentation: Documentation) -> dict[str, bytes]:
    return {name: documentation.page(name) or b"" for name in catalog.operations}


def page(documentation: Documentation, name: str) -> dict[str, Any]:
    data = documentation.page(name)
    assert data is not None
    tree: dict[str, Any] = json.loads(data)
    return tree


def strings(tree: Any) -> Iterator[str]:
    """Yield all running text of a tree: neither code nor mathematics."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for each in tree:
            yield from strings(each)
    elif isinstance(tree, dict) and tree.get("kind") not in ("code", "math"):
        for key, each in tree.items():
            if key not in ("kind", "to", "tone"):
                yield from strings(each)


def text_of(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return " ".join(map(text_of, tree))
    return " ".join(
        text_of(each) for key, each in tree.items() if key not in ("kind", "tone", "head", "ordered")
    )


def test_sections_entries_and_formulas_are_told_apart() -> None:
    blocks = read_prose(
        "Adds :math:`a + b`, see :func:`~torch.sub`.\n\n.. math::\n    y = x\n\nArgs:\n"
        "    input (Tensor): the *first*\n        one, ``x``\n"
        "    dim (int, optional): which. Default: `None`\n"
        "\nNote:\n    Beware.\n\nExample::\n\n    >>> add(1)\n    2\n"
    )

    assert blocks == [
        {
            "kind": "paragraph",
            "text": [
                "Adds ",
                {"kind": "math", "text": "a + b"},
                ", see ",
                {"kind": "code", "text": "sub"},
                ".",
            ],
        },
        {"kind": "math", "text": "y = x"},
        {
            "kind": "section",
            "title": "Arguments",
            "blocks": [
                {
                    "kind": "entry",
                    "name": "input",
                    "type": "Tensor",
                    "blocks": [
                        {
                            "kind": "paragraph",
                            "text": [
                                "the ",
                                {"kind": "emphasis", "text": ["first"]},
                                " one, ",
                                {"kind": "code", "text": "x"},
                            ],
                        }
                    ],
                },
                {
                    "kind": "entry",
                    "name": "dim",
                    "type": "int, optional",
                    "blocks": [
                        {"kind": "paragraph", "text": ["which. Default: ", {"kind": "code", "text": "None"}]}
                    ],
                },
            ],
        },
        {
            "kind": "note",
            "tone": "note",
            "title": "Note",
            "blocks": [{"kind": "paragraph", "text": ["Beware."]}],
        },
        {"kind": "section", "title": "Example", "blocks": [{"kind": "code", "text": ">>> add(1)\n2"}]},
    ]


def test_what_is_written_badly_still_reads() -> None:
    blocks = read_prose(
        "A ``b and *c.\n\n.. unheard:: of\n   Still said.\n\n"
        ":unheard:`role`\nList:\n- one\n  - two\n>>> f()\n"
    )

    said = text_of(blocks)
    assert all(word in said for word in ("A", "b and", "c.", "Still said.", "role", "one", "two", "f()"))


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=" \n:*`|_\\.>-=abArgs()", max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(read_prose(text), list)


def test_files_are_never_read(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")

    said = text_of(
        read_prose(
            f"a\n\n.. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n\n"
            f".. csv-table:: t\n   :file: {secret}\n"
        )
    )

    assert "hidden" not in said


def test_every_operation_is_told_of_without_residue(pages: dict[str, bytes]) -> None:
    assert [name for name, data in pages.items() if not data] == []
    residue = {
        text for data in pages.values() for text in strings(json.loads(data)["blocks"]) if MARKUP.search(text)
    }
    assert len(residue) <= 3, residue


def test_no_words_are_lost(catalog: Catalog) -> None:
    missing = {}
    for name in list(catalog.operations)[::7]:
        text = catalog.operations[name].documentation
        plain = re.sub(
            r"^\s*\.\. (?:_.*|image::.*|include::.*)$|https?://\S+|<[^<>`]*>`", " ", text, flags=re.M
        )
        plain = re.sub(r":(?:no-?index|math|\w+):|#\s?xdoctest.*|~[\w.]*\.(?=\w)", " ", plain)
        read = set(re.findall(r"[A-Za-z]{4,}", text_of(read_prose(text)).lower()))
        lost = {word for word in re.findall(r"[A-Za-z]{4,}", plain.lower()) if word not in read}
        lost -= {"args", "arguments", "keyword", "function", "code", "block", "python", "note", "seealso"}
        if lost - {"warning", "versionchanged", "deprecated", "method", "list", "table", "math", "legend"}:
            missing[name] = lost

    assert len(missing) <= 4, missing


def formulas(tree: Any) -> Iterator[Any]:
    """Yield the mathematics of a tree: LaTeX of torch's, and equations of derivatives."""
    if isinstance(tree, list):
        for each in tree:
            yield from formulas(each)
    elif isinstance(tree, dict):
        if tree.get("kind") == "math":
            yield tree["text"]
        elif "elementwise" in tree:
            yield tree
        else:
            for each in tree.values():
                yield from formulas(each)


def test_all_mathematics_can_be_set(pages: dict[str, bytes]) -> None:
    found = {json.dumps(each): each for data in pages.values() for each in formulas(json.loads(data))}

    done = subprocess.run(
        [Path(sys.executable).parent / "node", "--no-warnings", "--experimental-strip-types", "typeset.mjs"],
        input=json.dumps(list(found.values())),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=True,
    )

    assert len(found) > 1_200
    assert json.loads(done.stdout) == []


def test_a_page_is_small(pages: dict[str, bytes]) -> None:
    sizes = [len(gzip.compress(data)) for data in pages.values()]

    assert max(sizes) <= 6_000
    assert sum(sizes) / len(sizes) <= 1_200


@pytest.mark.parametrize(
    ("name", "see", "only"),
    [
        ("torch.softmax", "torch.nn.functional.softmax", True),
        ("torch.Tensor.sin", "torch.sin", True),
        ("torch.nn.functional.cross_entropy", "torch.nn.CrossEntropyLoss", False),
    ],
)
def test_where_more_is_told_is_said(documentation: Documentation, name: str, see: str, only: bool) -> None:
    told = page(documentation, name)

    assert see in told["see"]
    assert told["only_refers"] is only


def test_a_reference_leads_only_to_an_operation() -> None:
    assert references("See :func:`torch.add`.", ["torch.add"]) == (["torch.add"], True)
    assert references("See :func:`torch.save`.", ["torch.add"]) == ([], False)


def test_derivatives_stand_as_torch_has_them_and_as_equations(documentation: Documentation) -> None:
    told = page(documentation, "torch.matmul")

    assert [each["of"] for each in told["composed"]] == ["dot", "mv", "mm"]
    assert [each["function"] for each in told["composed"]] == ["DotBackward0", "MvBackward0", "MmBackward0"]
    (formula,) = told["derivatives"][0]["formulas"]
    assert formula["arguments"] == ["self", "other"]
    assert formula["formula"] == "matmul_backward(grad, self, other, grad_input_mask)"
    assert [each["right"] for each in formula["equations"]] == [
        r"\gradient{\result{}}\; {\argument{other}}^{\adjoint}",
        r"{\argument{self}}^{\adjoint}\; \gradient{\result{}}",
    ]


def test_an_argument_without_a_derivative_says_so(documentation: Documentation) -> None:
    formulas = page(documentation, "torch.gather")["derivatives"][0]["formulas"]

    assert {"arguments": ["index"], "formula": None, "equations": []} in formulas
    assert documentation.page("os.system") is None
