"""What a check of a graph finds: what each output is, what cannot run, and the bytes that a step holds.

Knows nodes and what was found of them; how it is found is `evaluation`'s and `made_once`'s.
"""

from gradcanvas.document.problems import pointer
from gradcanvas.program.binding import BoundNode
from gradcanvas.program.drafts import Problems
from gradcanvas.program.metas import Unknown, Value
from gradcanvas.program.refusals import Words, explain_budget
from gradcanvas.program.scope_run import OutputMeta, ScopeRun, output_meta, output_name


class Findings:
    """What one check has found so far.

    Attributes:
        problems: what cannot run.
        held: bytes that a step holds.
        rows: what is known of every output and parameter, by reference.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.problems = Problems()
        self.held = 0
        self.rows: dict[str, OutputMeta] = {}
        self._budget_bytes = budget_bytes
        self._counted: set[str] = set()

    def refuse(self, run: ScopeRun, node: BoundNode, words: Words, at: tuple[str, ...] = ()) -> None:
        """Note that a node cannot run."""
        code, message, help_text = words
        where = node.where + pointer(at)
        self.problems.add_at(where, code, message, help_text)
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
        needs = max(held, largest)
        if self.held + needs > self._budget_bytes:
            self.refuse(run, node, explain_budget(path, needs, self.held, self._budget_bytes))
            return False
        if once:
            self._counted.add(path)
        self.held += held
        return True

    def settle(self, run: ScopeRun, node: BoundNode, values: tuple[Value, ...] | None) -> None:
        """Note what a node gives."""
        run.values[node.id] = values
        path = run.prefix + node.id
        for place, value in enumerate((Unknown(),) if values is None else values):
            if value is not None:
                name = path if place == 0 else f"{path}.{output_name(node, place)}"
                self.rows[name] = output_meta(value)
