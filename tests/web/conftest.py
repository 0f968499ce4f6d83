from collections.abc import Callable, Iterator

import pytest

from tests.web.running_server import Client, Server, running

Connect = Callable[..., Client]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def connect() -> Iterator[Connect]:
    clients: list[Client] = []

    def connect(server: Server, graph: str | None = None, **headers: str) -> Client:
        clients.append(Client(server, graph, **headers))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()
