"""In which order a step runs its nodes: of those that are ready, the first in the file.

The only user of networkx. Knows ids and who needs whom, nothing of operations, references or torch.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

import networkx

Needs = tuple[tuple[str, tuple[str, ...]], ...]


def evaluation_order(needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Order ids so that each comes after what it needs, and of those that are ready the first in the file.

    Args:
        needs: id → the ids it needs, in the order of the file, free of cycles. Ids that are not keys are
            there from the beginning (sources) and are left out.
    """
    return _evaluation_order(_frozen(needs))


def cycles(needs: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], ...]:
    """Find one cycle for each set of ids that need each other, named from its first in the file onwards.

    Args:
        needs: as for `evaluation_order`.

    Returns:
        Cycles in the order of the file, each in the direction of the data (each id is needed by the next, the
        last by the first).
    """
    return _cycles(_frozen(needs))


def tangled(needs: Mapping[str, Collection[str]]) -> set[str]:
    """Name every id that lies on some cycle."""
    return {name for knot in _knots(_graph(_frozen(needs))) for name in knot}


def dependents(needs: Mapping[str, Iterable[str]], lost: Iterable[str]) -> set[str]:
    """Name what needs any of `lost`, at whatever distance, and `lost` itself."""
    followers: dict[str, list[str]] = {}
    for name, sources in needs.items():
        for source in sources:
            followers.setdefault(source, []).append(name)
    reached = set(lost)
    waiting = list(reached)
    while waiting:
        for follower in followers.get(waiting.pop(), ()):
            if follower not in reached:
                reached.add(follower)
                waiting.append(follower)
    return reached


# A changed value leaves the wiring as it is: what was ordered before is not ordered again.
@lru_cache(maxsize=64)
def _evaluation_order(needs: Needs) -> tuple[str, ...]:
    place = {name: index for index, (name, _) in enumerate(needs)}
    return tuple(networkx.lexicographical_topological_sort(_graph(needs), key=place.__getitem__))


@lru_cache(maxsize=64)
def _cycles(needs: Needs) -> tuple[tuple[str, ...], ...]:
    graph = _graph(needs)
    place = {name: index for index, (name, _) in enumerate(needs)}
    found = [_cycle_from(graph.subgraph(knot), min(knot, key=place.__getitem__)) for knot in _knots(graph)]
    return tuple(sorted(found, key=lambda cycle: place[cycle[0]]))


def _frozen(needs: Mapping[str, Collection[str]]) -> Needs:
    return tuple((name, tuple(sources)) for name, sources in needs.items())


def _graph(needs: Needs) -> "networkx.DiGraph[str]":
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    names = dict(needs)
    graph.add_nodes_from(names)
    graph.add_edges_from((source, name) for name, sources in needs for source in sources if source in names)
    return graph


def _knots(graph: "networkx.DiGraph[str]") -> list[set[str]]:
    """Return the sets of ids that need each other, or themselves."""
    return [
        knot
        for knot in networkx.strongly_connected_components(graph)
        if len(knot) > 1 or graph.has_edge(*2 * tuple(knot))
    ]


def _cycle_from(knot: "networkx.DiGraph[str]", start: str) -> tuple[str, ...]:
    """Return a shortest way from `start` back to itself inside one strongly connected part."""
    if knot.has_edge(start, start):
        return (start,)
    back: Sequence[str] = min(
        (networkx.shortest_path(knot, follower, start) for follower in knot.successors(start)), key=len
    )
    return (start, *back[:-1])
