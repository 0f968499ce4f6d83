"""Reads what an observed function returned: loss, values, gradients of a step. Knows nothing of training."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

import torch

from gradcanvas.program.kernels import has_own_memory
from gradcanvas.program.observation import Asking, EdgeRecord, Observation, Picker
from gradcanvas.program.plan import PlannedEdge
from gradcanvas.program.reading import Layout, RecordReader, Result

__all__ = ["Layout", "Observer"]


class Observer:
    """Makes of what an observed function returned what a step showed.

    What every step needs is laid out once. A graph whose tensors are all known by name is read without making
    a record of each edge, and without naming its values, until somebody asks for them.
    """

    def __init__(self, layout: Layout) -> None:
        plan, emitted = layout.plan, layout.emitted
        self.layout = layout
        self.is_flat = not (emitted.traces or emitted.many)
        self.names = tuple(emitted.shown)
        shown = tuple(emitted.shown.values())
        self.named = _picker(shown)
        own = {
            place for step, places in emitted.results.items() if has_own_memory(step.node) for place in places
        }
        made = dict.fromkeys(shown[emitted.sources :])
        self.doubtful = _picker(place for place in made if place not in own)
        self.kept = _picker(emitted.keeping)
        self.loss = emitted.outputs[0]
        self.loss_alone = emitted.loss_alone
        self.metrics = _picker(place for place in emitted.outputs[1:] if place is not None)
        edges = [row for row in plan.rows if isinstance(row, PlannedEdge)]
        self.is_quick = self.is_flat and all(edge.how in ("none", "own", "alias") for edge in edges)
        self.given = tuple(emitted.edges.get(edge) for edge in edges)
        self.one: torch.Tensor | None = None
        carried = (place for place in self.given if place is not None)
        self.watched = _picker(dict.fromkeys((*emitted.keeping, *carried)))
        self._askings: dict[tuple[bool, ...], Asking] = {}

    def observe(self, result: Result, *, retain: bool = True) -> Observation:
        """Return what the step showed.

        Args:
            result: what the observed function returned.
            retain: have every tensor keep its gradient; if not, whoever runs the backward gives it to those
                that stand in `Observation.kept`.
        """
        loss: torch.Tensor | None = None if self.loss is None else result[self.loss]
        metrics = self.metrics(result)
        if not retain and self.is_quick:
            flags = tuple([tensor is not None and tensor.requires_grad for tensor in self.watched(result)])
            asking = self._askings.get(flags)
            if asking is None:
                asking = self._askings[flags] = self._ask(flags)
            if kept := asking.keep(result):
                return Observation(loss, metrics, self, result, kept=kept, asking=asking)
        if loss is not None:
            self.begin(loss)
        if not self.is_flat:
            values: dict[str, torch.Tensor] = {}
            records = RecordReader(self.layout, result, "", {}, values).read()
            return Observation(loss, metrics, self, result, values=values, edges=records)
        for tensor in self.kept(result):
            if tensor is not None and tensor.requires_grad:
                tensor.retain_grad()
        return Observation(loss, metrics, self, result)

    def values(self, result: Result) -> dict[str, torch.Tensor]:
        """Return every output of a flat graph that ran, by its reference."""
        named = zip(self.names, self.named(result), strict=True)
        return {name: tensor for name, tensor in named if tensor is not None}

    def records(self, result: Result) -> list[EdgeRecord]:
        """Return the records of the edges of a flat graph."""
        return RecordReader(self.layout, result, "", {}, {}).read()

    def gradients(self, result: Result) -> list[torch.Tensor | None] | None:
        """Return the gradients of the edges, where each is kept by one tensor."""
        if not self.is_quick:
            return None
        return [None if place is None else result[place].grad for place in self.given]

    def _ask(self, flags: tuple[bool, ...]) -> Asking:
        """Return how gradients are asked for where these of the watched tensors require one."""
        keeping = self.layout.emitted.keeping
        return Asking(_picker(place for place, flag in zip(keeping, flags, strict=False) if flag))

    def lay_out(self, result: Result, holders: tuple[torch.Tensor, ...]) -> Picker | None:
        """Return what picks the edges' gradients from those of `holders`, in the order of those.

        None if an edge's tensor requires a gradient and is none of them.
        """
        known = {id(tensor): place for place, tensor in enumerate(holders)}
        absent = len(holders)
        places = []
        for place in self.given:
            tensor = None if place is None else result[place]
            if tensor is not None and tensor.requires_grad and id(tensor) not in known:
                return None
            places.append(absent if tensor is None else known.get(id(tensor), absent))
        return _picker(places)

    def begin(self, loss: torch.Tensor) -> None:
        """Write down the gradient of a loss that nothing else uses: it is 1, without autograd keeping it."""
        if not (self.loss_alone and loss.requires_grad and loss.numel() == 1):
            return
        one = self.one
        if one is None or one.dtype is not loss.dtype or one.shape != loss.shape:
            one = self.one = torch.ones_like(loss, requires_grad=False)
        loss.grad = one


def _picker(places: Iterable[int]) -> Callable[[Result], tuple[Any, ...]]:
    """Return what takes these places out of a tuple."""
    wanted = tuple(places)
    if len(wanted) > 1:
        return itemgetter(*wanted)
    if not wanted:
        return lambda _: ()
    (only,) = wanted
    return lambda result: (result[only],)
