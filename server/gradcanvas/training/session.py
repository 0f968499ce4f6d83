"""One session: its graph, its real state, and the verbs that act on it as in a Python session.

Knows nothing of processes, sockets or the form in which numbers are shown.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from torch import Tensor

from gradcanvas.document import Problem
from gradcanvas.program.binding import BoundTrain
from gradcanvas.program.errors import NodeError
from gradcanvas.training.copies import fill, losses_of, read, standing_of, take
from gradcanvas.training.failures import RunError, failure, refusal
from gradcanvas.training.ledger import Entry, Ledger
from gradcanvas.training.making import carry_over, make_anew
from gradcanvas.training.moments import Kind, Moment, observe
from gradcanvas.training.preparing import BUDGET_BYTES, Overrides, Prepared, Preparer
from gradcanvas.training.records import Records
from gradcanvas.training.salvaging import node_of, remainder
from gradcanvas.training.state import Standing, State, untouched
from gradcanvas.training.steps import closure_step, plain_step, separate, watched_step
from gradcanvas.training.validating import Validations, validate

_NO_GRAPH = ("No graph has been loaded.", "Load one first.")
_NO_LOSS = ("The graph names no loss.", "Choose the output that is to become small as `train.loss`.")
_NO_LEAVES = ("Nothing collects a gradient.", "Set requires_grad on a source, or add a module.")
_NO_OPTIMIZER = (
    "The graph names no optimizer.",
    "Choose one in `train.optimizer`, such as gradcanvas.descent.",
)
_NEEDS_STEP = (
    "This optimizer evaluates the loss itself.",
    "Press Step: it does forward, backward and update.",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an edit did.

    Attributes:
        is_changed: something changed that may change a number.
        anew: what was remade with the value Reset would give it, where the rest was kept.
        is_optimiser_new: the optimiser's state could not be kept.
    """

    is_changed: bool
    anew: tuple[str, ...] = ()
    is_optimiser_new: bool = False


class Session:
    """A graph that lives: evaluated after every edit, trained on command.

    Attributes:
        prepared: the graph as it was last loaded.
        state: parameters, optimiser, batches.
        standing: where the loop stands.
        losses: one a step.
        metrics: one row a step.
        validations: loss and metrics at the ends of epochs.
        moment: what is shown.
        failed: why the graph cannot be run at all, or why the last verb failed.
        ledger: what was deposited where.
    """

    def __init__(self, *, device: str = "", budget_bytes: int = BUDGET_BYTES) -> None:
        self._preparer = Preparer(device, budget_bytes)
        self.prepared: Prepared | None = None
        self.state = State()
        self.standing = Standing()
        self.losses = Records()
        self.metrics = Records(0)
        self.validations = Validations()
        self.moment: Moment | None = None
        self.failed: Problem | None = None
        self.ledger = Ledger()
        self._pending: Moment | None = None
        self._is_made = False
        self._trainable: State | None = None

    @property
    def graph(self) -> Prepared:
        """The loaded graph.

        Raises:
            RunError: nothing has been loaded.
        """
        if self.prepared is None:
            raise refusal("", "no-graph", *_NO_GRAPH)
        return self.prepared

    @property
    def train(self) -> BoundTrain | None:
        """What the graph says about training."""
        return self.graph.binding.train

    def load(self, text: str | bytes, overrides: Overrides | None = None) -> Loaded:
        """Take an edited graph: make everything anew from the seed or, once it was trained, what changed.

        Raises:
            RunError: a source or module could not be made.
        """
        before = self.prepared
        self.state.updates.settle()
        prepared = self.prepared = self._preparer.prepare(text, overrides)
        if before is not None and before.numbers == prepared.numbers and before.seed == prepared.seed:
            return Loaded(is_changed=False)
        self._pending = None
        if before is None or not self.standing.is_dirty:
            self._make_anew()
            return Loaded(is_changed=True)
        if before.device != prepared.device:
            return self._move(before)
        return self._carry_over(before)

    def reset(self) -> None:
        """Make sources, modules, optimiser, random state and step anew from the seed; a new run begins.

        Raises:
            RunError: a source or module could not be made.
        """
        self.begin_anew(self.standing.run + 1)

    def begin_anew(self, run: int) -> None:
        """Make everything anew, as run number `run`.

        Raises:
            RunError: a source or module could not be made.
        """
        self.standing = Standing(run=run)
        self.ledger.clear()
        self._make_anew()

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

    def step(self, *, watched: bool = False, verb: str = "step") -> Moment | None:
        """Make one whole step of the loop.

        Args:
            watched: observe it, and hold it as what is shown. Its numbers are the same.
            verb: what it is called in the ledger.

        Returns:
            The observed moment, None of a plain step.

        Raises:
            RunError: there is nothing to train, or something failed; parameters are as the failure left them.
        """
        state = self.state
        if state is not self._trainable or self.failed is not None:
            self._require_training()
            self._trainable = state
        program = self.graph.program
        moment: Moment | None = None
        try:
            if state.updates.needs_closure:
                moment, numbers = closure_step(program, state, self._observe_step if watched else None)
            elif watched:
                moment, numbers = watched_step(program, state, self._observe_step)
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

    def copy(self) -> bytes:
        """Give the real state as bytes."""
        self.state.updates.settle()
        return take(self.graph, self.state, self.standing, self.losses, len(self.validations))

    def restore(self, data: bytes) -> tuple[str, ...]:
        """Go on from a copy; what has been edited since it was taken keeps the value that Reset gives it.

        Returns:
            The paths of what could not be taken from the copy.

        Raises:
            ValueError: the bytes are no copy.
            RunError: a source or module could not be made.
        """
        copy = read(data)
        self.begin_anew(copy["run"])
        if not copy["dirty"]:
            return ()
        missing = fill(copy, self.graph, self.state)
        self.standing = standing_of(copy)
        self.losses = losses_of(copy)
        self.metrics = Records(self.metrics.width, start=self.standing.step)
        self.validations = Validations(self.graph.program.metrics, copy.get("validations", 0))
        return missing

    def is_short_batch_next(self) -> bool:
        """Whether the next batch is shorter than others, so that what is shown would change its shapes."""
        return self.state.batches.is_short_next(self.state.sources)

    def deposits(self) -> dict[str, Tensor | None]:
        """Give the `.grad` of every leaf."""
        self.state.updates.settle()
        return {ref: leaf.grad for ref, leaf in self.state.leaves.items()}

    def _observe(self, given: Mapping[str, Tensor], kind: Kind) -> Moment:
        return observe(self.graph.program, given, self.state.leaves, kind, self.standing.step)

    def _observe_step(self, given: Mapping[str, Tensor]) -> Moment:
        return self._observe(given, "step")

    def _record(self, numbers: tuple[Tensor, ...]) -> None:
        loss = numbers[0]
        self.losses.add(loss.clone() if loss.is_leaf or loss._is_view() else loss)
        if self.metrics.width:
            self.metrics.add(*(number.clone() for number in numbers[1:]))

    def _require_made(self) -> None:
        if not self._is_made:
            raise RunError(self.failed) if self.failed else refusal("", "no-graph", *_NO_GRAPH)
        self.failed = None

    def _require_loss(self) -> None:
        self._require_made()
        if self.train is None or self.train.loss is None:
            wished = self.graph.graph.train
            words = _NO_LOSS if wished is None or not wished.loss else _loss_out_of_reach(wished.loss)
            raise refusal("/train/loss", "no-loss", *words)

    def _require_training(self) -> None:
        self._require_loss()
        if self.state.updates.optimiser is None:
            if not self.state.leaves:
                raise refusal("/train/loss", "no-leaves", *_NO_LEAVES)
            raise refusal("/train/optimizer", "no-optimizer", *_NO_OPTIMIZER)

    def _make_anew(self) -> None:
        self.state, self.moment, self._pending, self.failed = State(), None, None, None
        self._is_made = False
        with self._failing():
            self.prepared, self.state = make_anew(self.graph)
        names = self.graph.program.metrics
        self.losses, self.metrics = Records(), Records(len(names))
        self.validations = Validations(names)
        self._is_made = True

    def _carry_over(self, before: Prepared) -> Loaded:
        self.failed, self.moment = None, None
        with self._failing():
            self.state, anew, is_kept = carry_over(self.graph, before, self.state)
        self._keep_metrics(before)
        return Loaded(True, anew, not is_kept)

    def _move(self, before: Prepared) -> Loaded:
        """Go on, on another device, from a copy of the state."""
        self.restore(take(before, self.state, self.standing, self.losses, len(self.validations)))
        return Loaded(is_changed=True)

    def _keep_metrics(self, before: Prepared) -> None:
        """Begin the metrics anew where their names changed: the rows would not mean the same."""
        names = self.graph.program.metrics
        if names != before.program.metrics:
            self.metrics = Records(len(names), start=self.standing.step)
            self.validations = Validations(names)

    @contextmanager
    def _failing(self, where: str = "") -> Iterator[None]:
        """Turn whatever PyTorch raises into a `RunError` and remember it."""
        try:
            yield
        except Exception as error:
            raise self._failed(error, where) from error

    def _failed(self, error: Exception, where: str = "") -> RunError:
        refused = failure(error, where)
        self.failed = refused.problem
        return refused


def _loss_out_of_reach(loss: str) -> tuple[str, str]:
    return f"The loss `{loss}` cannot be computed.", "Mend what it depends on: the problems say where."
