"""What a step changes, and where the loop stands; plain data, knows no verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gradcanvas.training.batches import Batches
from gradcanvas.training.optimisers import Updates
from gradcanvas.training.randomness import borrowed


@dataclass
class Standing:
    """Where the loop stands.

    Attributes:
        step: how many steps have been made.
        target: the step at which the run in hand ends.
        run: counts up with every Reset.
        is_dirty: the real state differs from a fresh one.
    """

    step: int = 0
    target: int = 0
    run: int = 1
    is_dirty: bool = False


@dataclass
class State:
    """What a step changes, besides the random state.

    Attributes:
        sources: by reference, in the order of the program's inputs.
        modules: by path.
        leaves: what collects a gradient, in key order.
        updates: the optimiser over the leaves.
        batches: where the epoch stands.
        inputs: the sources as they are passed.
        is_empty: every leaf's `.grad` is None or zero.
    """

    sources: dict[str, Tensor] = field(default_factory=dict)
    modules: dict[str, nn.Module] = field(default_factory=dict)
    leaves: dict[str, Tensor] = field(default_factory=dict)
    updates: Updates = field(default_factory=lambda: Updates(None, {}, {}, {}))
    batches: Batches = field(default_factory=lambda: Batches(None))
    inputs: tuple[Tensor, ...] = ()
    is_empty: bool = True


@contextmanager
def untouched(state: State, device: torch.device) -> Iterator[None]:
    """Empty the leaves' `.grad`, and put back these, buffers and random state afterwards."""
    state.updates.settle()
    held = [(leaf, leaf.grad) for leaf in state.leaves.values()]
    buffers = [
        (buffer, buffer.detach().clone()) for module in state.modules.values() for buffer in module.buffers()
    ]
    for leaf, _ in held:
        leaf.grad = None
    try:
        with borrowed(device):
            yield
    finally:
        for leaf, deposit in held:
            leaf.grad = deposit
        with torch.no_grad():
            for buffer, value in buffers:
                buffer.copy_(value)
