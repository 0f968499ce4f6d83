"""How many maps stand above each item of a Y.Doc, known from the updates that made it.

The library cannot be asked, and reads maps by recursion: a chain of maps that is deep enough ends the
process.
"""

from bisect import bisect_right
from collections.abc import Iterable

from gradcanvas.document.yjs_wire import Id, Item, WireError


class Depths:
    """The depth of every item seen: 1 in a root, one more in each map below.

    An item that nobody has seen was deleted and forgotten, as whatever is put beside or into it will be: 0.
    """

    def __init__(self) -> None:
        self._single: dict[Id, int] = {}
        self._runs: dict[int, list[tuple[int, int, int]]] = {}

    def note(self, items: Iterable[Item]) -> int:
        """Take in the items of an update, which may stand in one another in any order.

        Returns:
            The greatest depth at which one of them is a map.

        Raises:
            WireError: items stand in one another in a circle.
        """
        here = _Here(items)
        deepest = 0
        for item in here.items:
            depth = self._resolve(item, here)
            if item.is_map:
                deepest = max(deepest, depth)
        return deepest

    def _resolve(self, item: Item, here: "_Here") -> int:
        """Return the item's depth, and note it for all items on the way to it."""
        way: list[Item] = []
        seen: set[Id] = set()
        depth: int | None = None
        at: Item | None = item
        while at is not None and depth is None:
            if at.id in seen:
                raise WireError("its maps stand in one another in a circle")
            seen.add(at.id)
            known = self._find(at.id)
            if known is not None:
                depth = known
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
            self._note(step, result)
        return result

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
