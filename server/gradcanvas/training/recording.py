"""The figures of every edge of every step, for as many steps as are wanted; knows moments, nothing of files.

Small gradients are only kept when a step is made, and joined and reduced many steps at a time: it costs a
step no call, and a device one transfer in many steps. (Nothing changes a moment's gradients afterwards.)
Large ones on the host are reduced at once, while they are in the cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from gradcanvas.training.large import host_figures
from gradcanvas.training.moments import Moment
from gradcanvas.training.statistics import NONFINITE, SMALL, Array, figures, reduce_joined

_STEPS = 64
_ELEMENTS = 1 << 17
"""So many steps wait to be reduced, and fewer if they have so many elements together."""

_NONE, _LARGE = -1, 0

Gradients = Sequence[Tensor | None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The edges of one step.

    Attributes:
        sizes: the number of elements of each gradient, `_NONE` or `_LARGE`; None if all are done already.
        small: the gradients that have a size.
        rows: the figures of those that are large, one after the other; of all if there are no sizes.
    """

    sizes: tuple[int, ...] | None
    small: list[Tensor]
    rows: Array


class Recorder:
    """Figures of the edges of watched steps."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._elements = 0
        self._done: list[Array] = []

    def add(self, moment: Moment) -> None:
        """Record one moment after its backward."""
        waiting = _sorted_out(moment.edges)
        self._waiting.append(waiting)
        self._elements += sum(waiting.sizes or ())
        if len(self._waiting) >= _STEPS or self._elements >= _ELEMENTS:
            self._reduce()

    def figures(self) -> list[Array]:
        """Give everything recorded: arrays of (steps, edges, 5), in order; edges may change between them."""
        self._reduce()
        return self._done

    def _reduce(self) -> None:
        steps, self._waiting, self._elements = self._waiting, [], 0
        for sizes, alike in groupby(steps, lambda step: step.sizes):
            if sizes is None:
                self._done.extend(step.rows[None] for step in alike)
            else:
                self._done.append(_reduce_alike(sizes, list(alike)))


def _sorted_out(gradients: Gradients) -> _Waiting:
    """Keep what is small; reduce what is large; where that is not all there is, reduce everything."""
    sizes, small, large = [], [], []
    for gradient in gradients:
        if gradient is None:
            sizes.append(_NONE)
            continue
        size = gradient.numel()
        if gradient.dtype is not torch.float32 or size == 0 or gradient.is_sparse:
            return _Waiting(None, [], figures(gradients))
        if size <= SMALL:
            sizes.append(size)
            small.append(gradient)
        elif gradient.is_cpu:
            sizes.append(_LARGE)
            large.append(gradient)
        else:
            return _Waiting(None, [], figures(gradients))
    return _Waiting(tuple(sizes), small, host_figures(large))


def _reduce_alike(sizes: tuple[int, ...], steps: Sequence[_Waiting]) -> Array:
    rows = np.full((len(steps), len(sizes), 5), np.nan)
    rows[:, :, NONFINITE] = -1.0
    rows[:, [place for place, size in enumerate(sizes) if size == _LARGE]] = [step.rows for step in steps]
    there = [place for place, size in enumerate(sizes) if size > 0]
    if there:
        chosen = [gradient for step in steps for gradient in step.small]
        cells = torch._C._nn.flatten_dense_tensors(chosen).detach().cpu().numpy().astype(np.float64)
        lengths = np.array([sizes[place] for place in there] * len(steps), np.int64)
        rows[:, there] = reduce_joined(cells, lengths).reshape(len(steps), len(there), 5)
    return rows
