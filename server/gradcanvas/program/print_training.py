"""Prints the training loop around the lines of a step: batches, optimiser, clipping, schedule, zeroing.

Knows what `train` says and the names of the leaves; knows nothing of what a step computes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from gradcanvas.program.binding import BoundBatch, BoundGroup, BoundOptimizer, BoundTrain
from gradcanvas.program.calling import literal_arguments
from gradcanvas.program.print_kept import moment_lines
from gradcanvas.program.print_names import Names
from gradcanvas.program.print_scope import INDENT, arguments_text
from gradcanvas.program.print_validation import PrintedValidation, validation_lines
from gradcanvas.program.schedules import schedule_text
from gradcanvas.program.values import python_text


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the optimiser is given for one source or module.

    Attributes:
        text: what stands in the list: "b" or "*fc.parameters()".
        group: the name of its parameter group, "" for none.
        collects: it is one tensor that is sure to have a gradient after every backward.
    """

    text: str
    group: str
    collects: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """What the printed loop is made of.

    Attributes:
        step: the lines that compute one step.
        loss: the expression of the loss.
        copies: expressions that an update may change → the variable that keeps what was computed.
        leaves: in key order.
        batched: a source's variable → what its batch is called.
        moments: expression of a leaf → what the optimiser remembers of it from before.
        device: the variable of the device, "" for the cpu.
        validation: what is evaluated at the end of each epoch.
    """

    train: BoundTrain
    step: Sequence[str]
    loss: str
    copies: Mapping[str, str]
    leaves: Sequence[Leaf]
    batched: Mapping[str, str]
    names: Names
    closure: "Closure | None" = None
    moments: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    device: str = ""
    validation: PrintedValidation | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """The names of an optimiser's closure, and of what its first evaluation in a step gave.

    Attributes:
        function: the closure.
        loss: the loss of the first evaluation.
        computed: a list of the metrics of each evaluation; "" without metrics.
        metrics: the expressions of the metrics within the closure.
    """

    function: str
    loss: str
    computed: str = ""
    metrics: Sequence[str] = ()


def training_lines(loop: Loop) -> list[str]:
    """Return the lines of the loop with what stands before it."""
    assert loop.train.optimizer is not None
    groups = _groups(loop.train.optimizer, loop.leaves)
    optimizer = loop.names.fresh("optimizer")
    if loop.train.optimizer.operation.name == "gradcanvas.descent":
        before, update, zero = _descent(loop, groups)
    else:
        before, update, zero = _optimizer(loop, loop.train.optimizer, groups, optimizer)
    if loop.closure is not None:
        step, update = _by_closure(loop, loop.closure, optimizer, update)
    else:
        copied = [f"{name} = {text}.detach().clone()" for text, name in loop.copies.items()]
        step = [*loop.step, "", f"{loop.loss}.backward()", *copied, *_clip(loop)]
    counter = loop.names.fresh("step")
    start, cut = _batches(loop.train.batch, loop)
    head = f"for {counter} in range({loop.train.steps}):"
    body = [*cut, *step, *update, *zero]
    after: list[str] = []
    if loop.validation is not None:
        defined, after = validation_lines(loop.validation, loop.step, counter, loop.names)
        before = [*defined, *before]
        if start:
            first = start[0].partition(" ")[0]
            body += [f"if {first} == 0:", *(INDENT + line for line in after)]
            after = []
    return [*before, *start, "", head, *(INDENT + line if line else "" for line in body), *after]


Parts = tuple[list[str], list[str], list[str]]
Group = tuple[list[Leaf], BoundGroup | None]


def _groups(bound: BoundOptimizer, leaves: Sequence[Leaf]) -> list[Group]:
    groups: dict[str, Group] = {}
    for leaf in leaves:
        special = bound.groups.get(leaf.group)
        groups.setdefault(leaf.group if special else "", ([], special))[0].append(leaf)
    return list(groups.values())


def _descent(loop: Loop, groups: list[Group]) -> Parts:
    bound = loop.train.optimizer
    assert bound is not None
    rate = loop.names.fresh("lr")
    before = [f"{rate} = {_value(bound.own, 'lr')}"]
    updates: list[tuple[bool, list[str]]] = []
    zero: list[str] = []
    for leaves, special in groups:
        has_no_grad = _has_no_grad(bound.own, special)
        lr = _value(special, "lr") if special and "lr" in special.values else rate
        if all(leaf.collects for leaf in leaves):
            lines = [f"{leaf.text} -= {lr} * {leaf.text}.grad" for leaf in leaves]
            updates.append((has_no_grad, lines))
            zero += [f"{leaf.text}.grad.zero_()" for leaf in leaves]
            continue
        each = loop.names.fresh("parameter")
        listed = f"for {each} in [{', '.join(leaf.text for leaf in leaves)}]:"
        given = f"{INDENT}if {each}.grad is not None:"
        inner = [listed, given, f"{INDENT * 2}{each} -= {lr} * {each}.grad"]
        updates.append((has_no_grad, inner))
        zero += [listed, given, f"{INDENT * 2}{each}.grad.zero_()"]
    return before, _guarded(updates), zero


def _has_no_grad(own: BoundGroup, special: BoundGroup | None) -> bool:
    values = {**own.values, **(special.values if special else {})}
    return values.get("no_grad") is not False


def _guarded(updates: Sequence[tuple[bool, list[str]]]) -> list[str]:
    """Put updates that follow each other, and at which autograd is to look away, into one block."""
    lines: list[str] = []
    for has_no_grad, parts in groupby(updates, itemgetter(0)):
        inner = [line for _, part in parts for line in part]
        lines += ["with torch.no_grad():", *(INDENT + line for line in inner)] if has_no_grad else inner
    return lines


def _optimizer(loop: Loop, bound: BoundOptimizer, groups: list[Group], optimizer: str) -> Parts:
    listed = "[" + ", ".join(leaf.text for leaf in loop.leaves) + "]"
    if len(groups) > 1 or groups[0][1]:
        listed = "[" + ", ".join(_group_text(leaves, special) for leaves, special in groups) + "]"
    arguments = arguments_text(*literal_arguments(bound.overload, bound.values))
    before = [f"{optimizer} = {bound.operation.name}({', '.join(filter(None, [listed, arguments]))})"]
    before += moment_lines(optimizer, loop.moments, loop.device)
    update = [f"{optimizer}.step()"]
    zero = [f"{optimizer}.zero_grad()"]
    planned = loop.train.scheduler
    if planned is not None:
        scheduler = loop.names.fresh("scheduler")
        before.append(f"{scheduler} = {schedule_text(planned, optimizer)}")
        watches = planned.operation.name.endswith("ReduceLROnPlateau")
        loss = loop.loss if loop.closure is None else loop.closure.loss
        update.append(f"{scheduler}.step({f'{loss}.item()' if watches else ''})")
    return before, update, zero


def _by_closure(
    loop: Loop, closure: Closure, optimizer: str, update: list[str]
) -> tuple[list[str], list[str]]:
    """Return the lines of a step that the optimiser evaluates itself, and of the update that does it."""
    inner = [f"{optimizer}.zero_grad()", *loop.step, f"{loop.loss}.backward()"]
    kept = [f"{text}.detach().clone()" if text in loop.copies else text for text in closure.metrics]
    inner += [f"{closure.computed}.append([{', '.join(kept)}])"] if closure.computed else []
    inner.append(f"return {loop.loss}{'.detach().clone()' if loop.loss in loop.copies else ''}")
    step = [f"{closure.computed} = []"] if closure.computed else []
    step += ["", f"def {closure.function}():", *(INDENT + line if line else "" for line in inner), ""]
    return step, [f"{closure.loss} = {optimizer}.step({closure.function})", *update[1:]]


def _group_text(leaves: Sequence[Leaf], special: BoundGroup | None) -> str:
    members = ", ".join(leaf.text for leaf in leaves)
    args, kwargs = literal_arguments(special.overload, special.values) if special else ([], {})
    assert not args
    rest = "".join(f', "{name}": {python_text(value)}' for name, value in kwargs.items())
    return f'{{"params": [{members}]{rest}}}'


def _clip(loop: Loop) -> list[str]:
    listed = "[" + ", ".join(leaf.text for leaf in loop.leaves) + "]"
    if loop.train.clip_norm is not None:
        return [f"torch.nn.utils.clip_grad_norm_({listed}, {python_text(loop.train.clip_norm)})"]
    if loop.train.clip_value is not None:
        return [f"torch.nn.utils.clip_grad_value_({listed}, {python_text(loop.train.clip_value)})"]
    return []


def _batches(batch: BoundBatch | None, loop: Loop) -> tuple[list[str], list[str]]:
    """Return what begins the first epoch, and what cuts the next batch in each step."""
    if batch is None:
        return [], []
    start = loop.names.fresh("start")
    rows = f"len({next(iter(loop.batched))})"
    cut = f"{start}:{start} + {batch.size}"
    before = [f"{start} = 0"]
    lines = []
    if batch.shuffle:
        order = loop.names.fresh("order")
        lines += [f"if {start} == 0:", f"{INDENT}{order} = torch.randperm({rows})"]
        cut = f"{order}[{cut}]"
    lines += [f"{batched} = {whole}[{cut}]" for whole, batched in loop.batched.items()]
    lines.append(f"{start} = {start} + {batch.size} if {start} + {batch.size} < {rows} else 0")
    return before, lines


def _value(bound: BoundGroup, name: str) -> str:
    args, kwargs = literal_arguments(bound.overload, {name: bound.values[name]})
    return python_text([*args, *kwargs.values()][0])
