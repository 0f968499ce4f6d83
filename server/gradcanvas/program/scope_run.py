"""What is known of the tensors of one scope while it is gone through without numbers.

Knows references and metas; how they come about is `evaluation`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from gradcanvas.program.binding import BoundNode, Reference, Scope
from gradcanvas.program.metas import Meta, Unknown, Value
from gradcanvas.program.values import dtype_name


class Lost:
    """Stands for a tensor that is not there because what makes it cannot run."""


LOST: Final = Lost()
Fed = Value | Lost


@dataclass(frozen=True, slots=True)
class OutputMeta:
    """What is known of an output before it runs; None is what the data decide.

    Attributes:
        shape: sizes, None where only the data decide it; None altogether if not even their number is known.
        dtype: its name.
        requires_grad: whether autograd follows it.
    """

    shape: tuple[int | None, ...] | None
    dtype: str | None
    requires_grad: bool | None


@dataclass(slots=True)
class ScopeRun:
    """One passage through a scope.

    Attributes:
        scope: the nodes.
        inputs: what the function is called with.
        prefix: path of what called it: "", "call/".
        values: id → outputs, once they are known; None if not even their number is.
        parameters: id of a module → what it owns.
        lost: ids that cannot run.
    """

    scope: Scope
    inputs: Mapping[str, Fed]
    prefix: str
    values: dict[str, tuple[Value, ...] | None] = field(default_factory=dict)
    parameters: dict[str, Mapping[str, Meta]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def outputs(self) -> dict[str, Fed]:
        """Return what the function gives."""
        return {name: self.peek(reference) for name, reference in self.scope.outputs.items()}

    def peek(self, reference: Reference) -> Fed:
        """Return what a reference leads to; LOST also where there is no such output."""
        if reference.kind == "input":
            return self.inputs.get(reference.node, LOST)
        if reference.kind == "parameter":
            owner = self.scope.nodes[reference.node].owner
            return self.parameters.get(owner, {}).get(reference.output, LOST)
        if reference.node not in self.values:
            return LOST
        values = self.values[reference.node]
        if values is None:
            return Unknown()
        return values[reference.index] if reference.index < len(values) else LOST


def output_name(node: BoundNode, place: int) -> str:
    """Return the name of the output at a place; numbers where a list gives any number of them."""
    return node.outputs[place].name if place < len(node.outputs) else str(place)


def unknown_outputs(node: BoundNode) -> tuple[Value, ...] | None:
    """Return what stands for the outputs of a node of which only the data decide what it gives."""
    if any(each.many for each in node.outputs):
        return None
    return tuple(Unknown() for _ in node.outputs)


@lru_cache(maxsize=4096)
def output_meta(value: Meta | Unknown) -> OutputMeta:
    """Return what is told of a tensor."""
    dtype = None if value.dtype is None else dtype_name(value.dtype)
    return OutputMeta(value.shape, dtype, value.requires_grad)
