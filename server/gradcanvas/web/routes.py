"""What each HTTP route answers; the routes themselves are listed in `app`."""

import re
from typing import TypeVar

from flask import Response, jsonify, redirect, request
from pydantic import BaseModel, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from gradcanvas import __version__
from gradcanvas.document import read
from gradcanvas.engine.questions import WorkerError
from gradcanvas.web.catalog_file import CatalogFile
from gradcanvas.web.drawings import draw
from gradcanvas.web.errors import Refused, malformed, unknown_graph
from gradcanvas.web.files import save_file
from gradcanvas.web.graph_text import EMPTY, UNTITLED
from gradcanvas.web.http_messages import GraphEntry, Health, MadeGraph, NewGraph, Revision, Save, Saved
from gradcanvas.web.rooms import Rooms
from gradcanvas.web.static_files import FIRST_EXAMPLE, Content, Page, example_text, examples, respond
from gradcanvas.web.store import Store

Model = TypeVar("Model", bound=BaseModel)

_EXPORTS = {
    "python": ("text/x-python", "py"),
    "dot": ("text/vnd.graphviz", "dot"),
    "svg": ("image/svg+xml", "svg"),
}

NO_GRAPH = (
    "This JSON has neither `gradcanvas` nor `nodes`: it is not a graph file.",
    'Choose a file that was saved here, or one that begins with {"gradcanvas": 1, "nodes": {.',
)


class Routes:
    """The answers, given what they need."""

    def __init__(self, store: Store, rooms: Rooms, page: Page, catalog: CatalogFile) -> None:
        self._store, self._rooms, self._page, self._catalog = store, rooms, page, catalog

    def home(self) -> AnyResponse:
        """Lead to the graph last worked on, at first to a copy of the article's example."""
        graph = self._store.fact("last-graph")
        if graph is None or self._store.find(graph) is None:
            newest = self._store.graphs()
            graph = newest[0].id if newest else self._rooms.create(read(example_text(FIRST_EXAMPLE)))
            self._store.remember("last-graph", graph)
        return redirect(f"/g/{graph}")

    def graph_page(self, graph: str) -> Response:
        """Answer with the page; it says itself where a graph is unknown, to whoever can read it."""
        if self._store.find(graph) is not None:
            return self._page.index()
        if "text/html" not in request.headers.get("Accept", ""):
            raise unknown_graph(graph)
        response = self._page.index()
        if response.status_code == 200:
            response.status_code = 404
        return response

    def page_file(self, name: str) -> Response:
        """Answer with a file of the page."""
        return self._page.file(name)

    def health(self) -> Response:
        """Say that the server is up."""
        state = "ready" if self._catalog.catalog is not None else "loading"
        return jsonify(Health(ok=True, version=__version__, catalog=state).model_dump())

    def catalog(self) -> Response:
        """Answer with the catalogue."""
        return self._built(self._catalog.catalog)

    def documentation(self, operation: str) -> Response:
        """Answer with what is told of one operation."""
        documentation = self._catalog.documentation
        if documentation is None:
            return self._built(None)
        page = documentation.page(operation)
        if page is None:
            raise Refused(
                "unknown-operation", f"Nothing is told of {operation[:80]!r}.", "Look at the catalogue.", 404
            )
        return self._built(Content.of(page))

    def example_list(self) -> Response:
        """List the examples."""
        return jsonify([entry.model_dump() for entry in examples()])

    def graph_list(self) -> Response:
        """List the graphs, the one last changed first."""
        rows = self._store.graphs()
        return jsonify(
            [GraphEntry(id=row.id, title=row.title, changed=row.changed).model_dump() for row in rows]
        )

    def make_graph(self) -> tuple[Response, int]:
        """Make a graph of a file's text, of an example, or of nothing."""
        wanted = _body(NewGraph)
        if wanted.file is not None and wanted.example is not None:
            raise Refused("malformed", "Both `file` and `example` were given.", "Give one of them.")
        text: str | bytes = EMPTY if wanted.file is None else wanted.file
        if wanted.example is not None:
            text = example_text(wanted.example)
        document = read(text)
        if not document.readable:
            first = document.problems[0]
            raise Refused(first.code, first.message, first.help, 422, document.problems)
        if not {"gradcanvas", "nodes"} & document.tree.keys():
            raise Refused("not-a-graph", *NO_GRAPH, 422, document.problems)
        graph = self._rooms.create(document)
        made = MadeGraph(id=graph, problems=list(document.problems))
        return jsonify(made.model_dump()), 201

    def delete_graph(self, graph: str) -> Response:
        """Forget a graph that no page shows."""
        self._rooms.delete(graph)
        return Response(status=204)

    def graph_file(self, graph: str) -> Response:
        """Answer with the canonical graph file."""
        text, title = self._rooms.open(graph).text()
        return _download(text, "application/json", f"{_file_name(title)}.json")

    def save(self, graph: str) -> Response:
        """Write the graph back to the file that the server was started on."""
        wanted = _body(Save)
        text, _ = self._rooms.open(graph).text()
        path = save_file(graph, text, self._store, wanted.overwrite)
        revision = self._store.add_revision(graph, text)
        return jsonify(Saved(path=path, revision=revision).model_dump())

    def revision_list(self, graph: str) -> Response:
        """List the saved states of a graph, the newest first."""
        if self._store.find(graph) is None:
            raise unknown_graph(graph)
        found = self._store.revisions(graph)
        return jsonify([Revision(revision=number, created=at).model_dump() for number, at in found])

    def revision_file(self, graph: str, number: int) -> Response:
        """Answer with a saved state of a graph."""
        text = self._store.revision(graph, number)
        if text is None:
            raise Refused(
                "unknown-revision", f"There is no revision {number} of this graph.", "Look at the list.", 404
            )
        return _download(text, "application/json", f"{graph}-{number}.json")

    def export(self, graph: str, to: str) -> Response:
        """Answer with what the session's worker makes of the graph."""
        if to not in _EXPORTS:
            known = ", ".join(_EXPORTS)
            raise Refused("unknown-export", f"There is no export {to[:20]!r}.", f"There are {known}.", 404)
        mimetype, ending = _EXPORTS[to]
        session = self._rooms.open_for_work(graph)
        is_autograd = request.args.get("autograd") == "1"
        try:
            result = session.query({"what": "export", "to": to, "autograd": is_autograd})
        except WorkerError as error:
            raise Refused(error.code, error.message, error.help, 409) from None
        text, title = session.text()
        exported = result["text"] if to == "python" else draw(result, read(text).graph, to)
        return _download(exported, mimetype, f"{_file_name(title)}.{ending}")

    def _built(self, content: Content | None) -> Response:
        if content is None:
            refusal = Refused(
                "catalog-loading", "The catalogue is being built.", "Ask again in a moment.", 503
            )
            response = jsonify({"error": refusal.to_json()})
            response.status_code = 503
            response.headers["Retry-After"] = "1"
            return response
        return respond(content, "application/json")


def _body(model: type[Model]) -> Model:
    """Read the request's body, an object of JSON."""
    if request.mimetype != "application/json":
        raise Refused(
            "malformed",
            f"The body is {request.mimetype or 'of no type'}, not application/json.",
            "Send JSON, with `Content-Type: application/json`.",
            415,
        )
    try:
        return model.model_validate_json(request.get_data() or b"{}")
    except ValidationError as error:
        raise malformed("The body", error) from None


def _download(text: str, mimetype: str, name: str) -> Response:
    response = Response(text, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _file_name(title: str) -> str:
    """Make a file name of a title: only what every system takes."""
    return re.sub(r"[^0-9A-Za-z]+", "-", title).strip("-").lower()[:60] or UNTITLED.lower()
