"""What changes the leaves: optimiser, clipping, schedule; knows tensors by reference, not the graph.

`Updates` does what stands in `train` from `clip` to `zero_grad`, in the order of the exported script.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from gradcanvas.program.binding import BoundGroup, BoundOptimizer, BoundScheduler, BoundTrain
from gradcanvas.program.calling import literal_arguments
from gradcanvas.program.schedules import make_schedule, schedule_state
from gradcanvas.training.descent import Descent
from gradcanvas.training.failures import failure

Closure = Callable[[], Tensor]
Callables = Mapping[str, Callable[..., Any]]
Group = tuple[list[Tensor], dict[str, Any]]
_NOTHING: Mapping[Tensor, Tensor] = {}


class Optimiser(Protocol):
    """What of `torch.optim.Optimizer` is used here."""

    param_groups: list[dict[str, Any]]
    state: Any

    def step(self, closure: Any = None) -> Any:
        """Update the leaves from their gradients."""

    def zero_grad(self) -> None:
        """Empty the gradients."""


class Updates:
    """The optimiser of a graph over its leaves, with clipping and schedule.

    Args:
        train: what the graph says; without an optimiser nothing can be updated.
        leaves: reference → tensor, in key order.
        group_of: reference → name of its parameter group, where it has one.
        callables: the catalogue's callables.
    """

    def __init__(
        self,
        train: BoundTrain | None,
        leaves: Mapping[str, Tensor],
        group_of: Mapping[str, str],
        callables: Callables,
    ) -> None:
        self.train = train
        self.leaves = _without_doubles(leaves)
        self.tensors = list(self.leaves.values())
        self.optimiser: Optimiser | None = None
        self.scheduler: Any = None
        self.scheduled = 0
        self.resting: Updates | None = None
        self._callables = callables
        if train is not None and train.optimizer is not None and self.leaves:
            self.optimiser = self._make(train.optimizer, group_of)
            self.scheduler = self._schedule(train.scheduler)

    @property
    def needs_closure(self) -> bool:
        """Whether a step evaluates the loss itself (LBFGS)."""
        return isinstance(self.optimiser, torch.optim.LBFGS)

    def clip(self) -> None:
        """Clip the gradients, by norm or by value, where the graph says so.

        Raises:
            RunError: torch cannot clip such gradients.
        """
        if self.train is None:
            return
        try:
            if self.train.clip_norm is not None:
                torch.nn.utils.clip_grad_norm_(self.tensors, self.train.clip_norm)
            elif self.train.clip_value is not None:
                torch.nn.utils.clip_grad_value_(self.tensors, self.train.clip_value)
        except Exception as error:
            raise failure(error, "/train/clip") from error

    def apply(self, closure: Closure | None = None) -> None:
        """Update the leaves once.

        Raises:
            RunError: the optimiser, or what it evaluates, failed.
        """
        if self.optimiser is None:
            return
        try:
            self.optimiser.step(closure) if closure else self.optimiser.step()
        except Exception as error:
            raise failure(error, "/train/optimizer") from error

    @property
    def takes_gradients(self) -> bool:
        """Whether a step can be made by `take`: nothing is clipped, and no leaf has a gradient."""
        if not isinstance(self.optimiser, Descent) or self.train is None or self.train.clips:
            return False
        return self.optimiser.has_no_grad and self.optimiser.is_empty

    def take(self, fresh: Mapping[str, Tensor | None]) -> None:
        """Do what depositing these gradients, `clip`, `apply`, `advance` and `zero` would, with less ado.

        Args:
            fresh: reference → what the backward gave.

        Raises:
            RunError: the optimiser failed.
        """
        assert isinstance(self.optimiser, Descent)
        try:
            self.optimiser.take([(leaf, fresh[ref]) for ref, leaf in self.leaves.items()])
        except Exception as error:
            raise failure(error, "/train/optimizer") from error

    def advance(self, loss: Tensor) -> None:
        """Move the schedule on by one step."""
        if self.scheduler is None:
            return
        self.scheduled += 1
        if isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self.scheduler.step(loss.item())
        else:
            self.scheduler.step()

    def zero(self, *, keep: bool = False) -> None:
        """Empty the gradients as the optimiser does it; `keep`: the old tensors are still looked at."""
        if self.optimiser is None:
            for leaf in self.tensors:
                if leaf.grad is not None:
                    leaf.grad = torch.zeros_like(leaf.grad)
            return
        if keep and isinstance(self.optimiser, Descent):
            self.optimiser.let_go()
        else:
            self.optimiser.zero_grad()

    @property
    def owed_zeros(self) -> Mapping[Tensor, Tensor]:
        """Leaf → zeros, where `.grad` is None and should hold them."""
        return self.optimiser.owed if isinstance(self.optimiser, Descent) else _NOTHING

    def settle(self) -> None:
        """Let `.grad` be what it should be, where an observed step left that for later."""
        if isinstance(self.optimiser, Descent) and self.optimiser.owed:
            self.optimiser.settle()

    def adopt(self, older: "Updates") -> bool:
        """Go on with the state of `older` for every leaf that is still the same tensor.

        Where there is no optimiser, for a field of `train` is wrong, the older one rests until there is.

        Returns:
            Whether the state was kept; False where another kind of optimiser begins anew.
        """
        before = older if older.optimiser is not None else older.resting
        if self.optimiser is None or before is None or before.optimiser is None:
            self.resting = before
            return True
        if not _same_kind(self.train, before.train) or not self._are_same_vector(before):
            return False
        known = before.optimiser.state
        for leaf in self.tensors:
            if leaf in known:
                self.optimiser.state[leaf] = known[leaf]
        self._catch_up(before)
        return True

    def state(self) -> dict[str, Any]:
        """Give everything a later `restore` needs, as dicts, lists, numbers and tensors."""
        if self.optimiser is None:
            return {}
        known = self.optimiser.state
        groups = [
            {key: value for key, value in group.items() if key != "params"}
            for group in self.optimiser.param_groups
        ]
        return {
            "leaves": {ref: known[leaf] for ref, leaf in self.leaves.items() if leaf in known},
            "groups": groups,
            "scheduler": schedule_state(self.scheduler) if self.scheduler is not None else None,
            "scheduled": self.scheduled,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave."""
        if self.optimiser is None or not state:
            return
        for ref, known in state["leaves"].items():
            if ref in self.leaves and self._is_of_all(known):
                self.optimiser.state[self.leaves[ref]] = dict(known)
        for group, saved in zip(self.optimiser.param_groups, state["groups"], strict=False):
            group.update(saved)
        self.scheduled = state["scheduled"]
        if self.scheduler is not None and state["scheduler"] is not None:
            self.scheduler.load_state_dict(state["scheduler"])

    def _are_same_vector(self, older: "Updates") -> bool:
        """Whether what LBFGS remembers of all leaves as one vector is of the present ones."""
        if not self.needs_closure or len(self.tensors) != len(older.tensors):
            return not self.needs_closure
        return all(one is other for one, other in zip(self.tensors, older.tensors, strict=True))

    def _is_of_all(self, known: Mapping[str, Any]) -> bool:
        direction = known.get("d") if self.needs_closure else None
        return direction is None or direction.numel() == sum(leaf.numel() for leaf in self.tensors)

    def _make(self, bound: BoundOptimizer, group_of: Mapping[str, str]) -> Optimiser:
        arguments = _passed(bound.own)
        groups: dict[str, Group] = {}
        for ref, leaf in self.leaves.items():
            name = group_of.get(ref, "")
            special = bound.groups.get(name)
            given = _passed(special) if special else {}
            groups.setdefault(name if special else "", ([], given))[0].append(leaf)
        listed = [{"params": members, **special} for members, special in groups.values()]
        if bound.operation.name == "gradcanvas.descent":
            return Descent({**arguments, **group} for group in listed)
        make = self._callables[bound.operation.name]
        made: Optimiser = make(
            self.tensors if len(listed) == 1 and len(listed[0]) == 1 else listed, **arguments
        )
        return made

    def _schedule(self, bound: BoundScheduler | None) -> Any:
        if bound is None or not isinstance(self.optimiser, torch.optim.Optimizer):
            return None
        try:
            return make_schedule(bound, self.optimiser, self._callables)
        except Exception as error:
            raise failure(error, "/train/scheduler") from error

    def _catch_up(self, older: "Updates") -> None:
        """Bring the schedule to where the older one stood."""
        if self.scheduler is None or self.train is None or older.train is None:
            return
        if self.train.optimizer == older.train.optimizer and self.train.scheduler == older.train.scheduler:
            self.restore({**older.state(), "leaves": {}})
        elif not isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self.optimiser._opt_called = True  # type: ignore[union-attr]
            for _ in range(older.scheduled):
                self.scheduler.step()
            self.scheduled = older.scheduled


def _passed(bound: BoundGroup) -> dict[str, Any]:
    args, passed = literal_arguments(bound.overload, bound.values)
    assert not args
    return passed


def _without_doubles(leaves: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Keep the first reference of each tensor: tied weights are one leaf."""
    seen: set[int] = set()
    kept = {}
    for ref, leaf in leaves.items():
        if id(leaf) not in seen:
            seen.add(id(leaf))
            kept[ref] = leaf
    return kept


def _same_kind(one: BoundTrain | None, other: BoundTrain | None) -> bool:
    """Whether the state of one optimiser means the same to the other: same op, and no switch was thrown."""
    if one is None or other is None or one.optimizer is None or other.optimizer is None:
        return False
    if one.optimizer.operation.name != other.optimizer.operation.name:
        return False
    return all(
        _switches(mine) == _switches(theirs)
        for mine, theirs in zip(_argument_sets(one.optimizer), _argument_sets(other.optimizer), strict=False)
    )


def _argument_sets(bound: BoundOptimizer) -> Sequence[Mapping[str, object]]:
    return [bound.values, *(bound.groups[name].values for name in sorted(bound.groups))]


def _switches(values: Mapping[str, object]) -> dict[str, bool]:
    """Give the arguments that decide which tensors the state has."""
    thrown = {name: value for name, value in values.items() if isinstance(value, bool)}
    return {name: True for name, value in [*thrown.items(), ("momentum", values.get("momentum"))] if value}
