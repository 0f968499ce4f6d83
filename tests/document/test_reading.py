"""Reading a graph file: every problem at once, at its place, and the rest stays alive."""

# ruff: noqa: E501  # graph files are easier to read on fewer lines

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.document import Document, Number, read
from gradcanvas.document.json_text import text_of
from gradcanvas.document.reading import LARGEST_FILE_BYTES
from gradcanvas.document.writing import write_tree
from tests.document.strategies import FILES, NAMES, NODES
from tests.patience import PROCESSOR_SECONDS


def problems(document: Document) -> list[tuple[str, str]]:
    return [(problem.where, problem.code) for problem in document.problems]


def read_with(**keys: Any) -> Document:
    return read(json.dumps({"gradcanvas": 1, **keys}))


def read_node(**keys: Any) -> Document:
    return read_with(nodes={"x": {"op": "torch.zeros", **keys}, "other": {"op": "torch.ones"}})


def test_a_sound_file_has_no_problem_and_typed_parts() -> None:
    document = read("""{"gradcanvas": 1, "title": "T", "seed": 7, "nodes": {
        "x": {"op": "torch.tensor", "args": {"data": [[0.1]]}, "requires_grad": true, "at": [0, 1.5]},
        "c": {"op": "torch.cat", "inputs": {"tensors": ["x", "x.0"]}, "init": {"w": {"op": "torch.nn.init.ones_"}}}},
        "functions": {"f": {"inputs": ["a"], "nodes": {"b": {"op": "torch.neg"}}, "outputs": {"o": "b"}}},
        "train": {"loss": "c", "steps": 3, "optimizer": {"op": "o", "args": {"lr": 0.1}, "groups": {"g": {"lr": 1}}},
        "clip": {"norm": 1}, "batch": {"size": 2, "of": ["x"]}, "metrics": {"m": "c"},
        "validation": {"x": [[1.0]], "y": "c"}}, "frames": [{"title": "F", "at": [0, 0], "size": [1, 1]}]}""")
    graph = document.graph

    assert document.problems == ()
    assert (graph.title, graph.seed, graph.device, list(graph.nodes)) == ("T", 7, "auto", ["x", "c"])
    assert graph.nodes["x"].args["data"].text == "[[0.1]]"
    assert graph.nodes["x"].at == (0.0, 1.5)
    assert graph.nodes["c"].inputs == {"tensors": ("x", "x.0")}
    assert graph.nodes["c"].init["w"].op == "torch.nn.init.ones_"
    assert graph.functions["f"].inputs == ("a",)
    assert graph.functions["f"].nodes["b"].op == "torch.neg"
    assert graph.train is not None
    assert graph.train.optimizer is not None
    assert graph.train.optimizer.groups["g"]["lr"].value == 1
    assert graph.train.validation["y"] == "c"
    assert graph.frames[0].title == "F"
    assert graph.broken == frozenset()


@pytest.mark.parametrize(
    ("text", "where", "code"),
    [
        ("", "", "not-json"),
        (" \n", "", "not-json"),
        ('{"gradcanvas": 1,}', "", "not-json"),
        ('{"gradcanvas": 1} x', "", "not-json"),
        ("[1]", "", "wrong-type"),
        ("3", "", "wrong-type"),
        ("null", "", "wrong-type"),
        ("NaN", "", "wrong-type"),
        ('{"gradcanvas": 2}', "/gradcanvas", "newer-version"),
        ('{"gradcanvas": 99999999999999999999}', "/gradcanvas", "newer-version"),
        ('{"gradcanvas": 0}', "/gradcanvas", "unsupported-version"),
        ('{"gradcanvas": -1}', "/gradcanvas", "unsupported-version"),
        ("[" * 100_000, "", "too-deep"),
        (b"\xff\xfe{\x00}", "", "not-utf-8"),
        (b'{"a": "\xff', "", "not-utf-8"),
        ("\x00", "", "not-json"),
    ],
)
def test_what_is_no_graph_at_all_is_one_problem_and_not_readable(
    text: str | bytes, where: str, code: str
) -> None:
    document = read(text)

    assert (where, code) in problems(document)
    assert not document.readable
    assert document.graph.nodes == {}


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    assert problems(read(b" " * (LARGEST_FILE_BYTES + 1))) == [("", "file-too-large")]


def test_both_versions_are_named_when_the_file_is_newer() -> None:
    (problem,) = read('{"gradcanvas": 7}').problems

    assert "format 7" in problem.message
    assert "up to 1" in problem.message


def test_the_place_of_a_mistake_in_json_is_told_by_line_and_column() -> None:
    (problem,) = read('{\n "gradcanvas": 1\n "title": 2}').problems

    assert problem.message.startswith("Line 3, column 2 is not JSON")
    assert '\\"title\\"' in problem.message


def test_bytes_that_are_not_utf8_and_a_byte_order_mark_are_told_and_the_rest_is_read() -> None:
    bad_byte = read(b'{"gradcanvas": 1, "title": "\xe9", "nodes": {"x": {"op": "torch.zeros"}}}')
    mark = read(b'\xef\xbb\xbf{"gradcanvas": 1, "nodes": {"x": {"op": "torch.zeros"}}}')

    assert problems(bad_byte) == [("", "not-utf-8")]
    assert problems(mark) == [("", "byte-order-mark")]
    assert list(bad_byte.graph.nodes) == list(mark.graph.nodes) == ["x"]


@pytest.mark.parametrize(
    ("keys", "where", "code"),
    [
        ({"titel": "x"}, "/titel", "unknown-key"),
        ({"title": 3}, "/title", "wrong-type"),
        ({"title": None}, "/title", "wrong-type"),
        ({"seed": 1.5}, "/seed", "wrong-type"),
        ({"seed": True}, "/seed", "wrong-type"),
        ({"seed": 2**64}, "/seed", "number-too-large"),
        ({"device": "tpu"}, "/device", "bad-value"),
        ({"device": 0}, "/device", "wrong-type"),
        ({"nodes": []}, "/nodes", "wrong-type"),
        ({"functions": 3}, "/functions", "wrong-type"),
        ({"functions": {"f": 3}}, "/functions/f", "wrong-type"),
        ({"functions": {"f": {"inputs": "x"}}}, "/functions/f/inputs", "wrong-type"),
        ({"functions": {"f": {"inputs": ["sum"]}}}, "/functions/f/inputs/0", "bad-id"),
        ({"functions": {"f": {"inputs": ["x", "x"]}}}, "/functions/f/inputs/1", "name-twice"),
        ({"functions": {"f": {"nodes": {"x": {}}}}}, "/functions/f/nodes/x", "missing-key"),
        ({"functions": {"a b": {}}}, "/functions/a b", "bad-id"),
        ({"train": []}, "/train", "wrong-type"),
        ({"train": None}, "/train", "wrong-type"),
        ({"train": {"los": "x"}}, "/train/los", "unknown-key"),
        ({"train": {"steps": -1}}, "/train/steps", "out-of-range"),
        ({"train": {"steps": 1.0}}, "/train/steps", "wrong-type"),
        ({"train": {"optimizer": {}}}, "/train/optimizer", "missing-key"),
        ({"train": {"optimizer": {"op": "x", "lr": 1}}}, "/train/optimizer/lr", "unknown-key"),
        ({"train": {"clip": {"norm": 1, "value": 1}}}, "/train/clip", "bad-value"),
        ({"train": {"batch": {"size": 0, "of": []}}}, "/train/batch/size", "out-of-range"),
        ({"train": {"batch": {"size": 1, "of": "x"}}}, "/train/batch/of", "wrong-type"),
        ({"train": {"metrics": {"m": 1}}}, "/train/metrics/m", "wrong-type"),
        ({"frames": {}}, "/frames", "wrong-type"),
        ({"frames": [{"at": "left"}]}, "/frames/0/at", "wrong-type"),
        ({"frames": [1]}, "/frames/0", "wrong-type"),
        ({"state": "file:///etc/passwd"}, "/state", "bad-value"),
        ({"title": "a\0b"}, "/title", "bad-text"),
        ({"title": "\ud800"}, "/title", "bad-text"),
    ],
)
def test_a_bad_key_is_told_at_its_place(keys: dict[str, Any], where: str, code: str) -> None:
    document = read_with(**{"nodes": {"x": {"op": "torch.zeros"}}, **keys})

    assert problems(document) == [(where, code)]
    assert document.readable
    assert all(problem.message and problem.help for problem in document.problems)
    assert "nodes" in keys or list(document.graph.nodes) == ["x"]


@pytest.mark.parametrize(
    ("keys", "where", "code"),
    [
        ({"op": 3}, "/nodes/x/op", "wrong-type"),
        ({"op": ""}, "/nodes/x/op", "wrong-type"),
        ({"requires_gradient": True}, "/nodes/x/requires_gradient", "unknown-key"),
        ({"inputs": []}, "/nodes/x/inputs", "wrong-type"),
        ({"inputs": {"input": 3}}, "/nodes/x/inputs/input", "wrong-type"),
        ({"inputs": {"input": ""}}, "/nodes/x/inputs/input", "wrong-type"),
        ({"inputs": {"tensors": ["a", 3]}}, "/nodes/x/inputs/tensors", "wrong-type"),
        ({"args": "none"}, "/nodes/x/args", "wrong-type"),
        ({"args": {"size": 2**70}}, "/nodes/x/args/size", "number-too-large"),
        ({"requires_grad": "yes"}, "/nodes/x/requires_grad", "wrong-type"),
        ({"requires_grad": {"bias": 0}}, "/nodes/x/requires_grad", "wrong-type"),
        ({"mode": "training"}, "/nodes/x/mode", "bad-value"),
        ({"init": {"weight": {"args": {}}}}, "/nodes/x/init/weight", "missing-key"),
        ({"init": {"weight": {"op": "o", "arg": 1}}}, "/nodes/x/init/weight/arg", "unknown-key"),
        ({"share": 3}, "/nodes/x/share", "wrong-type"),
        ({"bypass": 1}, "/nodes/x/bypass", "wrong-type"),
    ],
)
def test_a_problem_of_a_node_breaks_that_node_and_no_other(
    keys: dict[str, Any], where: str, code: str
) -> None:
    document = read_node(**keys)

    assert problems(document) == [(where, code)]
    assert document.graph.broken == {"/nodes/x"}
    assert "other" in document.graph.nodes


@pytest.mark.parametrize(
    "keys", [{"at": 5}, {"at": [1]}, {"size": [1, "2"]}, {"label": 3}, {"color": []}, {"collapsed": 0}]
)
def test_a_problem_of_how_a_node_is_drawn_does_not_break_it(keys: dict[str, Any]) -> None:
    document = read_node(**keys)

    assert problems(document) == [(f"/nodes/x/{next(iter(keys))}", "wrong-type")]
    assert document.graph.broken == frozenset()
    assert document.graph.nodes["x"].op == "torch.zeros"


@pytest.mark.parametrize(
    ("keys", "broken"),
    [
        ({"train": {"steps": "many"}}, {"/train"}),
        ({"train": {"optimizer": {}}}, {"/train"}),
        ({"train": {"metrics": {"m": 1}}}, set()),
        ({"functions": {"f": {"inputs": 1}}}, {"/functions/f"}),
        ({"functions": {"f": {"nodes": {"x": {}}}}}, {"/functions/f/nodes/x"}),
        ({"functions": {"f": {"nodes": {"x": {"op": "o", "at": 1}}}}}, set()),
        ({"frames": [1], "seed": "x", "later": 1}, set()),
    ],
)
def test_a_problem_breaks_the_part_whose_numbers_it_may_change(
    keys: dict[str, Any], broken: set[str]
) -> None:
    assert read_with(**keys).graph.broken == broken


def test_all_problems_are_told_at_once() -> None:
    document = read("""{"title": 1, "nodes": {"lambda": {"op": "o"}, "y": 3, "z": {"ops": "o", "args": {"a": NaN}},
        "w": {"op": "o", "op": "p", "args": {"a": 1e400}}}, "train": {"loss": 1, "steps": "2"}, "more": {}}""")

    assert sorted(problems(document)) == [
        ("", "missing-key"),
        ("/more", "unknown-key"),
        ("/nodes/lambda", "bad-id"),
        ("/nodes/w/args/a", "number-too-large"),
        ("/nodes/w/op", "duplicate-key"),
        ("/nodes/y", "wrong-type"),
        ("/nodes/z", "missing-key"),
        ("/nodes/z/args/a", "bad-number"),
        ("/nodes/z/ops", "unknown-key"),
        ("/title", "wrong-type"),
        ("/train/loss", "wrong-type"),
        ("/train/steps", "wrong-type"),
    ]


def test_what_is_bad_stays_in_the_tree() -> None:
    text = '{\n "gradcanvas": 1,\n "nodes": {\n  "x": {"op": 3, "at": "left"}\n },\n "later": [1.50]\n}\n'

    assert write_tree(read(text).tree) == text


def test_of_what_is_left_of_a_broken_node_the_rest_can_be_checked() -> None:
    document = read_node(inputs={"input": 3, "other": "gone"}, unknown=1)

    assert document.graph.nodes["x"].inputs == {"other": "gone"}


def test_the_nearest_right_key_is_offered() -> None:
    (problem,) = read_node(requires_gradient=True).problems

    assert problem.help == 'Did you mean "requires_grad"?'


def test_of_a_node_that_stands_twice_neither_is_evaluated() -> None:
    document = read('{"gradcanvas": 1, "nodes": {"x": {"op": "a"}, "x": {"op": "b"}, "y": {"op": "c"}}}')

    assert problems(document) == [("/nodes/x", "duplicate-key")]
    assert [(name, node.op) for name, node in document.graph.nodes.items()] == [
        ("x", "a"),
        ("x_2", "b"),
        ("y", "c"),
    ]
    assert document.graph.broken == {"/nodes/x", "/nodes/x_2"}


def test_pointers_are_escaped() -> None:
    document = read_with(nodes={"a/b~c": {"op": "o"}})

    assert document.problems[0].where == "/nodes/a~1b~0c"


@pytest.mark.parametrize(
    "number",
    ["-9223372036854775808", "18446744073709551615", "1.7976931348623157e308", "1e-400", "0.1"],
)
def test_numbers_that_pytorch_takes_are_no_problem(number: str) -> None:
    document = read(f'{{"gradcanvas": 1, "nodes": {{"x": {{"op": "o", "args": {{"a": [{number}]}}}}}}}}')

    assert document.problems == ()
    assert document.graph.nodes["x"].args["a"].tree == [Number(number)]


@pytest.mark.parametrize(
    "number", ["-9223372036854775809", "18446744073709551616", "1.8e308", "-1e309", "9" * 10_000]
)
def test_numbers_beyond_are_a_problem_at_their_place(number: str) -> None:
    document = read(f'{{"gradcanvas": 1, "nodes": {{"x": {{"op": "o", "args": {{"a": [[0, {number}]]}}}}}}}}')

    assert problems(document) == [("/nodes/x/args/a/0/1", "number-too-large")]
    assert len(document.problems[0].message) < 300


def test_a_literal_that_is_nested_too_deep_is_a_problem_of_its_node_alone() -> None:
    deep = "[" * 100 + "]" * 100
    document = read(
        f'{{"gradcanvas": 1, "nodes": {{"x": {{"op": "o", "args": {{"a": {deep}}}}}, "y": {{"op": "o"}}}}}}'
    )

    assert problems(document) == [("/nodes/x/args/a", "too-deep")]
    assert document.graph.broken == {"/nodes/x"}
    assert write_tree(document.tree).count("[") == 100


def test_sixty_four_dimensions_are_not_too_deep() -> None:
    text = "[" * 64 + "1" + "]" * 64

    assert (
        read(f'{{"gradcanvas": 1, "nodes": {{"x": {{"op": "o", "args": {{"a": {text}}}}}}}}}').problems == ()
    )


def test_half_a_surrogate_pair_can_be_told_and_written() -> None:
    document = read(
        '{"gradcanvas": 1, "\\ud800": "\\udfff", "nodes": {"x": {"op": "o", "label": "\\ud83d\\ude00"}}}'
    )

    assert {code for _, code in problems(document)} == {"bad-text"}
    write_tree(document.tree).encode()
    json.dumps([problem.model_dump() for problem in document.problems]).encode()
    assert document.graph.nodes["x"].label == "😀"


def test_the_work_of_reading_eight_megabytes_of_data_grows_with_their_number_alone() -> None:
    row = "[" + ", ".join(f"0.{index:08d}" for index in range(10)) + "]"
    text = f'{{"gradcanvas": 1, "nodes": {{"x": {{"op": "o", "args": {{"data": [{", ".join([row] * 70_000)}]}}}}}}}}'
    start = time.process_time()

    document = read(text)

    assert document.problems == ()
    assert time.process_time() - start < PROCESSOR_SECONDS


@settings(max_examples=150, deadline=None)
@given(FILES)
def test_any_tree_is_read_with_all_its_parts_in_the_tree(tree: Any) -> None:
    text = write_tree(tree)

    document = read(text)

    assert write_tree(document.tree) == text
    assert all(problem.where == "" or problem.where.startswith("/") for problem in document.problems)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.binary(), st.text(alphabet='{}[]":,\\ue019.-+ tfn\n')))
def test_no_text_makes_reading_raise(text: str | bytes) -> None:
    read(text)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """Give two graph files, many of whose nodes are the same, or the same but for their order."""
    nodes = draw(st.dictionaries(NAMES, NODES, max_size=4))
    second = {
        name: draw(NODES)
        if draw(st.booleans())
        else dict(reversed(tree.items()))
        if draw(st.booleans())
        else tree
        for name, tree in nodes.items()
        if isinstance(tree, dict)
    }
    more = draw(st.dictionaries(NAMES, NODES, max_size=1))
    texts = [
        text_of({"gradcanvas": Number("1"), "nodes": each, "functions": {"f": {"nodes": nodes}}})
        for each in (nodes, {**second, **more})
    ]
    return texts[0], texts[1]


@given(edits())
@settings(max_examples=300, deadline=None)
def test_what_was_read_before_changes_nothing_of_what_is_read(texts: tuple[str, str]) -> None:
    first, second = texts
    before = read(first)
    alone, after = read(second), read(second, before)

    assert (after.graph, after.problems, after.tree) == (alone.graph, alone.problems, alone.tree)
    assert repr(after.graph) == repr(alone.graph)
    again = read(second, after)
    assert (repr(again.graph), again.problems) == (repr(alone.graph), alone.problems)


def test_a_node_that_did_not_change_is_not_read_again() -> None:
    before = read_node(args={"size": [2]})

    after = read(
        '{"gradcanvas": 1, "nodes": {"x": {"op": "torch.zeros", "args": {"size": [2.0]}},'
        ' "other": {"op": "torch.ones"}}}',
        before,
    )

    assert after.graph.nodes["other"] is before.graph.nodes["other"]
    assert after.graph.nodes["x"] is not before.graph.nodes["x"]
    assert after.graph == read(write_tree(after.tree)).graph
