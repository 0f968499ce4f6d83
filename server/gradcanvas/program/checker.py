"""Checks one graph again and again: where only literals were edited, only their nodes are looked at.

Knows what a check begins and ends with; what is asked of a node is `drafting`'s and `fake_calls`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gradcanvas.catalog.model import Catalog
from gradcanvas.document import Graph, Node
from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.check import Checked, Examined, examine
from gradcanvas.program.data_node import is_data
from gradcanvas.program.drafting import draft_nodes
from gradcanvas.program.drafts import Problems
from gradcanvas.program.limits import excess
from gradcanvas.program.metas import Meta
from gradcanvas.program.shapes import Given
from gradcanvas.program.traits import GRADIENT

_PATH = ("nodes",)
_PLAIN = ("source", "function", "method")
"""Kinds whose literals decide what the node gives, and nothing else of the graph."""


@dataclass(frozen=True, slots=True)
class _Last:
    graph: Graph
    settings: tuple[str, int]
    examined: Examined


class Checker:
    """Checks the states of one graph, one after the other."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._last: _Last | None = None

    def check(self, graph: Graph, *, device: str, budget_bytes: int) -> Checked:
        """Check a graph: what `check` gives, sooner where it differs from the last one in literals alone.

        Args:
            graph: what is well-formed of a document.
            device: "auto", "cpu", "cuda" or "cuda:N".
            budget_bytes: what a step may hold.
        """
        settings = (device, budget_bytes)
        last = self._last
        examined = None
        if last is not None and last.settings == settings:
            examined = _with_other_literals(last, graph, self._catalog)
        if examined is None:
            examined = examine(graph, self._catalog, device=device, budget_bytes=budget_bytes)
        self._last = _Last(graph, settings, examined)
        return examined.checked


def _with_other_literals(last: _Last, graph: Graph, catalog: Catalog) -> Examined | None:
    """Give what a check of the graph would find, if what was found last holds but for a few literals."""
    checked = last.examined.checked
    if checked.problems or not _is_alike_around(last.graph, graph):
        return None
    nodes = dict(checked.binding.scope.nodes)
    for name, node in graph.nodes.items():
        before = last.graph.nodes[name]
        if node is before:
            continue
        bound = _renewed(nodes[name], before, node, graph, catalog)
        if bound is None or not _gives_the_same(nodes[name], bound, last.examined):
            return None
        nodes[name] = bound
    scope = replace(checked.binding.scope, nodes=nodes)
    binding = replace(checked.binding, scope=scope, graph=graph)
    run = replace(last.examined.run, scope=scope)
    return replace(last.examined, checked=replace(checked, binding=binding), run=run)


def _is_alike_around(before: Graph, graph: Graph) -> bool:
    """Tell whether two graphs have the same nodes in the same order, and nothing else that differs."""
    return (
        before.device == graph.device
        and not (before.broken or graph.broken)
        and list(before.nodes) == list(graph.nodes)
        and before.functions == graph.functions
        and before.train == graph.train
    )


def _renewed(bound: BoundNode, before: Node, node: Node, graph: Graph, catalog: Catalog) -> BoundNode | None:
    """Bind a node that may have other literals, and nothing else that counts; None if that is not so."""
    if _without_literals(node) != _without_literals(before) or not _is_plain(bound):
        return None
    problems = Problems()
    draft = draft_nodes(graph, catalog, {bound.id: node}, _PATH, problems)[bound.id]
    if problems.found or draft.lost or draft.overload is not bound.overload:
        return None
    return replace(bound, node=node, values=draft.values)


def _without_literals(node: Node) -> tuple[object, ...]:
    return (
        *(node.op, node.inputs, node.requires_grad, node.mode, node.init),
        *(node.group, node.share, node.bypass),
    )


def _is_plain(bound: BoundNode) -> bool:
    return (
        bound.operation.kind in _PLAIN
        and not is_data(bound.operation)
        and not bound.functions
        and bound.node.share is None
        and bound.operation.name != GRADIENT
        and all(each.type not in ("index", "function", "module") for each in bound.overload.arguments)
    )


def _gives_the_same(before: BoundNode, bound: BoundNode, examined: Examined) -> bool:
    """Tell whether a node with other literals gives what it gave, and holds as much."""
    if bound.passes is not None:
        return True
    fed = _fed(bound, examined)
    if fed is None or excess(bound, bound.id, fed) is not None:
        return False
    calls = examined.calls
    given, again = (
        calls.source(each) if each.is_source else calls.operation(each, fed) for each in (before, bound)
    )
    return isinstance(given, Given) and given == again


def _fed(bound: BoundNode, examined: Examined) -> Mapping[str, Meta] | None:
    """Give what the wires of a node carry; None if only the data decide something of it."""
    fed: dict[str, Meta] = {}
    for name, wire in bound.wires.items():
        several = (wire,) if isinstance(wire, Reference) else wire
        for place, reference in enumerate(several):
            value = examined.run.peek(reference)
            if not isinstance(value, Meta):
                return None
            fed[name if several[0] is wire else f"{name}.{place}"] = value
    return fed
