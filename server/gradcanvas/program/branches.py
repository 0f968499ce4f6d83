"""Control flow without numbers: each branch is gone through, a loop's body until its shapes settle.

Knows what `evaluation` knows of one scope; what only the data decide comes out as unknown.
"""

from collections.abc import Callable
from typing import Final

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.evaluation import Evaluation
from gradcanvas.program.findings import Verdict
from gradcanvas.program.joining import all_joined
from gradcanvas.program.loops import for_loop, while_loop
from gradcanvas.program.passages import Given, Passages
from gradcanvas.program.scope_run import Fed, Lost, ScopeRun


def run_control(evaluation: Evaluation, run: ScopeRun, node: BoundNode, fed: dict[str, Fed]) -> None:
    """Go through what a node calls and note what it gives."""
    findings = evaluation.findings
    go, passages = _ROWS[node.operation.name], Passages(evaluation, run, node, fed)
    if go is _call:
        outputs, verdict = go(passages), Verdict()
    else:
        with findings.undecided() as verdict:
            outputs = go(passages)
    values = () if outputs is None else tuple(each for each in outputs.values() if not isinstance(each, Lost))
    if outputs is None or len(values) < len(outputs) or verdict.is_refused:
        run.lost.add(node.id)
    else:
        findings.settle(run, node, values)


def _call(passages: Passages) -> Given | None:
    return passages.through("function", passages.fed)


def _branch(passages: Passages) -> Given | None:
    """Join what the branches give that can run; whether the other ever can is told at the end."""
    is_decided = passages.decides("condition", passages.fed["condition"])
    findings = passages.findings
    before = most = findings.held
    given: list[Given | None] = []
    for role in ("then", "else"):
        if role in passages.bodies:
            given.append(passages.perhaps_through(role, passages.fed))
            most, findings.held = max(most, findings.held), before
        else:
            names = passages.bodies["then"].scope.outputs
            given.append({name: passages.fed[name] for name in names})
    findings.held = most
    possible = [each for each in given if each is not None]
    if not possible:
        findings.blame([passages.unit("then"), passages.unit("else")])
    if not possible or not is_decided:
        return None
    return {name: all_joined(each[name] for each in possible) for name in possible[0]}


_ROWS: Final[dict[str, Callable[[Passages], Given | None]]] = {
    "gradcanvas.call": _call,
    "gradcanvas.if": _branch,
    "gradcanvas.for": for_loop,
    "gradcanvas.while": while_loop,
}
