"""Marks the steps of a plan whose derivative may itself be differentiated: a gradient is taken of them.

Knows nodes and functions; nothing of tensors, nor of how a gradient is then seen.
"""

from collections.abc import Mapping

from gradcanvas.program.binding import Scope
from gradcanvas.program.plan import Plan, PlannedEdge, Step
from gradcanvas.program.traits import GRADIENT, takes_gradient


def mark_differentiated(plan: Plan, functions: Mapping[str, Scope], *, is_inside: bool) -> None:
    """Set `is_differentiated` of every step that a gradient may go back through, and be gone back through.

    Args:
        plan: one function of generated code.
        functions: all of the graph's functions.
        is_inside: what calls this function is such a step itself, or takes a gradient in it: what its inputs
            were computed from is then computed in it as well, an iteration before.
    """
    starts = [step for step in plan.steps if is_inside or takes_gradient(step.node, functions)]
    waiting = [edge.value for step in starts for edge in step.edges if is_inside or _goes_back(step, edge)]
    for step in starts:
        step.is_differentiated = is_inside
    while waiting:
        maker = waiting.pop().made_by
        if maker is not None and not maker[0].is_differentiated:
            maker[0].is_differentiated = True
            waiting += [edge.value for edge in maker[0].edges]


def _goes_back(step: Step, edge: PlannedEdge) -> bool:
    return step.node.operation.name != GRADIENT or edge.argument == "outputs"
