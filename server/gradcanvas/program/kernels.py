"""What torch's schemas tell of an operation that is nothing but one of its kernels. Knows no tensors."""

from functools import cache

import torch

from gradcanvas.program.binding import BoundNode


def has_own_memory(node: BoundNode) -> bool:
    """Tell whether no output of a node can share memory with anything that it is given; False: perhaps."""
    if node.is_source or node.is_module or node.is_control or node.passes is not None:
        return False
    return _are_kernels(*_names(node), frozenset({"pointwise", "reduction"}))


def is_pointwise(node: BoundNode) -> bool:
    """Tell whether a node computes each element by itself, whichever of its kernels it is; False: perhaps."""
    return _are_kernels(*_names(node), frozenset({"pointwise"}))


def _names(node: BoundNode) -> tuple[str, tuple[str, ...]]:
    return node.operation.name, tuple(each.of for each in node.operation.derivatives)


@cache
def _are_kernels(name: str, operators: tuple[str, ...], tags: frozenset[str]) -> bool:
    """Tell whether an operation is never anything but kernels that torch calls by one of these tags.

    Schemas alone do not tell: what torch composes of several (`reshape`, `contiguous`) names no alias
    either, and may give on what it is given.
    """
    last = name.rpartition(".")[2]
    return bool(operators) and all(
        each.partition(".")[0] == last and _computes_anew(each, tags) for each in operators
    )


def _computes_anew(operator: str, tags: frozenset[str]) -> bool:
    name, _, overload = operator.partition(".")
    found = getattr(getattr(torch.ops.aten, name, None), overload or "default", None)
    if found is None or torch._C._dispatch_has_kernel_for_dispatch_key(
        found.name(), "CompositeImplicitAutograd"
    ):
        return False
    is_plain = not tags.isdisjoint(tag.name for tag in found.tags)
    return is_plain and all(returned.alias_info is None for returned in found._schema.returns)
