"""The figures of every edge of every step, for as many steps as are wanted; knows moments, nothing of files.

Small gradients are only kept when a step is made, and joined and reduced many steps at a time: it costs a
step no call, and a device one transfer in many steps. (Nothing changes a moment's gradients afterwards.)
Large ones on the host are reduced at once, while they are in the cache, and the small ones beside them are
copied: kept among what is freed they would break the memory up, and every step's large gradients would come
to lie in memory that is new to the cache.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradcanvas.training.large import host_cells, host_figures
from gradcanvas.training.moments import Moment
from gradcanvas.training.statistics import NONFINITE, SMALL, Array, figures, reduce_joined

_STEPS = 64
_ELEMENTS = 1 << 17
"""So many steps wait to be reduced, and fewer if they have so many elements together."""

_NONE = -1

Gradients = Sequence[Tensor | None]


class Recorder:
    """Figures of the edges of watched steps.

    What is done with an edge is decided once for all steps of the same leaves whose gradients are of the same
    shapes, dtypes and layouts: a branch may change any of them.
    """

    def __init__(self) -> None:
        self._leaves: Mapping[str, Tensor] | None = None
        self._has_branches = False
        self._kinds: list[object] | None = None
        self._sizes: list[int] = []
        self._small: list[int] = []
        self._large: list[int] = []
        self._is_joined = False
        self._most = 1
        self._waiting: list[Gradients] = []
        self._copied = np.empty((0, 0), np.float32)
        self._rows: list[Array] = []
        self._done: list[Array] = []

    def add(self, moment: Moment) -> None:
        """Record one moment after its backward."""
        gradients = moment.edges
        if moment.leaves is not self._leaves:
            self._reduce()
            self._leaves, self._kinds = moment.leaves, None
            self._has_branches = any("/" in record.edge for record in moment.records)
        kinds = self._kinds_of(gradients)
        if kinds != self._kinds:
            self._reduce()
            self._kinds = kinds
            self._decide(gradients)
        if not self._is_joined:
            self._done.append(figures(gradients)[None])
            return
        if self._large:
            self._copy(gradients, self._copied[len(self._rows)])
            self._rows.append(host_figures([gradients[place] for place in self._large]))  # type: ignore[misc]
        else:
            self._waiting.append(gradients)
        if max(len(self._waiting), len(self._rows)) >= self._most:
            self._reduce()

    def figures(self) -> list[Array]:
        """Give everything recorded: arrays of (steps, edges, 5), in order; edges may change between them."""
        self._reduce()
        return self._done

    def _kinds_of(self, gradients: Gradients) -> list[object]:
        """Give what decides how gradients are read; only in functions more than shapes changes in a run."""
        if not self._has_branches:
            return [None if gradient is None else gradient.shape for gradient in gradients]
        return [
            None if gradient is None else (gradient.shape, gradient.dtype, gradient.layout)
            for gradient in gradients
        ]

    def _decide(self, gradients: Gradients) -> None:
        there = [gradient for gradient in gradients if gradient is not None]
        sizes = [_NONE if gradient is None else gradient.numel() for gradient in gradients]
        self._sizes = sizes
        self._small = [place for place, size in enumerate(sizes) if 0 < size <= SMALL]
        self._large = [place for place, size in enumerate(sizes) if size > SMALL]
        self._is_joined = all(
            gradient.dtype is torch.float32 and not gradient.is_sparse and gradient.numel() > 0
            for gradient in there
        ) and (not self._large or all(gradient.is_cpu for gradient in there))
        elements = sum(sizes[place] for place in self._small)
        self._most = max(1, min(_STEPS, _ELEMENTS // max(elements, 1)))
        self._copied = np.empty((self._most if self._large else 0, elements), np.float32)

    def _copy(self, gradients: Gradients, row: NDArray[np.float32]) -> None:
        """Copy the small gradients, one after the other: by NumPy, which wakes none of torch's code."""
        start = 0
        for place in self._small:
            stop = start + self._sizes[place]
            row[start:stop] = host_cells(gradients[place])  # type: ignore[arg-type]
            start = stop

    def _reduce(self) -> None:
        """Reduce what waits, all of it alike."""
        waiting, self._waiting = self._waiting, []
        large, self._rows = self._rows, []
        steps = max(len(waiting), len(large))
        if not steps:
            return
        rows = np.full((steps, len(self._sizes), 5), np.nan)
        rows[:, :, NONFINITE] = -1.0
        if large:
            rows[:, self._large] = large
        if self._small:
            sizes = [self._sizes[place] for place in self._small]
            if large:
                cells = self._copied[:steps].reshape(-1).astype(np.float64)
                found = reduce_joined(cells, np.tile(sizes, steps)).reshape(steps, -1, 5)
            else:
                cells = _joined(waiting).cpu().numpy().astype(np.float64)
                by_edge = reduce_joined(cells, np.repeat(sizes, steps)).reshape(-1, steps, 5)
                found = by_edge.transpose(1, 0, 2)
            rows[:, self._small] = found
        self._done.append(rows)


def _joined(steps: Sequence[Gradients]) -> Tensor:
    """Join the elements of all steps: those of an edge together, for tensors of one shape join soonest."""
    parts = []
    for column in zip(*steps, strict=True):
        if column[0] is not None:
            join = torch.cat if column[0].ndim else torch.stack
            parts.append(join(column).reshape(-1))
    return torch.cat(parts).detach()
