import json
import re
import socket
from collections.abc import Iterator

import pytest
from socketio.exceptions import ConnectionError as RefusedError

from gradcanvas.web.guard import is_loopback
from tests.web.running_server import Client, Server, running

HANDSHAKE = (
    "GET /socket.io/?transport=websocket&EIO=4 HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
)


def shake_hands(server: Server, host: str, origin: str, more: str = "") -> str:
    port = int(server.base.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(HANDSHAKE.format(host=host, origin=origin, more=more).encode())
        return connection.recv(4096).decode("latin-1")


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, is_it: bool) -> None:
    assert is_loopback(host) is is_it


@pytest.mark.parametrize("path", ["/", "/api/graphs", "/app/x.js", "/socket.io/?transport=websocket&EIO=4"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:5000", "127.0.0.1.evil.example", "[", "10.0.0.1"]
)
def test_a_rebound_name_is_refused_everywhere(server: Server, path: str, host: str) -> None:
    status, _, body = server.request(path, Host=host)

    assert status == 403
    assert json.loads(body)["error"]["code"] == "wrong-host"


@pytest.mark.parametrize("host", ["localhost", "localhost:9999", "127.0.0.1:1", "[::1]:5000", "LOCALHOST"])
def test_this_machines_own_names_are_taken_behind_any_port(server: Server, host: str) -> None:
    assert server.request("/api/health", Host=host)[0] == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example", "file://", "http://["]
)
def test_another_sites_page_is_refused(server: Server, origin: str) -> None:
    bodies: tuple[dict[str, str] | None, ...] = (None, {})
    for body in bodies:
        status, _, answer = server.request("/api/graphs", body, Origin=origin)
        assert status == 403
        assert json.loads(answer)["error"]["code"] == "wrong-origin"


def test_a_post_that_comes_from_another_site_is_refused(server: Server) -> None:
    assert server.request("/api/graphs", {}, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert server.request("/api/graphs", {}, **{"Sec-Fetch-Site": "same-origin"})[0] == 201


def test_the_socket_is_opened_for_our_own_page_only(server: Server) -> None:
    host = server.base.removeprefix("http://")

    assert "101" in shake_hands(server, host, server.base).split("\r\n")[0]
    assert "403" in shake_hands(server, host, "http://evil.example").split("\r\n")[0]
    assert "403" in shake_hands(server, "evil.example", "http://evil.example").split("\r\n")[0]
    with pytest.raises(RefusedError):
        Client(server, Origin="http://evil.example")


def test_the_socket_is_never_compressed(server: Server) -> None:
    host = server.base.removeprefix("http://")
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"

    answer = shake_hands(server, host, server.base, offer)

    assert "101" in answer.split("\r\n")[0]
    assert "extensions" not in answer.lower()


def test_every_answer_has_the_headers_that_keep_the_page_to_itself(server: Server) -> None:
    for path in ("/", "/api/health", "/nowhere", "/api/catalog"):
        headers = server.request(path)[1]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert not re.search(r"werkzeug|python", headers.get("Server", ""), re.IGNORECASE)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("data"), token="secret-token") as server:
        yield server


def test_without_the_token_nothing_is_answered(guarded: Server) -> None:
    for path in ("/", "/api/health", "/?token=wrong", "/app/x.js"):
        status, _, body = guarded.request(path)
        assert status == 401
        assert "token" in json.loads(body)["error"]["help"]
    with pytest.raises(RefusedError):
        Client(guarded)


def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address(guarded: Server) -> None:
    status, headers, _ = guarded.request("/g/abc?token=secret-token&x=1")

    assert status == 303
    assert headers["Location"] == "/g/abc?x=1"
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=" in cookie
    assert guarded.request("/api/health", Cookie=cookie.split(";")[0])[0] == 200


@pytest.mark.parametrize("cookie", ["gradcanvas-token=", "gradcanvas-token=wrong", "=;;="])
def test_a_wrong_cookie_is_refused(guarded: Server, cookie: str) -> None:
    assert guarded.request("/api/health", Cookie=cookie)[0] == 401


def test_a_redirect_never_leads_to_another_site(guarded: Server) -> None:
    _, headers, _ = guarded.request("//evil.example/?token=secret-token")

    assert headers["Location"] == "/evil.example/"


def test_the_socket_needs_the_token(guarded: Server) -> None:
    client = Client(guarded, Authorization="Bearer secret-token")
    answer = client.call("watch", {"rate": 1})
    client.close()

    assert answer["error"]["code"] == "not-joined"


def test_a_socket_without_a_handshake_is_refused_in_words(server: Server) -> None:
    status, _, body = server.request("/socket.io/?transport=websocket&EIO=4", Upgrade="websocket")

    assert status == 400
    assert "handshake" in json.loads(body)["error"]["message"]
