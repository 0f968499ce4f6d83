"""Control flow without numbers: each branch is gone through, a loop's body until its shapes settle.

Knows what `evaluation` knows of one scope; what only the data decide comes out as unknown.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.evaluation import Evaluation
from gradcanvas.program.metas import Meta, Unknown, Value, contiguous
from gradcanvas.program.modules import bodies_of
from gradcanvas.program.refusals import shape_text
from gradcanvas.program.scope_run import LOST, Fed, Lost, ScopeRun
from gradcanvas.program.values import DTYPE

MOST_PASSAGES = 6
"""How often a loop's body is gone through before what still changes is unknown."""

_INDEX: Final = contiguous((), DTYPE["int64"])


def run_control(evaluation: Evaluation, run: ScopeRun, node: BoundNode, fed: dict[str, Fed]) -> None:
    """Go through what a node calls and note what it gives."""
    _Control(evaluation, run, node, fed).go()


class _Control:
    def __init__(self, evaluation: Evaluation, run: ScopeRun, node: BoundNode, fed: dict[str, Fed]) -> None:
        self.evaluation = evaluation
        self.run = run
        self.node = node
        self.fed = fed
        self.path = run.prefix + node.id
        self.bodies = {body.role: body for body in bodies_of(node, evaluation.binding.functions)}

    def go(self) -> None:
        outputs = _ROWS[self.node.operation.name](self)
        if outputs is None or any(isinstance(value, Lost) for value in outputs.values()):
            self.run.lost.add(self.node.id)
            return
        values = tuple(value for value in outputs.values() if not isinstance(value, Lost))
        self.evaluation.findings.settle(self.run, self.node, values)

    def passage(self, role: str, fed: Mapping[str, Fed]) -> dict[str, Fed] | None:
        """Go through one function once; None if something in it cannot run."""
        body = self.bodies[role]
        inputs = {name: fed.get(name, LOST) for name in body.scope.inputs}
        prefix = f"{self.path}/{body.inside}"
        inner = self.evaluation.run(body.scope, inputs, prefix)
        return None if inner.lost else inner.outputs()

    def call(self) -> dict[str, Fed] | None:
        return self.passage("function", self.fed)

    def branch(self) -> dict[str, Fed] | None:
        is_decided = self.decides("condition", self.fed["condition"])
        then = self.passage("then", self.fed)
        names = self.bodies["then"].scope.outputs
        other = self.passage("else", self.fed) if "else" in self.bodies else {n: self.fed[n] for n in names}
        if then is None or other is None or not is_decided:
            return None
        return {name: joined(then[name], other[name]) for name in names}

    def decides(self, role: str, value: Fed) -> bool:
        """Tell whether a condition is one element, and say so if it is not."""
        if not isinstance(value, Meta) or value.elements == 1:
            return not isinstance(value, Lost)
        at = ("inputs", role) if role in self.node.wires else ("args", role)
        message = f"`{self.path}.{role}` has shape {shape_text(value)}; a condition is one element."
        help_text = "Reduce it, for example with `torch.all`, `torch.any` or `torch.sum`."
        self.evaluation.findings.refuse(
            self.run, self.node, ("condition-not-one-element", message, help_text), at
        )
        return False

    def for_loop(self) -> dict[str, Fed] | None:
        each = self.node.values.get("each")
        dimensions = each if isinstance(each, dict) else {}
        times = self.times(dimensions)
        if isinstance(times, Lost):
            return None
        body = self.bodies["body"].scope
        first = {name: value for name, value in self.fed.items() if name not in dimensions}
        sliced = {name: _without(self.fed[name], dimension) for name, dimension in dimensions.items()}
        if times == 0:
            return self.stacked({name: first.get(name) for name in body.outputs}, [], 0)
        if "index" in body.inputs:
            sliced["index"] = _INDEX
        found = self.passages(first, sliced, times)
        if found is None:
            return None
        last, seen = found
        return self.stacked(last, seen, times)

    def times(self, dimensions: Mapping[str, int]) -> int | Lost | None:
        """Return how often a `for` runs its body; None if only the data decide, LOST if it cannot run."""
        if not dimensions:
            times = self.node.values.get("times")
            return times if isinstance(times, int) else None
        lengths: dict[str, int] = {}
        for name, dimension in dimensions.items():
            value = self.fed[name]
            if isinstance(value, Meta):
                if not -len(value.shape) <= dimension < len(value.shape):
                    return self.refused_dimension("each", name, dimension, value)
                lengths[name] = value.shape[dimension]
        if len(set(lengths.values())) > 1:
            what = ", ".join(f"`{name}` {length}" for name, length in lengths.items())
            message = f"`{self.path}.each` runs along inputs of different lengths: {what}."
            words = ("shape-mismatch", message, "Give them the same length in those dimensions.")
            self.evaluation.findings.refuse(self.run, self.node, words, ("args", "each"))
            return LOST
        return next(iter(lengths.values())) if len(lengths) == len(dimensions) else None

    def refused_dimension(self, argument: str, name: str, dimension: int, value: Meta) -> Lost:
        message = (
            f"`{self.path}.{argument}.{name}` is {dimension}, and `{name}` has shape {shape_text(value)}."
        )
        words = ("out-of-range", message, "Write the number of a dimension that is there; the first is 0.")
        self.evaluation.findings.refuse(self.run, self.node, words, ("args", argument, name))
        return LOST

    def passages(
        self, first: Mapping[str, Fed], fixed: Mapping[str, Fed], times: int | None
    ) -> tuple[dict[str, Fed], list[dict[str, Fed]]] | None:
        """Go through the body until what it hands on stays the same.

        Returns:
            What the last iteration gives, and what each passage gave; None if something cannot run.
        """
        carried = dict(first)
        seen: list[dict[str, Fed]] = []
        done = 0
        while times is None or done < times:
            held = self.evaluation.findings.held
            given = self.passage("body", {**carried, **fixed})
            if given is None:
                return None
            done += 1
            seen.append(given)
            following = {name: given.get(name, value) for name, value in carried.items()}
            if following == carried:
                return self.repeated(given, seen, held, done, times)
            if done == MOST_PASSAGES and done != times:
                following = {n: joined(carried[n], following[n]) for n in carried}
                return self.unsettled(following, fixed, seen, given)
            carried = following
        return seen[-1], seen

    def repeated(
        self, given: dict[str, Fed], seen: list[dict[str, Fed]], held: int, done: int, times: int | None
    ) -> tuple[dict[str, Fed], list[dict[str, Fed]]] | None:
        """Count what the iterations that are left hold: each the same as this one."""
        more = (self.evaluation.findings.held - held) * ((times or done) - done)
        if not self.evaluation.findings.hold(self.run, self.node, more):
            return None
        return given, seen

    def unsettled(
        self,
        following: Mapping[str, Fed],
        fixed: Mapping[str, Fed],
        seen: list[dict[str, Fed]],
        given: dict[str, Fed],
    ) -> tuple[dict[str, Fed], list[dict[str, Fed]]] | None:
        last = self.passage("body", {**following, **fixed})
        if last is None:
            return None
        return {name: joined(value, given[name]) for name, value in last.items()}, [*seen, last]

    def stacked(
        self, last: Mapping[str, Fed], seen: list[dict[str, Fed]], times: int | None
    ) -> dict[str, Fed] | None:
        """Put the stack of all iterations in the place of the outputs that are collected."""
        stack = self.node.values.get("stack")
        outputs = dict(last)
        for name, dimension in (stack if isinstance(stack, dict) else {}).items():
            if times == 0:
                outputs[name] = None
                continue
            value = _all_joined([each[name] for each in seen])
            if isinstance(value, Meta):
                if not -len(value.shape) - 1 <= dimension <= len(value.shape):
                    self.refused_dimension("stack", name, dimension, value)
                    return None
                outputs[name] = _stack_of(value, dimension, times)
            else:
                outputs[name] = Unknown(None, value.dtype, value.requires_grad) if value else Unknown()
        held = sum(_bytes(value) for value in outputs.values()) if stack else 0
        return outputs if self.evaluation.findings.hold(self.run, self.node, held) else None

    def while_loop(self) -> dict[str, Fed] | None:
        condition = self.passage("condition", self.fed)
        if condition is None or not self.decides("condition", next(iter(condition.values()), LOST)):
            return None
        first = dict(self.fed)
        found = self.passages(first, {}, None)
        if found is None:
            return None
        last, _ = found
        return {name: joined(first[name], value) if name in first else value for name, value in last.items()}


_ROWS: dict[str, Callable[[_Control], dict[str, Fed] | None]] = {
    "gradcanvas.call": _Control.call,
    "gradcanvas.if": _Control.branch,
    "gradcanvas.for": _Control.for_loop,
    "gradcanvas.while": _Control.while_loop,
}


def joined(one: Fed, other: Fed) -> Fed:
    """Return what is known of a tensor that is one or the other."""
    if isinstance(one, Lost) or isinstance(other, Lost):
        return LOST
    if one == other:
        return one
    if one is None or other is None:
        return Unknown()
    dtype = one.dtype if one.dtype == other.dtype else None
    requires_grad = one.requires_grad if one.requires_grad == other.requires_grad else None
    shape = one.shape if one.shape == other.shape else None
    if isinstance(one, Meta) and isinstance(other, Meta) and None not in (shape, dtype, requires_grad):
        return contiguous(one.shape, one.dtype, one.requires_grad)
    return Unknown(shape, dtype, requires_grad)


def _all_joined(values: list[Fed]) -> Meta | Unknown | None:
    found: Fed = values[0]
    for value in values[1:]:
        found = joined(found, value)
    return found if isinstance(found, (Meta, Unknown)) else None


def _without(value: Fed, dimension: int) -> Fed:
    """Return one slice along a dimension."""
    if not isinstance(value, Meta):
        return Unknown(None, value.dtype, value.requires_grad) if isinstance(value, Unknown) else value
    place = dimension % len(value.shape)
    return value._replace(
        shape=value.shape[:place] + value.shape[place + 1 :],
        stride=value.stride[:place] + value.stride[place + 1 :],
    )


def _stack_of(value: Meta, dimension: int, times: int | None) -> Value:
    place = dimension % (len(value.shape) + 1)
    if times is None:
        shape = (*value.shape[:place], None, *value.shape[place:])
        return Unknown(shape, value.dtype, value.requires_grad)
    return contiguous((*value.shape[:place], times, *value.shape[place:]), value.dtype, value.requires_grad)


def _bytes(value: Fed) -> int:
    if not isinstance(value, Meta):
        return 0
    return value.elements * value.dtype.itemsize * (2 if value.requires_grad else 1)
