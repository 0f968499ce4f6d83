"""Watches one call from inside: which nodes of autograd's graph it made, and what they give to its inputs.

For operations that may use a tensor in several places while it is used elsewhere as well. They get the tensor
itself, so autograd adds exactly what it adds in a plain step, and a hook on each of those nodes keeps the
pieces. Knows nothing of the graph that is observed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
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

    def add(self, piece: torch.Tensor) -> None:
        """Keep one piece."""
        self._pieces.append(piece)

    def gradient(self) -> torch.Tensor | None:
        """Return the sum in the order in which the pieces came; None if nothing came."""
        if self._total is None and self._pieces:
            total = self._pieces[0]
            for piece in self._pieces[1:]:
                total = total + piece
            self._total = total
        return self._total


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


class WatchedCall:
    """Calls a node's callable and watches some of its edges.

    Args:
        node: what is called.
        call: its callable.
        watched: the places of the watched edges among all its wires.
    """

    def __init__(self, node: BoundNode, call: Callable[..., Any], watched: tuple[int, ...]) -> None:
        self.node = node
        self.call = call
        self.watched = watched

    def __call__(self, *tensors: torch.Tensor) -> tuple[Any, Watch]:
        """Return what the call gives, and what was seen.

        Args:
            tensors: what each wire carries, in the order of the signature.
        """
        watch = Watch(self.watched)
        carriers = self._carriers(tensors)
        targets = {_target(tensors[indices[0]]): indices for indices in carriers}
        start = _next_number()
        result = self._run(tensors)
        outputs = flatten_outputs(result)
        for place, output in enumerate(outputs):
            index = next((index for index in self.watched if output is tensors[index]), None)
            if index is not None:
                watch.passed[place] = index
        owners = self._owners(tensors, targets, watch)
        hooked: dict[Node, list[tuple[int, Pieces]]] = defaultdict(list)
        for node, spot, target in _spots(outputs, targets, start):
            index = targets[target][0]
            hooked[node].append((spot[1], watch.pieces[owners.get(spot, index)]))
        for node, kept in hooked.items():
            node.register_hook(_keeper(kept))
        return result, watch

    def _run(self, tensors: tuple[torch.Tensor, ...]) -> Any:
        carried = iter(tensors)

        def in_turn(_: Reference) -> torch.Tensor:
            return next(carried)

        args, kwargs = call_arguments(self.node, in_turn)
        return self.call(*args, **kwargs)

    def _carriers(self, tensors: tuple[torch.Tensor, ...]) -> list[list[int]]:
        """Return for each distinct tensor the edges that carry it."""
        carried: dict[int, list[int]] = defaultdict(list)
        for index in self.watched:
            if tensors[index].requires_grad:
                carried[id(tensors[index])].append(index)
        return list(carried.values())

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
            watch.together = {index: indices[0] for indices in several for index in indices[1:]}
            return {}
        devices = sorted({tensor.get_device() for tensor in tensors if tensor.is_cuda})
        with torch.random.fork_rng(devices=devices), torch.enable_grad():
            stand_ins = list(tensors)
            for index in (index for indices in targets.values() for index in indices):
                stand_ins[index] = tensors[index].detach().requires_grad_()
            owners = {_target(stand_ins[index]): index for indices in targets.values() for index in indices}
            start = _next_number()
            outputs = flatten_outputs(self._run(tuple(stand_ins)))
            return {spot: owners[target] for _, spot, target in _spots(outputs, owners, start)}


def flatten_outputs(result: Any) -> tuple[Any, ...]:
    """Return the tensors of nested tuples and lists depth first; what is absent (None) keeps its place."""
    if isinstance(result, (tuple, list)):
        return tuple(item for part in result for item in flatten_outputs(part))
    return (result,)


def _spots(
    outputs: tuple[Any, ...], targets: Mapping[Target, object], start: int
) -> Iterator[tuple[Node, Spot, Target]]:
    """Yield every place at which nodes made since `start` give back to a target, outputs first."""
    waiting = [output.grad_fn for output in outputs if isinstance(output, torch.Tensor) and output.grad_fn]
    seen = set()
    while waiting:
        node = waiting.pop()
        number = node._sequence_nr()
        if node in seen or number < start:
            continue
        seen.add(node)
        for place, (following, output) in enumerate(node.next_functions):
            if following is None:
                continue
            if (following, output) in targets:
                yield node, (number - start, place), (following, output)
            else:
                waiting.append(following)


def _keeper(kept: list[tuple[int, Pieces]]) -> Callable[[Any, Any], None]:
    def keep(given_back: tuple[torch.Tensor | None, ...], _: object) -> None:
        for place, pieces in kept:
            piece = given_back[place]
            if piece is not None:
                pieces.add(piece)

    return keep


def _target(tensor: torch.Tensor) -> Target:
    edge = get_gradient_edge(tensor)
    return edge.node, edge.output_nr


def _next_number() -> int:
    number: int = torch.autograd._get_sequence_nr()  # type: ignore[attr-defined]
    return number
