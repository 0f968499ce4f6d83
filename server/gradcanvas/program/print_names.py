"""Names of the variables of an exported script: a node's id is its variable, and nothing else may take it.

Knows nothing of nodes or of torch.
"""

from collections.abc import Iterable


class Names:
    """The names taken in one scope of a script."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def fresh(self, wished: str) -> str:
        """Return the wished name, or the next free one like it, and take it."""
        name, number = wished, 2
        while name in self._taken:
            name, number = f"{wished}_{number}", number + 1
        self._taken.add(name)
        return name


def joined(path: str) -> str:
    """Return how something made is spoken of as one identifier: "call/w" as "call_w", "d.y" as "d_y"."""
    return path.replace("/", "_").replace(".", "_")
