"""The directory in which one server keeps its graphs; a second server on the same one is refused."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO

import platformdirs

from gradcanvas.web.errors import ServerError

DATABASE = "graphs.sqlite"
_LOCK = "lock"


def default_data_directory() -> Path:
    """Return the place for a person's data on this system."""
    return Path(platformdirs.user_data_dir("gradcanvas", appauthor=False))


class DataDirectory:
    """A data directory that is ours until it is closed."""

    def __init__(self, path: Path) -> None:
        """Make it if need be, and take it.

        Raises:
            ServerError: It cannot be used, or another server uses it.
        """
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: IO[str] = open(path / _LOCK, "a+")  # noqa: SIM115
        except OSError as error:
            raise ServerError(
                f"The data directory {path} cannot be used: {error.strerror}. Give another with --data."
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = self._owner()
            self._lock.close()
            raise ServerError(
                f"Another GradCanvas{owner} uses the data directory {path}. Use that one, end it, or give"
                " another directory with --data."
            ) from None

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.path / DATABASE

    def tell_address(self, address: str) -> None:
        """Write down where we are, for whoever finds the directory taken."""
        self._lock.seek(0)
        self._lock.truncate()
        json.dump({"process": os.getpid(), "address": address}, self._lock)
        self._lock.flush()

    def close(self) -> None:
        """Give it back."""
        self._lock.close()

    def _owner(self) -> str:
        self._lock.seek(0)
        try:
            told = json.loads(self._lock.read())
            return f" (process {int(told['process'])}, {str(told['address'])[:100]})"
        except (ValueError, KeyError, TypeError):
            return ""
