"""The figures of every edge of every step, for as many steps as are wanted; knows moments, nothing of files.

Small gradients are only kept when a step is made, and joined and reduced many steps at a time: it costs a
step no call, and a device one transfer in many steps. (Nothing changes a moment's gradients afterwards.)
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from gradcanvas.training.moments import Moment
from gradcanvas.training.statistics import NONFINITE, SMALL, Array, figures, reduce_joined

_STEPS = 64
_ELEMENTS = 1 << 17
"""So many steps wait to be reduced, and fewer if they have so many elements together."""

Gradients = Sequence[Tensor | None]


class Recorder:
    """Figures of the edges of watched steps."""

    def __init__(self) -> None:
        self._waiting: list[Gradients] = []
        self._most = 1
        self._done: list[Array] = []

    def add(self, moment: Moment) -> None:
        """Record one moment after its backward."""
        self._waiting.append(moment.edges)
        if len(self._waiting) >= self._most:
            self._reduce()
            elements = sum(gradient.numel() for gradient in moment.edges if gradient is not None)
            self._most = max(1, min(_STEPS, _ELEMENTS // max(elements, 1)))

    def figures(self) -> list[Array]:
        """Give everything recorded: arrays of (steps, edges, 5), in order; edges may change between them."""
        self._reduce()
        return self._done

    def _reduce(self) -> None:
        steps, self._waiting = self._waiting, []
        for sizes, alike in groupby(steps, _small_sizes):
            block = list(alike)
            if sizes is None:
                self._done.extend(figures(gradients)[None] for gradients in block)
            else:
                self._done.append(_reduce_alike(sizes, block))


def _small_sizes(gradients: Gradients) -> tuple[int, ...] | None:
    """Give the number of elements of each gradient, −1 for none; None if they cannot simply be joined."""
    sizes = []
    for gradient in gradients:
        size = -1 if gradient is None else gradient.numel()
        if gradient is not None and (
            gradient.dtype is not torch.float32 or not 0 < size <= SMALL or gradient.is_sparse
        ):
            return None
        sizes.append(size)
    return tuple(sizes)


def _reduce_alike(sizes: tuple[int, ...], steps: Sequence[Gradients]) -> Array:
    rows = np.full((len(steps), len(sizes), 5), np.nan)
    rows[:, :, NONFINITE] = -1.0
    there = [place for place, size in enumerate(sizes) if size > 0]
    if there:
        chosen = [gradient for gradients in steps for gradient in gradients if gradient is not None]
        cells = torch._C._nn.flatten_dense_tensors(chosen).detach().cpu().numpy().astype(np.float64)
        lengths = np.array([sizes[place] for place in there] * len(steps), np.int64)
        rows[:, there] = reduce_joined(cells, lengths).reshape(len(steps), len(there), 5)
    return rows
