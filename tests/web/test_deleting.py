import json
from collections.abc import Callable

from tests.web.running_server import Client, Server, wait_until

Connect = Callable[..., Client]


def test_a_deleted_graph_is_gone_with_its_past_and_others_stay(server: Server, connect: Connect) -> None:
    graph, other = server.make("of no use"), server.make("kept")
    page = connect(server, graph)
    page.set("title", '"of no use any more"')
    page.close()
    wait_until(lambda: server.json(f"/api/graphs/{graph}/revisions"))

    status, _, body = server.request(f"/api/graphs/{graph}", method="DELETE")

    assert (status, body) == (204, b"")
    kept = [row["id"] for row in server.json("/api/graphs")]
    assert graph not in kept
    assert other in kept
    for path in ("", "/file", "/revisions", "/revisions/1"):
        method = "DELETE" if path == "" else None
        assert server.request(f"/api/graphs/{graph}{path}", method=method)[0] == 404
    assert connect(server).call("join", {"graph": graph})["error"]["code"] == "unknown-graph"
    assert server.request("/")[1]["Location"] != f"/g/{graph}"


def test_a_graph_that_a_page_shows_is_not_deleted(server: Server, connect: Connect) -> None:
    graph = server.make("in use")
    page = connect(server, graph)

    status, _, body = server.request(f"/api/graphs/{graph}", method="DELETE")

    assert status == 409
    assert json.loads(body)["error"]["code"] == "graph-open"
    assert page.set("title", '"still in use"')["ok"]


def test_another_sites_page_deletes_nothing(server: Server) -> None:
    graph = server.make("kept")

    status, *_ = server.request(f"/api/graphs/{graph}", method="DELETE", Origin="http://elsewhere.example")

    assert status == 403
    assert graph in [row["id"] for row in server.json("/api/graphs")]
