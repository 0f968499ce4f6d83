"""Canonical writing."""

# ruff: noqa: E501  # graph files are easier to read on fewer lines

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from gradcanvas.document import read, write
from gradcanvas.document.writing import write_tree
from tests.document.strategies import FILES

STATIC = Path(__file__).parents[2] / "static"
EXAMPLES = sorted((STATIC / "examples").glob("*.json"))


def test_the_articles_file_is_canonical_to_the_byte() -> None:
    text = (STATIC / "examples" / "linear-regression.json").read_text(encoding="utf-8")

    assert write(read(text)) == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_canonical_and_without_problems(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    document = read(text)

    assert document.problems == ()
    assert write(document) == text


def test_keys_stand_in_the_order_of_the_format_and_unknown_ones_after_them() -> None:
    text = """{"zz": 1, "frames": [{"size": [1, 2], "title": "F"}, {}], "aa": 2,
        "train": {"steps": 1, "loss": "x", "optimizer": {"args": {"b": 1, "a": 2}, "op": "o"}, "xx": 0},
        "functions": {"f": {"outputs": {"o": "n"}, "nodes": {"n": {"op": "p"}}, "inputs": ["i"]}},
        "nodes": {"y": {"zz": 1, "at": [0, 1.50], "args": {"b": 1, "a": {"z": 1, "y": 2}}, "op": "o"}, "a": {"op": "p"}},
        "gradcanvas": 1}"""

    assert (
        write(read(text))
        == """{
 "gradcanvas": 1,
 "nodes": {
  "y": {"op": "o", "args": {"a": {"z": 1, "y": 2}, "b": 1}, "at": [0, 1.50], "zz": 1},
  "a": {"op": "p"}
 },
 "functions": {
  "f": {"inputs": ["i"], "nodes": {
   "n": {"op": "p"}
  }, "outputs": {"o": "n"}}
 },
 "train": {"loss": "x", "steps": 1, "optimizer": {"op": "o", "args": {"a": 2, "b": 1}}, "xx": 0},
 "frames": [
  {"title": "F", "size": [1, 2]},
  {}
 ],
 "aa": 2,
 "zz": 1
}
"""
    )


def test_references_are_written_in_their_shortest_form() -> None:
    text = """{"nodes": {"c": {"op": "o", "inputs": {"tensors": ["x.0", "m.1", "fc.0.weight"], "a": "x.0"}}},
        "train": {"loss": "x.0", "batch": {"of": ["x.0"]}, "metrics": {"m": "x.0"}, "validation": {"x.0": "y.0"}}}"""

    assert "x.0" not in write(read(text))
    assert '"tensors": ["x", "m.1", "fc.0.weight"]' in write(read(text))
    assert '"validation": {"x": "y"}' in write(read(text))


def test_two_spellings_of_one_source_in_validation_are_both_kept() -> None:
    text = '{"train": {"validation": {"x.0": 1, "x": 2}}}'

    assert '"validation": {"x": 2, "x.0": 1}' in write(read(text))


def test_what_is_empty_and_says_nothing_is_left_out() -> None:
    text = """{"gradcanvas": 1, "nodes": {"x": {"op": "o", "inputs": {}, "args": {}}}, "functions": {}, "frames": [],
        "train": {"metrics": {}, "validation": {}}}"""

    assert (
        write(read(text)) == '{\n "gradcanvas": 1,\n "nodes": {\n  "x": {"op": "o"}\n },\n "train": {}\n}\n'
    )


def test_a_moved_node_is_a_diff_of_one_line() -> None:
    text = """{"gradcanvas": 1, "nodes": {"x": {"op": "torch.ones", "at": [0, 0]}, "y": {"op": "torch.neg",
        "inputs": {"input": "x"}, "at": [240, 220]}, "z": {"op": "torch.neg"}}, "train": {"loss": "y"}}"""
    moved = text.replace('"at": [240, 220]', '"at": [250.5, 220]')

    before, after = write(read(text)).splitlines(), write(read(moved)).splitlines()

    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        (
            '  "y": {"op": "torch.neg", "inputs": {"input": "x"}, "at": [240, 220]},',
            '  "y": {"op": "torch.neg", "inputs": {"input": "x"}, "at": [250.5, 220]},',
        )
    ]


@settings(max_examples=200, deadline=None)
@given(FILES)
def test_writing_what_was_written_changes_nothing(tree: Any) -> None:
    once = write_tree(tree)

    document = read(once)

    assert write(document) == once
    assert [problem.code for problem in read(write(document)).problems] == [
        problem.code for problem in document.problems
    ]
