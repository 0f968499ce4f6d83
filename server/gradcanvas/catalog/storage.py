"""Keeps the catalogue on disk between runs. Imports no torch, so that the web process may read it.

The file is named by the version of torch and by a digest of this package's own source, so that it outlives no
change of either. Its lines: a digest of the rest (a file cut short is seen as such), the catalogue, its
documentation.
"""

import os
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_cache_path


def cache_path() -> Path:
    """Return where the catalogue of the installed torch is kept."""
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = "none"
    return user_cache_path("gradcanvas") / f"catalog-{torch}-{_source_digest()}.json"


def read_cache() -> tuple[bytes, bytes] | None:
    """Return the JSON of the catalogue and of its documentation, or None where there is no whole file."""
    try:
        digest, _, data = cache_path().read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != sha256(data).hexdigest().encode():
        return None
    catalog, _, documentation = data.partition(b"\n")
    return catalog, documentation


def write_cache(catalog: bytes, documentation: bytes) -> None:
    """Keep both documents, whole or not at all; a disk that cannot be written is no failure.

    Files of earlier rules for the same torch are removed.
    """
    path = cache_path()
    data = catalog + b"\n" + documentation
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sha256(data).hexdigest().encode() + b"\n" + data)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        for outdated in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.json"):
            if outdated != path:
                outdated.unlink(missing_ok=True)


@cache
def _source_digest() -> str:
    digest = sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
