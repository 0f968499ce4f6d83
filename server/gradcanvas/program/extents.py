"""How much a graph becomes when every call of a function is written out, and how far that may go.

Functions that call functions can double with each of a few lines. Knows nothing of torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gradcanvas.program.drafts import Draft, Problems

MOST_NODES = 200_000
"""Nodes of a graph with every call written out."""

DEEPEST = 40
"""Calls inside one another."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many nodes a function is when it is written out, and how deep its calls go."""

    nodes: int
    depth: int


def measure(drafts: Mapping[str, Draft], extents: Mapping[str, Extent], problems: Problems) -> Extent:
    """Add up the nodes of one scope and of all that it calls; a call that goes too far is lost.

    Args:
        drafts: of the scope.
        extents: of the functions that may be called; others are lost already.
        problems: takes the calls that go too far.
    """
    nodes, depth = len(drafts), 0
    for draft in drafts.values():
        called = [extents[name] for name in draft.functions.values() if name in extents]
        if not called:
            continue
        more = sum(each.nodes for each in called)
        deeper = 1 + max(each.depth for each in called)
        if nodes + more > MOST_NODES:
            message = f"Written out, `{draft.id}` makes the graph more than {MOST_NODES:,} nodes."
            help_text = "Call fewer functions inside one another; a loop repeats without writing out."
            problems.lose(draft, (), "too-large", message, help_text)
        elif deeper > DEEPEST:
            message = f"`{draft.id}` calls functions more than {DEEPEST} deep."
            problems.lose(draft, (), "too-deep", message, "Call fewer functions inside one another.")
        else:
            nodes += more
            depth = max(depth, deeper)
    return Extent(nodes, depth)
