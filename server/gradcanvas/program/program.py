"""A compiled graph as the training loop sees it: what goes in, and what comes out.

Knows nothing of how the code was generated, nor of optimisers, processes or sockets.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from gradcanvas.program.binding import Binding
from gradcanvas.program.errors import FailureMap
from gradcanvas.program.modules import MadeState
from gradcanvas.program.observation import Observation


@dataclass(eq=False)
class Program:
    """A graph that runs.

    Attributes:
        inputs: the sources in the order of the file, those inside functions by their path: the positional
            arguments of `plain` and `observed`.
        device: where its tensors are made.
        modules: every module by its path, once `make` has made them.
        metrics: the names of what follows the loss in `plain`'s result.
        takes_gradients: it takes gradients while it runs, so that autograd must follow it.
    """

    inputs: tuple[str, ...]
    device: torch.device
    metrics: tuple[str, ...]
    modules: dict[str, nn.Module]
    _state: MadeState
    _plain: Callable[..., tuple[torch.Tensor | None, ...]]
    _observed: Callable[..., Observation]
    _asked: Callable[..., Observation]
    _failures: FailureMap = field(repr=False)
    _renew: Callable[[Binding], None] = field(repr=False)
    takes_gradients: bool = False

    def make(
        self,
        sources: Mapping[str, torch.Tensor] | None = None,
        modules: Mapping[str, nn.Module] | None = None,
    ) -> dict[str, torch.Tensor]:
        """Make sources and modules in the order of the file, drawing from the default generator.

        Args:
            sources: tensors to keep, by reference: taken as they are, nothing is drawn for them.
            modules: modules to keep, by path.

        Returns:
            The sources by reference, in the order of `inputs`; modules are in `modules`.

        Raises:
            NodeError: a source or module could not be made.
        """
        return self._state.make(sources or {}, modules or {})

    def with_numbers_of(self, binding: Binding) -> "Program":
        """Return the same program for a graph that differs from its own in numbers alone.

        These are the literals of sources, which the code takes as arguments, and those that `renewing` tells.
        Nothing is compiled. Both programs share their code and modules: this one is not to be run any more.
        """
        self._renew(binding)
        state = MadeState(binding, self.device)
        assert state.sources == self.inputs
        state.slots = self._state.slots
        return replace(self, _state=state)

    def plain(self, *tensors: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Compute `(loss, *metrics)` and nothing else; `loss` is None if the graph names none.

        Raises:
            NodeError: an operation failed.
        """
        try:
            return self._plain(*tensors)
        except Exception as error:
            raise self._failures.explain(error) from error

    def observed(self, *tensors: torch.Tensor, retain: bool = True) -> Observation:
        """Compute everything, with the bits of a plain step, and keep every edge's gradient.

        Args:
            tensors: the sources, in the order of `inputs`.
            retain: every tensor keeps its gradient in any backward. If not, ask the backward for the
                gradients of `Observation.kept`: cheaper, autograd copies what it has a tensor keep.

        Raises:
            NodeError: an operation failed.
        """
        try:
            return self._observed(*tensors) if retain else self._asked(*tensors)
        except Exception as error:
            raise self._failures.explain(error) from error

    def leaves(self, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return what collects a gradient, in the order of the file: sources and parameters ("fc.weight").

        Args:
            tensors: the sources, as `make` gave them.
        """
        return {name: tensor for name, tensor in self._state.tensors(tensors) if tensor.requires_grad}

    def parameters(self) -> Iterator[tuple[str, torch.Tensor]]:
        """Yield every parameter and buffer that a module owns, in the order of the file."""
        return self._state.tensors({}, buffers=True)
