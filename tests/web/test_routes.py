import gzip
import json
import re
from collections.abc import Callable

import pytest

from gradcanvas import __version__
from gradcanvas.catalog import load_catalog
from tests.web.running_server import Client, Server, wait_until

Connect = Callable[..., Client]


def test_at_first_the_page_is_a_copy_of_the_articles_example(server: Server) -> None:
    status, headers, _ = server.request("/")

    assert status == 302
    graph = headers["Location"].removeprefix("/g/")
    file = server.json(f"/api/graphs/{graph}/file")
    assert file["title"] == "Linear regression"
    assert server.request("/")[1]["Location"] == headers["Location"]


def test_the_page_is_that_of_the_graph_last_joined(server: Server, connect: Connect) -> None:
    graph = server.make()

    connect(server, graph)

    assert server.request("/")[1]["Location"] == f"/g/{graph}"


def test_the_server_says_that_it_is_up(server: Server) -> None:
    load_catalog()
    wait_until(lambda: server.json("/api/health")["catalog"] == "ready")

    assert server.json("/api/health") == {"ok": True, "version": __version__, "catalog": "ready"}


def test_the_catalogue_is_sent_compressed_and_only_once(server: Server) -> None:
    load_catalog()
    wait_until(lambda: server.json("/api/health")["catalog"] == "ready")

    plain = server.request("/api/catalog")
    compressed = server.request("/api/catalog", **{"Accept-Encoding": "gzip"})
    again = server.request("/api/catalog", **{"If-None-Match": plain[1]["ETag"]})

    assert "torch.add" in json.loads(plain[2])["operations"]
    assert compressed[1]["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed[2]) == plain[2]
    assert len(compressed[2]) < len(plain[2]) / 4
    assert again[0] == 304
    assert again[2] == b""


def test_an_operation_is_told_of_when_somebody_asks(server: Server) -> None:
    load_catalog()
    wait_until(lambda: server.json("/api/health")["catalog"] == "ready")

    status, headers, body = server.request("/api/documentation/torch.mul")
    again = server.request("/api/documentation/torch.mul", **{"If-None-Match": headers["ETag"]})

    told = json.loads(body)
    assert status == 200
    assert told["blocks"][0]["kind"] == "paragraph"
    assert told["derivatives"][0]["formulas"][0]["equations"][0]["left"] == r"\gradient{\argument{self}}"
    assert again[0] == 304


def test_nothing_is_told_of_what_is_no_operation(server: Server) -> None:
    load_catalog()
    wait_until(lambda: server.json("/api/health")["catalog"] == "ready")

    status, _, body = server.request("/api/documentation/os.system")

    assert status == 404
    assert json.loads(body)["error"]["code"] == "unknown-operation"


def test_the_examples_are_listed_the_articles_first(server: Server) -> None:
    entries = server.json("/api/examples")

    assert entries[0]["name"] == "linear-regression"
    assert entries[0]["nodes"] == 9
    assert len(entries) >= 7
    assert all(entry["title"] and entry["sentence"] for entry in entries)


def test_a_graph_is_made_of_a_text_an_example_or_nothing(server: Server) -> None:
    example = server.json("/api/graphs", {"example": "two-moons"})
    empty = server.json("/api/graphs", {})
    text = server.json("/api/graphs", {"file": '{"gradcanvas": 1, "title": "mine", "what": 2}'})

    assert example["problems"] == empty["problems"] == []
    assert text["problems"][0]["where"] == "/what"
    titles = {row["id"]: row["title"] for row in server.json("/api/graphs")}
    assert titles[example["id"]] == "Two moons"
    assert titles[empty["id"]] == "Untitled"
    assert titles[text["id"]] == "mine"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "not-json"), ("[1]", "wrong-type"), ("{", "not-json"), ('{"gradcanvas": 99}', "newer-version")],
)
def test_a_text_that_is_no_graph_is_refused_with_its_problems(server: Server, text: str, code: str) -> None:
    before = len(server.json("/api/graphs"))

    status, _, body = server.request("/api/graphs", {"file": text})

    assert status == 422
    assert json.loads(body)["problems"][0]["code"] == code
    assert json.loads(body)["error"]["help"]
    assert len(server.json("/api/graphs")) == before


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "Invalid JSON"),
        (b"[]", 400, "object"),
        (b'{"file": 3}', 400, "file"),
        (b'{"fiel": ""}', 400, "fiel"),
        (b'{"file": "", "example": ""}', 400, "Both"),
        (b'{"example": "../../etc/passwd"}', 404, "no example"),
        (b"\xff\xfe", 400, "body"),
    ],
)
def test_a_malformed_body_is_refused_with_its_place(
    server: Server, body: bytes, status: int, words: str
) -> None:
    answered, _, answer = server.request("/api/graphs", body)

    assert answered == status
    assert words in json.loads(answer)["error"]["message"]


def test_a_body_of_another_type_is_refused(server: Server) -> None:
    status, _, body = server.request("/api/graphs", b"file=x", **{"Content-Type": "text/plain"})

    assert status == 415
    assert "application/json" in json.loads(body)["error"]["help"]


def test_a_graph_file_comes_back_canonical_under_a_name_of_its_title(server: Server) -> None:
    graph = server.make('Über: a/b\n"c" … d')

    _, headers, body = server.request(f"/api/graphs/{graph}/file")

    assert json.loads(body)["gradcanvas"] == 1
    assert headers["Content-Disposition"] == 'attachment; filename="ber-a-b-c-d.json"'


@pytest.mark.parametrize(
    ("to", "beginning"), [("python", b"import torch"), ("dot", b"digraph"), ("svg", b"<svg")]
)
def test_a_graph_is_exported(server: Server, to: str, beginning: bytes) -> None:
    graph = server.make("mine")

    for autograd in (0, 1):
        status, headers, body = server.request(f"/api/graphs/{graph}/export/{to}?autograd={autograd}")
        assert status == 200
        assert beginning in body[:200]
        assert re.fullmatch(r'attachment; filename="mine\.(py|dot|svg)"', headers["Content-Disposition"])


def test_json_of_something_else_is_refused_and_makes_no_graph(server: Server) -> None:
    before = server.json("/api/graphs")

    status, _, body = server.request("/api/graphs", {"file": '{"name": "some-package", "version": "1.0"}'})

    assert status == 422
    assert json.loads(body)["error"]["code"] == "not-a-graph"
    assert server.json("/api/graphs") == before


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/app/%00",
        "/api/graphs/unknown/revisions/99999999999999999999999",
        "/g/unknown",
        "/app/../pyproject.toml",
        "/app/%2e%2e/%2e%2e/pyproject.toml",
        "/app//etc/passwd",
        "/api/graphs/unknown/file",
        "/api/graphs/unknown/revisions",
        "/api/graphs/unknown/revisions/1",
        "/api/graphs/unknown/export/python",
    ],
)
def test_what_is_not_there_is_refused_in_words(server: Server, path: str) -> None:
    status, _, body = server.request(path)

    assert status == 404
    error = json.loads(body)["error"]
    assert error["message"]
    assert error["help"]


def test_a_browser_is_given_the_page_where_a_graph_is_unknown(server: Server) -> None:
    status, headers, body = server.request("/g/unknown", Accept="text/html,*/*")

    assert status == 404
    assert headers["Content-Type"].startswith("text/html")
    assert body == server.request(f"/g/{server.make()}")[2]


def test_a_graph_that_no_file_is_bound_to_is_not_saved(server: Server) -> None:
    status, _, body = server.request(f"/api/graphs/{server.make()}/save", {})

    assert status == 404
    assert json.loads(body)["error"]["code"] == "no-file"


def test_a_method_that_does_not_fit_is_refused(server: Server) -> None:
    status, _, body = server.request("/api/health", {})

    assert status == 405
    assert json.loads(body)["error"]["message"]
