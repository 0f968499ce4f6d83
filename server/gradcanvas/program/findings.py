"""What a check of a graph finds: what each output is, what cannot run, and the bytes that a step holds.

Knows nodes and what was found of them; how it is found is `evaluation`'s and `made_once`'s.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from gradcanvas.document import Problem
from gradcanvas.document.problems import pointer
from gradcanvas.program.binding import BoundNode
from gradcanvas.program.drafts import Problems
from gradcanvas.program.joining import joined_meta
from gradcanvas.program.metas import Unknown, Value
from gradcanvas.program.refusals import Words, explain_budget
from gradcanvas.program.scope_run import OutputMeta, ScopeRun, output_meta, output_name

_Given = TypeVar("_Given")


@dataclass(slots=True)
class Verdict:
    """Whether something that a node might run could not run at all."""

    is_refused: bool = False


class Findings:
    """What one check has found so far.

    What only the data decide, a branch or a further iteration, is an *attempt*: what is wrong in it is a
    problem only if no attempt at the same thing could run.

    Attributes:
        problems: what cannot run.
        held: bytes that a step holds, beside what is made once.
        rows: what is known of every output and parameter, by reference.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.problems = Problems()
        self.held = 0
        self.rows: dict[str, OutputMeta] = {}
        self._made = 0
        self._budget_bytes = budget_bytes
        self._counted: set[str] = set()
        self._attempts: list[Problems] = []
        self._depth = 0
        self._failed: dict[str, list[Problem]] = {}
        self._possible: set[str] = set()

    def attempt(self, unit: str, go: Callable[[], _Given | None]) -> _Given | None:
        """Go through what may never run so.

        Args:
            unit: how it is spoken of, alike in each attempt.
            go: does it; gives None if it cannot run.
        """
        self._attempts.append(Problems())
        given = go()
        problems = self._attempts.pop().found
        if given is not None:
            self.allow(unit)
        else:
            self._failed[unit] = problems
        return given

    def allow(self, unit: str) -> None:
        """Note that something can run, whatever becomes of other attempts at it."""
        self._possible.add(unit)

    def blame(self, units: Iterable[str]) -> None:
        """Note that a node cannot run since none of these could."""
        for unit in units:
            self._current.found += self._failed.get(unit, [])

    @contextmanager
    def undecided(self) -> Iterator[Verdict]:
        """Go through one node; at the end of the outermost, what no attempt could run is refused."""
        verdict = Verdict()
        self._depth += 1
        try:
            yield verdict
        finally:
            self._depth -= 1
        if self._depth:
            return
        for unit, problems in self._failed.items():
            if unit not in self._possible:
                self.problems.found += problems
                verdict.is_refused = True
        self._failed.clear()
        self._possible.clear()

    @property
    def _current(self) -> Problems:
        return self._attempts[-1] if self._attempts else self.problems

    def refuse(self, run: ScopeRun, node: BoundNode, words: Words, at: tuple[str, ...] = ()) -> None:
        """Note that a node cannot run."""
        code, message, help_text = words
        where = node.where + pointer(at)
        self._current.add_at(where, code, message, help_text)
        run.lost.add(node.id)

    def hold(self, run: ScopeRun, node: BoundNode, held: int, largest: int = 0, once: bool = False) -> bool:
        """Count bytes that a node holds; False, and a problem, if there are not as many.

        Args:
            run: the passage.
            node: what holds them.
            held: bytes that stay.
            largest: bytes of the largest tensor on the way.
            once: what is made once is counted once, however often it is passed.
        """
        path = run.prefix + node.id
        if once and path in self._counted:
            return True
        needs, before = max(held, largest), self.held + self._made
        if before + needs > self._budget_bytes:
            self.refuse(run, node, explain_budget(path, needs, before, self._budget_bytes))
            return False
        if once:
            self._counted.add(path)
            self._made += held
        else:
            self.held += held
        return True

    def settle(self, run: ScopeRun, node: BoundNode, values: tuple[Value, ...] | None) -> None:
        """Note what a node gives; what it gave in another iteration is joined with it."""
        run.values[node.id] = values
        path = run.prefix + node.id
        for place, value in enumerate((Unknown(),) if values is None else values):
            if value is not None:
                name = path if place == 0 else f"{path}.{output_name(node, place)}"
                meta = output_meta(value)
                self.rows[name] = joined_meta(self.rows.get(name, meta), meta)
