"""As many pages at once as a server says it serves, and one more: on loopback, and beyond it under gunicorn.

All of them only by `make faults`: a hundred and twenty-eight clients take their time to come.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gradcanvas.web.settings import Settings
from tests.web.running_server import Client, Server, running, wait_until

LIMIT = Settings(Path()).viewers
HEADERS = {"Authorization": "Bearer secret"}
PATIENCE = 120.0

pytestmark = pytest.mark.skipif("GRADCANVAS_WHOLE" not in os.environ, reason="part of make faults")


@pytest.mark.parametrize("settings", [{}, {"token": "secret"}], ids=["werkzeug", "gunicorn"])
def test_the_stated_limit_of_pages_is_served_and_one_more_gets_a_clear_503(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    with running(tmp_path, **settings) as server:
        graph = json.loads(server.request("/api/graphs", {}, **HEADERS)[2])["id"]
        clients = [Client(server, graph, **HEADERS) for _ in range(LIMIT)]
        for client in clients:
            assert client.call("watch", {"rate": 10}, PATIENCE)["ok"]
        clients[0].call("command", {"verb": "train"}, PATIENCE)
        for client in clients:
            client.until("frame", bool, PATIENCE)
            client.next("losses", PATIENCE)

        status, _, body = socket_request(server)
        health = server.request("/api/health", **HEADERS)[0]
        edited = clients[-1].set("title", '"for all"', PATIENCE)
        for client in clients[:-1]:
            client.doc.apply_update(client.next("edit", PATIENCE))
        titles = {client.get("title") for client in clients}
        clients[0].call("command", {"verb": "pause"}, PATIENCE)
        clients.pop().close()
        wait_until(lambda: socket_request(server)[0] != 503, PATIENCE)
        clients.append(Client(server, graph, **HEADERS))
        for client in clients:
            client.close()

    assert status == 503
    assert json.loads(body)["error"]["code"] == "too-many-viewers"
    assert str(LIMIT) in json.loads(body)["error"]["message"]
    assert health == 200
    assert edited["ok"]
    assert titles == {'"for all"'}


def socket_request(server: Server) -> tuple[int, dict[str, str], bytes]:
    """Ask for a socket as no browser does: a full server says so, another one that it is no handshake."""
    return server.request("/socket.io/?transport=websocket&EIO=4", Upgrade="websocket", **HEADERS)
