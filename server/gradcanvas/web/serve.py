"""Run the server: find a port, say the address, listen, and end gracefully. Imports no torch.

On loopback Werkzeug's threaded server, beyond it gunicorn with one process and threads for the stated number
of pages: both give the websocket its socket.
"""

import secrets
import signal
import socket
import sys
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from gradcanvas import __version__
from gradcanvas.web.app import close_app, create_app
from gradcanvas.web.data_directory import DataDirectory, default_data_directory
from gradcanvas.web.errors import ServerError
from gradcanvas.web.guard import is_loopback
from gradcanvas.web.settings import Settings
from gradcanvas.web.store import Store

DEFAULT_PORT = 5000
PORTS_TRIED = 100
SPARE_THREADS = 32


@dataclass(frozen=True)
class ServeSettings:
    """What the command line says.

    Attributes:
        file: Graph file that saving writes back.
        host: Address to listen on.
        port: Port; None for the default one or the next that is free.
        open_browser: Whether to open the page.
        data: Directory for graphs; None for the person's own.
    """

    file: Path | None = None
    host: str = "127.0.0.1"
    port: int | None = None
    open_browser: bool = True
    data: Path | None = None


def serve(serve_settings: ServeSettings) -> None:
    """Serve until SIGTERM or Ctrl+C.

    Raises:
        ServerError: It cannot start; the words are for the person.
    """
    settings = Settings(
        data=(serve_settings.data or default_data_directory()).resolve(),
        host=serve_settings.host,
        file=serve_settings.file,
        token=None if is_loopback(serve_settings.host) else secrets.token_urlsafe(24),
    )
    serve_with(settings, serve_settings.port, serve_settings.open_browser)


def serve_with(settings: Settings, port: int | None, open_browser: bool) -> None:
    """Serve with all that can be set."""
    with listen(settings.host, port) as listener:
        address, taken = address_of(listener, settings.host, settings.token), listener.getsockname()[1]

        def is_up() -> None:
            _say(taken, port, address)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

        if settings.token is None:
            _serve_here(settings, listener, address, is_up)
        else:
            _serve_beyond(settings, listener, address, is_up)


def listen(host: str, port: int | None) -> socket.socket:
    """Listen on the port, or on the default one or the next that is free."""
    ports = range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED) if port is None else [port]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    failure = OSError()
    for tried in ports:
        try:
            return socket.create_server((host, tried), family=family, backlog=256)
        except (OSError, OverflowError) as error:
            failure = error if isinstance(error, OSError) else OSError(str(error))
    reason = failure.strerror or str(failure)
    raise ServerError(
        f"Nothing can listen on {host}, port {ports[0]}{f' to {ports[-1]}' if len(ports) > 1 else ''}:"
        f" {reason}. Give another --port or --host."
    )


def address_of(listener: socket.socket, host: str, token: str | None) -> str:
    """Return the address to open."""
    port = listener.getsockname()[1]
    name = socket.gethostname() if host in ("0.0.0.0", "::", "") else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")


def begin_work(app: Flask) -> None:
    """Start what may take long, now that the server answers: the template of workers, the catalogue."""
    parts = app.extensions["gradcanvas"]

    def work() -> None:
        parts["engine"].warm_up()
        _ = parts["catalog"].catalog

    threading.Thread(target=work, name="gradcanvas-begin", daemon=True).start()


class QuietHandler(WSGIRequestHandler):
    """Requests without a line each in the terminal."""

    server_version = "GradCanvas"
    sys_version = ""

    def version_string(self) -> str:
        """Say the name without versions of what is under it."""
        return self.server_version

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of a request that was answered."""

    def log_error(self, format: str, *args: Any) -> None:
        """Say nothing of a connection that broke."""


def _serve_here(settings: Settings, listener: socket.socket, address: str, is_up: Any) -> None:
    app, _ = create_app(settings)
    app.extensions["gradcanvas"]["data"].tell_address(address)
    host, port = listener.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
    _on_signals(lambda: threading.Thread(target=server.shutdown, daemon=True).start())
    is_up()
    begin_work(app)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        close_app(app)


def _serve_beyond(settings: Settings, listener: socket.socket, address: str, is_up: Any) -> None:
    """Serve with gunicorn; what its process would fail at is tried before."""
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    data = DataDirectory(settings.data)
    Store(data.database).close()
    data.close()

    class Application(BaseApplication):  # type: ignore[misc]
        app: Flask | None = None

        def load_config(self) -> None:
            for name, value in _gunicorn_settings(settings, listener).items():
                self.cfg.set(name, value)
            self.cfg.set("worker_exit", lambda _, __: close_app(self.app) if self.app else None)

        def load(self) -> Flask:
            self.app, _ = create_app(settings)
            self.app.extensions["gradcanvas"]["data"].tell_address(address.split("?")[0])
            is_up()
            begin_work(self.app)
            return self.app

    Application().run()


def _gunicorn_settings(settings: Settings, listener: socket.socket) -> dict[str, Any]:
    return {
        "bind": f"fd://{listener.detach()}",
        "worker_class": "gthread",
        "workers": 1,
        "threads": settings.viewers + SPARE_THREADS,
        "worker_connections": 2 * (settings.viewers + SPARE_THREADS),
        "timeout": 60,
        "graceful_timeout": 2,
        "keepalive": 2,
        "loglevel": "warning",
    }


def _on_signals(end: Any) -> None:
    def handle(*_: Any) -> None:
        end()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _say(port: int, wanted: int | None, address: str) -> None:
    if wanted is None and port != DEFAULT_PORT:
        sys.stdout.write(f"Port {DEFAULT_PORT} is taken, so it is {port}.\n")
    sys.stdout.write(f"GradCanvas {__version__} is at {address}\nCtrl+C ends it.\n")
    sys.stdout.flush()
