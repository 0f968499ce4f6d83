"""In which order a step runs its nodes: of those that are ready, the first in the file.

The only user of networkx. Knows ids and who needs whom, nothing of operations, references or torch.
"""

from collections.abc import Iterable, Mapping, Sequence

import networkx


def evaluation_order(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Order ids so that each comes after what it needs, and of those that are ready the first in the file.

    Args:
        needs: id → the ids it needs, in the order of the file, free of cycles. Ids that are not keys are
            there from the beginning (sources) and are left out.
    """
    graph = _graph(needs)
    place = {name: index for index, name in enumerate(needs)}
    return tuple(networkx.lexicographical_topological_sort(graph, key=place.__getitem__))


def cycles(needs: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Find one cycle for each set of ids that need each other, named from its first in the file onwards.

    Args:
        needs: as for `evaluation_order`.

    Returns:
        Cycles in the order of the file, each in the direction of the data (each id is needed by the next, the
        last by the first).
    """
    graph = _graph(needs)
    place = {name: index for index, name in enumerate(needs)}
    knots = [knot for knot in networkx.strongly_connected_components(graph) if _is_cyclic(graph, knot)]
    found = [_cycle_from(graph.subgraph(knot), min(knot, key=place.__getitem__)) for knot in knots]
    return sorted(found, key=lambda cycle: place[cycle[0]])


def tangled(needs: Mapping[str, Iterable[str]]) -> set[str]:
    """Name every id that lies on some cycle."""
    graph = _graph(needs)
    knots = (knot for knot in networkx.strongly_connected_components(graph) if _is_cyclic(graph, knot))
    return {name for knot in knots for name in knot}


def dependents(needs: Mapping[str, Iterable[str]], lost: Iterable[str]) -> set[str]:
    """Name what needs any of `lost`, at whatever distance, and `lost` itself."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_edges_from((source, name) for name, sources in needs.items() for source in sources)
    reached = set(lost)
    waiting = [name for name in reached if name in graph]
    while waiting:
        for follower in graph.successors(waiting.pop()):
            if follower not in reached:
                reached.add(follower)
                waiting.append(follower)
    return reached


def _graph(needs: Mapping[str, Iterable[str]]) -> "networkx.DiGraph[str]":
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from(
        (source, name) for name, sources in needs.items() for source in sources if source in needs
    )
    return graph


def _is_cyclic(graph: "networkx.DiGraph[str]", knot: set[str]) -> bool:
    if len(knot) > 1:
        return True
    (name,) = knot
    return graph.has_edge(name, name)


def _cycle_from(knot: "networkx.DiGraph[str]", start: str) -> tuple[str, ...]:
    """Return a shortest way from `start` back to itself inside one strongly connected part."""
    if knot.has_edge(start, start):
        return (start,)
    back: Sequence[str] = min(
        (networkx.shortest_path(knot, follower, start) for follower in knot.successors(start)), key=len
    )
    return (start, *back[:-1])
