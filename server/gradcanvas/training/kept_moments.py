"""What an optimiser remembers of a leaf, held against what it would remember. Knows one leaf.

What it would remember it says itself: it makes one step on a tensor that has a shape and no numbers.
"""

import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import torch
from torch import Tensor

from gradcanvas.catalog import callables
from gradcanvas.program.binding import BoundGroup, BoundOptimizer
from gradcanvas.program.calling import literal_arguments
from gradcanvas.program.values import DTYPE, dtype_name

_FREE = ("lr", "foreach", "fused")
"""Arguments that do not change what is remembered, and that a tensor without numbers may not take."""

_BY_CLOSURE = "torch.optim.LBFGS"
_BEGUN = frozenset({"func_evals", "n_iter"})
_GOING = _BEGUN | {"d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss"}
_SEARCHED = _GOING | {"al"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """What an optimiser is given: shape, and the name of the dtype."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


def misfit_of_moments(
    optimizer: BoundOptimizer,
    group: BoundGroup | None,
    leaf: Leaf,
    moments: Mapping[str, object],
    total: int | None,
) -> str | None:
    """Say how what is remembered differs from what the optimiser would remember; None if it does not.

    Args:
        optimizer: as the graph has it.
        group: what is special for this leaf.
        leaf: what it is remembered of.
        moments: what is remembered, by name.
        total: numbers in all leaves; None if not known.

    Returns:
        The end of a sentence: "lacks `exp_avg`".
    """
    if not moments:
        return None
    if optimizer.operation.name == _BY_CLOSURE:
        return _misfit_of_directions(leaf, moments, total)
    arguments: dict[str, Any] = {}
    for given in (optimizer.own, group):
        if given is not None:
            arguments |= literal_arguments(given.overload, given.values)[1]
    deciding = tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in arguments.items()
        if name not in _FREE
    )
    fresh = _fresh(optimizer.operation.name, deciding, leaf)
    return (
        None if fresh is None else _difference(fresh, {name: _kind(each) for name, each in moments.items()})
    )


@lru_cache(maxsize=1024)
def _fresh(name: str, arguments: tuple[tuple[str, Any], ...], leaf: Leaf) -> dict[str, str] | None:
    """Return the kinds of what is remembered after one step; None if that cannot be told."""
    parameter = torch.empty(leaf.shape, dtype=DTYPE[leaf.dtype], device="meta", requires_grad=True)
    parameter.grad = _gradient(name, parameter)
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        optimiser = callables()[name]([parameter], **dict(arguments))
        with suppress(Exception):  # some ask for a number, after they have made what they remember
            optimiser.step()
        return {key: _kind(value) for key, value in optimiser.state[parameter].items()}
    return None


def _gradient(name: str, parameter: Tensor) -> Tensor:
    if not name.endswith(".SparseAdam") or not parameter.dim():
        return torch.empty_like(parameter, requires_grad=False)
    places = torch.empty((parameter.dim(), 0), dtype=torch.int64, device="meta")
    numbers = torch.empty((0,), dtype=parameter.dtype, device="meta")
    return torch.sparse_coo_tensor(places, numbers, parameter.shape, check_invariants=False)


def _difference(fresh: Mapping[str, str], kept: Mapping[str, str]) -> str | None:
    for name, kind in fresh.items():
        if name not in kept:
            return f"lacks `{name}`"
        if kept[name] != kind:
            return f"has as `{name}` {kept[name]}, and it would be {kind}"
    strange = next((name for name in kept if name not in fresh), None)
    return None if strange is None else f"has `{strange[:80]}`, which it would not remember"


def _kind(value: object) -> str:
    if isinstance(value, Tensor):
        return f"{dtype_name(value.dtype)} of shape {tuple(value.shape)}"
    return f"of the type {type(value).__name__}"


def _misfit_of_directions(leaf: Leaf, moments: Mapping[str, object], total: int | None) -> str | None:
    """Say what is wrong with what LBFGS remembers of all leaves, as vectors, beside the first of them."""
    wanted = _BEGUN if moments.keys() <= _BEGUN else _GOING
    missing, strange = sorted(wanted - moments.keys()), sorted(moments.keys() - _SEARCHED)
    if missing or strange:
        return f"lacks `{missing[0]}`" if missing else f"has `{strange[0][:80]}`, which it would not remember"
    for name in sorted(_BEGUN):
        if type(moments[name]) is not int:
            return f"has as `{name}` {_kind(moments[name])}, and it would be of the type int"
    for name in ("d", "prev_flat_grad", "old_dirs", "old_stps"):
        value = moments.get(name, [])
        for each in value if isinstance(value, list) else [value]:
            kind = _kind(each)
            if not isinstance(each, Tensor) or each.dim() != 1 or dtype_name(each.dtype) != leaf.dtype:
                return f"has in `{name}` {kind}, and it would be a vector of {leaf.dtype}"
            if total is not None and each.numel() != total:
                return f"has in `{name}` {kind}, and all leaves together hold {total} numbers"
    return None
