"""What flows back along one edge, from its consumer alone: a vector-Jacobian product in isolation."""

from collections.abc import Mapping
from typing import Any

import torch

from gradcanvas.catalog import callables
from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.calling import call_arguments
from gradcanvas.program.pieces import flatten_outputs


def local_gradients(
    node: BoundNode, values: Mapping[str, torch.Tensor], modules: Mapping[str, torch.nn.Module]
) -> dict[str, torch.Tensor | None]:
    """Return edge → gradient: the node called alone on copies of its inputs, given its outputs' gradients.

    Args:
        node: one that draws no random numbers.
        values: everything that the graph computed, with `.grad` of its own.
        modules: by path.
    """
    stand_ins: dict[str, torch.Tensor] = {}
    edges = iter(list(node.edges()))

    def fed(reference: Reference) -> torch.Tensor:
        edge, _, expected = next(edges)
        assert reference == expected
        tensor = values[str(reference)].detach()
        stand_ins[edge] = tensor.requires_grad_(values[str(reference)].requires_grad)
        return tensor

    args, kwargs = call_arguments(node, fed)
    call: Any = modules[node.owner] if node.is_module else callables()[node.operation.name]
    outputs = flatten_outputs(call(*args, **kwargs))
    pairs = [(out, values[_name(node, i)].grad) for i, out in enumerate(outputs) if out.requires_grad]
    given = [(out, gradient) for out, gradient in pairs if gradient is not None]
    wanted = {edge: tensor for edge, tensor in stand_ins.items() if tensor.requires_grad}
    if not given or not wanted:
        return dict.fromkeys(stand_ins)
    found = torch.autograd.grad(
        [out for out, _ in given], list(wanted.values()), [each for _, each in given], allow_unused=True
    )
    return {**dict.fromkeys(stand_ins), **dict(zip(wanted, found, strict=True))}


def _name(node: BoundNode, place: int) -> str:
    if place == 0:
        return node.id
    output = node.outputs[place].name if place < len(node.outputs) else str(place)
    return f"{node.id}.{output}"
