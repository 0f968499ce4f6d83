"""Writes graph files call by call, and the loss that gives every output a gradient of its own."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from gradcanvas.catalog import Overload, callables, load_catalog
from tests.conformance import literals
from tests.conformance.binding import bind_call
from tests.conformance.indices import index_call
from tests.conformance.inexpressible import InexpressibleError
from tests.conformance.layouts import Layout, layout_of
from tests.conformance.parts import Part
from tests.conformance.rows import Inner

Json = dict[str, Any]

SEED = 42
"""What torch's own wrappers of random operations seed with."""


class GraphWriter:
    """One graph file being written.

    Attributes:
        leaves: the id of each source that collects a gradient → the sample's own tensor, and how it lies.
    """

    def __init__(self, *, is_storage_seen: bool = False) -> None:
        self.is_storage_seen = is_storage_seen
        self.nodes: dict[str, Json] = {}
        self.leaves: dict[str, tuple[torch.Tensor, Layout]] = {}
        self._written: dict[int, str] = {}
        self._inner: dict[int, str] = {}

    def tensor(self, tensor: torch.Tensor) -> str:
        """Write a tensor of a sample once; return the reference to it."""
        if id(tensor) in self._written:
            return self._written[id(tensor)]
        layout = layout_of(tensor, is_storage_seen=self.is_storage_seen)
        name = f"source_{len(self._written)}"
        self.nodes[name] = literals.source(layout.base(tensor))
        if tensor.requires_grad:
            self.nodes[name]["requires_grad"] = True
            self.leaves[name] = (tensor, layout)
        reference = name
        if layout.order is not None:
            args: Json = {"dims": list(layout.order)}
            reference = self.node(f"{name}_laid", "torch.permute", {"input": reference}, args)
        if layout.expanded is not None:
            sizes = {"size": list(layout.expanded)}
            reference = self.node(f"{name}_expanded", "torch.Tensor.expand", {"self": reference}, sizes)
        if layout.window is not None:
            size, stride, offset = layout.window
            args = {"size": list(size), "stride": list(stride), "storage_offset": offset}
            reference = self.node(f"{name}_window", "torch.as_strided", {"input": reference}, args)
        if layout.is_conjugate:
            reference = self.node(f"{name}_conjugate", "torch.conj", {"input": reference})
        self._written[id(tensor)] = reference
        return reference

    def wired(self, value: torch.Tensor | Inner) -> str:
        """Write what gives a tensor; return the reference to it."""
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if id(value) not in self._inner:
            name = self._inner[id(value)] = f"inner_{len(self._inner)}"
            self.operation(name, value.operation, value.args, {})
        return self._inner[id(value)]

    def operation(self, name: str, operation: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Write a call as Python makes it."""
        found = load_catalog().operations.get(operation)
        if found is None:
            raise InexpressibleError("the catalogue does not offer it")
        if operation == "torch.Tensor.__getitem__":
            text, tensors = index_call(args[1])
            wires = {"self": self.wired(args[0]), **{key: self.tensor(each) for key, each in tensors.items()}}
            return self.node(name, operation, wires, {"index": text})
        overload, given = bind_call(found, callables()[operation], args, kwargs)
        return self.call(name, operation, overload, given)

    def call(self, name: str, operation: str, overload: Overload, given: Mapping[str, Any]) -> str:
        """Write a call of an operation: tensors are wired, everything else is typed."""
        arguments = {each.name: each for each in overload.arguments}
        inputs: Json = {}
        args: Json = {}
        for argument, value in given.items():
            if isinstance(value, Part):
                args[argument] = {"op": f"torch.nn.{value.kind.__name__}", "args": _plain_part(value)}
            elif arguments[argument].type == "constant" and isinstance(value, torch.Tensor):
                args[argument] = literals.source(value.detach().contiguous())["args"]
            elif isinstance(value, (torch.Tensor, Inner)):
                inputs[argument] = self.wired(value)
            elif arguments[argument].type == "tensors" and value is not None:
                inputs[argument] = [self.tensor(each) for each in value]
            elif value is not None or arguments[argument].nullable:
                args[argument] = literals.plain(value)
        return self.node(name, operation, inputs, args)

    def node(self, name: str, operation: str, inputs: Json | None = None, args: Json | None = None) -> str:
        """Write one node; return its id."""
        self.nodes[name] = {"op": operation, "inputs": inputs or {}, "args": args or {}}
        return name

    def loss(self, outputs: Mapping[str, torch.Tensor], *, is_relaid: bool = False) -> str | None:
        """Write the loss of `loss_of`; return its id, None where no output has a gradient."""
        total: str | None = None
        for place, (reference, output) in enumerate(outputs.items()):
            if not output.requires_grad:
                continue
            wide = reference
            if is_relaid:
                wide = self.node(f"plain_{place}", "torch.Tensor.contiguous", {"self": wide})
            if output.dtype is torch.complex32:
                wide = self.node(f"wide_{place}", "torch.Tensor.cfloat", {"self": wide})
            size = self.node(f"size_{place}", "torch.abs", {"input": wide})
            wave = self.node(f"wave_{place}", "torch.sin", {"input": size})
            part = self.node(f"part_{place}", "torch.sum", {"input": wave})
            total = (
                part
                if total is None
                else self.node(f"total_{place}", "torch.add", {"input": total, "other": part})
            )
        return total

    def text(self, loss: str | None, **train: Any) -> str:
        """Return the file.

        Args:
            loss: the loss's id.
            train: what else the training is told.
        """
        told = {} if loss is None else {"train": {"loss": loss, **train}}
        return json.dumps({"gradcanvas": 1, "seed": SEED, "device": "cpu", "nodes": self.nodes, **told})


def _plain_part(part: Part) -> Json:
    return {name: literals.plain(value) for name, value in part.args.items()}


def named_outputs(node: str, outputs: Sequence[torch.Tensor | None]) -> dict[str, torch.Tensor]:
    """Return the outputs of a node that are there, by the references to them."""
    names = (node if place == 0 else f"{node}.{place}" for place in range(len(outputs)))
    return {name: output for name, output in zip(names, outputs, strict=True) if output is not None}


def loss_of(outputs: Mapping[str, torch.Tensor], *, is_relaid: bool = False) -> torch.Tensor | None:
    """Return one number that depends on every element of every output, and on no phase or sign of it.

    Phases and signs of eigenvectors are torch's free choice, and it refuses losses that depend on them.

    Args:
        outputs: by any names.
        is_relaid: a memory format was asked for, which a graph does not give: the loss is then computed on
            the numbers in their own order, because how they lie decides how they are rounded.
    """
    total: torch.Tensor | None = None
    for output in outputs.values():
        if output.requires_grad:
            plain = output.contiguous() if is_relaid else output
            wide = plain.to(torch.complex64) if plain.dtype is torch.complex32 else plain
            part = wide.abs().sin().sum()
            total = part if total is None else total + part
    return total
