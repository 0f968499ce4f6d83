"""Numbers that may become others without the code being written anew: they stand beside it, not in it.

Knows which literals those are, and where the code finds them; nothing of how it is written.
"""

from collections.abc import Callable
from types import SimpleNamespace

from gradcanvas.catalog.model import Argument, Overload
from gradcanvas.program.binding import Binding, BoundNode
from gradcanvas.program.pieces import WatchedCall
from gradcanvas.program.values import to_torch


def is_renewable(node: BoundNode, argument: Argument) -> bool:
    """Tell whether a literal is a number that decides nothing but numbers: neither shapes nor what is run.

    Only of the graph's own nodes: what functions compute is written anew with them.
    """
    return argument.name in renewable_kinds(node)


def renewable_kinds(node: BoundNode) -> dict[str, str]:
    """Return the arguments whose numbers may become others, and of which kind these have to be."""
    if node.is_source or node.is_module or node.is_control:
        return {}
    names = _numbers(node.overload)
    kinds = {name: type(value) for name, value in node.values.items() if name in names}
    return {name: kind.__name__ for name, kind in kinds.items() if kind in (int, float)}


def _numbers(overload: Overload) -> frozenset[str]:
    """Return which arguments of a signature are numbers, which says nothing else."""
    known = _NUMBERS.get(id(overload))
    if known is None:
        names = {each.name for each in overload.arguments if each.type in ("number", "float")}
        fixed = {each.name for each in overload.arguments if each.fixed is not None}
        known = _NUMBERS[id(overload)] = overload, frozenset(names - fixed)
    return known[1]


_NUMBERS: dict[int, tuple[Overload, frozenset[str]]] = {}
"""By the signature's identity, which stays its own as long as it is kept here: to hash one takes longer."""


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
