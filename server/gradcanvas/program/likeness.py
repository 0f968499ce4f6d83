"""When two nodes are the same call, and a module as its node says. Knows no shapes, no graph around them."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import torch
from torch._subclasses.fake_tensor import DataDependentOutputException
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

from gradcanvas.program.binding import BoundNode, BoundPart
from gradcanvas.program.calling import literal_arguments, make_arguments
from gradcanvas.program.literals import fingerprint
from gradcanvas.program.renewing import renewable_kinds
from gradcanvas.program.values import part_arguments


def make_module(node: BoundNode, calls: Mapping[str, Callable[..., Any]]) -> torch.nn.Module:
    """Make a module on whatever device is the default, filled and frozen as its node says."""
    positional, keywords = make_arguments(node)
    module = construct(calls, node.operation.name, positional, keywords)
    parameters = dict(module.named_parameters())
    for init in node.inits:
        if init.parameter in parameters:
            positional, keywords = literal_arguments(init.overload, init.values)
            # `trunc_normal_` looks at what it drew, which a fake tensor cannot show: shapes stay as they are.
            with suppress(DataDependentOutputException, GuardOnDataDependentSymNode):
                calls[init.operation.name](parameters[init.parameter], *positional, **keywords)
    asked = node.node.requires_grad
    if isinstance(asked, bool):
        module.requires_grad_(asked)
    for name, required in asked.items() if isinstance(asked, dict) else ():
        if name in parameters:
            parameters[name].requires_grad_(required)
    return module


def construct(
    calls: Mapping[str, Callable[..., Any]], name: str, positional: Sequence[Any], keywords: Mapping[str, Any]
) -> torch.nn.Module:
    """Make a module, the modules that it is made of first."""
    if not any(isinstance(each, BoundPart) for each in keywords.values()):
        module: torch.nn.Module = calls[name](*positional, **keywords)
        return module
    parts = {
        key: construct(calls, each.name, (), part_arguments(each)) if isinstance(each, BoundPart) else each
        for key, each in keywords.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what it does is as right without nested tensors
        return construct(calls, name, positional, parts)


def argument_texts(node: BoundNode) -> tuple[tuple[str, object], ...]:
    """Return the literals of a node, equal for two nodes that are called with the same."""
    if node.owner != node.id:
        return tuple((name, fingerprint(repr(value))) for name, value in node.values.items())
    return tuple((name, fingerprint(literal.text)) for name, literal in node.node.args.items())


_LARGEST_ALIKE = torch.finfo(torch.float16).max


def kinds_of_numbers(node: BoundNode) -> tuple[object, ...]:
    """Return the literals of a node's call, numbers by their kind and sign alone.

    For what computes element by element they decide no shape and no dtype, whoever torch takes: but for 0, 1
    and -1, which it may not look at further, and for what is beyond the smallest dtype's range or not finite.
    What torch refuses may be the one number alone.
    """
    texts = argument_texts(node)
    numbers = renewable_kinds(node)
    return tuple((name, _kind(node.values[name], text) if name in numbers else text) for name, text in texts)


def _kind(number: Any, text: object) -> object:
    if number in (0, 1, -1) or abs(number) > _LARGEST_ALIKE:
        return text
    return type(number).__name__, number > 0


def made_key(node: BoundNode) -> tuple[object, ...]:
    """Return what decides how a module is made."""
    inits = tuple(
        (name, init.op, tuple((key, literal.text) for key, literal in init.args.items()))
        for name, init in node.node.init.items()
    )
    asked = node.node.requires_grad
    frozen = tuple(asked.items()) if isinstance(asked, dict) else asked
    return (node.operation.name, argument_texts(node), frozen, inits)
