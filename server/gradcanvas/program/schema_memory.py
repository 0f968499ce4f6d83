"""Which operations always give memory of their own: told by torch's schemas. Knows operations, no tensors."""

from functools import cache

import torch

from gradcanvas.program.binding import BoundNode


def has_own_memory(node: BoundNode) -> bool:
    """Tell whether no output of a node can share memory with anything that it is given; False: perhaps."""
    if node.is_source or node.is_module or node.is_control or node.passes is not None:
        return False
    return _makes_its_own(node.operation.name, tuple(each.of for each in node.operation.derivatives))


@cache
def _makes_its_own(name: str, operators: tuple[str, ...]) -> bool:
    """Tell whether an operation is never anything but kernels that torch calls pointwise or reductions.

    Schemas alone do not tell: what torch composes of several (`reshape`, `contiguous`) names no alias
    either, and may give on what it is given.
    """
    last = name.rpartition(".")[2]
    return bool(operators) and all(
        each.partition(".")[0] == last and _computes_anew(each) for each in operators
    )


def _computes_anew(operator: str) -> bool:
    name, _, overload = operator.partition(".")
    found = getattr(getattr(torch.ops.aten, name, None), overload or "default", None)
    if found is None or torch._C._dispatch_has_kernel_for_dispatch_key(
        found.name(), "CompositeImplicitAutograd"
    ):
        return False
    tags = {tag.name for tag in found.tags}
    is_plain = bool(tags & {"pointwise", "reduction"})
    return is_plain and all(returned.alias_info is None for returned in found._schema.returns)
