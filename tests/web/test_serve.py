import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gradcanvas.web.serve import DEFAULT_PORT, address_of, listen
from tests.web.running_server import SMALL, Client, Server, running, wait_until


def mapped_files(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


def test_the_server_imports_no_torch_even_when_sessions_run(tmp_path: Path) -> None:
    with running(tmp_path, worker="gradcanvas.engine.worker:worker_main") as server:
        _, headers, _ = server.request("/")
        client = Client(server, headers["Location"].removeprefix("/g/"))
        client.until("layout", lambda layout: bool(layout["outputs"]), seconds=60)
        server.request("/api/catalog")
        maps = mapped_files(server.process.pid)
        client.close()

    assert "_sqlite3" in maps or "sqlite" in maps
    assert "libtorch" not in maps
    assert not re.search(r"/torch/|networkx|numpy", maps)


def test_the_web_room_imports_neither_torch_nor_numpy_nor_networkx() -> None:
    code = (
        "import sys, gradcanvas.web, gradcanvas.web.generate;"
        "print([name for name in ('torch', 'numpy', 'networkx') if name in sys.modules])"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"


def test_sigterm_ends_it_gracefully_and_leaves_nothing_behind(tmp_path: Path) -> None:
    server = Server(tmp_path)
    client = Client(server, server.make())
    client.next("layout")
    family = children_of(server.process.pid)

    status = server.stop()

    assert status == 0
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))
    assert len(family) >= 2
    client.close()


def children_of(pid: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        for name in child.read_text().split():
            found += [int(name), *children_of(int(name))]
    return found


def test_a_second_server_on_the_same_data_is_refused_with_the_firsts_address(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        second = Server(tmp_path)
        assert second.process.stderr is not None
        said = second.process.stderr.read()

        assert second._end() == 1
        assert first.address in said
        assert "--data" in said


def test_after_the_first_was_killed_the_data_is_free(tmp_path: Path) -> None:
    first = Server(tmp_path)
    first.kill()

    with running(tmp_path) as second:
        assert second.request("/api/health")[0] == 200


def test_the_default_port_gives_way_to_the_next_free_one() -> None:
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        ports = [first.getsockname()[1], second.getsockname()[1]]

    assert DEFAULT_PORT <= ports[0] < ports[1]


def test_a_taken_port_that_was_asked_for_is_refused_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(tmp_path, port=taken.getsockname()[1])
        assert server.process.stderr is not None
        said = server.process.stderr.read()

    assert server._end() == 1
    assert "--port" in said


@pytest.mark.parametrize(
    ("host", "token", "pattern"),
    [
        ("127.0.0.1", None, r"http://127\.0\.0\.1:\d+/"),
        ("127.0.0.1", "abc", r"http://127\.0\.0\.1:\d+/\?token=abc"),
        ("0.0.0.0", "abc", r"http://(?!0\.0\.0\.0)[^/]+:\d+/\?token=abc"),
    ],
)
def test_the_address_is_one_that_can_be_opened(host: str, token: str | None, pattern: str) -> None:
    with listen(host, 0) as listener:
        assert re.fullmatch(pattern, address_of(listener, host, token))


def test_beyond_loopback_pages_meet_in_one_process_and_a_crowd_is_served(tmp_path: Path) -> None:
    header = {"Authorization": "Bearer secret"}
    with running(tmp_path, token="secret", viewers=40) as server:
        made = server.request("/api/graphs", {}, **header)[2]
        graph = json.loads(made)["id"]
        clients = [Client(server, graph, **header) for _ in range(40)]
        full = server.request("/socket.io/?transport=websocket&EIO=4", Upgrade="websocket", **header)
        edited = clients[0].set("title", '"for all"')
        for client in clients[1:]:
            client.doc.apply_update(client.next("edit"))
        titles = {client.get("title") for client in clients}
        health = server.request("/api/health", **header)[0]
        for client in clients:
            client.close()

    assert edited["ok"]
    assert titles == {'"for all"'}
    assert full[0] == 503
    assert health == 200


def test_the_command_serves_and_says_where(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "gradcanvas", "--no-open", "--port", "0", "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert server.stdout is not None
    said = server.stdout.readline()
    server.terminate()
    status = server.wait(20)
    server.stdout.close()

    assert re.match(r"GradCanvas .* is at http://127\.0\.0\.1:\d+/", said)
    assert status == 0


def test_the_page_is_served_compressed_and_kept_by_the_browser(tmp_path: Path) -> None:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>t</title>")
    (page / "assets" / "main-abc.js").write_text("export const x = 1;\n" * 500)
    with running(tmp_path / "data", page=str(page), **SMALL) as server:
        index = server.request(f"/g/{server.make()}")
        script = server.request("/app/assets/main-abc.js", **{"Accept-Encoding": "gzip, br"})

    assert index[0] == 200
    assert index[1]["Cache-Control"] == "no-cache"
    assert index[1]["Content-Type"].startswith("text/html")
    assert script[1]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script[1]["Content-Encoding"] == "gzip"
    assert script[1]["Content-Type"].startswith("text/javascript")
    assert len(script[2]) < 1000


def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with running(tmp_path / "data", page=str(tmp_path / "nowhere")) as server:
        status, _, body = server.request(f"/g/{server.make()}")

    assert status == 503
    assert b"npm run build" in body
