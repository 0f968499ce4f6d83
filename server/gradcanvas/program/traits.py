"""What can be told of a node from what it calls: it draws, it changes state, it may require a gradient.

Knows operations and functions, nothing of plans.
"""

from collections.abc import Iterator, Mapping

from gradcanvas.program.binding import BoundNode, Scope

GRADIENT = "gradcanvas.grad"


def draws_or_changes(node: BoundNode, functions: Mapping[str, Scope]) -> bool:
    """Tell whether running a node draws random numbers or changes state, itself or in what it calls."""
    if node.operation.random or node.operation.state:
        return True
    return any(
        draws_or_changes(inner, functions)
        for name in node.functions.values()
        for inner in functions[name].nodes.values()
        if not inner.is_source
    )


def differentiates(node: BoundNode, functions: Mapping[str, Scope]) -> bool:
    """Tell whether a node takes a gradient while it runs, itself or in what it calls."""
    return any(each.operation.name == GRADIENT for each in _with_inner(node, functions))


def takes_gradient(node: BoundNode, functions: Mapping[str, Scope]) -> bool:
    """Tell whether it takes one that can be differentiated in turn."""
    return any(
        each.operation.name == GRADIENT and each.values.get("create_graph") is not False
        for each in _with_inner(node, functions)
    )


def _with_inner(node: BoundNode, functions: Mapping[str, Scope]) -> Iterator[BoundNode]:
    yield node
    for name in node.functions.values():
        for inner in functions[name].nodes.values():
            yield from _with_inner(inner, functions)


def may_require(node: BoundNode, is_fed: bool) -> bool:
    """Tell whether what a node gives may require a gradient.

    Args:
        node: what is called.
        is_fed: something that it is given may.
    """
    if node.operation.name == "gradcanvas.detach":
        return node.values.get("requires_grad") is True
    if node.operation.name == GRADIENT:
        return takes_gradient(node, {}) and is_fed
    return node.is_module or node.is_control or is_fed
