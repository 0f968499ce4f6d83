"""Calls what a node names on fake tensors, each distinct call once.

Knows the callables and how a node calls them; what a check makes of the answer is not its matter.
"""

from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, MethodDescriptorType
from typing import Any

import torch

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.calling import call_arguments
from gradcanvas.program.data_node import is_data
from gradcanvas.program.data_tensors import data_given
from gradcanvas.program.kernels import is_pointwise
from gradcanvas.program.likeness import argument_texts, kinds_of_numbers, made_key, make_module
from gradcanvas.program.literal_data import data_meta
from gradcanvas.program.metas import Meta
from gradcanvas.program.shapes import Given, Made, Refusal, Shapes
from gradcanvas.program.values import DTYPE

_BUILT_IN = (BuiltinFunctionType, MethodDescriptorType)


class FakeCalls:
    """Answers what the calls of nodes give.

    Args:
        callables: name of an operation → what it calls.
        shapes: remembers the answers.
    """

    def __init__(self, callables: Mapping[str, Callable[..., Any]], shapes: Shapes) -> None:
        self._callables = callables
        self._shapes = shapes

    def source(self, node: BoundNode) -> Given | Refusal:
        """Return what a source gives; of one that holds its data, without making them a tensor."""
        if is_data(node.operation):
            return data_given(node)
        data = next((each for each in node.overload.arguments if each.type == "data"), None)
        if node.operation.kind == "source" and data is not None and data.name in node.values:
            dtype = node.values.get("dtype")
            value = node.values[data.name]
            key = ("data", argument_texts(node))
            return self._shapes.remembered(key, lambda: data_meta(value, DTYPE.get(str(dtype))))
        return self.operation(node, {})

    def operation(self, node: BoundNode, fed: Mapping[str, Meta]) -> Given | Refusal:
        """Return what an operation gives for what its wires carry."""
        return self._call(node, fed, lambda: self._callables[node.operation.name])

    def module(self, node: BoundNode, owner: BoundNode, fed: Mapping[str, Meta]) -> Given | Refusal:
        """Return what the module that `owner` makes gives, called as `node` calls it."""

        def callee() -> Callable[..., Any]:
            return make_module(owner, self._callables).train(owner.node.mode != "eval")

        return self._call(node, fed, callee, (*made_key(owner), owner.node.mode))

    def made(self, node: BoundNode) -> Made | Refusal:
        """Return what a module owns."""
        return self._shapes.module(("module", made_key(node)), lambda: make_module(node, self._callables))

    def _call(
        self,
        node: BoundNode,
        fed: Mapping[str, Meta],
        callee: Callable[[], Callable[..., Any]],
        made: tuple[object, ...] = (),
    ) -> Given | Refusal:
        def run(tensor: Callable[[Meta], torch.Tensor]) -> object:
            tensors = [tensor(meta) for meta in fed.values()]
            by_reference = {edge[2]: each for edge, each in zip(node.edges(), tensors, strict=True)}
            positional, keywords = call_arguments(node, by_reference.__getitem__)
            return callee()(*positional, **keywords)

        def key(texts: tuple[object, ...]) -> tuple[object, ...]:
            return (node.operation.name, texts, tuple(fed.items()), made)

        if not self.is_kernel(node):
            return self._shapes.call(key(argument_texts(node)), run)
        return self._shapes.call_alike(
            key(kinds_of_numbers(node)), lambda: key(("exactly", *argument_texts(node))), run
        )

    def is_kernel(self, node: BoundNode) -> bool:
        """Tell whether a node is one pointwise kernel and no Python, which may look at its numbers."""
        return is_pointwise(node) and isinstance(self._callables.get(node.operation.name), _BUILT_IN)
