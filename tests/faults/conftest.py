from collections.abc import Iterator

import pytest

from tests.web.running_server import Server, running

REAL = {
    "worker": "gradcanvas.engine.worker:worker_main",
    "preload": "gradcanvas.engine.preload:preload",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("data"), **REAL, limits={"memory_bytes": 3 << 30}) as server:
        yield server
