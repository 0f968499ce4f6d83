"""Gives lazy modules their sizes: each becomes the module that it would become at its first call.

It is made where it stands in the file, with the sizes of the first input that it will get, and so has the
numbers of the module that names them. Knows shapes, nothing of torch.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from gradcanvas.catalog.model import Catalog, Overload
from gradcanvas.document import Literal
from gradcanvas.program.binding import Binding, BoundNode, Reference, Scope
from gradcanvas.program.fitting import Given
from gradcanvas.program.matching import match
from gradcanvas.program.refusals import Words

_LAZY = "torch.nn.Lazy"
_SizeOf = Callable[[tuple[int, ...], int], int]
_SIZED: dict[str, tuple[str, _SizeOf]] = {
    "Linear": ("in_features", lambda shape, dimensions: shape[-1]),
    "Conv": ("in_channels", lambda shape, dimensions: shape[-1 - dimensions]),
    "ConvTranspose": ("in_channels", lambda shape, dimensions: shape[-1 - dimensions]),
    "BatchNorm": ("num_features", lambda shape, dimensions: shape[1]),
    "InstanceNorm": ("num_features", lambda shape, dimensions: shape[-1 - dimensions]),
}
"""Family → the argument that is left to the first input, and where its shape has it."""

Sizes = Mapping[tuple[str, str], BoundNode]
"""Scope and id of a lazy module → the module that it becomes."""


def is_lazy(node: BoundNode) -> bool:
    """Tell whether a node is a module whose sizes its first input decides."""
    return node.operation.name.startswith(_LAZY)


def sized(node: BoundNode, shape: tuple[int, ...], catalog: Catalog) -> BoundNode | Words:
    """Return what a lazy module becomes for an input of this shape, or why nothing.

    Args:
        node: the lazy module.
        shape: of its input.
        catalog: the vocabulary.
    """
    short = node.operation.name.removeprefix(_LAZY)
    family, dimensions = (short[:-2], int(short[-2])) if short.endswith("d") else (short, 0)
    argument, size_of = _SIZED[family]
    try:
        size = size_of(shape, dimensions)
    except IndexError:
        message = f"`{node.id}` takes its sizes from its input, which has only {len(shape)} dimensions."
        return "shape", message, f"Give it what `torch.nn.{short}` takes."
    operation = catalog.operations[f"torch.nn.{short}"]
    given = {name: Literal.of(value) for name, value in node.values.items()}
    args = {**_other_defaults(node.overload, operation.overloads[0]), **given, **node.node.args}
    args[argument] = Literal.of(size)
    wired = {name: not isinstance(wire, Reference) for name, wire in node.wires.items()}
    found = match(operation, Given(wired, args), node.id)
    if found.overload is None:
        fault = found.faults[0]
        return fault.code, fault.message, fault.help
    values = {each.name: args[each.name].value for each in found.overload.arguments if each.name in args}
    written = node.node.model_copy(update={"op": operation.name, "args": args})
    return replace(node, operation=operation, overload=found.overload, values=values, node=written)


def _other_defaults(lazy: Overload, becomes: Overload) -> dict[str, Literal]:
    """Return what a lazy module has by default and the module that it becomes has not."""
    defaults = {each.name: each.default for each in becomes.arguments}
    return {
        each.name: Literal.from_text(each.default)
        for each in lazy.arguments
        if each.stage == "make" and each.default is not None and defaults.get(each.name) != each.default
    }


def checking_order(scope: Scope) -> tuple[str, ...]:
    """Return the steps in an order in which lazy modules have their sizes before their parameters are read.

    A step runs in the scope's own order: by then every module is made.
    """
    lazy = {name for name, node in scope.nodes.items() if node.is_module and is_lazy(node)}
    if not lazy:
        return scope.order
    ordered: list[str] = []
    waiting = list(scope.order)
    while waiting:
        missing = lazy.intersection(waiting)
        later: list[str] = []
        for name in waiting:
            needs = {each.node for _, _, each in scope.nodes[name].edges()} - {name}
            if needs & missing:
                missing.add(name)
                later.append(name)
            else:
                missing.discard(name)
                ordered.append(name)
        if len(later) == len(waiting):
            return (*ordered, *later)
        waiting = later
    return tuple(ordered)


def with_sizes(binding: Binding, sizes: Sizes) -> Binding:
    """Return the binding with every lazy module replaced by what it becomes."""
    if not sizes:
        return binding
    functions = {name: _sized_scope(scope, sizes) for name, scope in binding.functions.items()}
    return replace(binding, scope=_sized_scope(binding.scope, sizes), functions=functions)


def _sized_scope(scope: Scope, sizes: Sizes) -> Scope:
    nodes = {name: sizes.get((scope.name, name), node) for name, node in scope.nodes.items()}
    return replace(scope, nodes=nodes)
