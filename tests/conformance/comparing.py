"""Runs a graph file as the editor does and compares all it gives with what PyTorch gave, bit for bit.

Knows nothing of databases or of how the file was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from gradcanvas.catalog import load_catalog
from gradcanvas.document import read
from gradcanvas.program.binding import Binding
from gradcanvas.program.check import OutputMeta, check_document
from gradcanvas.program.compile import compile_program
from gradcanvas.program.errors import NodeError
from gradcanvas.program.kernels import has_own_memory
from gradcanvas.program.observation import Observation
from gradcanvas.program.values import dtype_name
from tests.conformance.graphs import SEED


class RefusedError(Exception):
    """The graph was refused, before or while it ran; the message says in whose words."""


@dataclass
class GraphRun:
    """What an observed step of a graph gave.

    Attributes:
        checked: what the check had said of each output.
        sources: the tensors it began with, after the backward.
        binding: the graph as it was understood.
    """

    observation: Observation
    checked: Mapping[str, OutputMeta]
    sources: Mapping[str, torch.Tensor]
    binding: Binding

    def outputs(self, node: str) -> list[torch.Tensor]:
        """Return the outputs of one node that are there, in their order."""
        values = self.observation.values.items()
        return [value for name, value in values if name.partition(".")[0] == node]


def run_graph(text: str) -> GraphRun:
    """Read, check and compile a graph file, and run it observed, forward and backward.

    Raises:
        RefusedError: some step of this refused it.
    """
    checked = check_document(read(text), load_catalog(), device="cpu")
    if checked.problems:
        problem = checked.problems[0]
        raise RefusedError(f"{problem.code}: {problem.message}")
    program = compile_program(checked.binding, torch.device("cpu"))
    try:
        sources = program.make()
        torch.default_generator.manual_seed(SEED)
        observation = program.observed(*(sources[name] for name in program.inputs))
    except NodeError as error:
        raise RefusedError(f"while running: {error}") from error
    if observation.loss is not None and observation.loss.requires_grad:
        try:
            observation.loss.backward()  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            raise RefusedError(f"in the backward: {error}") from error
    return GraphRun(observation, checked.outputs, sources, checked.binding)


def difference(expected: torch.Tensor | None, found: torch.Tensor | None) -> str | None:
    """Say in what two tensors differ; None if they have the same bits (any not-a-number equals another)."""
    if expected is None or found is None:
        return None if expected is found else f"{_kind(found)} instead of {_kind(expected)}"
    if expected.layout is not torch.strided:
        return difference(expected.to_dense(), found.to_dense())
    if expected.shape != found.shape or expected.dtype != found.dtype:
        return f"{_kind(found)} instead of {_kind(expected)}"
    first, second = _bits(expected), _bits(found)
    both_nan = _is_nan(expected) & _is_nan(found)
    unequal = (first != second) & ~both_nan
    count = int(unequal.sum())
    return f"{count} of {unequal.numel()} numbers" if count else None


def differences(expected: Sequence[torch.Tensor], found: Sequence[torch.Tensor]) -> str | None:
    """Say in what two lists of outputs differ first."""
    if len(expected) != len(found):
        return f"{len(found)} outputs instead of {len(expected)}"
    for place, (one, other) in enumerate(zip(expected, found, strict=True)):
        why = difference(one, other)
        if why is not None:
            return f"output {place}: {why}"
        if one.requires_grad != other.requires_grad:
            return f"output {place}: requires_grad is {other.requires_grad}"
    return None


def misjudged(run: GraphRun, node: str) -> str | None:
    """Say where the check had promised another shape or dtype than an output has, or memory of its own."""
    if has_own_memory(run.binding.scope.nodes[node]):
        memories = {tensor.untyped_storage().data_ptr() for tensor in run.sources.values()} - {0}
        for output in run.outputs(node):
            if output.layout is torch.strided and output.untyped_storage().data_ptr() in memories:
                return f"`{node}` was said to give memory of its own"
    for name, value in run.observation.values.items():
        meta = run.checked.get(name)
        if name.partition(".")[0] != node or meta is None:
            continue
        if meta.shape is not None and None not in meta.shape and tuple(meta.shape) != tuple(value.shape):
            return f"the check promised `{name}` the shape {tuple(meta.shape)}"
        if meta.dtype is not None and meta.dtype != dtype_name(value.dtype):
            return f"the check promised `{name}` the dtype {meta.dtype}"
    return None


def _kind(tensor: torch.Tensor | None) -> str:
    return "nothing" if tensor is None else f"{dtype_name(tensor.dtype)} {tuple(tensor.shape)}"


_INTEGERS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def _real(tensor: torch.Tensor) -> torch.Tensor:
    whole = tensor.detach().resolve_conj().resolve_neg().contiguous()
    return torch.view_as_real(whole) if whole.is_complex() else whole


def _bits(tensor: torch.Tensor) -> torch.Tensor:
    whole = _real(tensor)
    return whole.view(_INTEGERS[whole.dtype.itemsize])


def _is_nan(tensor: torch.Tensor) -> torch.Tensor:
    return _real(tensor).isnan()
