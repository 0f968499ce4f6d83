"""The gate for other people's updates: whole and sound, or not at all."""

import base64
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from gradcanvas.document import read, write
from gradcanvas.document.yjs import DocumentError, apply_update_checked, from_yjs, read_records, to_yjs
from gradcanvas.document.yjs_updates import LARGEST_UPDATE_BYTES
from gradcanvas.document.yjs_wire import read_state, read_update
from tests.patience import PROCESSOR_SECONDS

FILE = """{"gradcanvas": 1, "nodes": {"x": {"op": "torch.ones", "args": {"size": [2]}},
    "y": {"op": "torch.neg", "inputs": {"input": "x"}, "at": [0, 10]}}, "train": {"loss": "y"}}"""


def make_doc() -> "Doc[Any]":
    doc: Doc[Any] = Doc(client_id=7)
    to_yjs(read(FILE), doc)
    return doc


def copy_of(doc: "Doc[Any]", client_id: int = 8) -> "Doc[Any]":
    copy: Doc[Any] = Doc(client_id=client_id)
    copy.apply_update(doc.get_update())
    return copy


def node_of(doc: "Doc[Any]", name: str) -> Any:
    return next(node for node in doc.get("nodes", type=Map).values() if node["id"] == name)


def edited(doc: "Doc[Any]") -> bytes:
    """Return the update of somebody who adds, changes and deletes."""
    other = copy_of(doc)
    with other.transaction():
        nodes = other.get("nodes", type=Map)
        nodes["uidnew000000"] = Map(
            {"id": "é", "order": "a9", "op": "o", "inputs": Map({"input": "x"}), "args": Map()}
        )
        node_of(other, "y")["at"] = "[5, 6]"
        del node_of(other, "x")["args"]["size"]
    return other.get_update(doc.get_state())


def refusal(doc: "Doc[Any]", update: bytes) -> DocumentError:
    """Return the error, having seen that the document is as it was."""
    before, text = doc.get_update(), write(from_yjs(doc))
    with pytest.raises(DocumentError) as caught:
        apply_update_checked(doc, update)
    assert doc.get_update() == before
    assert write(from_yjs(doc)) == text
    return caught.value


def test_a_sound_update_is_applied() -> None:
    doc = make_doc()
    update = edited(doc)

    apply_update_checked(doc, update)

    text = write(from_yjs(doc))
    assert '"at": [5, 6]' in text
    assert '"é": {"op": "o", "inputs": {"input": "x"}}' in text
    assert "size" not in text


@pytest.mark.parametrize("how", ["updates", "whole", "merged"])
def test_what_the_browsers_library_makes_is_sound(how: str) -> None:
    made = json.loads(Path(__file__).with_name("browser-updates.json").read_text(encoding="utf-8"))
    doc: Doc[Any] = Doc()

    for update in made["updates"] if how == "updates" else [made[how]]:
        apply_update_checked(doc, base64.b64decode(update))

    assert read_records(doc) == made["yjs"]
    assert read_records(copy_of(doc)) == made["yjs"]
    apply_update_checked(doc, edited_title(doc))
    assert '"title": "Old"' in write(from_yjs(doc))


def edited_title(doc: "Doc[Any]") -> bytes:
    other = copy_of(doc)
    other.get("graph", type=Map)["title"] = '"Old"'
    return other.get_update(doc.get_state())


def test_an_update_may_come_twice() -> None:
    doc = make_doc()
    update = edited(doc)
    apply_update_checked(doc, update)
    once = read_records(doc)

    apply_update_checked(doc, update)

    assert read_records(doc) == once


def test_edits_of_the_server_itself_are_known_to_the_gate() -> None:
    doc = make_doc()
    apply_update_checked(doc, edited(doc))
    node_of(doc, "y")["label"] = '"here"'
    other = copy_of(doc, client_id=9)
    node_of(other, "y")["label"] = '"there"'

    apply_update_checked(doc, other.get_update(doc.get_state()))

    assert '"label": "there"' in write(from_yjs(doc))


def test_the_same_argument_may_be_set_ten_thousand_times() -> None:
    doc = make_doc()
    other = copy_of(doc)
    moved = node_of(other, "y")
    for index in range(10_000):
        moved["at"] = f"[{index}, 0]"
    update = other.get_update(doc.get_state())

    apply_update_checked(doc, update)
    node_of(other, "y")["inputs"] = Map({"input": "z"})
    apply_update_checked(doc, other.get_update(doc.get_state()))

    assert '"inputs": {"input": "z"}, "at": [9999, 0]' in write(from_yjs(doc))


def test_an_update_that_builds_on_edits_that_are_not_here_is_refused() -> None:
    doc = make_doc()
    other = copy_of(doc)
    node_of(other, "y")["label"] = '"one"'
    state = other.get_state()
    node_of(other, "y")["label"] = '"two"'

    error = refusal(doc, other.get_update(state))

    assert error.code == "update-out-of-order"
    assert error.help


def test_an_update_that_is_too_large_is_refused() -> None:
    assert refusal(make_doc(), b"\0" * (LARGEST_UPDATE_BYTES + 1)).code == "update-too-large"


@pytest.mark.parametrize("value", [1, 1.5, True, None, {"a": "b"}, ["a"], b"bytes"], ids=repr)
def test_a_value_that_is_no_text_is_refused(value: object) -> None:
    doc = make_doc()
    other = copy_of(doc)
    node_of(other, "y")["label"] = value

    assert refusal(doc, other.get_update(doc.get_state())).code == "bad-update"


@pytest.mark.parametrize("shared", [Text("a"), Array(["a"]), Doc()], ids=lambda shared: type(shared).__name__)
def test_a_shared_type_that_is_no_map_is_refused(shared: Any) -> None:
    doc = make_doc()
    other = copy_of(doc)
    node_of(other, "y")["label"] = shared

    assert refusal(doc, other.get_update(doc.get_state())).code == "bad-update"


def test_writing_outside_of_the_graph_is_refused() -> None:
    doc = make_doc()
    other = copy_of(doc)
    other.get("elsewhere", type=Map)["a"] = "b"

    assert "outside of the graph" in refusal(doc, other.get_update(doc.get_state())).message


def test_maps_that_are_nested_too_deep_are_refused_at_once_or_bit_by_bit() -> None:
    doc = make_doc()
    other = copy_of(doc)
    below = node_of(other, "y")

    for _ in range(5):
        below["deeper"] = Map()
        below = below["deeper"]
        apply_update_checked(doc, other.get_update(doc.get_state()))
    below["deeper"] = Map()

    assert "nested too deep" in refusal(doc, other.get_update(doc.get_state())).message
    assert "nested too deep" in refusal(Doc(), other.get_update()).message


def chain_of_maps(length: int) -> bytes:
    """Return an update of maps, each in the one before."""
    parts = [number(1), number(length), number(5), number(0), b"\x27\x01\x05nodes\x01a\x01"]
    parts += [b"\x27\x00" + number(5) + number(index) + b"\x01a\x01" for index in range(length - 1)]
    return b"".join([*parts, number(0)])


def number(value: int) -> bytes:
    """Return a number as the encoding writes it."""
    result = b""
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def test_a_hundred_thousand_maps_in_one_another_are_refused_quickly() -> None:
    start = time.process_time()

    error = refusal(make_doc(), chain_of_maps(100_000))

    assert "nested too deep" in error.message
    assert time.process_time() - start < PROCESSOR_SECONDS


def test_maps_that_stand_in_one_another_in_a_circle_are_refused() -> None:
    circle = b"".join(
        [
            number(1),
            number(2),
            number(5),
            number(0),
            b"\x27\x00\x05\x01\x01a\x01",
            b"\x27\x00\x05\x00\x01a\x01",
            number(0),
        ]
    )

    assert "circle" in refusal(make_doc(), circle).message


def test_an_item_inside_a_text_is_refused_and_nothing_of_its_update_stays() -> None:
    doc = make_doc()
    inside_a_text = b"".join(
        [
            *(number(1), number(2), number(5), number(0)),
            *(b"\x28\x01\x05nodes\x01a\x01\x77\x01b", b"\x28\x00\x05\x00\x01c\x01\x77\x01d", number(0)),
        ]
    )

    assert refusal(doc, inside_a_text).code == "bad-update"


@pytest.mark.parametrize("size", [10**6, 2**31, 2**53, 2**63, 2**70])
def test_lengths_that_lie_cost_neither_time_nor_memory(size: int) -> None:
    doc = make_doc()
    start = time.process_time()
    item = number(1) + number(1) + number(5) + number(0) + b"\x28\x01\x05nodes\x01a"

    for update in (
        number(size) + b"\0" * 20,
        number(1) + number(size) + b"\0" * 20,
        item + number(size) + b"\0",
        item + number(1) + b"\x75" + number(size) + b"\0",
        item + number(1) + b"\x77" + number(size) + b"\0",
        number(0) + number(size) + b"\0" * 20,
        number(0) + number(1) + number(5) + number(size) + b"\0" * 20,
    ):
        refusal(doc, update)

    assert time.process_time() - start < PROCESSOR_SECONDS


def corrupted(update: bytes, dice: random.Random) -> bytes:
    data = bytearray(update)
    place = dice.randrange(len(data))
    match dice.randrange(4):
        case 0:
            data[place] = dice.randrange(256)
        case 1:
            del data[place:]
        case 2:
            for _ in range(5):
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        case _:
            data[place:place] = dice.randbytes(dice.randrange(1, 8))
    return bytes(data)


def test_thousands_of_corrupted_updates_are_refused_cleanly_or_are_sound() -> None:
    doc = make_doc()
    update, dice = edited(doc), random.Random(0)
    start, text = doc.get_update(), write(from_yjs(doc))
    codes: set[str] = set()
    refused = applied = 0

    for _ in range(3000):
        try:
            apply_update_checked(doc, corrupted(update, dice))
        except DocumentError as error:
            codes.add(error.code)
            refused += doc.get_update() == start
        else:
            applied += 1
            write(from_yjs(doc)).encode()
            doc = Doc(client_id=7)
            doc.apply_update(start)

    assert codes == {"bad-update", "update-out-of-order"}
    assert refused + applied == 3000
    assert refused > 2000
    assert write(from_yjs(doc)) == text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_random_bytes_are_refused_or_change_nothing_that_cannot_be_read(data: bytes) -> None:
    doc = make_doc()
    before = read_records(doc)

    try:
        apply_update_checked(doc, data)
    except DocumentError:
        assert read_records(doc) == before
    write(from_yjs(doc))


def test_an_update_is_read_to_its_last_byte() -> None:
    doc = make_doc()

    update = read_update(doc.get_update())

    assert update.ends() == read_state(doc.get_state())
    assert refusal(doc, doc.get_update() + b"\0").code == "bad-update"
