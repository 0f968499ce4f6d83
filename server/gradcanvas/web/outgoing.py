"""The seam between rooms and sockets: what a room asks of whoever brings its messages to the pages."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class Outgoing(Protocol):
    """Brings messages to pages; never blocks."""

    def send(self, sids: Sequence[str], event: str, data: Any) -> None:
        """Send one event to each of these sockets, encoded once."""

    def waiting_bytes(self, sid: str) -> int:
        """Return how much waits to be written to this socket."""

    def is_connected(self, sid: str) -> bool:
        """Whether this socket is still there."""

    def after_answer(self, action: Callable[[], None]) -> None:
        """Do something when the request in hand has been answered."""
