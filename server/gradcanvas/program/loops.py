"""Loops without numbers: their bodies are gone through until what they hand on settles.

What the iterations give is joined. An iteration of which only the data decide whether it happens refuses
nothing, if another one could run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from gradcanvas.program.findings import Findings
from gradcanvas.program.joining import all_joined, joined
from gradcanvas.program.metas import Meta, Unknown, Value, contiguous
from gradcanvas.program.passages import Given, Passages
from gradcanvas.program.refusals import shape_text
from gradcanvas.program.scope_run import LOST, Fed, Lost
from gradcanvas.program.values import DTYPE

MOST_PASSAGES = 6
"""How often a loop's body is gone through before what still changes is unknown."""

_INDEX: Final = contiguous((), DTYPE["int64"])


@dataclass(slots=True)
class _Turns:
    """What the passages through a body gave.

    Attributes:
        seen: what each gave; the last is what all that follow give.
        is_whole: whether the body can run as often as was asked for.
        held: bytes that each iteration holds which was not gone through.
    """

    seen: list[Given] = field(default_factory=list)
    is_whole: bool = True
    held: int = 0


def for_loop(passages: Passages) -> Given | None:
    """Return what a `for` gives; None if it cannot run."""
    each = passages.node.values.get("each")
    dimensions = each if isinstance(each, dict) else {}
    times = _times(passages, dimensions)
    if isinstance(times, Lost):
        return None
    first = {name: value for name, value in passages.fed.items() if name not in dimensions}
    sliced = {name: _slice_of(passages.fed[name], dimension) for name, dimension in dimensions.items()}
    names = passages.bodies["body"].scope.outputs
    if times == 0:
        return None if _lacks_an_iteration(passages, first) else {name: first[name] for name in names}
    if "index" in passages.bodies["body"].scope.inputs:
        sliced["index"] = _INDEX
    if times is None:
        return _perhaps(passages, first, sliced, None)
    turns = _turns(first, sliced, times, lambda fed: passages.through("body", fed), passages.findings)
    is_held = turns.is_whole and passages.hold(turns.held * (times - len(turns.seen)))
    return _stacked(passages, turns.seen[-1], turns.seen, times) if is_held else None


def while_loop(passages: Passages) -> Given | None:
    """Return what a `while` gives; None if it cannot run."""
    condition = passages.through("condition", passages.fed)
    if condition is None or not passages.decides("condition", next(iter(condition.values()))):
        return None
    passages.findings.allow(passages.unit("condition"))
    limit = passages.node.values["limit"]
    return _perhaps(passages, dict(passages.fed), {}, limit if isinstance(limit, int) else None)


def _perhaps(
    passages: Passages, first: Mapping[str, Fed], fixed: Mapping[str, Fed], most: int | None
) -> Given | None:
    """Return what a loop gives whose number of iterations only the data decide; None if it cannot run."""
    has_condition = "condition" in passages.bodies

    def body(fed: Mapping[str, Fed]) -> Given | None:
        given = passages.perhaps_through("body", fed)
        if given is not None and has_condition:
            passages.perhaps_through("condition", {**fed, **given})
        return given

    before = passages.findings.held
    turns = _turns(first, fixed, most, body, passages.findings)
    passages.findings.held = before
    names = passages.bodies["body"].scope.outputs
    if not turns.seen:
        if all(name in first for name in names):
            return {name: first[name] for name in names}
        passages.findings.blame([passages.unit("body")])
        return None
    given = {
        name: all_joined([*([first[name]] if name in first else []), *(turn[name] for turn in turns.seen)])
        for name in names
    }
    return _stacked(passages, given, turns.seen, None)


def _turns(
    first: Mapping[str, Fed],
    fixed: Mapping[str, Fed],
    most: int | None,
    body: Callable[[Mapping[str, Fed]], Given | None],
    findings: Findings,
) -> _Turns:
    """Go through a body until what it hands on stays the same, or cannot be taken.

    Args:
        first: what is handed to the first iteration.
        fixed: what each iteration gets besides.
        most: how many iterations there are; None if there is no end to them.
        body: goes through it once; None if it cannot run.
        findings: count what it holds.
    """
    turns = _Turns()
    carried = dict(first)
    while most is None or len(turns.seen) < most:
        held = findings.held
        given = body({**carried, **fixed})
        if given is None:
            turns.is_whole = False
            return turns
        turns.seen.append(given)
        following = {name: given.get(name, value) for name, value in carried.items()}
        if len(turns.seen) >= MOST_PASSAGES:
            following = {name: joined(value, following[name]) for name, value in carried.items()}
        if following == carried:
            turns.held = findings.held - held
            return turns
        carried = following
    return turns


def _times(passages: Passages, dimensions: Mapping[str, int]) -> int | Lost | None:
    """Return how often a `for` runs its body; None if only the data decide, LOST if it cannot run."""
    if not dimensions:
        times = passages.node.values.get("times")
        return times if isinstance(times, int) else None
    lengths: dict[str, int] = {}
    for name, dimension in dimensions.items():
        value = passages.fed[name]
        if isinstance(value, Meta):
            if not -len(value.shape) <= dimension < len(value.shape):
                _refuse_dimension(passages, "each", name, dimension, value)
                return LOST
            lengths[name] = value.shape[dimension]
    if len(set(lengths.values())) > 1:
        what = ", ".join(f"`{name}` {length}" for name, length in lengths.items())
        message = f"`{passages.path}.each` runs along inputs of different lengths: {what}."
        words = ("shape-mismatch", message, "Give them the same length in those dimensions.")
        passages.refuse(words, ("args", "each"))
        return LOST
    return next(iter(lengths.values())) if len(lengths) == len(dimensions) else None


def _refuse_dimension(passages: Passages, argument: str, name: str, dimension: int, value: Meta) -> None:
    what = f"`{passages.path}.{argument}.{name}` is {dimension}, and `{name}` has shape {shape_text(value)}."
    words = ("out-of-range", what, "Write the number of a dimension that is there; the first is 0.")
    passages.refuse(words, ("args", argument, name))


def _stacked(passages: Passages, last: Given, seen: list[Given], times: int | None) -> Given | None:
    """Put the stack of all iterations in the place of the outputs that are collected."""
    stack = passages.node.values.get("stack")
    outputs = dict(last)
    for name, dimension in (stack if isinstance(stack, dict) else {}).items():
        value = all_joined(each[name] for each in seen)
        if isinstance(value, Meta):
            if not -len(value.shape) - 1 <= dimension <= len(value.shape):
                _refuse_dimension(passages, "stack", name, dimension, value)
                return None
            outputs[name] = _stack_of(value, dimension, times)
        else:
            unknown = value if isinstance(value, Unknown) else Unknown()
            outputs[name] = unknown._replace(shape=None)
    held = sum(_bytes(value) for value in outputs.values()) if stack else 0
    return outputs if passages.hold(held) else None


def _lacks_an_iteration(passages: Passages, first: Mapping[str, Fed]) -> bool:
    """Tell whether a loop that turns no time would have to give what only an iteration gives; say so."""
    stack = passages.node.values.get("stack")
    stacked = list(stack) if isinstance(stack, dict) else []
    never = [name for name in passages.bodies["body"].scope.outputs if name not in first]
    if not stacked and not never:
        return False
    is_counted = passages.node.values.get("times") is not None
    why = "`times` is 0" if is_counted else "what `each` names has no slices"
    name = (stacked or never)[0]
    what = (
        f"of `{name}` there is nothing to stack"
        if stacked
        else f"`{name}` is none of its inputs and is never made"
    )
    help_text = "Let it run at least once" + (
        "." if stacked else f", or let `{passages.node.id}` take `{name}`."
    )
    message = f"`{passages.path}` runs no iteration ({why}): {what}."
    passages.refuse(("loop-length", message, help_text), ("args", "times" if is_counted else "each"))
    return True


def _slice_of(value: Fed, dimension: int) -> Fed:
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
