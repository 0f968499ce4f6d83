"""The Yjs form of a graph as plain objects of text, and both ways between it and the file's tree.

What docs/yjs-form.md describes, without Yjs: a root is a dict, a Y.Map below it a dict, everything else text.
The shared cases of the two languages hold the same objects.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from gradcanvas.document.json_text import Json, text_of
from gradcanvas.document.order_keys import DIGITS, first_keys
from gradcanvas.document.yjs_codecs import (
    ABSENT,
    WRONG,
    Codec,
    Names,
    Record,
    Stored,
    fields,
    literal,
    map_of,
    pointer,
    pointers,
    read_literal,
    text,
    validation,
    wrong,
)

ROOTS = ("graph", "nodes", "functions", "frames", "train")

MakeUid: TypeAlias = Callable[[], str]
Records: TypeAlias = list[tuple[str, dict[str, object]]]
ReadNodes: TypeAlias = Callable[[Records, Names], dict[str, object]]

_NODE = fields(
    {"op": text, "inputs": map_of(pointers), "args": map_of(literal), "share": pointer},
    reserved=("id", "order"),
)
_KINDS = {"nodes": dict, "functions": dict, "frames": list, "train": dict}
_CALL = fields({"op": text, "args": map_of(literal)})
_TRAIN = fields(
    {
        "loss": pointer,
        "optimizer": _CALL,
        "scheduler": _CALL,
        "batch": fields({"of": pointers}),
        "metrics": map_of(pointer),
        "validation": validation,
    },
    reserved=("present",),
)
_FUNCTION = fields({"outputs": map_of(pointer)}, reserved=("name", "order", "nodes"))
_FRAME = fields({}, reserved=("order",))


def random_uid() -> str:
    """Return a new uid: 12 characters of base 62."""
    return "".join(secrets.choice(DIGITS) for _ in range(12))


def to_records(tree: Mapping[str, Json], make_uid: MakeUid = random_uid) -> dict[str, Record]:
    """Return the five roots of the Yjs form of a graph file's tree.

    Args:
        tree: the file's JSON tree.
        make_uid: asked for a uid for each node, then for each function and its nodes, then for each frame.
    """
    apart = {key: tree[key] for key, kind in _KINDS.items() if isinstance(tree.get(key), kind)}
    nodes = _object(apart.get("nodes"))
    uids = {name: make_uid() for name in nodes}
    train = _TRAIN.write(apart["train"], uids) or {"present": "true"} if "train" in apart else {}
    return {
        "graph": {key: text_of(value) for key, value in tree.items() if key not in apart},
        "nodes": _write_nodes(nodes, uids, uids),
        "functions": _write_functions(_object(apart.get("functions")), make_uid),
        "frames": _write_frames(apart.get("frames"), make_uid),
        "train": cast(Record, train),
    }


def _write_nodes(nodes: Mapping[str, Json], uids: Names, seen: Names) -> Record:
    return {
        uids[name]: {"id": name, "order": order, "inputs": {}, "args": {}, **_whole(_NODE.write(value, seen))}
        for order, (name, value) in zip(first_keys(len(nodes)), nodes.items(), strict=True)
    }


def _write_functions(functions: Mapping[str, Json], make_uid: MakeUid) -> Record:
    return {
        make_uid(): {"name": name, "order": order, **_write_function(value, make_uid)}
        for order, (name, value) in zip(first_keys(len(functions)), functions.items(), strict=True)
    }


def _write_function(value: Json, make_uid: MakeUid) -> Record:
    if not isinstance(value, dict):
        return {WRONG: text_of(value)}
    nodes = _object(value.get("nodes"))
    uids = {name: make_uid() for name in nodes}
    inputs = value.get("inputs")
    taken = [name for name in inputs if isinstance(name, str)] if isinstance(inputs, list) else []
    seen = {name: uid for name, uid in uids.items() if name not in taken}
    is_wrong = "nodes" in value and not isinstance(value["nodes"], dict)
    rest: Json = {key: item for key, item in value.items() if key != "nodes"}
    return {
        "nodes": wrong(value["nodes"]) if is_wrong else _write_nodes(nodes, uids, seen),
        "outputs": {},
        **_whole(_FUNCTION.write(rest, seen)),
    }


def _write_frames(frames: Json, make_uid: MakeUid) -> Record:
    items = frames if isinstance(frames, list) else []
    return {
        make_uid(): {"order": order, **_whole(_FRAME.write(value, {}))}
        for order, value in zip(first_keys(len(items)), items, strict=True)
    }


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _whole(stored: Stored) -> Record:
    """Return a record as it is, and what is none under the key `!`."""
    return stored if isinstance(stored, dict) else {WRONG: stored.removeprefix(WRONG)}


def from_records(roots: Mapping[str, object], read_nodes: ReadNodes | None = None) -> dict[str, Json]:
    """Return the tree of a graph file from the five roots of its Yjs form; takes anything.

    Args:
        roots: by name.
        read_nodes: reads the graph's own nodes, from their records in order and uid → name, as `read_node`
            reads each.
    """
    tree = {
        key: value for key, stored in _record(roots, "graph") if (value := read_literal(stored)) is not ABSENT
    }
    records = _in_order(roots.get("nodes"))
    names = _names(records, "id")
    parts: dict[str, object] = {
        "nodes": read_nodes(records, names) if read_nodes else _read_nodes(records, names, names),
        "functions": _read_functions(_in_order(roots.get("functions"))),
        "frames": [_read_whole(_FRAME, record, {}) for _, record in _in_order(roots.get("frames"))],
    }
    tree.update((key, value) for key, value in parts.items() if value)
    if train := dict(_record(roots, "train")):
        tree["train"] = _TRAIN.read(train, names)
    return cast(dict[str, Json], tree)


def _read_nodes(records: Records, names: Names, seen: Names) -> dict[str, object]:
    return {names[uid]: read_node(record, seen) for uid, record in records}


def read_node(record: Mapping[str, object], seen: Names) -> object:
    """Return a node's tree from its record and from uid → name of what it may refer to."""
    node = _read_whole(_NODE, record, seen)
    if not isinstance(node, dict):
        return node
    return {key: value for key, value in node.items() if value != {} or key not in ("inputs", "args")}


def _read_functions(records: Records) -> dict[str, object]:
    names = _names(records, "name")
    return {names[uid]: _read_function(record) for uid, record in records}


def _read_function(record: Mapping[str, object]) -> object:
    stored = record.get("nodes")
    records = _in_order(stored)
    names = _names(records, "id")
    function = _read_whole(_FUNCTION, record, names)
    if not isinstance(function, dict):
        return function
    if function.get("outputs") == {}:
        del function["outputs"]
    if records:
        function["nodes"] = _read_nodes(records, names, names)
    elif isinstance(stored, str):
        function["nodes"] = text.read(stored, {})
    return function


def _read_whole(codec: Codec, record: Mapping[str, object], names: Names) -> object:
    whole = record.get(WRONG)
    return read_literal(whole) if isinstance(whole, str) else codec.read(record, names)


def _record(roots: Mapping[str, object], name: str) -> list[tuple[str, object]]:
    root = roots.get(name)
    return sorted(root.items()) if isinstance(root, dict) else []


def _in_order(root: object) -> Records:
    """Return the records of a root by their order, ties by uid; what is no record is passed over."""
    items = root.items() if isinstance(root, dict) else ()
    records = [(uid, record) for uid, record in items if isinstance(record, dict)]
    return sorted(records, key=lambda item: (_plain(item[1], "order"), item[0]))


def _names(records: Records, key: str) -> dict[str, str]:
    """Return uid → name: of records that share one, the later is read as `name_2`, the first that is free."""
    taken = {_plain(record, key) for _, record in records}
    given: set[str] = set()
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for uid, record in records:
        name = first = _plain(record, key)
        while name in given or (name != first and name in taken):
            numbers[first] = numbers.get(first, 1) + 1
            name = f"{first}_{numbers[first]}"
        given.add(name)
        names[uid] = name
    return names


def _plain(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
