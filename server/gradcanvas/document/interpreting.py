"""From a JSON tree to the typed graph: what is well-formed is kept, the rest are problems with their places.

Knows the keys and the types of the format, not the operations. Each part is validated alone; what is at
fault is taken out and the rest validated again, so that one bad key costs nothing but itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gradcanvas.document.json_text import Json, Path
from gradcanvas.document.model import (
    Batch,
    Clip,
    Frame,
    Function,
    Graph,
    GraphFile,
    Init,
    Node,
    Optimizer,
    Part,
    Scheduler,
    Train,
)
from gradcanvas.document.names import id_fault
from gradcanvas.document.problems import Problem, describe, nearest, path_of, pointer, quote
from gradcanvas.document.screening import screen, without

APPEARANCE = frozenset({"label", "at", "size", "color", "collapsed"})
"""Keys of a node that never change a number: a problem there does not keep it from being evaluated."""

_NESTED: dict[type[Part], dict[str, type[Part]]] = {
    GraphFile: {"frames": Frame},
    Node: {"init": Init},
    Train: {"optimizer": Optimizer, "scheduler": Scheduler, "clip": Clip, "batch": Batch},
}
_Model = TypeVar("_Model", bound=Part)


@dataclass(frozen=True, slots=True)
class Known:
    """The graph's own nodes as they were read before, those with which nothing was wrong.

    Attributes:
        trees: name → JSON tree.
        nodes: name → what it was read as.
    """

    trees: Mapping[str, Json] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def those_in(self, tree: dict[str, Json]) -> dict[str, Node]:
        """Return the nodes that stand in another tree as well, to the letter and in the same order."""
        nodes = tree.get("nodes")
        if not isinstance(nodes, dict):
            return {}
        return {
            name: known
            for name, known in self.nodes.items()
            if name in nodes and _is_same(nodes[name], self.trees[name])
        }


def interpret_graph(
    tree: dict[str, Json], broken: Iterable[str] = (), known: Known | None = None
) -> tuple[Graph, list[Problem]]:
    """Return the typed graph and all its structural problems.

    Args:
        tree: a graph file of today's format.
        broken: pointers of places where a problem is known already.
        known: nodes that were read before: what has not changed is not read again.
    """
    return _Reading(tree, broken, known).graph()


def _is_same(tree: Json, other: Json) -> bool:
    """Whether two nodes are written alike, numbers to the letter, and their keys in the same order."""
    if tree != other or not isinstance(tree, dict) or not isinstance(other, dict):
        return False
    return list(tree) == list(other) and all(
        _is_same(each, other[key]) for key, each in tree.items() if isinstance(each, dict)
    )


class _Reading:
    """One reading: the tree without what screening took out, and what has been found."""

    def __init__(self, tree: dict[str, Json], broken: Iterable[str], known: Known | None) -> None:
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        for where in broken:
            self._break(path_of(where))
        self.known = known.those_in(tree) if known else {}
        faults = screen(self._unknown(tree))
        for path, problem in faults:
            self._report(path, problem)
        self.tree = without(tree, [path for path, _ in faults]) if faults else tree
        self.whole = tree

    def graph(self) -> tuple[Graph, list[Problem]]:
        if "gradcanvas" not in self.whole:
            self._missing((), "gradcanvas", 'Write "gradcanvas": 1, the format\'s version.')
        apart = {"nodes", "functions", "train"}
        file = self._part(GraphFile, {key: self.tree[key] for key in self.tree if key not in apart}, ())
        fields = dict(file) if file else {}
        fields["nodes"] = self._nodes(self.tree, ())
        fields["functions"] = self._functions()
        if "train" in self.tree and (train := self._part(Train, self.tree["train"], ("train",))):
            fields["train"] = train
        graph = Graph.model_construct(**{**fields, "broken": frozenset(self.broken)})
        return graph, self.problems

    def _unknown(self, tree: dict[str, Json]) -> dict[str, Json]:
        """Return the tree without the nodes that are known."""
        nodes = tree.get("nodes")
        if not self.known or not isinstance(nodes, dict):
            return tree
        rest = {name: each for name, each in nodes.items() if name not in self.known}
        return {key: rest if key == "nodes" else value for key, value in tree.items()}

    def _functions(self) -> dict[str, Function]:
        result = {}
        for name, tree in self._object(self.tree, "functions", ()).items():
            path: Path = ("functions", name)
            self._check_id(name, path)
            if not isinstance(tree, dict):
                self._wrong_type(path, "an object", tree, "Write it between { and }.")
                continue
            alone = {key: value for key, value in tree.items() if key != "nodes"}
            function = self._part(Function, alone, path) or Function()
            nodes = self._nodes(tree, path)
            for index, given in enumerate(function.inputs):
                self._check_id(given, (*path, "inputs", index))
            self._check_twice(function.inputs, nodes, path)
            result[name] = function.model_copy(update={"nodes": nodes})
        return result

    def _check_twice(self, inputs: tuple[str, ...], nodes: dict[str, Node], path: Path) -> None:
        for index, name in enumerate(inputs):
            if name in nodes or name in inputs[:index]:
                other = "a node" if name in nodes else "another input"
                self._add(
                    (*path, "inputs", index),
                    "name-twice",
                    f"The input {quote(name)} has the name of {other} of the function.",
                    "Give one of them another name.",
                )

    def _nodes(self, holder: dict[str, Json], path: Path) -> dict[str, Node]:
        result = {}
        known = {} if path else self.known
        for name, tree in self._object(holder, "nodes", path).items():
            if name in known:
                result[name] = known[name]
                continue
            where = (*path, "nodes", name)
            self._check_id(name, where)
            node = self._part(Node, tree, where)
            if node is not None:
                result[name] = node
        return result

    def _object(self, holder: dict[str, Json], key: str, path: Path) -> dict[str, Json]:
        value = holder.get(key, {})
        if isinstance(value, dict):
            return value
        self._wrong_type((*path, key), "an object", value, "Write it between { and }, or leave the key out.")
        return {}

    def _part(self, model: type[_Model], tree: Json, path: Path) -> _Model | None:
        """Return what is well-formed of a part, None if nothing is; the first round reports what is not."""
        is_first = True
        while True:
            if not isinstance(tree, dict):
                self._wrong_type(path, "an object", tree, "Write it between { and }.")
                return None
            try:
                return model.model_validate(tree)
            except ValidationError as error:
                details = error.errors(include_url=False)
            if is_first:
                for detail in details:
                    self._detail(model, detail, path)
            is_first = False
            places = [_place(detail) for detail in details]
            if () in places:
                return None
            tree = without(tree, places)

    def _detail(self, model: type[Part], detail: ErrorDetails, path: Path) -> None:
        location = detail["loc"]
        where = (*path, *location)
        if detail["type"] == "extra_forbidden":
            known = _NESTED.get(model, {}).get(str(location[0]), model) if len(location) > 1 else model
            self._unknown_key(where, list(known.model_fields))
        elif detail["type"] == "missing":
            self._missing(where[:-1], str(location[-1]), f"Add the key {quote(str(location[-1]))}.")
        else:
            context = detail.get("ctx", {})
            expected = str(context.get("expected", detail["msg"]))
            self._wrong_type(where, expected, detail["input"], str(context.get("remedy", "")), detail["type"])

    def _check_id(self, name: str, path: Path) -> None:
        if fault := id_fault(name):
            self._add(path, "bad-id", f"The name {quote(name)} {fault[0]}.", fault[1])

    def _unknown_key(self, path: Path, known: list[str]) -> None:
        key = str(path[-1])
        close = nearest(key, known)
        remedy = f"Did you mean {quote(close)}?" if close else f"The keys here are {', '.join(known)}."
        self._add(path, "unknown-key", f"There is no key {quote(key)} here.", remedy)

    def _missing(self, path: Path, key: str, remedy: str) -> None:
        self._add(path, "missing-key", f"The key {quote(key)} is missing, which is required here.", remedy)

    def _wrong_type(
        self, path: Path, expected: str, value: Json, remedy: str, code: str = "wrong-type"
    ) -> None:
        name = quote(str(path[-1]))
        self._add(path, code, f"{name} must be {expected}, but it is {describe(value)}.", remedy)

    def _add(self, path: Path, code: str, message: str, remedy: str) -> None:
        self._report(path, Problem(where=pointer(path), code=code, message=message, help=remedy))

    def _report(self, path: Path, problem: Problem) -> None:
        self.problems.append(problem)
        self._break(path)

    def _break(self, path: Path) -> None:
        if (part := _part_of(path)) is not None:
            self.broken.add(pointer(part))


def _part_of(path: Path) -> Path | None:
    """Return the part that a problem at this place keeps from being evaluated, None if there is none."""
    match path:
        case ("nodes", _, key, *_) | ("functions", _, "nodes", _, key, *_) if key in APPEARANCE:
            return None
        case ("functions", _, "nodes", _, *_):
            return path[:4]
        case ("nodes" | "functions", _, *_):
            return path[:2]
        case ("train", "metrics", _, *_):
            return None
        case ("train", *_):
            return path[:1]
        case _:
            return None


def _place(detail: ErrorDetails) -> Path:
    """Return what must go for the rest to be valid: the value at fault, or what lacks a key."""
    return detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]
