"""How many maps stand above each item of a Y.Doc, known from the updates that made it.

The library cannot be asked, and reads maps by recursion: a chain of maps that is deep enough ends the
process.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import TypeAlias

from gradcanvas.document.yjs_wire import Id, Item, WireError

Measured: TypeAlias = dict[Id, tuple[Item, int]]
"""The items of an update that are new, and their depths."""


class Depths:
    """The depth of every item seen: 1 in a root, one more in each map below.

    An item that nobody has seen was deleted and forgotten, as whatever is put beside or into it will be: 0.
    """

    def __init__(self) -> None:
        self._single: dict[Id, int] = {}
        self._runs: dict[int, list[tuple[int, int, int]]] = {}

    def measure(self, items: Iterable[Item]) -> Measured:
        """Return the depths of an update's items, which may stand in one another in any order.

        Raises:
            WireError: items stand in one another in a circle.
        """
        here = _Here(items)
        measured: Measured = {}
        for item in here.items:
            self._resolve(item, here, measured)
        return measured

    def keep(self, measured: Measured) -> None:
        """Note the items of an update that was applied."""
        for item, depth in measured.values():
            self._note(item, depth)

    def _resolve(self, item: Item, here: "_Here", measured: Measured) -> None:
        """Measure the item, and all those on the way up from it."""
        way: list[Item] = []
        seen: set[Id] = set()
        depth: int | None = None
        at: Item | None = item
        while at is not None and depth is None:
            if at.id in seen:
                raise WireError("its maps stand in one another in a circle")
            seen.add(at.id)
            depth = measured[at.id][1] if at.id in measured else self._find(at.id)
            if depth is not None:
                break
            way.append(at)
            if isinstance(at.parent, str):
                depth, at = 0, None
            else:
                above = at.parent or at.origin
                depth = self._find(above) if above else 0
                at = here.find(above) if above else None
        result = depth or 0
        for step in reversed(way):
            result += step.parent is not None
            measured[step.id] = (step, result)

    def _note(self, item: Item, depth: int) -> None:
        if item.length == 1:
            self._single[item.id] = depth
            return
        runs = self._runs.setdefault(item.id.client, [])
        run = (item.id.clock, item.id.clock + item.length, depth)
        runs.insert(bisect_right(runs, run), run)

    def _find(self, wanted: Id) -> int | None:
        if wanted in self._single:
            return self._single[wanted]
        runs = self._runs.get(wanted.client, [])
        place = bisect_right(runs, (wanted.clock, 2**62, 0)) - 1
        if place >= 0 and runs[place][0] <= wanted.clock < runs[place][1]:
            return runs[place][2]
        return None


def deepest_map(measured: Measured) -> int:
    """Return the greatest depth at which one of the items is a map."""
    return max((depth for item, depth in measured.values() if item.is_map), default=0)


class _Here:
    """The items of one update, found by any of their ids."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = list(items)
        self._single = {item.id: item for item in self.items}
        self._runs = [item for item in self.items if item.length > 1]

    def find(self, wanted: Id) -> Item | None:
        """Return the item that has this id, None if it is not here."""
        if wanted in self._single:
            return self._single[wanted]
        for item in self._runs:
            start = item.id.clock
            if item.id.client == wanted.client and start <= wanted.clock < start + item.length:
                return item
        return None
