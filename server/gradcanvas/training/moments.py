"""One observed step and what flowed back in it, held so that nothing that follows can change it.

Knows a program and its leaves; nothing of optimisers, frames or sessions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from gradcanvas.program.observation import EdgeRecord, Observation
from gradcanvas.program.program import Program
from gradcanvas.training.backward import backward, captured
from gradcanvas.training.failures import not_differentiable

Kind = Literal["evaluation", "forward", "backward", "step"]


@dataclass(eq=False, slots=True)
class Moment:
    """What one observed forward, and the backward after it, gave.

    Attributes:
        kind: which verb it belongs to.
        step: how many steps had been made when it was computed.
        observation: the program's own record.
        leaves: what collects a gradient, by reference.
        edges: the gradient of each of the observation's edges, in its order; empty before the backward.
        fresh: what the backward gave each leaf, apart from what was deposited before.
        is_differentiated: whether there has been a backward.
        kept: copies of values that share memory with something that has been updated since.
        deposited_by: the verb by which gradients were deposited, until the ledger has entered it.
    """

    kind: Kind
    step: int
    observation: Observation
    leaves: Mapping[str, Tensor]
    edges: Sequence[Tensor | None] = ()
    fresh: dict[str, Tensor | None] = field(default_factory=dict)
    is_differentiated: bool = False
    kept: dict[str, Tensor] = field(default_factory=dict)
    deposited_by: str | None = None
    _given: Sequence[Tensor | None] = ()

    @property
    def loss(self) -> Tensor | None:
        """The loss, with its graph."""
        return self.observation.loss

    @property
    def records(self) -> Sequence[EdgeRecord]:
        """The observation's edges."""
        self._hand_out()
        return self.observation.edges

    def value(self, ref: str) -> Tensor:
        """Give an output's value as it was computed (a leaf's as it is now)."""
        return self.kept.get(ref, self.observation.values[ref])

    def gradient(self, ref: str) -> Tensor | None:
        """Give what the last backward gave to an output or leaf; None if nothing."""
        if not self.is_differentiated:
            return None
        if ref in self.fresh:
            return self.fresh[ref]
        self._hand_out()
        tensor = self.observation.values.get(ref)
        if tensor is None or not tensor.requires_grad or self._is_collecting(tensor):
            return None
        return tensor.grad

    def _is_collecting(self, tensor: Tensor) -> bool:
        """Tell whether a tensor adds up what several backwards give: one that a step makes does not."""
        return tensor.is_leaf and any(tensor is leaf for leaf in self.leaves.values())

    def differentiate(
        self, *, is_empty: bool, is_passing: bool = False, owed: Mapping[Tensor, Tensor] | None = None
    ) -> None:
        """Run the backward from the loss, depositing into `.grad` of the leaves as PyTorch does.

        Args:
            is_empty: every leaf's `.grad` is None or zero. If not, they are put aside meanwhile, so that what
                flows now can be told from what was deposited before.
            is_passing: nobody will change `.grad` in place; it is emptied, by other tensors, soon.
            owed: leaf → zeros for which its `.grad`, None, stands, and to which is added.

        Raises:
            RunError: the loss cannot be differentiated; the deposits are as they were.
        """
        if self.capture():
            self._deposit_captured(is_passing, owed or {})
            return
        if self.observation.kept:
            self._retain()
        assert self.loss is not None
        held = {} if is_empty else {ref: leaf.grad for ref, leaf in self.leaves.items()}
        for ref in held:
            self.leaves[ref].grad = None
        try:
            backward(self.loss)
        except RuntimeError as error:
            for ref, deposit in held.items():
                self.leaves[ref].grad = deposit
            raise not_differentiable(self.loss, error) from error
        self.edges = self.observation.gradients()
        self.fresh = {ref: leaf.grad for ref, leaf in self.leaves.items()}
        self.is_differentiated = True
        for ref, deposit in held.items():
            _deposit(self.leaves[ref], deposit, self.fresh[ref])

    def capture(self) -> bool:
        """Ask the backward for the gradients themselves, depositing nothing; whether that can be done.

        Raises:
            RunError: the loss cannot be differentiated.
        """
        observation, leaves = self.observation, self.leaves
        loss, kept = observation.loss, observation.kept
        holders = (*kept, *leaves.values())
        pick = observation.picker(holders)
        if pick is None or loss is None:
            return False
        try:
            given = captured(loss, holders)
        except RuntimeError as error:
            raise not_differentiable(loss, error) from error
        if given is None:
            return False
        self._given = given
        self.edges = pick((*given, None))
        self.fresh = dict(zip(leaves, given[len(kept) :], strict=True))
        self.is_differentiated = True
        return True

    def _deposit_captured(self, is_passing: bool, owed: Mapping[Tensor, Tensor]) -> None:
        for leaf, gradient in zip(self.leaves.values(), self.fresh.values(), strict=True):
            before = leaf.grad
            if gradient is None or before is not None:
                _deposit(leaf, before, gradient)
            elif owed and gradient.layout == torch.strided and (zeros := owed.get(leaf)) is not None:
                leaf.grad = gradient + zeros
            elif is_passing and gradient.stride() == leaf.stride():
                leaf.grad = gradient
            else:
                leaf.grad = _own(gradient, leaf)

    def _retain(self) -> None:
        """Have every tensor keep its gradient: of a batch, which is no leaf, none would otherwise."""
        for tensor in (*self.observation.kept, *self.observation.values.values()):
            if tensor.requires_grad and not tensor.is_leaf:
                tensor.retain_grad()

    def _hand_out(self) -> None:
        """Let each tensor of the observation hold its own gradient, as if it had kept it in the backward."""
        if self._given:
            self.observation.hand_out(self._given)
            self._given = ()

    def deposit_again(self) -> None:
        """Deposit the same gradients once more: the graph and its values are those of the backward before."""
        for ref, leaf in self.leaves.items():
            _deposit(leaf, leaf.grad, self.fresh[ref])

    def separate_gradients(self) -> None:
        """Let the leaves' `.grad` be changed in place without changing what this moment shows."""
        for leaf in self.leaves.values():
            if leaf.grad is not None:
                leaf.grad = leaf.grad.clone()

    def separate_values(self, changing: Mapping[str, Tensor], sources: Mapping[str, Tensor]) -> None:
        """Copy every value that shares memory with what is about to be updated in place.

        Args:
            changing: the leaves and buffers by reference: these themselves are shown as they are afterwards.
            sources: these share memory with nothing.
        """
        suspects = [
            (ref, tensor)
            for ref, tensor in self.observation.values.items()
            if ref not in sources and ref not in self.kept and (tensor.is_leaf or tensor._is_view())
        ]
        if not suspects:
            return
        memories = {tensor.untyped_storage().data_ptr() for tensor in changing.values()}
        for ref, tensor in suspects:
            if tensor.layout != torch.strided or tensor.numel() == 0:
                continue
            if tensor.untyped_storage().data_ptr() in memories:
                self.kept[ref] = tensor.detach().clone()


def observe(
    program: Program, sources: Mapping[str, Tensor], leaves: Mapping[str, Tensor], kind: Kind, step: int
) -> Moment:
    """Run the program once, observed.

    Raises:
        NodeError: an operation failed.
    """
    observation = program.observed(*[sources[ref] for ref in program.inputs], retain=False)
    return Moment(kind, step, observation, leaves)


def _own(gradient: Tensor, leaf: Tensor) -> Tensor:
    """Copy a gradient into memory of its own that lies as the leaf's does, as autograd does."""
    if gradient.layout != torch.strided:
        return gradient.clone()
    return torch.empty_like(leaf, requires_grad=False).copy_(gradient)


def _deposit(leaf: Tensor, before: Tensor | None, fresh: Tensor | None) -> None:
    """Add to what was there, out of place: others may still look at either."""
    if before is None or fresh is None:
        leaf.grad = fresh if before is None else before
    else:
        # A dense tensor takes a sparse one, not the other way round.
        with torch.no_grad():
            leaf.grad = before + fresh if before.layout == torch.strided else fresh + before
