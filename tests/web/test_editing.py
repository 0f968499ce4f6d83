import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Map

from gradcanvas.web.data_directory import DATABASE
from tests.web.running_server import Client, Server, running, wait_until

Connect = Callable[..., Client]


def test_an_edit_reaches_the_other_pages_the_file_and_the_worker(server: Server, connect: Connect) -> None:
    graph = server.make("before")
    one, other = connect(server, graph), connect(server, graph)

    answer = one.set("title", '"after"')

    assert answer["ok"]
    other.doc.apply_update(other.next("edit"))
    assert other.get("title") == '"after"'
    assert server.json(f"/api/graphs/{graph}/file")["title"] == "after"
    layout = other.until("layout", lambda layout: layout["edit"] == answer["edit"])
    assert layout["leaves"] == ["after"]


def test_edits_are_numbered(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())

    numbers = [client.set("title", f'"{number}"')["edit"] for number in range(3)]

    assert numbers == [1, 2, 3]


def test_a_page_is_not_sent_its_own_edits(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())

    edit = client.set("title", '"mine"')["edit"]

    client.until("layout", lambda layout: layout["edit"] == edit)
    assert all(name != "edit" for name, _ in client.events.queue)


def test_a_page_that_comes_back_gets_only_what_it_misses(server: Server, connect: Connect) -> None:
    graph = server.make("x" * 1000)
    one, other = connect(server, graph), connect(server, graph)
    other.close()
    one.set("notes", '"new"')

    returned = connect(server)
    returned.doc.apply_update(other.doc.get_update())
    answer = returned.join(graph)

    assert returned.get("notes") == '"new"'
    assert len(answer["update"]) < 200


def test_edits_made_while_away_are_taken_on_return(server: Server, connect: Connect) -> None:
    graph = server.make("before")
    away = connect(server, graph)
    away.close()
    away.doc.get("graph", type=Map)["title"] = '"made offline"'

    returned = connect(server)
    answer = returned.call("join", {"graph": graph, "vector": away.doc.get_state()})
    missing = away.doc.get_update(answer["vector"])
    answer = returned.call("edit", missing)

    assert answer["ok"]
    assert server.json(f"/api/graphs/{graph}/file")["title"] == "made offline"


def test_a_graph_survives_many_edits_and_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        graph = server.make()
        client = Client(server, graph)
        for number in range(900):
            assert client.set("title", f'"{number}"')["ok"]
        client.close()

    with running(tmp_path) as server:
        file = server.json(f"/api/graphs/{graph}/file")
        listed = server.json("/api/graphs")
        client = Client(server, graph)
        edit = client.set("title", '"next"')["edit"]
        client.close()

    assert file["title"] == "899"
    assert [row["id"] for row in listed] == [graph]
    assert edit == 901


@pytest.mark.parametrize(
    "update",
    [b"", b"\xff" * 100, b"\x01\x02\x03", bytes(range(256)), b"\x00" * 3],
)
def test_what_is_no_edit_is_refused_and_harms_nothing(
    server: Server, connect: Connect, update: bytes
) -> None:
    graph = server.make("sound")
    client = connect(server, graph)

    answer = client.call("edit", update)

    assert not answer["ok"]
    assert answer["error"]["message"]
    assert answer["error"]["help"]
    assert client.set("notes", '"still here"')["ok"]
    assert server.json(f"/api/graphs/{graph}/file")["title"] == "sound"


def test_an_update_outside_of_the_graph_is_refused(server: Server, connect: Connect) -> None:
    client = connect(server, server.make())
    strange: Doc[Any] = Doc()
    strange.get("secrets", type=Map)["key"] = "value"

    answer = client.call("edit", strange.get_update())

    assert not answer["ok"]
    assert "outside of the graph" in answer["error"]["message"]


def test_a_graph_does_not_grow_without_bound(tmp_path: Path) -> None:
    with running(tmp_path, graph_bytes=10_000) as server:
        client = Client(server, server.make())
        answers = [client.set("notes", json.dumps("x" * 1000)) for _ in range(20)]
        client.close()

    assert answers[0]["ok"]
    assert answers[-1]["error"]["code"] == "graph-too-large"
    assert answers[-1]["error"]["help"]


def test_an_edit_that_cannot_be_written_is_in_nobodys_graph_and_may_come_again(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        graph = server.make("before")
        one = Client(server, graph)
        with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            answer = one.set("title", '"after"')
            other = Client(server, graph)

        assert answer["error"]["code"] == "not-saved"
        assert other.get("title") == '"before"'
        assert one.call("edit", one.doc.get_update())["ok"]
        other.doc.apply_update(other.next("edit"))
        assert other.get("title") == '"after"'
        one.close()
        other.close()


def test_the_worker_is_given_an_edit_while_it_is_written_and_the_graph_without_it_where_it_cannot_be(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as server:
        graph = server.make()
        one = Client(server, graph)
        one.until("layout", lambda layout: layout["edit"] == 0)
        with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            before = one.doc.get_state()
            one.doc.get("graph", type=Map)["notes"] = '"not kept"'
            answers: list[Any] = []
            one.socket.emit("edit", one.doc.get_update(before), callback=answers.append)
            one.until("alike", lambda alike: alike["edit"] == 1)
            assert answers == []
            one.until("alike", lambda alike: alike["edit"] == 0)

        wait_until(lambda: answers)
        assert answers[0]["error"]["code"] == "not-saved"
        other = Client(server, graph)
        assert other.get("notes") is None
        assert other.set("title", '"kept"')["edit"] == 1
        layout = other.until("layout", lambda layout: layout["leaves"] == ["kept"])
        assert layout["edit"] == 1
        one.close()
        other.close()


def test_a_revision_is_kept_when_the_last_page_leaves_an_edited_graph(
    server: Server, connect: Connect
) -> None:
    graph = server.make("before")
    one, other = connect(server, graph), connect(server, graph)
    one.set("title", '"after"')

    one.close()
    other.close()
    wait_until(lambda: server.json(f"/api/graphs/{graph}/revisions"))
    connect(server, graph).close()

    revisions = server.json(f"/api/graphs/{graph}/revisions")
    assert [row["revision"] for row in revisions] == [1]
    assert server.json(f"/api/graphs/{graph}/revisions/1")["title"] == "after"
