"""Reads what an observed function returned: loss, values, gradients of a step. Knows nothing of training."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

import torch

from gradcanvas.program.plan import PlannedEdge
from gradcanvas.program.program import EdgeRecord, Observation, Picker
from gradcanvas.program.reading import Layout, RecordReader, Result

__all__ = ["Layout", "Observer"]


class Observer:
    """Makes of what an observed function returned what a step showed.

    What every step needs is laid out once. A graph whose tensors are all known by name is read without making
    a record of each edge, until somebody asks for the records.
    """

    def __init__(self, layout: Layout) -> None:
        plan, emitted = layout.plan, layout.emitted
        self.layout = layout
        self.is_flat = not (emitted.traces or emitted.many)
        self.has_absent = any(output.optional for step in plan.steps for output in step.node.outputs)
        self.names = tuple(emitted.shown)
        self.named = _picker(emitted.shown.values())
        self.kept = _picker(emitted.keeping)
        self.loss = emitted.outputs[0]
        self.loss_alone = emitted.loss_alone
        self.metrics = _picker(place for place in emitted.outputs[1:] if place is not None)
        edges = [row for row in plan.rows if isinstance(row, PlannedEdge)]
        self.is_quick = self.is_flat and all(edge.how in ("none", "own", "alias") for edge in edges)
        self.given = tuple(emitted.edges.get(edge) for edge in edges)
        self.one: torch.Tensor | None = None
        self.carried = _picker(dict.fromkeys(place for place in self.given if place is not None))
        self._pickers: dict[tuple[int, ...], Picker | None] = {}

    def observe(self, result: Result, *, retain: bool = True) -> Observation:
        """Return what the step showed.

        Args:
            result: what the observed function returned.
            retain: have every tensor keep its gradient; if not, whoever runs the backward gives it to those
                that stand in `Observation.kept`.
        """
        loss: torch.Tensor | None = None if self.loss is None else result[self.loss]
        metrics = self.metrics(result)
        if loss is not None and self.loss_alone and loss.requires_grad and loss.numel() == 1:
            self.give_one(loss)
        if not self.is_flat:
            values: dict[str, torch.Tensor] = {}
            records = RecordReader(self.layout, result, "", {}, values).read()
            return Observation(loss, metrics, values, self, result, records)
        kept = tuple(tensor for tensor in self.kept(result) if tensor is not None and tensor.requires_grad)
        if retain or not self.is_quick:
            for tensor in kept:
                tensor.retain_grad()
            kept = ()
        values = dict(zip(self.names, self.named(result), strict=True))
        if self.has_absent:
            values = {name: tensor for name, tensor in values.items() if tensor is not None}
        return Observation(loss, metrics, values, self, result, kept=kept)

    def records(self, result: Result) -> list[EdgeRecord]:
        """Return the records of the edges of a flat graph."""
        return RecordReader(self.layout, result, "", {}, {}).read()

    def gradients(self, result: Result) -> list[torch.Tensor | None] | None:
        """Return the gradients of the edges, where each is kept by one tensor."""
        if not self.is_quick:
            return None
        return [None if place is None else result[place].grad for place in self.given]

    def picker(self, result: Result, holders: tuple[torch.Tensor, ...]) -> Picker | None:
        """Return what picks the edges' gradients from those of `holders`, in the order of those.

        None if an edge's tensor requires a gradient and is none of them. Where each stands is looked up once
        for all steps in which the same tensors require a gradient.
        """
        if not self.is_quick:
            return None
        carried = self.carried(result)
        key = len(holders), *[tensor is not None and tensor.requires_grad for tensor in carried]
        if key not in self._pickers:
            self._pickers[key] = self._lay_out_picker(result, holders)
        return self._pickers[key]

    def _lay_out_picker(self, result: Result, holders: tuple[torch.Tensor, ...]) -> Picker | None:
        known = {id(tensor): place for place, tensor in enumerate(holders)}
        absent = len(holders)
        places = []
        for place in self.given:
            tensor = None if place is None else result[place]
            if tensor is not None and tensor.requires_grad and id(tensor) not in known:
                return None
            places.append(absent if tensor is None else known.get(id(tensor), absent))
        return _picker(places)

    def give_one(self, loss: torch.Tensor) -> None:
        """Write down the gradient of a loss that nothing else uses: it is 1, without autograd keeping it."""
        one = self.one
        if one is None or one.dtype is not loss.dtype or one.shape != loss.shape:
            one = self.one = torch.ones_like(loss, requires_grad=False)
        loss.grad = one


def _picker(places: Iterable[int]) -> Callable[[Result], tuple[Any, ...]]:
    """Return what takes these places out of a tuple."""
    wanted = tuple(places)
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda result: tuple(result[place] for place in wanted)
