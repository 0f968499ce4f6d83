"""One session: the verbs that act on a graph and its real state as in a Python session.

Knows nothing of processes, sockets or the form in which numbers are shown.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from torch import Tensor

from gradcanvas.program.errors import NodeError
from gradcanvas.training.failures import RunError, refusal
from gradcanvas.training.ground import Ground
from gradcanvas.training.ledger import Entry
from gradcanvas.training.moments import Kind, Moment, observe
from gradcanvas.training.preparing import BUDGET_BYTES
from gradcanvas.training.salvaging import node_of, remainder
from gradcanvas.training.state import State, untouched
from gradcanvas.training.steps import Record, closure_step, plain_step, separate, watched_step
from gradcanvas.training.validating import validate

_NO_LOSS = (
    "The graph names no loss.",
    "Select what is to become small and switch “is the loss” on (`train.loss` in the file).",
)
_NO_LEAVES = ("Nothing collects a gradient.", "Set requires_grad on a source, or add a module.")
_NO_OPTIMIZER = (
    "The graph names no optimizer.",
    "Choose one in `train.optimizer`, such as gradcanvas.descent.",
)
_NEEDS_STEP = (
    "This optimizer evaluates the loss itself.",
    "Press Step: it does forward, backward and update.",
)


class Session(Ground):
    """A graph that lives: evaluated after every edit, trained on command."""

    def __init__(self, *, device: str = "", budget_bytes: int = BUDGET_BYTES) -> None:
        super().__init__(device=device, budget_bytes=budget_bytes)
        self._trainable: State | None = None

    def evaluate(self, within: Callable[[], AbstractContextManager[None]] = nullcontext) -> Moment:
        """Run forward and backward from the loss, and leave the real state as it is.

        Args:
            within: what is entered around the computing alone: it may end it with an exception of its own.

        Raises:
            RunError: an operation failed, or the loss cannot be differentiated; `moment` then has what could
                be computed all the same.
        """
        self._require_made()
        prepared, state = self.graph, self.state
        with untouched(state, prepared.device), self._failing():
            given = state.batches.first(state.sources)
            with within():
                return self._show(given)

    def _show(self, given: Mapping[str, Tensor]) -> Moment:
        try:
            self.moment = moment = self._observe(given, "evaluation")
        except NodeError as error:
            self._evaluate_rest(given, error)
            raise
        if moment.loss is not None:
            moment.differentiate(is_empty=True)
        return moment

    def observe_anew(self) -> Moment:
        """Observe a forward without a backward, and leave everything as it is, what is shown too.

        Raises:
            RunError: an operation failed.
        """
        self._require_made()
        with untouched(self.state, self.graph.device), self._failing():
            return self._observe(self.state.batches.first(self.state.sources), "forward")

    def _evaluate_rest(self, given: Mapping[str, Tensor], error: NodeError) -> None:
        """Show what does not depend on the nodes that failed."""
        prepared, failed = self.graph, set[str]()
        self.moment = None
        while node_of(error) not in failed:
            failed.add(node_of(error))
            program = remainder(prepared.binding, failed, prepared.program, self.state)
            try:
                moment = observe(program, given, self.state.leaves, "evaluation", self.standing.step)
            except NodeError as another:
                error = another
                continue
            self.moment = moment
            if moment.loss is not None:
                moment.differentiate(is_empty=True)
            return

    def forward(self) -> Moment:
        """Compute on the next batch.

        Raises:
            RunError: an operation failed.
        """
        self._require_made()
        with self._failing():
            given = self.state.batches.next(self.state.sources)
            self.moment = self._pending = self._observe(given, "forward")
        return self._pending

    def backward(self) -> Moment:
        """Deposit gradients into `.grad`; runs Forward first if there was none since the last change.

        Raises:
            RunError: there is no loss, it cannot be differentiated, or an operation failed.
        """
        self._require_loss()
        self.state.updates.settle()
        moment = self._pending or self.forward()
        with self._failing():
            if moment.is_differentiated:
                moment.deposit_again()
            else:
                moment.differentiate(is_empty=self.state.is_empty)
        moment.kind = moment.deposited_by = "backward"
        self.state.is_empty = False
        self.standing.is_dirty = True
        return moment

    def update(self) -> None:
        """Apply clipping, the optimiser and the schedule once.

        Raises:
            RunError: there is no optimiser, or it failed.
        """
        updates = self.state.updates
        if updates.optimiser is None:
            raise refusal("/train/optimizer", "no-optimizer", *_NO_OPTIMIZER)
        if updates.needs_closure:
            raise refusal("/train/optimizer", "needs-step", *_NEEDS_STEP)
        if self.moment is not None:
            separate(self.moment, self.graph.program, self.state)
        with self._failing("/train/optimizer"):
            updates.clip()
            updates.apply()
            if self._pending is not None and self._pending.loss is not None:
                updates.advance(self._pending.loss)
        self._pending = None
        self.standing.is_dirty = True
        self.ledger.enter_all(list(self.state.leaves), Entry(self.standing.step, "update"))

    def zero(self) -> None:
        """Empty the gradients."""
        self.state.updates.zero(keep=True)
        self.state.updates.settle()
        self.state.is_empty = True
        self.ledger.enter_all(list(self.state.leaves), Entry(self.standing.step, "zero"))

    def step(
        self, *, watched: bool = False, verb: str = "step", record: Record | None = None
    ) -> Moment | None:
        """Make one whole step of the loop.

        Args:
            watched: observe it, and hold it as what is shown. Its numbers are the same.
            verb: what it is called in the ledger.
            record: is given the moment of a watched step, before the update where that can be.

        Returns:
            The observed moment, None of a plain step.

        Raises:
            RunError: there is nothing to train, or something failed; parameters are as the failure left them.
        """
        state = self.state
        if state is not self._trainable or self.failed is not None:
            self.require_training()
            self._trainable = state
        program = self.graph.program
        moment: Moment | None = None
        try:
            if state.updates.needs_closure:
                observed = self._observe_step if watched else None
                moment, numbers = closure_step(program, state, observed, record)
            elif watched:
                moment, numbers = watched_step(program, state, self._observe_step, record)
            else:
                numbers = plain_step(program, state)
        except Exception as error:
            raise self._failed(error) from error
        if moment is not None:
            moment.deposited_by = verb
            self.moment = moment
        state.is_empty = True
        self._pending = None
        standing = self.standing
        standing.step += 1
        standing.is_dirty = True
        self._record(numbers)
        if state.batches.ends_epoch():
            self.validate()
        return moment

    def record_evaluation(self, moment: Moment) -> None:
        """Enter an evaluation's loss and metrics as if it had been a step: what `run --steps 0` reports."""
        assert moment.loss is not None
        if moment.loss.numel() == 1 and not moment.loss.is_complex():
            self._record((moment.loss, *moment.observation.metrics))

    def validate(self) -> None:
        """Compute loss and metrics on what `train.validation` puts in the place of sources.

        Raises:
            RunError: an operation failed.
        """
        train = self.train
        if train is None or not train.validation:
            return
        with self._failing("/train/validation"):
            numbers = validate(self.graph.program, train.validation, self.state.sources)
        self.validations.add(self.standing.step, numbers)

    def _observe(self, given: Mapping[str, Tensor], kind: Kind) -> Moment:
        return observe(self.graph.program, given, self.state.leaves, kind, self.standing.step)

    def _observe_step(self, given: Mapping[str, Tensor]) -> Moment:
        """Observe, and let go of the moment before: the backward then finds its memory in the cache."""
        self.moment = self._observe(given, "step")
        return self.moment

    def _record(self, numbers: tuple[Tensor, ...]) -> None:
        self.losses.add(numbers[0])
        if self.metrics.width:
            for name, number in zip(self.graph.program.metrics, numbers[1:], strict=True):
                if number.numel() != 1 or number.is_complex():
                    raise self._refused_metric(name, number)
            self.metrics.add(*numbers[1:])

    def _refused_metric(self, name: str, number: Tensor) -> RunError:
        """Say that a metric is no number, which only running it could tell."""
        kind = "is complex" if number.is_complex() else f"has {number.numel()} elements"
        message = f"The metric `{name}` {kind}, in step {self.standing.step}: it has to be one real number."
        refused = refusal(
            f"/train/metrics/{name}", "run-failed", message, "Reduce it, with `torch.mean` say."
        )
        self.failed = refused.problem
        return refused

    def _require_loss(self) -> None:
        self._require_made()
        if self.train is None or self.train.loss is None:
            wished = self.graph.graph.train
            words = _NO_LOSS if wished is None or not wished.loss else self._why_no_loss(wished.loss)
            raise refusal("/train/loss", "no-loss", *words)

    def _why_no_loss(self, loss: str) -> tuple[str, str]:
        """Say what is wrong with the loss itself, or that something before it is."""
        own = next((found for found in self.graph.problems if found.where == "/train/loss"), None)
        return (own.message, own.help) if own else _loss_out_of_reach(loss)

    def require_training(self) -> None:
        """Make sure that a step can be made.

        Raises:
            RunError: there is no loss, no optimiser, or nothing that collects a gradient.
        """
        self._require_loss()
        if self.state.updates.optimiser is None:
            if not self.state.leaves:
                raise refusal("/train/loss", "no-leaves", *_NO_LEAVES)
            raise refusal("/train/optimizer", "no-optimizer", *_NO_OPTIMIZER)


def _loss_out_of_reach(loss: str) -> tuple[str, str]:
    return f"`{loss}`, the loss, cannot be computed.", "Mend what it depends on: the problems say where."
