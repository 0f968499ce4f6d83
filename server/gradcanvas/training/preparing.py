"""From the text of a graph file to a program that can run; keeps what an edit did not change.

Knows documents, checking and compiling; nothing of parameters or steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import torch

from gradcanvas.catalog import load_catalog
from gradcanvas.document import Document, Graph, Node, Problem, read
from gradcanvas.program.binding import Binding
from gradcanvas.program.check import OutputMeta
from gradcanvas.program.checker import Checker
from gradcanvas.program.compile import compile_program
from gradcanvas.program.devices import resolve_device
from gradcanvas.program.program import Program
from gradcanvas.program.renewing import renewable_kinds
from gradcanvas.training.kept import NOTHING, Kept, check_kept

BUDGET_BYTES = 2 << 30
"""What a graph's tensors may take together, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a caller says instead of the file."""

    device: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A graph that can run, as far as it is free of problems.

    Attributes:
        graph: the document's graph, as it is now.
        problems: everything that is wrong, in the order of the file.
        binding: what can run.
        outputs: shapes and dtypes of every output.
        numbers: everything in the file that may change a number; equal for two files that compute the same.
        structure: everything in it that decides the code: equal for two files that differ in the literals of
            sources, in numbers that stand beside the code, or in how they are trained.
        seed: what Reset seeds with.
        kept: the values that the file keeps, as far as they fit.
    """

    graph: Graph
    problems: tuple[Problem, ...]
    binding: Binding
    outputs: Mapping[str, OutputMeta]
    program: Program
    numbers: str
    structure: str
    seed: int
    kept: Kept = NOTHING

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self.program.device


class Preparer:
    """Reads, checks and compiles, again only what has to be.

    Args:
        device: the device for graphs that say `auto`; empty for the best there is.
        budget_bytes: what a graph's tensors may take together.
    """

    def __init__(self, device: str = "", budget_bytes: int = BUDGET_BYTES) -> None:
        self._device = device
        self._budget_bytes = budget_bytes
        self._checker = Checker(load_catalog())
        self._document: Document | None = None
        self._last: Prepared | None = None
        self._last_own: list[Problem] = []
        self._compiled: tuple[str, Program] | None = None

    def prepare(self, text: str | bytes, overrides: Overrides | None = None) -> Prepared:
        """Prepare a graph; whatever is wrong with it is in `problems`, nothing is raised."""
        chosen = overrides or Overrides()
        document = self._document = read(text, self._document)
        graph = document.graph
        device, device_problem = resolve_device(chosen.device or graph.device, self._device)
        numbers = f"{device} {numbers_of(graph)}"
        seed = graph.seed if chosen.seed is None else chosen.seed
        if self._last is not None and self._last.numbers == numbers:
            checked = [each for each in self._last.problems if each not in self._last_own]
            binding, outputs, program = self._last.binding, self._last.outputs, self._last.program
            structure, kept = self._last.structure, self._last.kept
        else:
            result = self._checker.check(graph, device=device.type, budget_bytes=self._budget_bytes)
            binding, outputs = result.binding, result.outputs
            kept, misfits = check_kept(graph, binding, outputs)
            checked = [*result.problems, *misfits]
            structure = f"{device} {_structure(binding)}"
            program = self._compile(binding, device, structure)
        own = [*document.problems, *([device_problem] if device_problem else [])]
        problems = tuple(dict.fromkeys([*own, *checked]))
        self._last_own = own
        self._last = Prepared(graph, problems, binding, outputs, program, numbers, structure, seed, kept)
        return self._last

    def _compile(self, binding: Binding, device: torch.device, structure: str) -> Program:
        """Compile, unless the code is that of what was compiled last."""
        known = self._compiled
        fits = known is not None and known[0] == structure
        program = known[1].with_numbers_of(binding) if known and fits else compile_program(binding, device)
        self._compiled = structure, program
        return program


def numbers_of(graph: Graph) -> str:
    """Write down everything that may change a number, and nothing of how the graph is drawn.

    Literals write down their text, so that 1 and 1.0 differ.
    """
    kept = sha256((graph.state or "").encode()).digest()
    return repr(
        (graph.seed, _parts(graph.nodes, {}), _functions(graph), graph.train, sorted(graph.broken), kept)
    )


def _structure(binding: Binding) -> str:
    """Write down what decides the code: not literals of sources, numbers beside it, or training."""
    nodes, train = binding.scope.nodes, binding.train
    sources = {name: [each.name for each in node.outputs] for name, node in nodes.items() if node.is_source}
    asked = None if train is None else (train.loss, list(train.metrics.items()))
    graph = binding.graph
    arguments = {
        name: {} if node.is_source else node.node.args | renewable_kinds(node) for name, node in nodes.items()
    }
    parts = _parts(graph.nodes, arguments)
    return repr((list(nodes), sources, binding.scope.order, parts, _functions(graph), asked))


def _functions(graph: Graph) -> list[object]:
    return [
        (name, function.inputs, _parts(function.nodes, {}), function.outputs)
        for name, function in graph.functions.items()
    ]


def _parts(nodes: Mapping[str, Node], arguments: Mapping[str, Mapping[str, object]]) -> list[object]:
    """Write nodes down, some of them with other arguments than their own."""
    return [
        (
            name,
            *(node.op, node.inputs, arguments.get(name, node.args), node.requires_grad),
            *(node.mode, node.init, node.group, node.share, node.bypass),
        )
        for name, node in nodes.items()
    ]
