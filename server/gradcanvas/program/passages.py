"""One node that calls functions, as it is gone through without numbers. Knows no kind of control flow."""

from collections.abc import Mapping

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.evaluation import Evaluation
from gradcanvas.program.findings import Findings
from gradcanvas.program.metas import Meta
from gradcanvas.program.modules import bodies_of
from gradcanvas.program.refusals import Words, shape_text
from gradcanvas.program.scope_run import LOST, Fed, Lost, ScopeRun

Given = dict[str, Fed]
"""What a function or a node gives, by name."""


class Passages:
    """Goes through the functions that a node calls.

    Attributes:
        node: it.
        fed: what its wires carry.
        path: how it is spoken of.
        bodies: role → the function.
    """

    def __init__(self, evaluation: Evaluation, run: ScopeRun, node: BoundNode, fed: dict[str, Fed]) -> None:
        self.node = node
        self.fed = fed
        self.path = run.prefix + node.id
        self.bodies = {body.role: body for body in bodies_of(node, evaluation.binding.functions)}
        self._evaluation = evaluation
        self._run = run

    @property
    def findings(self) -> Findings:
        """What the whole check has found."""
        return self._evaluation.findings

    def through(self, role: str, fed: Mapping[str, Fed]) -> Given | None:
        """Go through one function once; None if something in it cannot run."""
        body = self.bodies[role]
        inputs = {name: fed.get(name, LOST) for name in body.scope.inputs}
        inner = self._evaluation.run(body.scope, inputs, f"{self.path}/{body.inside}")
        return None if inner.lost else inner.outputs()

    def perhaps_through(self, role: str, fed: Mapping[str, Fed]) -> Given | None:
        """Go through a function of which only the data decide whether it runs so; None if it cannot."""
        return self.findings.attempt(self.unit(role), lambda: self.through(role, fed))

    def unit(self, role: str) -> str:
        """Return how one of its functions is spoken of as a whole."""
        return f"{self.path}@{role}"

    def refuse(self, words: Words, at: tuple[str, ...]) -> None:
        """Note that the node cannot run."""
        self.findings.refuse(self._run, self.node, words, at)

    def hold(self, held: int) -> bool:
        """Count bytes that the node holds; False, and a problem, if there are not as many."""
        return self.findings.hold(self._run, self.node, held)

    def decides(self, role: str, value: Fed) -> bool:
        """Tell whether a condition is one element, and say so if it is not."""
        if not isinstance(value, Meta) or value.elements == 1:
            return not isinstance(value, Lost)
        at = ("inputs", role) if role in self.node.wires else ("args", role)
        message = f"`{self.path}.{role}` has shape {shape_text(value)}; a condition is one element."
        help_text = "Reduce it, for example with `torch.all`, `torch.any` or `torch.sum`."
        self.refuse(("condition-not-one-element", message, help_text), at)
        return False
