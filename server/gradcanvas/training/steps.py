"""One step of the loop: forward, backward, clip, update, schedule, zero; plain, watched, or by closure.

Each gives the loss and the metrics of the step, and the same bits. Knows nothing of counting or showing.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gradcanvas.program.program import Program
from gradcanvas.training.backward import backward
from gradcanvas.training.failures import not_differentiable
from gradcanvas.training.moments import Moment
from gradcanvas.training.state import State

Numbers = tuple[Tensor, ...]
Observe = Callable[[Mapping[str, Tensor]], Moment]
Record = Callable[[Moment], None]


def plain_step(program: Program, state: State) -> Numbers:
    """Make a step that nobody watches."""
    state.updates.settle()
    numbers = _compute(program, _next_inputs(program, state))
    _backward(numbers[0])
    told = _as_computed(numbers)
    updates = state.updates
    updates.clip()
    updates.apply()
    updates.advance(numbers[0])
    updates.zero()
    return told


def watched_step(
    program: Program, state: State, observe: Observe, record: Record | None = None
) -> tuple[Moment, Numbers]:
    """Make a step and hold everything it computed.

    Args:
        program: what is evaluated.
        state: what is changed.
        observe: observes the evaluation.
        record: is given the moment between backward and update, which then finds in the cache what it read.
    """
    moment, updates = observe(state.batches.next(state.sources)), state.updates
    is_taken = updates.takes_gradients and moment.capture()
    if not is_taken:
        moment.differentiate(is_empty=state.is_empty, is_passing=True, owed=updates.owed_zeros)
    assert moment.loss is not None
    told = _as_computed((moment.loss, *moment.observation.metrics))
    separate(moment, program, state)
    if record is not None:
        record(moment)
    if is_taken:
        updates.take(moment.fresh)
        return moment, told
    updates.clip()
    updates.apply()
    updates.advance(moment.loss)
    updates.zero(keep=True)
    return moment, told


def closure_step(
    program: Program, state: State, observe: Observe | None, record: Record | None = None
) -> tuple[Moment | None, Numbers]:
    """Make a step whose optimiser evaluates the loss as often as it likes; the first time's numbers count.

    Args:
        program: what is evaluated.
        state: what is changed.
        observe: observes an evaluation; the last one is held. None: nobody watches.
        record: is given the moment that is held.
    """
    given = state.batches.next(state.sources)
    inputs = tuple(given[ref] for ref in program.inputs)
    held: list[Moment] = []
    first: list[Numbers] = []

    def closure() -> Tensor:
        state.updates.zero(keep=True)
        if observe is None:
            numbers = _compute(program, inputs)
            _backward(numbers[0])
        else:
            moment = observe(given)
            moment.differentiate(is_empty=True)
            assert moment.loss is not None
            separate(moment, program, state)
            held[:] = [moment]
            numbers = (moment.loss, *moment.observation.metrics)
        if not first:
            first.append(tuple(number.detach().clone() for number in numbers))
        return numbers[0]

    state.updates.apply(closure)
    state.updates.advance(first[0][0])
    state.updates.zero(keep=True)
    if record is not None and held:
        record(held[0])
    return (held[0] if held else None), first[0]


def separate(moment: Moment, program: Program, state: State) -> None:
    """Let what a moment shows survive an update in place: of leaves, and of gradients that are clipped."""
    if moment.observation.may_share:
        owned = dict(program.parameters()) if state.modules else {}
        moment.separate_values({**state.leaves, **owned}, state.sources)
    train = state.updates.train
    if train is not None and train.clips:
        moment.separate_gradients()


def _as_computed(numbers: Numbers) -> Numbers:
    """Copy what the update may change: a loss or a metric that is a leaf, or shares the memory of one."""
    if len(numbers) == 1 and not numbers[0].is_leaf and not numbers[0]._is_view():
        return numbers
    return tuple(
        number.detach().clone() if number.is_leaf or number._is_view() else number for number in numbers
    )


def _next_inputs(program: Program, state: State) -> tuple[Tensor, ...]:
    if state.batches.bound is None:
        return state.inputs
    given = state.batches.next(state.sources)
    return tuple(given[ref] for ref in program.inputs)


def _compute(program: Program, inputs: tuple[Tensor, ...]) -> Numbers:
    numbers = program.plain(*inputs)
    assert numbers[0] is not None
    return numbers  # type: ignore[return-value]


def _backward(loss: Tensor) -> None:
    try:
        backward(loss)
    except (RuntimeError, torch.OutOfMemoryError) as error:
        raise not_differentiable(loss, error) from error
