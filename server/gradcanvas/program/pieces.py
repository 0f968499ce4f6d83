"""Watches one call from inside: which nodes of autograd's graph it made, and what they give to its inputs.

For operations that may use a tensor in several places while it is used elsewhere as well. They get the tensor
itself, so autograd adds exactly what it adds in a plain step, and a hook on each of those nodes keeps the
pieces. Knows nothing of the graph that is observed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

import torch
from torch.autograd.graph import Node, get_gradient_edge

from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.calling import call_arguments

Target = tuple[Node, int]
"""Where a tensor's gradient arrives: a node of autograd's graph, and which of its outputs the tensor is."""

Spot = tuple[int, int]
"""Where a call uses a tensor: the node's number within the call, the place among what the node gives back."""


class Pieces:
    """What flowed back along one edge, in the order in which it came."""

    def __init__(self) -> None:
        self._pieces: list[torch.Tensor] = []
        self._total: torch.Tensor | None = None
        self._whole: Pieces | None = None

    def add(self, piece: torch.Tensor) -> None:
        """Keep one piece."""
        pieces = self if self._whole is None else self._whole
        pieces._pieces.append(piece)

    def become_part_of(self, whole: "Pieces") -> None:
        """Give what comes from now on to others."""
        self._whole = whole

    def gradient(self) -> torch.Tensor | None:
        """Return the sum in the order in which the pieces came; None if nothing came."""
        if self._total is None and self._pieces:
            total = self._pieces[0]
            for piece in self._pieces[1:]:
                total = total + piece
            self._total = total
        return self._total


Leads = Mapping[Target, Callable[[], Pieces]]
"""Where a node of autograd's graph gives back to; called if one does, what gathers it."""


class Watch:
    """What one watched call showed.

    Attributes:
        pieces: place of the edge among the wires → what flows back along it.
        passed: place of an output → place of the edge whose tensor it is itself.
        together: place of an edge → place of the one in which it is counted.
    """

    def __init__(self, watched: tuple[int, ...]) -> None:
        self.pieces = {place: Pieces() for place in watched}
        self.passed: dict[int, int] = {}
        self.together: dict[int, int] = {}

    def leads(self, targets: "Mapping[Target, list[int]]") -> "Leads":
        """Return what belongs to these targets, each the tensor of one edge or of several."""
        return {target: partial(self.joined, indices) for target, indices in targets.items()}

    def joined(self, indices: list[int]) -> Pieces:
        """Return what gathers for several edges that carry one tensor: they count together from now on."""
        first, *others = indices
        for index in others:
            self.together[index] = first
            self.pieces[index].become_part_of(self.pieces[first])
        return self.pieces[first]


class WatchedCall:
    """Calls a node's callable and watches some of its edges.

    Args:
        node: what is called.
        call: its callable.
        watched: the places of the watched edges among all its wires.
        is_differentiated: its derivative may be differentiated: whoever does finds what it leads to noted on
            the nodes of autograd's graph.
    """

    def __init__(
        self,
        node: BoundNode,
        call: Callable[..., Any],
        watched: tuple[int, ...],
        *,
        is_differentiated: bool = False,
    ) -> None:
        self.node = node
        self.call = call
        self.watched = watched
        self.is_differentiated = is_differentiated

    def __call__(self, *tensors: torch.Tensor) -> tuple[Any, Watch]:
        """Return what the call gives, and what was seen.

        Args:
            tensors: what each wire carries, in the order of the signature.
        """
        watch = Watch(self.watched)
        targets = self._targets(tensors)
        start = _next_number()
        result = self._run(tensors)
        outputs = flatten_outputs(result)
        self._see_passed(watch, tensors, outputs)
        owners = self._owners(tensors, targets, watch)
        made = list(_made_since(start, outputs, targets))
        for node in made:
            number = node._sequence_nr() - start
            spots = [(place, each) for place, each in enumerate(node.next_functions) if each in targets]
            kept = [
                (place, watch.pieces[owners.get((number, place), targets[each][0])]) for place, each in spots
            ]
            keep_pieces(node, kept)
        if self.is_differentiated:
            leads = watch.leads(targets)
            for node in made:
                note_leads(node, leads)
        return result, watch

    def _run(self, tensors: tuple[torch.Tensor, ...]) -> Any:
        carried = iter(tensors)

        def in_turn(_: Reference) -> torch.Tensor:
            return next(carried)

        args, kwargs = call_arguments(self.node, in_turn)
        return self.call(*args, **kwargs)

    def _targets(self, tensors: tuple[torch.Tensor, ...]) -> dict[Target, list[int]]:
        """Return for each distinct tensor the edges that carry it."""
        carried: dict[int, list[int]] = defaultdict(list)
        for index in self.watched:
            if tensors[index].requires_grad:
                carried[id(tensors[index])].append(index)
        return {target_of(tensors[indices[0]]): indices for indices in carried.values()}

    def _see_passed(self, watch: Watch, tensors: tuple[torch.Tensor, ...], outputs: tuple[Any, ...]) -> None:
        """Note which outputs are inputs as they came."""
        for place, output in enumerate(outputs):
            index = next((index for index in self.watched if output is tensors[index]), None)
            if index is not None:
                watch.passed[place] = index

    def _owners(
        self, tensors: tuple[torch.Tensor, ...], targets: Mapping[Target, list[int]], watch: Watch
    ) -> dict[Spot, int]:
        """Tell where one tensor is carried by several edges which of them each spot belongs to.

        The call is made once more with a stand-in for each edge: it does the same in the same order, so the
        spots have the same numbers. One that changes state of its own cannot be made twice: its edges count
        together.
        """
        several = [indices for indices in targets.values() if len(indices) > 1]
        if not several:
            return {}
        if self.node.operation.state:
            for indices in several:
                watch.joined(indices)
            return {}
        devices = sorted({tensor.get_device() for tensor in tensors if tensor.is_cuda})
        with torch.random.fork_rng(devices=devices), torch.enable_grad():
            stand_ins = list(tensors)
            for index in (index for indices in targets.values() for index in indices):
                stand_ins[index] = tensors[index].detach().requires_grad_()
            owners = {target_of(stand_ins[index]): index for indices in targets.values() for index in indices}
            start = _next_number()
            outputs = flatten_outputs(self._run(tuple(stand_ins)))
            return {
                (node._sequence_nr() - start, place): owners[target]
                for node in _made_since(start, outputs, owners)
                for place, target in enumerate(node.next_functions)
                if target in owners
            }


def flatten_outputs(result: Any) -> tuple[Any, ...]:
    """Return the tensors of nested tuples and lists depth first; what is absent (None) keeps its place."""
    if isinstance(result, (tuple, list)):
        return tuple(item for part in result for item in flatten_outputs(part))
    return (result,)


def keep_pieces(node: Node, kept: list[tuple[int, Pieces]]) -> None:
    """Have a node keep what it gives back at some places, whenever the graph's own backward runs it."""
    if not kept:
        return

    def keep(given_back: tuple[torch.Tensor | None, ...], _: object) -> None:
        if inner_backward.is_running:
            return
        for place, pieces in kept:
            piece = given_back[place]
            if piece is not None:
                pieces.add(piece)

    node.register_hook(keep)


def note_leads(node: Node, leads: Leads) -> None:
    """Note on a node of autograd's graph where what it was made of leads to."""
    _notes(node)[_LEADS] = leads


def noted_leads(node: Node) -> Leads | None:
    """Return what was noted."""
    return _notes(node).get(_LEADS)


class InnerBackward:
    """Knows whether a backward runs that a step itself makes: what flows back in it belongs to no edge."""

    def __init__(self) -> None:
        self.is_running = False

    def __enter__(self) -> None:
        self.is_running = True

    def __exit__(self, *_: object) -> None:
        self.is_running = False


inner_backward = InnerBackward()


def _made_since(start: int, outputs: tuple[Any, ...], targets: Collection[Target]) -> Iterator[Node]:
    """Yield the nodes made since `start` that lead from outputs to targets and no further, outputs first."""
    waiting = [output.grad_fn for output in outputs if isinstance(output, torch.Tensor) and output.grad_fn]
    seen = set()
    while waiting:
        node = waiting.pop()
        if node in seen or node._sequence_nr() < start:
            continue
        seen.add(node)
        yield node
        waiting += [each[0] for each in node.next_functions if each[0] is not None and each not in targets]


_LEADS = "gradcanvas.leads"


def _notes(node: Node) -> dict[str, Leads]:
    notes: dict[str, Leads] = node.metadata  # type: ignore[assignment]
    return notes


def target_of(tensor: torch.Tensor) -> Target:
    """Return where a tensor's gradient arrives."""
    edge = get_gradient_edge(tensor)
    return edge.node, edge.output_nr


def _next_number() -> int:
    number: int = torch.autograd._get_sequence_nr()  # type: ignore[attr-defined]
    return number
