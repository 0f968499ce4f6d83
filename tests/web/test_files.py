import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.running_server import Client, Server, running

TEXT = '{"gradcanvas": 1, "title": "of a file"}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "graph.json"
    path.write_text(TEXT)
    return path


def graph_of(server: Server) -> str:
    return server.request("/")[1]["Location"].removeprefix("/g/")


def test_saving_writes_the_file_the_server_was_started_on(tmp_path: Path, file: Path) -> None:
    file.chmod(0o640)
    with running(tmp_path / "data", file=str(file)) as server:
        graph = graph_of(server)
        client = Client(server, graph)
        client.set("title", '"edited"')
        saved = server.json(f"/api/graphs/{graph}/save", {})
        text = server.request(f"/api/graphs/{graph}/file")[2]
        revisions = server.json(f"/api/graphs/{graph}/revisions")
        revision = server.request(f"/api/graphs/{graph}/revisions/1")[2]
        client.close()

    assert client.joined["file"] == str(file)
    assert saved == {"path": str(file), "revision": 1}
    assert file.read_bytes() == text == revision
    assert json.loads(text)["title"] == "edited"
    assert [row["revision"] for row in revisions] == [1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(file.parent) == sorted(["data", "graph.json"]) or len(os.listdir(file.parent)) == 2


def test_a_file_that_somebody_else_changed_is_written_only_if_that_is_meant(
    tmp_path: Path, file: Path
) -> None:
    with running(tmp_path / "data", file=str(file)) as server:
        save = f"/api/graphs/{graph_of(server)}/save"
        file.write_text('{"gradcanvas": 1, "title": "by somebody else"}')
        refused, _, body = server.request(save, {})
        kept = file.read_text()
        overwritten = server.request(save, {"overwrite": True})[0]
        again = server.request(save, {})[0]

    assert refused == 409
    assert json.loads(body)["error"]["code"] == "changed-on-disk"
    assert "somebody else" in kept
    assert overwritten == again == 200
    assert json.loads(file.read_text())["title"] == "of a file"


def test_edits_that_were_not_saved_are_there_when_the_file_is_opened_again(
    tmp_path: Path, file: Path
) -> None:
    with running(tmp_path / "data", file=str(file)) as server:
        first = graph_of(server)
        client = Client(server, first)
        client.set("title", '"not saved"')
        client.close()

    with running(tmp_path / "data", file=str(file)) as server:
        second = graph_of(server)
        title = server.json(f"/api/graphs/{second}/file")["title"]

    assert second == first
    assert title == "not saved"
    assert file.read_text() == TEXT


def test_a_file_changed_meanwhile_is_opened_as_it_is_and_the_earlier_graph_is_kept(
    tmp_path: Path, file: Path
) -> None:
    with running(tmp_path / "data", file=str(file)) as server:
        first = graph_of(server)

    file.write_text('{"gradcanvas": 1, "title": "newer"}')
    with running(tmp_path / "data", file=str(file)) as server:
        second = graph_of(server)
        titles = {row["id"]: row["title"] for row in server.json("/api/graphs")}

    assert titles == {first: "of a file", second: "newer"}


def test_a_file_that_is_not_there_yet_is_made_by_saving(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    with running(tmp_path / "data", file=str(path)) as server:
        before = path.exists()
        server.json(f"/api/graphs/{graph_of(server)}/save", {})

    assert not before
    assert json.loads(path.read_text())["gradcanvas"] == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text("no json"), "is not a graph. Line 1"),
        (lambda path: path.write_text('{"gradcanvas": 99}'), "99"),
        (lambda path: path.mkdir(), "cannot be read"),
    ],
)
def test_a_file_that_is_no_graph_is_refused_in_words(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "graph.json"
    make(path)

    server = Server(tmp_path / "data", file=str(path))
    assert server.process.stderr is not None
    said = server.process.stderr.read()

    assert server._end() == 1
    assert words in said


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "graph.json"
    path.parent.mkdir()
    path.write_text(TEXT)
    with running(tmp_path / "data", file=str(path)) as server:
        graph = graph_of(server)
        path.unlink()
        path.parent.rmdir()
        status, _, body = server.request(f"/api/graphs/{graph}/save", {})

    assert status == 507
    assert str(path) in json.loads(body)["error"]["message"]
