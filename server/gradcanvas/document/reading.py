"""From the text of a graph file to a document, with every problem at once. Never raises, never runs anything.

What a person broke is reported and left out of the typed graph; the tree keeps all of it.
"""

import codecs
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gradcanvas.document.interpreting import Known, interpret_graph
from gradcanvas.document.json_text import DEEPEST, Json, Parsed, TooDeepError, parse
from gradcanvas.document.migrations import migrate
from gradcanvas.document.model import Graph
from gradcanvas.document.problems import Problem, describe, path_of, pointer, quote
from gradcanvas.document.screening import scrub

LARGEST_FILE_BYTES = 64 * 1024 * 1024

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Document:
    """A graph file that was read.

    Attributes:
        graph: the typed view of what is well-formed.
        problems: all structural problems, in the order in which they were found.
        tree: the raw JSON tree, numbers with their text; nothing of the file is lost.
        readable: whether the text is a graph at all; if not, `graph` is empty, and
            `tree` as well unless it is a graph of another format.
    """

    graph: Graph
    problems: tuple[Problem, ...]
    tree: dict[str, Json]
    readable: bool = True

    @property
    def known(self) -> Known:
        """The graph's own nodes, those with which nothing is wrong, for the reading of another text."""
        trees = self.tree.get("nodes")
        if not isinstance(trees, dict):
            return Known()
        paths = [path_of(problem.where) for problem in self.problems]
        broken = [path_of(where) for where in self.graph.broken]
        wrong = {path[1] for path in [*paths, *broken] if len(path) > 1 and path[0] == "nodes"}
        nodes = {name: node for name, node in self.graph.nodes.items() if name not in wrong}
        return Known(trees, nodes)


def read(text: str | bytes, before: Document | None = None) -> Document:
    """Read the text of a graph file.

    Args:
        text: what the file holds.
        before: a document that was read before: nodes that stand in it to the letter are taken from it.
    """
    if len(text) > LARGEST_FILE_BYTES:
        return _refused([_too_large(len(text))])
    problems: list[Problem] = []
    decoded = _decode(text, problems)
    try:
        parsed = parse(decoded)
    except json.JSONDecodeError as error:
        return _refused(problems or [_not_json(error)])
    except (TooDeepError, RecursionError):
        return _refused([*problems, _too_deep()])
    if not isinstance(parsed.tree, dict):
        return _refused([*problems, _not_an_object(parsed.tree)])
    problems.extend(_of_the_text(parsed))
    renamed = {pointer(path) for path in parsed.renamed}
    return interpret(parsed.tree, problems, renamed, before.known if before else None)


def interpret(
    tree: dict[str, Json],
    problems: Iterable[Problem] = (),
    renamed: Collection[str] = (),
    known: Known | None = None,
) -> Document:
    """Return the document of a JSON tree.

    Args:
        tree: of a graph file.
        problems: those that were found before.
        renamed: pointers of values whose keys stood twice and were given another name.
        known: nodes of a document that was read before.
    """
    found = list(problems)
    migrated = migrate(tree)
    if isinstance(migrated, Problem):
        return Document(Graph(), (*found, migrated), tree, readable=False)
    repeated = {problem.where for problem in found if problem.code == "duplicate-key"}
    graph, more = interpret_graph(migrated, repeated.union(renamed), known)
    if any(problem.code == "bad-text" for problem in more):
        migrated = {str(scrub(key)): scrub(value) for key, value in migrated.items()}
    found += [problem for problem in more if problem.code != "unknown-key" or problem.where not in renamed]
    return Document(graph, tuple(found), migrated)


def _refused(problems: list[Problem]) -> Document:
    return Document(Graph(), tuple(problems), {}, readable=False)


def _decode(text: str | bytes, problems: list[Problem]) -> str:
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")
    encoding = next((name for mark, name in _ENCODINGS if text.startswith(mark)), "utf-8")
    if encoding != "utf-8":
        problems.append(_byte_order_mark(encoding))
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as error:
        problems.append(_not_utf8(error))
        return text.decode(encoding, "replace")


def _of_the_text(parsed: Parsed) -> list[Problem]:
    repeated = [
        Problem(
            where=pointer(path),
            code="duplicate-key",
            message=f"The key {quote(str(path[-1]))} stands more than once in one object.",
            help=f"Keep one. The first kept its name, the others became {quote(f'{path[-1]}_2')} and so on.",
        )
        for path in parsed.repeated
    ]
    constants = [
        Problem(
            where=pointer(path),
            code="bad-number",
            message=f"{token} stood here, which is not JSON.",
            help='Write "nan", "inf" or "-inf", with the quotes.',
        )
        for path, token in parsed.constants
    ]
    return repeated + constants


def _too_large(size: int) -> Problem:
    return Problem(
        where="",
        code="file-too-large",
        message=f"The file has {size:,} bytes; at most {LARGEST_FILE_BYTES:,} are read.",
        help="Make large data by an operation, or train on a part of it.",
    )


def _too_deep() -> Problem:
    return Problem(
        where="",
        code="too-deep",
        message=f"More than {DEEPEST} brackets stand inside one another.",
        help="A tensor has at most 64 dimensions: take away the outer brackets.",
    )


def _not_json(error: json.JSONDecodeError) -> Problem:
    if not error.doc.strip():
        return Problem(
            where="",
            code="not-json",
            message="The file is empty; a graph file is a JSON object.",
            help='The smallest graph is {"gradcanvas": 1}.',
        )
    rest = error.doc[error.pos : error.pos + 20]
    came = f"but {quote(rest)} came" if rest else "but the file ended"
    return Problem(
        where="",
        code="not-json",
        message=f"Line {error.lineno}, column {error.colno} is not JSON: {error.msg}, {came}.",
        help="Look there for a missing comma, quote or bracket.",
    )


def _not_an_object(tree: Json) -> Problem:
    return Problem(
        where="",
        code="wrong-type",
        message=f"A graph file is an object, but this is {describe(tree)}.",
        help='The smallest graph is {"gradcanvas": 1}.',
    )


def _byte_order_mark(encoding: str) -> Problem:
    kind = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
    return Problem(
        where="",
        code="byte-order-mark",
        message=f"The file begins with a byte order mark of {kind}; a graph file is UTF-8 without one.",
        help="Save it as UTF-8 without a byte order mark.",
    )


def _not_utf8(error: UnicodeDecodeError) -> Problem:
    byte = error.object[error.start]
    return Problem(
        where="",
        code="not-utf-8",
        message=f"Byte {error.start} is 0x{byte:02x}, which is not UTF-8 there.",
        help="Save the file as UTF-8.",
    )
