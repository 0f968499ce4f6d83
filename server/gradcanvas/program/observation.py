"""What one observed step of a compiled graph showed: its values, its edges, and the gradient of each.

Knows tensors that a function returned and who reads them; nothing of code, sessions or optimisers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch


class Piece(Protocol):
    """What flows back through one argument, gathered while the backward runs."""

    def gradient(self) -> torch.Tensor | None:
        """Return the sum of what flowed, in the order in which it came; None if nothing did."""


@dataclass(slots=True, eq=False)
class EdgeRecord:
    """One edge of one observed step.

    Attributes:
        edge: `target.argument[.k]`, with the path of what called it before it ("loop@3/wx.other").
        source: what the edge comes from, as a reference ("wx", "parts.1", "fc.weight"), with its path.
        tensor: the tensor on which the edge's gradient is kept after the backward; None where `why` says
            that there is none, or where `parts` or `piece` hold it.
        why: why there is no gradient, where that is known before the backward.
        parts: of an edge that only passes a tensor on (into a function), the edges it is passed on by.
        piece: of an edge into an operation that uses the tensor in several places, what gathers them.
        outputs: what the consumer gave, to tell why nothing flowed.
        consumer: the consumer in words ("argmax"), and its argument.
    """

    edge: str
    source: str
    tensor: torch.Tensor | None = None
    why: str | None = None
    parts: "list[EdgeRecord] | None" = None
    piece: Piece | None = None
    outputs: tuple[torch.Tensor, ...] = ()
    consumer: tuple[str, str] = ("", "")

    def gradient(self) -> torch.Tensor | None:
        """Return what flowed back along this edge alone in the last backward; None where nothing did."""
        if self.why is not None:
            return None
        if self.parts is None:
            return None if self.tensor is None else self.tensor.grad
        return _sum_of(self.piece, self.parts)

    def reason(self) -> str | None:
        """Return in words why `gradient()` is None; None where there is a gradient."""
        if self.gradient() is not None:
            return None
        return self.why or self._reason_after_backward()

    def _reason_after_backward(self) -> str:
        name, argument = self.consumer
        if self.parts:
            reasons = dict.fromkeys(part.reason() for part in self.parts)
            return str(next(iter(reasons))) if len(reasons) == 1 else NOT_REACHED
        if self.outputs and not any(output.requires_grad for output in self.outputs):
            return f"{name} is not differentiable"
        if any(output.grad is not None for output in self.outputs if output.requires_grad):
            return f"{name} gives no gradient to {argument}"
        return NOT_REACHED


NOT_REACHED = "the loss does not depend on it"


Picker = Callable[[tuple[torch.Tensor | None, ...]], tuple[torch.Tensor | None, ...]]
"""Takes the gradients of some tensors, and a None after them; gives the gradient of each edge."""


@dataclass(slots=True, eq=False)
class Asking:
    """How gradients are asked for, in all steps in which the same tensors require one.

    Attributes:
        keep: takes those that are to be given their gradient out of the result.
        count: of how many tensors `pick` takes the gradients; 0 before it is laid out.
        pick: see `Picker`; None if some edge has its gradient elsewhere.
    """

    keep: Callable[[tuple[Any, ...]], tuple[torch.Tensor, ...]]
    count: int = 0
    pick: Picker | None = None


class Reader(Protocol):
    """Reads the edges out of everything that an observed step computed."""

    def records(self, result: tuple[Any, ...]) -> list[EdgeRecord]:
        """Return the records of the edges."""

    def gradients(self, result: tuple[Any, ...]) -> list[torch.Tensor | None] | None:
        """Return the gradients of the edges, if that needs no records."""

    def lay_out(self, result: tuple[Any, ...], holders: tuple[torch.Tensor, ...]) -> "Picker | None":
        """Return what picks the edges' gradients from those of `holders`."""

    def values(self, result: tuple[Any, ...]) -> dict[str, torch.Tensor]:
        """Return every output that ran, if that needs no records."""

    def doubtful(self, result: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the outputs that may lie in memory that is not their own."""

    def begin(self, loss: torch.Tensor) -> None:
        """Write down the gradient of the loss, if that is known."""


class Observation:
    """Everything one observed step computed. Complete before the backward; gradients are read after it.

    Attributes:
        loss: what to call `backward()` on; None if the graph names none.
        metrics: in the order of `train.metrics`.
        values: every output that ran, by its reference with its path, sources first, then in the order in
            which they were computed. `values[ref].grad` after the backward is the output's own gradient (of a
            leaf: what it has collected).
        kept: tensors that have to be given their `.grad` by whoever runs the backward; empty if they keep it.
    """

    __slots__ = ("_asking", "_edges", "_reader", "_result", "_values", "kept", "loss", "metrics")

    def __init__(
        self,
        loss: torch.Tensor | None,
        metrics: tuple[torch.Tensor, ...],
        reader: Reader,
        result: tuple[Any, ...],
        *,
        values: dict[str, torch.Tensor] | None = None,
        edges: list[EdgeRecord] | None = None,
        kept: tuple[torch.Tensor, ...] = (),
        asking: Asking | None = None,
    ) -> None:
        self.loss = loss
        self.metrics = metrics
        self._values = values
        self._reader = reader
        self._result = result
        self._edges = edges
        self._asking = asking
        self.kept = kept

    @property
    def values(self) -> dict[str, torch.Tensor]:
        """Every output that ran, by its reference."""
        if self._values is None:
            self._values = self._reader.values(self._result)
        return self._values

    @property
    def may_share(self) -> bool:
        """Whether an output may share memory with a source or a parameter; told quickly."""
        if self._edges is not None:
            return True
        doubtful = self._reader.doubtful(self._result)
        return bool(doubtful) and any(
            [each is not None and (each.is_leaf or each._is_view()) for each in doubtful]
        )

    @property
    def edges(self) -> list[EdgeRecord]:
        """Every edge, in the order of the file and of the signature.

        What happened inside a function follows the edges of the node that called it; in loops first the sum
        over the iterations, then each of them.
        """
        if self._edges is None:
            self._edges = self._reader.records(self._result)
        return self._edges

    def gradients(self) -> list[torch.Tensor | None]:
        """Return the gradient of each of `edges`, in their order: quicker than asking each record."""
        quick = self._reader.gradients(self._result)
        return [record.gradient() for record in self.edges] if quick is None else quick

    def picker(self, holders: tuple[torch.Tensor, ...]) -> Picker | None:
        """Return what picks the edges' gradients from those that a backward gave to `holders`.

        Args:
            holders: `kept`, and then the leaves.

        Returns:
            None if some edge has its gradient elsewhere. It is laid out once for all steps that keep alike.
        """
        asking = self._asking
        if asking is None:
            return None
        if asking.count != len(holders):
            asking.count, asking.pick = len(holders), self._reader.lay_out(self._result, holders)
        return asking.pick

    def hand_out(self, given: Sequence[torch.Tensor | None]) -> None:
        """Let each tensor hold its gradient, as if it had kept it in the backward.

        Args:
            given: the gradients of `kept`, in its order; more may follow.
        """
        if self.loss is not None:
            self._reader.begin(self.loss)
        for tensor, gradient in zip(self.kept, given, strict=False):
            if gradient is None:
                tensor.retain_grad()
            else:
                tensor.grad = gradient


def _sum_of(piece: Piece | None, parts: list[EdgeRecord]) -> torch.Tensor | None:
    """Add in the order in which autograd does: what was used last comes back first."""
    total = None if piece is None else piece.gradient()
    for part in reversed(parts):
        gradient = part.gradient()
        if gradient is None:
            continue
        if total is not None and total.shape != gradient.shape:
            return None
        total = gradient if total is None else total + gradient
    return total
