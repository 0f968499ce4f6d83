"""Goes through a graph once without numbers: what each output is, what cannot run, what it holds in bytes.

Knows nodes, their order and functions; what a single call gives it asks `shapes`, and control flow is
`branches`'s.
"""

from collections.abc import Callable, Mapping

from gradcanvas.program.binding import Binding, BoundNode, Reference, Scope
from gradcanvas.program.fake_calls import FakeCalls
from gradcanvas.program.findings import Findings
from gradcanvas.program.gradients import run_gradient
from gradcanvas.program.lazy import checking_order, is_lazy
from gradcanvas.program.limits import excess
from gradcanvas.program.made_once import MadeOnce
from gradcanvas.program.metas import Meta
from gradcanvas.program.refusals import explain
from gradcanvas.program.scope_run import LOST, Fed, Lost, ScopeRun, unknown_outputs
from gradcanvas.program.shapes import Refusal
from gradcanvas.program.traits import GRADIENT

RunControl = Callable[["Evaluation", ScopeRun, BoundNode, dict[str, Fed]], None]
"""Goes through a node that calls functions, given what its wires carry."""


_MOST_STEPS = 500_000
"""Steps of one check; loops inside loops that do not settle are unknown beyond it."""


class Evaluation:
    """One check of one graph.

    Attributes:
        findings: what it finds.
        sizes: what each lazy module becomes.
        can_replace: whether what stands for a source in validation can be made; says so if it cannot.
    """

    def __init__(
        self,
        binding: Binding,
        calls: FakeCalls,
        budget_bytes: int,
        run_control: RunControl,
    ) -> None:
        self.binding = binding
        self.findings = Findings(budget_bytes)
        self._calls = calls
        self._made = MadeOnce(binding, calls, self.findings)
        self.sizes = self._made.sizes
        self.can_replace = self._made.replacement
        self._run_control = run_control
        self._steps_left = _MOST_STEPS

    def run(self, scope: Scope, inputs: Mapping[str, Fed], prefix: str = "") -> ScopeRun:
        """Go through a scope: sources and modules in the order of the file, then the steps in theirs."""
        run = ScopeRun(scope, inputs, prefix)
        for node in scope.nodes.values():
            if node.is_module and not is_lazy(node):
                self._made.module(run, node)
            elif node.is_source:
                self._made.source(run, node)
        if not prefix:
            self._made.cut_batches(run)
        for name in checking_order(scope):
            self._step(run, scope.nodes[name])
        return run

    def _step(self, run: ScopeRun, node: BoundNode) -> None:
        self._steps_left -= 1
        if node.is_module and is_lazy(node):
            node = self._made.with_size(run, node)
        if node.passes is not None:
            value = self._read(run, node, ("bypass",), node.passes)
            if isinstance(value, Lost):
                run.lost.add(node.id)
            else:
                self.findings.settle(run, node, (value,))
            return
        fed = self._fed(run, node)
        known = {key: each for key, each in fed.items() if isinstance(each, Meta)}
        if node.id in run.lost:
            return
        if len(known) == len(fed) and node.operation.name == GRADIENT:
            run_gradient(self.findings, run, node, known)
        elif len(known) == len(fed) and not node.functions:
            self._operate(run, node, known)
        elif any(isinstance(each, Lost) for each in fed.values()):
            run.lost.add(node.id)
        elif node.functions and self._steps_left > 0:
            self._run_control(self, run, node, fed)
        else:
            self.findings.settle(run, node, unknown_outputs(node))

    def _operate(self, run: ScopeRun, node: BoundNode, fed: dict[str, Meta]) -> None:
        path = run.prefix + node.id
        too_much = excess(node, path, fed)
        if too_much is not None:
            self.findings.refuse(run, node, too_much)
            return
        owner = self.sizes.get((run.scope.name, node.owner), run.scope.nodes[node.owner])
        if node.is_module and owner.id not in run.parameters:
            run.lost.add(node.id)
            return

        calls = self._calls
        given = calls.module(node, owner, fed) if node.is_module else calls.operation(node, fed)
        if isinstance(given, Refusal):
            self.findings.refuse(run, node, explain(node, path, fed, given))
        elif self.findings.hold(run, node, given.held, given.largest):
            self.findings.settle(run, node, unknown_outputs(node) if given.values is None else given.values)

    def _fed(self, run: ScopeRun, node: BoundNode) -> dict[str, Fed]:
        fed: dict[str, Fed] = {}
        for name, wire in node.wires.items():
            if isinstance(wire, Reference):
                fed[name] = self._read(run, node, ("inputs", name), wire)
            else:
                for place, reference in enumerate(wire):
                    at = ("inputs", name, str(place))
                    fed[f"{name}.{place}"] = self._read(run, node, at, reference)
        return fed

    def _read(self, run: ScopeRun, node: BoundNode, at: tuple[str, ...], reference: Reference) -> Fed:
        """Return what an edge carries, and say so if there is nothing at its beginning."""
        value = run.peek(reference)
        if value is None:
            message = f"`{reference}` is absent here: `{reference.node}` gives nothing at that place."
            help_text = (
                f"Wire another output, or set the arguments of `{reference.node}` so that it is given."
            )
            self.findings.refuse(run, node, ("absent-output", message, help_text), at)
            return LOST
        if not isinstance(value, Lost) or reference.kind == "input" or reference.node in run.lost:
            return value
        if reference.kind == "parameter":
            owner = run.scope.nodes[reference.node].owner
            if owner not in run.parameters:
                return LOST
            names = [f"`{reference.node}.{each}`" for each in run.parameters[owner]]
            message = f"`{reference.node}` has no output or parameter `{reference.output[:80]}`."
        else:
            values = run.values.get(reference.node) or ()
            names = [f"`{reference.node}.{place}`" for place in range(min(len(values), 8))]
            message = f"`{reference}` is not there: `{reference.node}` gives {len(values)} outputs."
        help_text = f"There is {', '.join(names)}." if names else "It has none."
        self.findings.refuse(run, node, ("unknown-output", message, help_text), at)
        return LOST
