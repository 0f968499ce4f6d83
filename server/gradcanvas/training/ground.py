"""A graph and its real state: loaded, edited, made anew, copied and restored. Knows no verbs.

Knows nothing of processes, sockets or the form in which numbers are shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor

from gradcanvas.document import Problem
from gradcanvas.program.binding import BoundTrain
from gradcanvas.training.copies import fill, losses_of, read, standing_of, take
from gradcanvas.training.failures import RunError, failure, refusal
from gradcanvas.training.ledger import Ledger
from gradcanvas.training.making import carry_over, make_anew
from gradcanvas.training.moments import Moment
from gradcanvas.training.preparing import BUDGET_BYTES, Overrides, Prepared, Preparer
from gradcanvas.training.records import Records
from gradcanvas.training.state import Standing, State
from gradcanvas.training.validating import Validations

_NO_GRAPH = ("No graph has been loaded.", "Load one first.")


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


class Ground:
    """What the verbs of a session stand on.

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

    def _require_made(self) -> None:
        if not self._is_made:
            raise RunError(self.failed) if self.failed else refusal("", "no-graph", *_NO_GRAPH)
        self.failed = None

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
