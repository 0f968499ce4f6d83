"""Chooses for every edge of a plan how its gradient can be seen without changing a bit of the step.

Knows which operations use a tensor in one place (`places.py`), which compare their arguments by identity, and
nothing of tensors.
"""

from collections.abc import Iterable

from gradcanvas.program.places import uses_each_tensor_once
from gradcanvas.program.plan import Plan, PlannedEdge, Step, Value
from gradcanvas.program.traits import GRADIENT

DETACHING = frozenset({"gradcanvas.detach", "torch.detach", "torch.Tensor.detach"})
COMPARING = frozenset({"torch.nn.MultiheadAttention", "torch.nn.functional.multi_head_attention_forward"})
"""They ask whether their arguments are one and the same tensor, and compute differently if so."""

GRADIENT_INPUTS = {
    "outputs": "what {} gives flows back through what this was computed from",
    "inputs": "{} takes the gradient with respect to it",
}
"""Inputs of `gradcanvas.grad` along which nothing flows back, and why."""

NOT_REQUIRED = "{} does not require a gradient"


def choose_ways(plan: Plan, *, is_asked: bool = False) -> None:
    """Set `how` (and `why`) of every edge of the plan.

    Args:
        plan: one function of generated code.
        is_asked: the backward is asked for the gradients, and they are read before anything is added to a
            leaf's `.grad`: a leaf with one use then shows that edge's gradient itself.
    """
    composed = {step for step in plan.steps if step.is_differentiated or not _is_one_place(step)}
    for step in plan.steps:
        _share(step, step in composed)
    for step in plan.steps:
        for edge in step.edges:
            _choose(edge, step, step in composed, is_asked=is_asked)
        if step.node.operation.name in COMPARING:
            _count_together(step.edges)
    for row in plan.rows:
        if isinstance(row, PlannedEdge) and row.how == "pass" and not row.value.requires:
            row.how, row.why = "none", (NOT_REQUIRED, None)


def _share(step: Step, is_composed: bool) -> None:
    """Tell at which tensors gradients arrive by more ways than one edge.

    Where the derivative is differentiated it may give back both to what a step is given and to what it gives.
    Of two gradients that are taken at once, one may be the other.
    """
    twice = step.is_differentiated or step.node.operation.name == GRADIENT
    for edge in step.edges:
        edge.value.shared |= twice or edge.value.uses > 1 or step.node.is_control
    passes = twice or (is_composed and any(edge.value.shared for edge in step.edges))
    for value in step.values:
        value.shared |= passes or value.uses > 1


def _is_one_place(step: Step) -> bool:
    node = step.node
    return not (node.is_module or node.is_control) and uses_each_tensor_once(node.operation.name)


def _choose(edge: PlannedEdge, step: Step, composed: bool, is_asked: bool) -> None:
    if not edge.value.requires:
        edge.how, edge.why = "none", (NOT_REQUIRED, None)
    elif step.node.operation.name in DETACHING:
        edge.how, edge.why = "none", ("detached by {}", step.path)
    elif step.node.operation.name == GRADIENT and edge.argument in GRADIENT_INPUTS:
        edge.how, edge.why = "none", (GRADIENT_INPUTS[edge.argument], step.path)
    elif step.node.is_control:
        if step.node.operation.name == "gradcanvas.if" and edge.argument == "condition":
            edge.how, edge.why = "none", ("{} only decides what runs", None)
    elif edge.value.shared and composed:
        edge.how = "piece"
    elif edge.value.shared or not _is_seen_once(edge.value, is_asked):
        edge.how = "alias"
    else:
        edge.how = "own"


def _is_seen_once(value: Value, is_asked: bool) -> bool:
    """Whether a tensor with one use has that use's gradient and nothing else.

    A source inside a loop is used once an iteration, and a parameter by its module as well.
    """
    return value.kind == "output" or (value.kind == "source" and is_asked)


def _count_together(edges: Iterable[PlannedEdge]) -> None:
    first: dict[Value, PlannedEdge] = {}
    for edge in edges:
        if edge.how != "none" and first.setdefault(edge.value, edge) is not edge:
            edge.how, edge.why = "none", ("counted in {}", first[edge.value].edge)
