"""The application on one screen: every route, every event, and the headers of every answer."""

import logging
import shutil
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_socketio import SocketIO
from werkzeug.exceptions import HTTPException

from gradcanvas.engine.copies import make_copy_directory
from gradcanvas.engine.local import LocalEngine
from gradcanvas.web.catalog_file import CatalogFile
from gradcanvas.web.data_directory import DataDirectory
from gradcanvas.web.errors import Refused, ServerError
from gradcanvas.web.events import Events, answering, unknown_event
from gradcanvas.web.files import open_file
from gradcanvas.web.guard import Guard
from gradcanvas.web.rooms import Rooms
from gradcanvas.web.routes import Routes
from gradcanvas.web.settings import Settings
from gradcanvas.web.static_files import Page, static_folder
from gradcanvas.web.store import Store
from gradcanvas.web.transport import adapt, make_socketio

_log = logging.getLogger(__name__)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self' {sockets}; worker-src 'self'; font-src 'self'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'"
)


def create_app(settings: Settings) -> tuple[Flask, SocketIO]:
    """Make the application; `close_app` ends what it started.

    Raises:
        ServerError: The data directory or the file it was started on cannot be used.
    """
    data = DataDirectory(settings.data)
    try:
        store = Store(data.database)
    except ServerError:
        data.close()
        raise
    app, socketio = Flask("gradcanvas", static_folder=None), make_socketio(settings)
    app.config["MAX_CONTENT_LENGTH"] = settings.http_bytes
    app.url_map.merge_slashes = False
    socketio.init_app(app)
    outgoing = adapt(socketio, settings, aside=frozenset({"query"}))
    engine = LocalEngine(settings.worker, settings.preload)
    copies, catalog = make_copy_directory(), CatalogFile()
    rooms = Rooms(settings, store, engine, copies, outgoing)
    page = Page(settings.page or static_folder() / "app")

    def close() -> None:
        rooms.close()
        engine.close()
        catalog.close()
        shutil.rmtree(copies, ignore_errors=True)
        store.close()
        data.close()

    app.extensions["gradcanvas"] = {"close": close, "engine": engine, "data": data, "catalog": catalog}
    add_routes(app, Routes(store, rooms, page, catalog))
    add_events(socketio, Events(rooms))
    app.after_request(secure)
    app.wsgi_app = Guard(app.wsgi_app, settings)  # type: ignore[method-assign]
    if settings.file is not None:
        try:
            store.remember("last-graph", open_file(settings.file, store, rooms))
        except ServerError:
            close()
            raise
    return app, socketio


def add_routes(app: Flask, routes: Routes) -> None:
    """Say which route is answered by what."""
    graph = "/api/graphs/<graph>"
    for method, path, answer in (
        ("GET", "/", routes.home),
        ("GET", "/g/<graph>", routes.graph_page),
        ("GET", "/app/<path:name>", routes.page_file),
        ("GET", "/api/health", routes.health),
        ("GET", "/api/catalog", routes.catalog),
        ("GET", "/api/documentation/<operation>", routes.documentation),
        ("GET", "/api/examples", routes.example_list),
        ("GET", "/api/graphs", routes.graph_list),
        ("POST", "/api/graphs", routes.make_graph),
        ("DELETE", graph, routes.delete_graph),
        ("GET", f"{graph}/file", routes.graph_file),
        ("POST", f"{graph}/save", routes.save),
        ("GET", f"{graph}/revisions", routes.revision_list),
        ("GET", f"{graph}/revisions/<int:number>", routes.revision_file),
        ("GET", f"{graph}/export/<to>", routes.export),
    ):
        app.add_url_rule(path, f"{method} {path}", answer, methods=[method])
    app.register_error_handler(Refused, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)


def add_events(socketio: SocketIO, events: Events) -> None:
    """Say which event does what."""
    for name, event in (
        ("join", events.join),
        ("edit", events.edit),
        ("command", events.command),
        ("watch", events.watch),
        ("received", events.received),
        ("query", events.query),
    ):
        socketio.on_event(name, answering(event))
    socketio.on_event("disconnect", events.disconnect)
    socketio.on_event("*", unknown_event)


def close_app(app: Flask) -> None:
    """End everything the application started."""
    app.extensions["gradcanvas"]["close"]()


def secure(response: Response) -> Response:
    """Put the headers on that keep the page to itself."""
    sockets = f"ws://{request.host} wss://{request.host}"
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY.format(sockets=sockets)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers.setdefault("Cache-Control", "no-store")
    return response


def _refuse(refused: Refused) -> tuple[Response, int]:
    answer: dict[str, Any] = {"error": refused.to_json()}
    if refused.problems:
        answer["problems"] = [problem.model_dump() for problem in refused.problems]
    return jsonify(answer), refused.status


def _refuse_http(error: HTTPException) -> tuple[Response, int]:
    status = error.code or 500
    code = (error.name or "error").lower().replace(" ", "-")
    help = "Look at docs/wire.md." if status != 413 else "Send less at once."
    return _refuse(Refused(code, error.description or error.name, help, status))


def _fail(error: Exception) -> tuple[Response, int]:
    _log.exception("A request failed", exc_info=error)
    return _refuse(Refused("internal", "The server failed at this.", "Its own output says more.", 500))
