"""Who hears what a worker says, as an interface; knows nothing of what is done with it."""

from typing import Any, Protocol

from gradcanvas.engine.limits import Ended


class Listener(Protocol):
    """Who hears what a worker says; called in the worker's reader thread."""

    def starting(self) -> None:
        """Take note that a worker is being started."""

    def told(self, message: dict[str, Any]) -> None:
        """Take a JSON message: ready, layout, status or notice."""

    def frame(self, frame: bytes) -> None:
        """Take a frame."""

    def frames(self, batch: bytes) -> None:
        """Take a batch of frames of a run's beginning."""

    def losses(self, run: int, first: int, values: bytes) -> None:
        """Take losses."""

    def metrics(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Take metrics."""

    def validation(self, run: int, first: int, names: list[str], values: bytes) -> None:
        """Take rows of validation."""

    def lost(self, reason: Ended, is_replaced: bool) -> None:
        """Take note that the worker ended."""
