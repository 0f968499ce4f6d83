"""The catalogue, built anew from the installed torch: no file on the disk has a part in these tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcanvas.catalog import Catalog, callables, load_catalog
from gradcanvas.catalog.build import build_catalog, walk_callables


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return build_catalog()


@pytest.fixture(scope="session")
def found(catalog: Catalog) -> dict[str, Callable[..., Any]]:
    return {name: each for name, each in walk_callables().items() if name in catalog.operations}


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache directory of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_catalog.cache_clear()
    callables.cache_clear()
    yield tmp_path
    load_catalog.cache_clear()
    callables.cache_clear()
