"""Watches a gradient being taken inside a step: what its derivative gives back, and to which edges.

With `create_graph` the backward of each operation makes nodes of autograd's graph in turn, which use the
tensors that the operation was given. What they give back to such a tensor belongs to the operation's own
edge, by which it went in; where one tensor went in by two, they count together. What they use of the
operation's own result (`exp`) arrives at the result and belongs to no edge. Knows no plan.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.autograd.graph import Node

from gradcanvas.program.pieces import (
    Leads,
    Spot,
    Target,
    Watch,
    WatchedCall,
    flatten_outputs,
    inner_backward,
    keep_pieces,
    note_leads,
    noted_leads,
    target_of,
)


class InnerGradient(WatchedCall):
    """Calls `gradcanvas.grad` and watches what flows into its outputs."""

    def __call__(self, *tensors: torch.Tensor) -> tuple[Any, Watch]:
        """Return what the call gives, and what was seen."""
        watch = Watch(self.watched)
        targets = self._targets(tensors)
        known = _nodes_of(tensors)
        spans = _Spans(known)
        try:
            with inner_backward:
                result = self._run(tensors)
        finally:
            spans.close()
        outputs = flatten_outputs(result)
        self._see_passed(watch, tensors, outputs)
        own = watch.leads(targets)
        made = _numbered(outputs, known)
        owners = self._own_spots(tensors, targets, known)
        for node, number in made.items():
            leads = {**own, **spans.leads_of(node)}
            note_leads(node, leads)
            kept = []
            for place, target in enumerate(node.next_functions):
                if (number, place) in owners:
                    kept.append((place, watch.pieces[owners[number, place]]))
                elif target in leads:
                    kept.append((place, leads[target]()))
            keep_pieces(node, kept)
        return result, watch

    def _own_spots(
        self, tensors: tuple[torch.Tensor, ...], targets: Mapping[Target, list[int]], known: frozenset[Node]
    ) -> dict[Spot, int]:
        """Tell which spots give back to what flows into the outputs, and not to an operation before them.

        The gradient is taken once more with stand-ins: that makes the same nodes in the same order.
        """
        indices = [index for found in targets.values() for index in found]
        if not indices:
            return {}
        stand_ins = list(tensors)
        for index in indices:
            stand_ins[index] = tensors[index].detach().requires_grad_()
        owners = {target_of(stand_ins[index]): index for index in indices}
        with inner_backward:
            outputs = flatten_outputs(self._run(tuple(stand_ins)))
        return {
            (number, place): owners[target]
            for node, number in _numbered(outputs, known).items()
            for place, target in enumerate(node.next_functions)
            if target in owners
        }


class _Spans:
    """Which nodes were made by the backward of which: they are numbered as they are made."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._leads: list[Leads] = []
        self._handles: list[Any] = []
        for node in nodes:
            leads = noted_leads(node)
            if leads is not None:
                self._handles.append(node.register_prehook(self._opener(leads)))
                self._handles.append(node.register_hook(self._close_span))

    def close(self) -> None:
        """Watch no longer."""
        for handle in self._handles:
            handle.remove()

    def leads_of(self, node: Node) -> Leads:
        """Return to which pieces the targets of a node belong."""
        number = node._sequence_nr()
        place = bisect_right(self._starts, number) - 1
        return self._leads[place] if place >= 0 and number < self._ends[place] else {}

    def _opener(self, leads: Leads) -> Callable[[Any], None]:
        def open_span(_: object) -> None:
            self._starts.append(_next_number())
            self._leads.append(leads)

        return open_span

    def _close_span(self, *_: object) -> None:
        self._ends.append(_next_number())


def _nodes_of(tensors: Iterable[Any], known: frozenset[Node] = frozenset()) -> frozenset[Node]:
    """Return every node that leads to these tensors, but for those that are known."""
    waiting = [each.grad_fn for each in tensors if isinstance(each, torch.Tensor) and each.grad_fn]
    found: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node not in found and node not in known:
            found.add(node)
            waiting += [each for each, _ in node.next_functions if each is not None]
    return frozenset(found)


def _numbered(tensors: Iterable[Any], known: frozenset[Node]) -> dict[Node, int]:
    """Return the nodes that are not known and lead on, in the order in which they were made."""
    made = [node for node in _nodes_of(tensors, known) if node.next_functions]
    first = min((node._sequence_nr() for node in made), default=0)
    return {node: node._sequence_nr() - first for node in made}


def _next_number() -> int:
    number: int = torch.autograd._get_sequence_nr()  # type: ignore[attr-defined]
    return number
