"""The figures of every edge of every step, for as many steps as are wanted; knows moments, nothing of files.

Small gradients are only kept when a step is made, and joined and reduced many steps at a time: it costs a
step no call, and a device one transfer in many steps. (Nothing changes a moment's gradients afterwards.)
"""

import numpy as np
import torch
from torch import Tensor

from gradcanvas.training.moments import Moment
from gradcanvas.training.statistics import SMALL, Array, figures, reduce_joined

_ELEMENTS = 1 << 17
"""So many elements wait to be reduced."""


class Recorder:
    """Figures of the edges of watched steps."""

    def __init__(self) -> None:
        self._waiting: list[list[Tensor]] = []
        self._sizes: tuple[int, ...] = ()
        self._places: list[int] = []
        self._edges = self._elements = 0
        self._done: list[Array] = []

    def add(self, moment: Moment) -> None:
        """Record one moment after its backward."""
        places, gradients, sizes = [], [], []
        for place, gradient in enumerate(moment.edges):
            if gradient is None:
                continue
            size = gradient.numel()
            if gradient.dtype is not torch.float32 or not 0 < size <= SMALL or gradient.is_sparse:
                self._reduce()
                self._done.append(figures(moment.edges)[None])
                return
            places.append(place)
            gradients.append(gradient)
            sizes.append(size)
        shape = tuple(sizes)
        self._elements += sum(sizes)
        if shape != self._sizes or places != self._places or self._elements > _ELEMENTS:
            self._reduce()
            self._sizes, self._places, self._edges = shape, places, len(moment.edges)
        if gradients:
            self._waiting.append(gradients)

    def figures(self) -> list[Array]:
        """Give everything recorded: arrays of (steps, edges, 5), in order; edges may change between them."""
        self._reduce()
        return self._done

    def _reduce(self) -> None:
        if not self._waiting:
            return
        steps, self._waiting, self._elements = self._waiting, [], 0
        joined = torch._C._nn.flatten_dense_tensors([gradient for step in steps for gradient in step])
        cells = joined.detach().cpu().numpy().astype(np.float64)
        rows = np.full((len(steps), self._edges, 5), np.nan)
        rows[:, :, 4] = -1.0
        lengths = np.array(self._sizes * len(steps), np.int64)
        rows[:, self._places] = reduce_joined(cells, lengths).reshape(len(steps), len(self._places), 5)
        self._done.append(rows)
