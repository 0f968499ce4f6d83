import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.web.running_server import Client, Server, running


@pytest.mark.parametrize("edits", [1, 7, 60])
def test_every_acknowledged_edit_survives_kill_9_of_the_server(tmp_path: Path, edits: int) -> None:
    server = Server(tmp_path)
    graph = server.make()
    client = Client(server, graph)
    for number in range(edits):
        assert client.set(f"key{number}", f'"{number}"')["ok"]

    server.kill()

    with running(tmp_path) as again:
        file = again.json(f"/api/graphs/{graph}/file")
    assert {key for key in file if key.startswith("key")} == {f"key{number}" for number in range(edits)}
    client.close()


def test_a_server_killed_in_the_middle_of_edits_keeps_all_that_was_acknowledged(tmp_path: Path) -> None:
    server = Server(tmp_path)
    graph = server.make()
    client = Client(server, graph)
    acknowledged: list[str] = []

    def edit() -> None:
        for number in range(100_000):
            try:
                answer: dict[str, Any] = client.set(f"key{number}", "1", seconds=5)
            except Exception:
                return
            if answer.get("ok"):
                acknowledged.append(f"key{number}")

    writer = threading.Thread(target=edit)
    writer.start()
    threading.Event().wait(1.0)
    server.kill()
    client.close()
    writer.join()

    with running(tmp_path) as again:
        file = again.json(f"/api/graphs/{graph}/file")
    assert acknowledged
    assert set(acknowledged) <= set(file)


def test_a_graph_that_was_made_survives_kill_9_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path)
    graph = json.loads(server.request("/api/graphs", {"example": "two-moons"})[2])["id"]

    server.kill()

    with running(tmp_path) as again:
        assert again.json(f"/api/graphs/{graph}/file")["title"] == "Two moons"
