"""The form in which a graph is written: its keys in order, references shortest, nothing that says nothing.

Knows the tree, not its text. Values that are not what their place asks for are left as they are.
"""

from collections.abc import Callable, Mapping

from gradcanvas.document.json_text import Json
from gradcanvas.document.model import (
    Batch,
    Clip,
    Frame,
    Function,
    GraphFile,
    Init,
    Node,
    Optimizer,
    Part,
    Scheduler,
    Train,
)
from gradcanvas.document.names import shortest_reference

Shape = Callable[[Json], Json]

SILENT_WHEN_EMPTY: Mapping[type[Part], frozenset[str]] = {
    GraphFile: frozenset({"nodes", "functions", "frames"}),
    Node: frozenset({"inputs", "args"}),
    Init: frozenset({"args"}),
    Function: frozenset({"nodes", "outputs"}),
    Train: frozenset({"metrics", "validation"}),
    Optimizer: frozenset({"args"}),
    Scheduler: frozenset({"args"}),
}
"""Keys whose empty object or list says the same as their absence."""


def canonical(tree: dict[str, Json]) -> dict[str, Json]:
    """Return the tree of a graph file as it is written."""
    return _ordered(GraphFile, tree)


def _ordered(model: type[Part], tree: dict[str, Json]) -> dict[str, Json]:
    known = [key for key in model.model_fields if key in tree]
    unknown = sorted(tree.keys() - set(known))
    shapes = _SHAPES.get(model, {})
    silent = SILENT_WHEN_EMPTY.get(model, frozenset())
    result = {}
    for key in known + unknown:
        value = shapes[key](tree[key]) if key in shapes else tree[key]
        if key not in silent or value != ([] if key == "frames" else {}):
            result[key] = value
    return result


def _part(model: type[Part]) -> Shape:
    return lambda value: _ordered(model, value) if isinstance(value, dict) else value


def _each(shape: Shape) -> Shape:
    """Apply a shape to every value of an object or list, the order kept."""

    def apply(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        return [shape(item) for item in value] if isinstance(value, list) else value

    return apply


def _by_name(shape: Shape) -> Shape:
    """Apply a shape to every value of an object, the keys sorted."""

    def apply(value: Json) -> Json:
        return {key: shape(value[key]) for key in sorted(value)} if isinstance(value, dict) else value

    return apply


def _as_it_is(value: Json) -> Json:
    return value


def _reference(value: Json) -> Json:
    if isinstance(value, list):
        return [_reference(item) for item in value]
    return shortest_reference(value) if isinstance(value, str) else value


def _validation(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    shortened = [shortest_reference(key) for key in value]
    renamed = value if len(set(shortened)) < len(value) else dict(zip(shortened, value.values(), strict=True))
    return {key: _reference(item) if isinstance(item, str) else item for key, item in sorted(renamed.items())}


def canonical_node(value: Json) -> Json:
    """Return the tree of a node as it is written."""
    return _part(Node)(value)


_NODES = _each(canonical_node)
_SHAPES: Mapping[type[Part], Mapping[str, Shape]] = {
    GraphFile: {
        "nodes": _NODES,
        "functions": _each(_part(Function)),
        "train": _part(Train),
        "frames": _each(_part(Frame)),
    },
    Node: {"inputs": _by_name(_reference), "args": _by_name(_as_it_is), "init": _each(_part(Init))},
    Init: {"args": _by_name(_as_it_is)},
    Function: {"nodes": _NODES, "outputs": _by_name(_reference)},
    Train: {
        "loss": _reference,
        "optimizer": _part(Optimizer),
        "scheduler": _part(Scheduler),
        "clip": _part(Clip),
        "batch": _part(Batch),
        "metrics": _by_name(_reference),
        "validation": _validation,
    },
    Optimizer: {"args": _by_name(_as_it_is)},
    Scheduler: {"args": _by_name(_as_it_is)},
    Batch: {"of": _reference},
}
