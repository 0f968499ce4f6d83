"""Cuts sources into mini-batches, epoch by epoch; knows nothing of what is computed with them."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradcanvas.program.binding import BoundBatch


class Batches:
    """Where the loop stands in its epoch.

    Attributes:
        epoch: how many epochs have been finished.
        position: how many rows of this epoch have been given out.
        order: this epoch's permutation of the rows; None where it is not shuffled or has not begun.
    """

    def __init__(self, bound: BoundBatch | None) -> None:
        self.bound = bound
        self.epoch = 0
        self.position = 0
        self.order: Tensor | None = None

    def next(self, sources: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Give the sources with the next batch in place of what is cut.

        An epoch begins with one `torch.randperm` of the default generator; its last batch may be shorter.
        """
        if self.bound is None:
            return dict(sources)
        bound = self.bound
        rows = self._rows(sources)
        if self.position == 0:
            self.order = torch.randperm(rows) if bound.shuffle else None
        end = min(self.position + bound.size, rows)
        chosen: Any = slice(self.position, end)
        if self.order is not None:
            chosen = self.order[chosen]
        given = dict(sources)
        for reference in bound.of:
            given[str(reference)] = sources[str(reference)][chosen]
        self.position = end
        if end >= rows:
            self.position = 0
            self.epoch += 1
        return given

    def first(self, sources: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Give the sources with their first rows in place of what is cut; nothing is drawn or moved."""
        if self.bound is None:
            return dict(sources)
        given = dict(sources)
        for reference in self.bound.of:
            given[str(reference)] = sources[str(reference)][: self.bound.size]
        return given

    def is_short_next(self, sources: Mapping[str, Tensor]) -> bool:
        """Whether the next batch is shorter than others."""
        if self.bound is None:
            return False
        rows = self._rows(sources)
        return rows >= self.bound.size > rows - self.position

    def ends_epoch(self) -> bool:
        """Whether the batch given out last was the last of its epoch."""
        return self.bound is not None and self.position == 0

    def adopt(self, older: "Batches", sources: Mapping[str, Tensor]) -> None:
        """Go on where `older` stands, if the rows are still the same."""
        if self.bound is None or older.bound is None:
            return
        self.epoch = older.epoch
        if self.bound != older.bound or older.position >= self._rows(sources):
            return
        if older.order is None or self.fits(older.order, sources):
            self.position, self.order = older.position, older.order

    def state(self) -> dict[str, Any]:
        """Give what `restore` needs."""
        return {"epoch": self.epoch, "position": self.position, "order": self.order}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave."""
        self.epoch, self.position, self.order = state["epoch"], state["position"], state["order"]

    def fits(self, order: Tensor, sources: Mapping[str, Tensor]) -> bool:
        """Whether a permutation is one of the rows there are now."""
        return self.bound is not None and len(order) == self._rows(sources)

    def _rows(self, sources: Mapping[str, Tensor]) -> int:
        assert self.bound is not None
        return len(sources[str(self.bound.of[0])])
