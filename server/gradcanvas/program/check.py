"""Everything that is wrong with a graph, and what each output will be, before anything is computed.

Never raises for what a document holds, never allocates a tensor, never draws a random number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from gradcanvas.catalog import callables
from gradcanvas.catalog.model import Catalog
from gradcanvas.document import Document, Graph, Problem
from gradcanvas.program.bind import bind
from gradcanvas.program.binding import Binding, BoundTrain, Reference, Scope
from gradcanvas.program.branches import run_control
from gradcanvas.program.devices import resolve_device
from gradcanvas.program.evaluation import Evaluation
from gradcanvas.program.fake_calls import FakeCalls
from gradcanvas.program.file_order import in_file_order, in_tree_order
from gradcanvas.program.lazy import with_sizes
from gradcanvas.program.loss import check_loss_and_metrics
from gradcanvas.program.memory import default_budget_bytes
from gradcanvas.program.order import dependents
from gradcanvas.program.scope_run import OutputMeta, ScopeRun
from gradcanvas.program.shapes import Shapes

__all__ = ["Checked", "Examined", "OutputMeta", "check", "check_document", "examine"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        problems: all of them, in the order of the file.
        outputs: every output of every node that can run and every parameter and buffer, by reference
            ("yhat", "m.indices", "fc.weight", "call/wx"), in the order of the file.
        binding: what can run, and nothing else.
        device: the one that was asked for, as torch takes it; `cpu` where that is not there.
    """

    problems: tuple[Problem, ...]
    outputs: Mapping[str, OutputMeta]
    binding: Binding
    device: str = "cpu"

    def to_json(self) -> dict[str, Any]:
        """Return the object that `check --json` prints."""
        return {
            "problems": [problem.model_dump() for problem in self.problems],
            "outputs": {
                name: {
                    "shape": None if meta.shape is None else list(meta.shape),
                    "dtype": meta.dtype,
                    "requires_grad": meta.requires_grad,
                }
                for name, meta in self.outputs.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check found, and what it stands on.

    Attributes:
        checked: what it found.
        run: the passage through the graph's own nodes.
        calls: answers what a node gives.
    """

    checked: Checked
    run: ScopeRun
    calls: FakeCalls


def check(
    graph: Graph,
    catalog: Catalog,
    *,
    device: str | None = None,
    budget_bytes: int | None = None,
    shapes: Shapes | None = None,
) -> Checked:
    """Check a graph.

    Args:
        graph: what is well-formed of a document.
        catalog: the vocabulary.
        device: "auto", "cpu", "cuda" or "cuda:N"; the graph's own where it is None.
        budget_bytes: what a step may hold; by default a share of the memory of the device.
        shapes: remembers what calls give; by default one for the whole process.
    """
    return examine(graph, catalog, device=device, budget_bytes=budget_bytes, shapes=shapes).checked


def examine(
    graph: Graph,
    catalog: Catalog,
    *,
    device: str | None = None,
    budget_bytes: int | None = None,
    shapes: Shapes | None = None,
) -> Examined:
    """Check a graph, and keep what `Checker` goes on from; the arguments are those of `check`."""
    resolved, device_problem = resolve_device(device or graph.device)
    budget = default_budget_bytes(str(resolved)) if budget_bytes is None else budget_bytes
    binding = bind(graph, catalog)
    calls = FakeCalls(_callables(), shapes or _shapes)
    evaluation = Evaluation(binding, calls, budget, run_control)
    run = evaluation.run(binding.scope, {})
    scope = _thinned(binding.scope, run)
    problems = evaluation.findings.problems
    train = _train(binding.train, run, scope, evaluation)
    found = [*binding.problems, *problems.found]
    if device_problem is not None:
        found.append(device_problem)
    ordered = in_file_order(graph, found)
    checked = Checked(
        problems=ordered,
        outputs=_arranged(evaluation.findings.rows, scope),
        binding=with_sizes(replace(binding, scope=scope, train=train, problems=ordered), evaluation.sizes),
        device=str(resolved),
    )
    return Examined(checked, run, calls)


def check_document(
    document: Document,
    catalog: Catalog,
    *,
    device: str | None = None,
    budget_bytes: int | None = None,
) -> Checked:
    """Check a graph file that was read: what reading it found stands among the other problems.

    Args:
        document: as `read` gives it.
        catalog: the vocabulary.
        device: as for `check`.
        budget_bytes: as for `check`.
    """
    checked = check(document.graph, catalog, device=device, budget_bytes=budget_bytes)
    problems = in_tree_order(document.tree, (*document.problems, *checked.problems))
    return replace(checked, problems=problems, binding=replace(checked.binding, problems=problems))


_shapes = Shapes()


@cache
def _callables() -> Mapping[str, Any]:
    return callables()


def _thinned(scope: Scope, run: ScopeRun) -> Scope:
    """Leave out what cannot run, and what depends on it."""
    if not run.lost:
        return scope
    needs = {
        name: {reference.node for _, _, reference in node.edges()} | {node.owner} - {name}
        for name, node in scope.nodes.items()
    }
    lost = dependents(needs, run.lost)
    return replace(
        scope,
        nodes={name: node for name, node in scope.nodes.items() if name not in lost},
        order=tuple(name for name in scope.order if name not in lost),
    )


def _train(
    train: BoundTrain | None, run: ScopeRun, scope: Scope, evaluation: Evaluation
) -> BoundTrain | None:
    if train is None:
        return None

    def is_there(reference: Reference | None) -> bool:
        return reference is not None and reference.node in scope.nodes

    checked = check_loss_and_metrics(train, run, evaluation.findings.problems)
    batch = checked.batch
    return replace(
        checked,
        loss=checked.loss if is_there(checked.loss) else None,
        metrics={name: each for name, each in checked.metrics.items() if is_there(each)},
        batch=batch if batch is not None and all(map(is_there, batch.of)) else None,
        validation=tuple(
            each
            for each in checked.validation
            if is_there(each.source)
            and (is_there(each.reference) if each.made is None else evaluation.can_replace(each.made))
        ),
    )


def _arranged(rows: Mapping[str, OutputMeta], scope: Scope) -> dict[str, OutputMeta]:
    """Put rows into the order of the file: a node's outputs, what it owns, what it calls."""
    groups: dict[str, list[str]] = {name: [] for name in scope.nodes}
    for name in rows:
        group = groups.get(name if name in groups else _top(name))
        if group is not None:
            group.append(name)
    ordered: dict[str, OutputMeta] = {}
    for top, names in groups.items():
        if len(names) > 1:
            outputs = {top, *(f"{top}.{each.name}" for each in scope.nodes[top].outputs)}
            names.sort(key=partial(_rank, outputs, scope.nodes[top].is_module))
        for name in names:
            ordered[name] = rows[name]
    return ordered


def _rank(outputs: set[str], is_module: bool, name: str) -> tuple[bool, bool]:
    return "/" in name, is_module and name not in outputs


def _top(name: str) -> str:
    return name.split("/", 1)[0].split(".", 1)[0]
