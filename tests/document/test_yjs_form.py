"""The Yjs form: the shared cases, and both directions equal for any graph file."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from gradcanvas.document import read, write
from gradcanvas.document.writing import write_tree
from gradcanvas.document.yjs import NodeTexts, from_yjs, read_records, to_yjs, write_yjs
from gradcanvas.document.yjs_records import from_records, random_uid, to_records
from tests.document.strategies import FILES, TEXTS
from tests.document.yjs_cases import CASES, numbered_uids, text_of_cases

Shared = list[dict[str, Any]]


def cases() -> Shared:
    found: Shared = json.loads(CASES.read_text(encoding="utf-8"))
    return found


def test_the_shared_cases_are_not_stale() -> None:
    assert CASES.read_text(encoding="utf-8") == text_of_cases()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_a_form_is_read_as_the_file_of_its_case(case: dict[str, Any]) -> None:
    assert write_tree(from_records(case["yjs"])) == case["file"]


@pytest.mark.parametrize(
    "case", [case for case in cases() if case["way"] == "both"], ids=lambda case: case["name"]
)
def test_a_file_is_put_into_the_form_of_its_case(case: dict[str, Any]) -> None:
    doc: Doc[Any] = Doc()

    to_yjs(read(case["file"]), doc, numbered_uids())

    assert read_records(doc) == case["yjs"]
    assert write(from_yjs(doc)) == case["file"]


@settings(max_examples=200, deadline=None)
@given(FILES)
def test_any_file_comes_back_from_the_form_as_it_went(tree: Any) -> None:
    document = read(write_tree(tree))
    doc: Doc[Any] = Doc()

    to_yjs(document, doc)
    back = from_yjs(doc)

    assert write_yjs(doc) == (write(back), back.graph.title)
    assert write(back) == write(document)
    assert {(problem.where, problem.code) for problem in back.problems} == {
        (problem.where, problem.code) for problem in read(write(document)).problems
    }


@settings(max_examples=200, deadline=None)
@given(FILES)
def test_any_form_comes_back_from_the_file_as_it_went(tree: Any) -> None:
    records = to_records(read(write_tree(tree)).tree, numbered_uids())

    text = write_tree(from_records(records))

    assert to_records(read(text).tree, numbered_uids()) == records


_ANYTHING = st.recursive(
    st.one_of(
        TEXTS, st.none(), st.integers(), st.sampled_from(["@a.b", '["@a", 1]', "!3", "=x", "a0", '{"op": 1}'])
    ),
    lambda below: st.dictionaries(
        st.one_of(TEXTS, st.sampled_from(["op", "inputs", "nodes", "uid", "args"])), below
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["graph", "nodes", "functions", "frames", "train"]), _ANYTHING))
def test_any_form_at_all_can_be_read_and_saved(roots: dict[str, object]) -> None:
    text = write_tree(from_records(roots))

    assert write(read(text)) == text


def test_shared_types_that_the_form_does_not_have_are_passed_over() -> None:
    doc: Doc[Any] = Doc()
    to_yjs(read('{"gradcanvas": 1, "nodes": {"x": {"op": "torch.zeros"}}}'), doc)
    (node,) = doc.get("nodes", type=Map).values()

    node["args"] = Array(["1"])
    node["label"] = 3.5
    node["inputs"]["input"] = Text("y")
    doc.get("graph", type=Map)["later"] = {"a": 1}

    text = write(from_yjs(doc))
    assert '"x": {"op": "torch.zeros"' in text
    assert "later" not in text


def test_putting_a_document_into_a_doc_replaces_what_it_held() -> None:
    doc: Doc[Any] = Doc()
    to_yjs(read('{"gradcanvas": 1, "title": "one", "nodes": {"x": {"op": "o"}}, "train": {}}'), doc)

    to_yjs(read('{"gradcanvas": 1, "nodes": {"y": {"op": "o"}}}'), doc)

    assert write(from_yjs(doc)) == '{\n "gradcanvas": 1,\n "nodes": {\n  "y": {"op": "o"}\n }\n}\n'


def test_a_uid_is_twelve_characters_of_base_62() -> None:
    uids = {random_uid() for _ in range(100)}

    assert len(uids) == 100
    assert all(len(uid) == 12 and uid.isascii() and uid.isalnum() for uid in uids)


@pytest.mark.parametrize(
    "stored",
    ['"half \\ud83d"', '"a \\u0000 b"', '"\\ud83d\\ude00 whole"', "7", '["no title"]', "null", "broken {"],
)
def test_a_title_that_is_no_text_is_written_as_reading_gives_it(stored: str) -> None:
    doc: Doc[Any] = Doc()
    doc.get("graph", type=Map)["title"] = stored
    doc.get("graph", type=Map)["gradcanvas"] = "1"

    back = from_yjs(doc)

    assert write_yjs(doc) == (write(back), back.graph.title)


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["id", "order", "op", "requires_grad", "label", "!", "inputs", "args", "gone"]),
        st.one_of(st.none(), st.sampled_from(["x", "y", '"torch.mul"', "true", "1.0", "1", "a1"]), TEXTS),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(FILES, CHANGES)
def test_what_was_written_before_changes_nothing_of_what_is_written(tree: Any, changes: Any) -> None:
    doc: Doc[Any] = Doc()
    to_yjs(read(write_tree(tree)), doc)
    texts, nodes = NodeTexts(), doc.get("nodes", type=Map)

    for place, key, value in [(0, "gone", None), *changes]:
        uids = sorted(nodes.keys())
        if uids:
            uid = uids[place % len(uids)]
            if key == "gone" and value is None and place > 6:
                del nodes[uid]
            elif key == "gone" and place > 3:
                nodes[f"n{place}"] = Map({"id": "new", "order": "a1", "op": '"torch.add"'})
            elif key in ("inputs", "args"):
                nodes[uid][key] = Map({value or "input": uids[0]})
            elif value is None:
                nodes[uid].pop(key, None)
            else:
                nodes[uid][key] = value
        assert write_yjs(doc, texts) == write_yjs(doc)
