"""The catalogue as it is served: read from the cache, which another process builds. Imports no torch."""

import subprocess
import sys
import threading

from gradcanvas.catalog.documentation import Documentation
from gradcanvas.catalog.storage import read_cache
from gradcanvas.web.static_files import Content

_BUILD = "from gradcanvas.catalog import load_catalog; load_catalog()"


class CatalogFile:
    """The catalogue and its documentation, once they are there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contents: tuple[Content, Documentation] | None = None
        self._building: subprocess.Popen[bytes] | None = None

    @property
    def catalog(self) -> Content | None:
        """The catalogue, None while it is being built."""
        contents = self._read()
        return contents[0] if contents else None

    @property
    def documentation(self) -> Documentation | None:
        """What is told of the operations, None while it is being built."""
        contents = self._read()
        return contents[1] if contents else None

    def close(self) -> None:
        """End what is being built."""
        with self._lock:
            building, self._building = self._building, None
        if building is not None:
            building.kill()
            building.wait()

    def _read(self) -> tuple[Content, Documentation] | None:
        with self._lock:
            if self._contents is None:
                cached = read_cache()
                if cached is None:
                    self._build()
                else:
                    self._contents = Content.of(cached[0]), Documentation(cached[1])
            return self._contents

    def _build(self) -> None:
        """Have another process build it, one at a time; the lock is held."""
        if self._building is None or self._building.poll() is not None:
            self._building = subprocess.Popen([sys.executable, "-c", _BUILD], stdin=subprocess.DEVNULL)
