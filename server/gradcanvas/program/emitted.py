"""What a generated function is found by: which place of its result is which edge, output or trace.

Knows plans and torch.fx nodes; writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import fx

from gradcanvas.program.plan import PlannedEdge, Step


@dataclass(slots=True)
class Emitted:
    """One generated function.

    Attributes:
        run: takes the inputs and then the sources.
        edges: edge → place in the result of what the consumer was given: the tensor or its alias.
        watches: step → place of what its `WatchedCall` saw.
        traces: control step → place of what happened in it.
        results: step → places of its outputs; of one with many, the place of all of them.
        shown: name → place, of sources and then of outputs.
        sources: how many of those are sources.
        many: name → step, where the outputs stand as one tuple.
        outputs: places of what was asked for.
        keeping: places of the tensors that are to keep their gradients.
        loss_alone: only the backward begins at the loss, so that its gradient is known without keeping it.
    """

    run: Callable[..., Any]
    edges: dict[PlannedEdge, int] = field(default_factory=dict)
    watches: dict[Step, int] = field(default_factory=dict)
    traces: dict[Step, int] = field(default_factory=dict)
    results: dict[Step, tuple[int, ...]] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    sources: int = 0
    many: dict[str, Step] = field(default_factory=dict)
    outputs: tuple[int | None, ...] = ()
    keeping: tuple[int, ...] = ()
    loss_alone: bool = False


class Returned:
    """What an observed function returns: each tensor once."""

    def __init__(self) -> None:
        self.nodes: list[fx.Node] = []
        self._places: dict[fx.Node, int] = {}

    def place(self, node: fx.Node) -> int:
        """Have a node returned, and tell at which place."""
        if node not in self._places:
            self._places[node] = len(self.nodes)
            self.nodes.append(node)
        return self._places[node]


def not_written(*tensors: torch.Tensor) -> Any:
    """Stand for the function until it is written."""
    raise AssertionError("the function is not written yet")
