"""In which order problems stand in a file. Knows only how a graph is laid out."""

from collections.abc import Iterable, Mapping

from gradcanvas.document import Graph, Problem

_TOP = (
    "",
    "gradcanvas",
    "title",
    "notes",
    "seed",
    "device",
    "nodes",
    "functions",
    "train",
    "frames",
    "state",
)
_NODE = ("", "op", "inputs", "args", "requires_grad", "mode", "init", "group", "share", "bypass")
_FUNCTION = ("", "inputs", "nodes", "outputs")
_TRAIN = ("", "loss", "steps", "optimizer", "scheduler", "clip", "batch", "metrics", "validation")


def in_file_order(graph: Graph, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by the place they stand at, each place's in the order in which they were found."""
    found = list(dict.fromkeys(problems))
    if len(found) < 2:
        return tuple(found)
    order = _Order(graph)
    return tuple(sorted(found, key=lambda problem: order.key(problem.where)))


def in_tree_order(tree: object, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by the place they stand at in a file's JSON tree, each place's as they were found."""

    def key(problem: Problem) -> tuple[int, ...]:
        places: list[int] = []
        here = tree
        for step in problem.where.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(here, dict):
                ranks = _known_ranks(here, known)
                places.append(ranks.get(name, len(ranks)))
                here = here.get(name)
            elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
                places.append(int(name))
                here = here[int(name)]
            else:
                break
        return tuple(places)

    known: dict[int, dict[str, int]] = {}
    return tuple(sorted(dict.fromkeys(problems), key=key))


class _Order:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.known: dict[int, dict[str, int]] = {}
        self.nodes = _ranks(graph.nodes)
        self.functions = {
            name: (rank, _ranks(graph.functions[name].nodes))
            for name, rank in _ranks(graph.functions).items()
        }

    def key(self, where: str) -> tuple[int, ...]:
        steps = where.split("/")[1:]
        top = steps[0] if steps else ""
        key = [_rank(_TOP, top)]
        if top == "nodes":
            return (*key, *self._node_key(self.nodes, self.graph.nodes, steps[1:]))
        if top == "functions" and len(steps) > 1 and steps[1] in self.functions:
            rank, nodes = self.functions[steps[1]]
            part = steps[2] if len(steps) > 2 else ""
            key += [rank, _rank(_FUNCTION, part)]
            if part == "nodes":
                return (*key, *self._node_key(nodes, self.graph.functions[steps[1]].nodes, steps[3:]))
            return tuple(key)
        if top == "train" and len(steps) > 1:
            key.append(_rank(_TRAIN, steps[1]))
        return tuple(key)

    def _node_key(
        self, ranks: Mapping[str, int], nodes: Mapping[str, object], steps: list[str]
    ) -> tuple[int, ...]:
        if not steps:
            return ()
        key = [ranks.get(steps[0], len(ranks))]
        if len(steps) > 1:
            key.append(_rank(_NODE, steps[1]))
        if len(steps) > 2 and steps[1] in ("inputs", "args", "init"):
            held = getattr(nodes.get(steps[0]), steps[1], None)
            if isinstance(held, Mapping):
                name = steps[2].replace("~1", "/").replace("~0", "~")
                key.append(_known_ranks(held, self.known).get(name, len(held)))
        return tuple(key)


def _known_ranks(held: Mapping[str, object], known: dict[int, dict[str, int]]) -> dict[str, int]:
    if id(held) not in known:
        known[id(held)] = _ranks(held)
    return known[id(held)]


def _ranks(names: Iterable[str]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(names)}


def _rank(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else len(names)
