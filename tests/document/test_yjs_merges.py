"""Copies of a graph edited apart and merged: they converge, and what they converge on is a graph."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map

from gradcanvas.document import id_fault, read, write
from gradcanvas.document.order_keys import key_between
from gradcanvas.document.yjs import apply_update_checked, from_yjs, read_records, to_yjs
from gradcanvas.document.yjs_records import random_uid

START = """{"gradcanvas": 1, "nodes": {
    "x": {"op": "torch.ones"}, "y": {"op": "torch.neg", "inputs": {"input": "x"}},
    "z": {"op": "torch.cat", "inputs": {"tensors": ["x", "y"]}}},
    "train": {"loss": "z",
    "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1}}, "metrics": {"m": "y"}}}"""

Copies = tuple["Doc[Any]", "Doc[Any]"]


@pytest.fixture
def copies() -> Copies:
    return two_copies()


def two_copies() -> Copies:
    one: Doc[Any] = Doc(client_id=1)
    two: Doc[Any] = Doc(client_id=2)
    numbers = count()
    to_yjs(read(START), one, lambda: f"{next(numbers):012}")
    two.apply_update(one.get_update())
    return one, two


def nodes(doc: "Doc[Any]") -> Any:
    return doc.get("nodes", type=Map)


def uid_of(doc: "Doc[Any]", name: str) -> Any:
    return next(uid for uid, node in nodes(doc).items() if node["id"] == name)


def add(doc: "Doc[Any]", name: str, order: str, uid: str | None = None) -> str:
    uid = uid or random_uid()
    nodes(doc)[uid] = Map({"id": name, "order": order, "op": "torch.relu", "inputs": Map(), "args": Map()})
    return uid


def merge(one: "Doc[Any]", two: "Doc[Any]") -> str:
    """Exchange what each has made, and return the file that both then are."""
    mine, yours = one.get_update(two.get_state()), two.get_update(one.get_state())
    apply_update_checked(one, yours)
    apply_update_checked(two, mine)
    texts = [write(from_yjs(doc)) for doc in (one, two)]
    assert texts[0] == texts[1]
    assert read_records(one) == read_records(two)
    return texts[0]


def test_two_nodes_of_one_name_are_both_kept(copies: Copies) -> None:
    one, two = copies
    first, second = add(one, "relu", "a5"), add(two, "relu", "a6")
    nodes(two)[uid_of(two, "y")]["inputs"]["input"] = f"@{second}"

    document = read(merge(one, two))

    assert list(document.graph.nodes) == ["x", "y", "z", "relu", "relu_2"]
    assert document.graph.nodes["y"].inputs["input"] == "relu_2"
    assert first != second
    assert document.problems == ()


def test_a_rename_keeps_what_another_changed_and_all_references(copies: Copies) -> None:
    one, two = copies
    nodes(one)[uid_of(one, "x")]["id"] = "data"
    nodes(two)[uid_of(two, "x")]["args"]["size"] = "[3]"

    text = merge(one, two)

    assert '"data": {"op": "torch.ones", "args": {"size": [3]}}' in text
    assert '"tensors": ["data", "y"]' in text


def test_a_wire_to_a_node_that_another_deleted_is_an_unknown_reference(copies: Copies) -> None:
    one, two = copies
    uid = uid_of(one, "x")
    del nodes(one)[uid]
    nodes(two)[uid_of(two, "z")]["inputs"]["tensors"] = f'["@{uid}"]'

    document = read(merge(one, two))

    assert list(document.graph.nodes) == ["y", "z"]
    assert document.graph.nodes["z"].inputs["tensors"] == (f"@{uid}",)


def test_a_node_one_changes_and_another_deletes_is_gone(copies: Copies) -> None:
    one, two = copies
    uid = uid_of(one, "y")
    del nodes(one)[uid]
    nodes(two)[uid]["args"]["size"] = "[3]"

    assert '"y"' not in merge(one, two)


def test_order_keys_that_are_equal_are_told_apart_by_uid(copies: Copies) -> None:
    one, two = copies
    add(one, "second", "a9", "uidB00000000")
    add(two, "first", "a9", "uidA00000000")

    names = list(read(merge(one, two)).graph.nodes)

    assert names[-2:] == ["first", "second"]


def test_both_wire_a_first_input_of_one_node_and_keep_both_wires(copies: Copies) -> None:
    one, two = copies
    uid = uid_of(one, "x")
    nodes(one)[uid]["inputs"]["input"] = "a"
    nodes(two)[uid]["inputs"]["other"] = "b"

    assert '"inputs": {"input": "a", "other": "b"}' in merge(one, two)


def test_two_edits_of_one_argument_settle_on_one_of_them(copies: Copies) -> None:
    one, two = copies
    for doc, rate in ((one, "0.01"), (two, "1.0")):
        doc.get("train", type=Map)["optimizer"]["args"]["lr"] = rate

    text = merge(one, two)

    assert ('"lr": 0.01' in text) != ('"lr": 1.0' in text)


def test_a_cycle_that_two_make_together_is_a_graph_that_can_be_read(copies: Copies) -> None:
    one, two = copies
    x, y, z = (uid_of(one, name) for name in "xyz")
    nodes(one)[x]["inputs"]["input"] = f"@{z}"
    nodes(two)[y]["inputs"]["input"] = f"@{z}"

    document = read(merge(one, two))

    assert document.problems == ()
    assert document.graph.nodes["x"].inputs["input"] == "z"


def _add_some(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    orders = sorted(node["order"] for node in nodes(doc).values() if "order" in node)
    # One that is new in this state of this copy, and the same whenever the example is tried again.
    uid = sha256(doc.get_state() + bytes([doc.client_id])).hexdigest()[:12]
    order = key_between(orders[-1] if orders else None, None)
    add(doc, choose(st.sampled_from(["relu", "x", "relu_2"])), order, uid)


def _delete(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    if uids := sorted(nodes(doc).keys()):
        del nodes(doc)[choose(st.sampled_from(uids))]


def _wire(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    if uids := sorted(nodes(doc).keys()):
        source, target = choose(st.sampled_from(uids)), choose(st.sampled_from(uids))
        nodes(doc)[target]["inputs"][choose(st.sampled_from(["input", "other"]))] = f"@{source}"


def _rename(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    if uids := sorted(nodes(doc).keys()):
        nodes(doc)[choose(st.sampled_from(uids))]["id"] = choose(st.sampled_from(["x", "w", "relu"]))


def _reorder(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    if uids := sorted(nodes(doc).keys()):
        orders = sorted(node["order"] for node in nodes(doc).values())
        nodes(doc)[choose(st.sampled_from(uids))]["order"] = key_between(None, orders[0])


def _type(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    if uids := sorted(nodes(doc).keys()):
        nodes(doc)[choose(st.sampled_from(uids))]["args"]["value"] = choose(
            st.sampled_from(["1", "1.0", "-0.0"])
        )


def _untrain(doc: "Doc[Any]", choose: Callable[[Any], Any]) -> None:
    train = doc.get("train", type=Map)
    if keys := sorted(train.keys()):
        del train[choose(st.sampled_from(keys))]


EDITS = [_add_some, _delete, _wire, _rename, _reorder, _type, _untrain]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_two_people_do_their_copies_converge_on_a_graph(data: st.DataObject) -> None:
    docs = two_copies()

    for _ in range(2):
        for doc in docs:
            for edit in data.draw(st.lists(st.sampled_from(EDITS), max_size=5)):
                edit(doc, data.draw)
        text = merge(*docs)

    graph = read(text).graph
    assert len(graph.nodes) == len(nodes(docs[0]))
    assert all(id_fault(name) is None for name in graph.nodes)
    assert write(read(text)) == text
