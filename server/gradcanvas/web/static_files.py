"""What the browser is given as files: the built page, compressed once, and the example graphs."""

import gzip
import hashlib
import mimetypes
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response, request

from gradcanvas.document import read
from gradcanvas.web.errors import Refused
from gradcanvas.web.graph_text import UNTITLED
from gradcanvas.web.http_messages import ExampleEntry

FIRST_EXAMPLE = "linear-regression"
_FOR_EVER = "public, max-age=31536000, immutable"
_WORTH_COMPRESSING = 1024
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
_COMPRESSED_ALREADY = frozenset({".woff2", ".woff", ".png", ".jpg", ".webp", ".gz"})
NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>GradCanvas</title>
<h1>The page is not built</h1>
<p>This is a checkout in which the page was not built yet. Run <code>make</code> in it, or
<code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>, and load this page again.</p>
</html>
"""


def static_folder() -> Path:
    """Return the directory `static`: inside the installed package, or beside `server` in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "static"
    return installed if installed.is_dir() else package.parents[1] / "static"


@dataclass(frozen=True)
class Content:
    """A body in both forms, and a tag that changes with it."""

    plain: bytes
    compressed: bytes | None
    tag: str

    @classmethod
    def of(cls, plain: bytes, compress: bool = True) -> "Content":
        """Compress a body, if that is worth it."""
        smaller = gzip.compress(plain, 9, mtime=0) if compress and len(plain) > _WORTH_COMPRESSING else None
        return cls(plain, smaller, hashlib.sha256(plain).hexdigest()[:24])


def respond(content: Content, mimetype: str, caching: str = "no-cache") -> Response:
    """Answer a request with a body: compressed if the browser takes it, empty if it has it already."""
    if request.if_none_match.contains(content.tag):
        response = Response(status=304)
    elif content.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        response = Response(content.compressed, mimetype=mimetype)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(content.plain, mimetype=mimetype)
    response.set_etag(content.tag)
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Accept-Encoding"
    return response


class Page:
    """The built page."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._contents: dict[Path, tuple[int, Content]] = {}

    def index(self) -> Response:
        """Answer with the page itself, or with how to build it."""
        path = self._directory / "index.html"
        if not path.is_file():
            return Response(NOT_BUILT, status=503, mimetype="text/html")
        return respond(self._content(path), "text/html")

    def file(self, name: str) -> Response:
        """Answer with a file of the page; those whose names hold a hash are kept by the browser for ever."""
        path = (self._directory / name.replace("\0", "")).resolve()
        if "\0" in name or not path.is_relative_to(self._directory.resolve()) or not path.is_file():
            raise Refused("not-found", f"There is no file {name[:100]!r}.", "Reload the page.", 404)
        mimetype = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        caching = _FOR_EVER if name.startswith("assets/") else "no-cache"
        return respond(self._content(path), mimetype, caching)

    def _content(self, path: Path) -> Content:
        changed = path.stat().st_mtime_ns
        with self._lock:
            known = self._contents.get(path)
            if known is None or known[0] != changed:
                content = Content.of(path.read_bytes(), path.suffix not in _COMPRESSED_ALREADY)
                known = self._contents[path] = (changed, content)
            return known[1]


@cache
def examples() -> tuple[ExampleEntry, ...]:
    """Describe the example graphs: the article's first, then from the smallest to the largest."""
    described = []
    for path in sorted((static_folder() / "examples").glob("*.json")):
        graph = read(path.read_bytes()).graph
        sentence = graph.notes.strip().split("\n", 1)[0]
        described.append(
            ExampleEntry(
                name=path.stem, title=graph.title or UNTITLED, sentence=sentence, nodes=len(graph.nodes)
            )
        )
    return tuple(sorted(described, key=lambda entry: (entry.name != FIRST_EXAMPLE, entry.nodes)))


def example_text(name: str) -> bytes:
    """Return the file of an example.

    Raises:
        Refused: There is none of that name.
    """
    if name not in {entry.name for entry in examples()}:
        known = ", ".join(entry.name for entry in examples())
        raise Refused("unknown-example", f"There is no example {name[:40]!r}.", f"There are {known}.", 404)
    return (static_folder() / "examples" / f"{name}.json").read_bytes()
