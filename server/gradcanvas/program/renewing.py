"""Numbers that may become others without the code being written anew: they stand beside it, not in it.

Knows which literals those are, and where the code finds them; nothing of how it is written.
"""

from collections.abc import Callable
from types import SimpleNamespace

from gradcanvas.catalog.model import Argument
from gradcanvas.program.binding import Binding, BoundNode
from gradcanvas.program.pieces import WatchedCall
from gradcanvas.program.values import to_torch


def is_renewable(node: BoundNode, argument: Argument) -> bool:
    """Tell whether a literal is a number that decides nothing but numbers: neither shapes nor what is run.

    Only of the graph's own nodes: what functions compute is written anew with them.
    """
    if node.is_source or node.is_module or node.is_control or argument.type not in ("number", "float"):
        return False
    if argument.fixed is not None:
        return False
    return type(node.values.get(argument.name)) in (int, float)


def renewable_kinds(node: BoundNode) -> dict[str, str]:
    """Return the arguments whose numbers may become others, and of which kind these have to be."""
    return {
        each.name: type(node.values[each.name]).__name__
        for each in node.overload.arguments
        if is_renewable(node, each)
    }


class Renewals:
    """Where the code of a graph finds what may become another."""

    def __init__(self) -> None:
        self._renewals: list[Callable[[Binding], None]] = []

    def number(self, holder: SimpleNamespace, name: str, node: BoundNode, argument: Argument) -> None:
        """Have a node's number stand at `holder.name`."""
        node_id = node.id

        def renew(binding: Binding) -> None:
            value = binding.scope.nodes[node_id].values[argument.name]
            setattr(holder, name, to_torch(argument, value))

        setattr(holder, name, to_torch(argument, node.values[argument.name]))
        self._renewals.append(renew)

    def call(self, watched: WatchedCall) -> None:
        """Have a watched call call its node as it is."""
        node_id = watched.node.id

        def renew(binding: Binding) -> None:
            watched.node = binding.scope.nodes[node_id]

        self._renewals.append(renew)

    def renew(self, binding: Binding) -> None:
        """Take the numbers of a graph that differs from the compiled one in nothing else."""
        for renew in self._renewals:
            renew(binding)
