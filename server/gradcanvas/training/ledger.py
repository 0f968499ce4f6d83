"""What was deposited into each leaf's `.grad`, and when it was emptied: a bounded history for the inspector.

Costs nothing on a step that nobody watches: only observed deposits are entered, and what they tell is written
when somebody asks.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcanvas.training.tensor_json import Figures, figures_json

KEPT = 100
"""How many entries of each leaf are kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a leaf's `.grad`.

    Attributes:
        step: how many steps had been made before.
        verb: "backward", "step" or "train" for a deposit; "zero" where it was emptied, "update" where it was
            used.
        edges: the edges through which the deposit came, with the figures of each part.
        deposit: figures of what was added; None for "zero" and "update".
    """

    step: int
    verb: str
    edges: Mapping[str, Figures | None] = field(default_factory=dict)
    deposit: Figures | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it."""
        edges = {edge: _written(figures) for edge, figures in self.edges.items()}
        return {"step": self.step, "verb": self.verb, "edges": edges, "deposit": _written(self.deposit)}


class Ledger:
    """The events of all leaves."""

    def __init__(self) -> None:
        self._entries: dict[str, deque[Entry]] = {}

    def enter(self, leaf: str, entry: Entry) -> None:
        """Add an event of one leaf; the oldest beyond the bound is forgotten."""
        self._entries.setdefault(leaf, deque(maxlen=KEPT)).append(entry)

    def enter_all(self, leaves: Sequence[str], entry: Entry) -> None:
        """Add the same event to several leaves."""
        for leaf in leaves:
            self.enter(leaf, entry)

    def of(self, leaf: str) -> list[dict[str, Any]]:
        """Give a leaf's events, oldest first, as JSON."""
        return [entry.to_json() for entry in self._entries.get(leaf, ())]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


def _written(figures: Figures | None) -> dict[str, Any] | None:
    return None if figures is None else figures_json(figures)
