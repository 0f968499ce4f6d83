"""The door of the server: who may ask for what under which name; knows nothing of graphs.

Host and Origin are checked for every request, the socket's too, so that a page of another site cannot speak
to a server on this machine, not even by rebinding its name. Beyond loopback a token is needed.
"""

import hmac
import ipaddress
import json
import socket
import threading
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from gradcanvas.web.errors import Refused
from gradcanvas.web.settings import Settings

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

COOKIE = "gradcanvas-token"
_STATUS = {
    303: "See Other",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    503: "Service Unavailable",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def _place(origin: str) -> str:
    """Return the host and port of an origin; nothing of what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """WSGI middleware in front of everything."""

    def __init__(self, application: Application, settings: Settings) -> None:
        self._application = application
        self._settings = settings
        self._names = _names(settings)
        self._counting = threading.Lock()
        self._sockets = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse what may not pass; pass on the rest."""
        try:
            self._check_host(environ)
            self._check_origin(environ)
            if self._settings.token is not None:
                redirect = self._check_token(environ)
                if redirect is not None:
                    start_response("303 See Other", redirect)
                    return [b""]
        except Refused as refused:
            return _refuse(refused, start_response)
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            return self._pass_socket(environ, start_response)
        return self._application(environ, start_response)

    def _check_host(self, environ: Environ) -> None:
        host = environ.get("HTTP_HOST", "")
        name = _host_name(host)
        if name is None or not (name in self._names or (self._settings.token and _is_address(name))):
            raise Refused(
                "wrong-host",
                f"This server is not called {host[:100]!r}.",
                "Open the address that it printed when it started.",
                403,
            )

    def _check_origin(self, environ: Environ) -> None:
        origin = environ.get("HTTP_ORIGIN")
        site = environ.get("HTTP_SEC_FETCH_SITE")
        is_socket = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        is_safe = environ["REQUEST_METHOD"] in _SAFE_METHODS and not is_socket
        is_foreign = origin is not None and _place(origin) != environ["HTTP_HOST"].lower()
        if is_foreign or (not is_safe and site is not None and site not in ("same-origin", "none")):
            raise Refused(
                "wrong-origin",
                f"A page of {(origin or 'another site')[:100]} may not speak to this server.",
                "Open the server's own page.",
                403,
            )

    def _check_token(self, environ: Environ) -> list[tuple[str, str]] | None:
        """Let in who knows the token; one that stands in the address becomes a cookie, by a redirect."""
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if self._is_token(_cookie(environ)):
            return None
        if self._is_token(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")):
            return None
        given = query.pop("token", [""])[0]
        if not self._is_token(given):
            raise Refused(
                "token-needed",
                "This server is for those who know its token.",
                "Open the address with `?token=` that it printed when it started.",
                401,
            )
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_UPGRADE"):
            return None
        rest = urlencode(query, doseq=True)
        target = "/" + environ.get("PATH_INFO", "/").lstrip("/") + (f"?{rest}" if rest else "")
        cookie = f"{COOKIE}={given}; Path=/; HttpOnly; SameSite=Lax"
        return [("Location", target), ("Set-Cookie", cookie), ("Cache-Control", "no-store")]

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self._settings.token or "").encode())

    def _pass_socket(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Pass on one socket, uncompressed: compression costs seven times the time and saves nothing."""
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        with self._counting:
            is_full = self._sockets >= self._settings.viewers
            self._sockets += not is_full
        if is_full:
            full = Refused(
                "too-many-viewers",
                f"{self._settings.viewers} pages are connected, as many as this server allows.",
                "Close a page, or try again later.",
                503,
            )
            return _refuse(full, start_response)
        try:
            if not environ.get("HTTP_SEC_WEBSOCKET_KEY"):
                words = "This asks for a websocket without the key of a handshake."
                return _refuse(Refused("malformed", words, "Use a websocket client.", 400), start_response)
            return self._application(environ, start_response)
        finally:
            with self._counting:
                self._sockets -= 1


def _names(settings: Settings) -> frozenset[str]:
    names = {"localhost", "127.0.0.1", "::1", settings.host.lower(), *settings.allowed_hosts}
    if settings.token is not None:
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return frozenset(names - {"", "0.0.0.0", "::"})


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    """Whether it is a number: such a name cannot be rebound."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie(environ: Environ) -> str:
    try:
        morsel = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""


def _refuse(refused: Refused, start_response: StartResponse) -> Iterable[bytes]:
    body = json.dumps({"error": refused.to_json()}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Connection", "close"),
    ]
    start_response(f"{refused.status} {_STATUS[refused.status]}", headers)
    return [body]
