"""Reads torch's docstrings, in reStructuredText, into a tree of plain JSON that a page can draw.

Knows neither torch nor the page. docutils parses; what it cannot read stays as the text that it was. A block
has a `kind`, and text is a list of strings and of marked pieces, as `frontend/src/catalog/prose.ts` has them.
"""

import re
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document, unescape

from gradcanvas.catalog.directives import register
from gradcanvas.catalog.sections import with_directives

Block = dict[str, Any]
Inline = str | dict[str, Any]

_XDOCTEST: Final = re.compile(r"^\s*(>>> )?# ?xdoctest:.*\n?", re.MULTILINE)
_ONLY_REFERENCE: Final = 160
_REFERENCE: Final = re.compile(
    r"(?:See|Alias (?:for|of)|version of|[Rr]efer to)\s+(?:the\s+)?(?::\w+:)?`*~?\.?(?P<name>[A-Za-z][\w.]*)",
)
_reading = threading.Lock()


def read_prose(text: str) -> list[Block]:
    """Return the blocks of a docstring, in order.

    Args:
        text: cleaned (`inspect.cleandoc`), with or without the sections of Google's style.
    """
    source = with_directives(_XDOCTEST.sub("", text))
    with _reading:
        register(source)
        document = new_document("docstring", _settings())
        Parser().parse(source, document)
    return _Reader(document).blocks(document.children)


def references(text: str, names: Iterable[str]) -> tuple[list[str], bool]:
    """Return which of the names a docstring refers its reader to, and whether it says hardly more than that.

    Args:
        text: the docstring.
        names: of all operations.
    """
    known = set(names)
    found = []
    for match in _REFERENCE.finditer(text):
        wanted = match["name"].rstrip(".")
        homes = ("", "torch.", "torch.nn.functional.", "torch.nn.", "torch.linalg.", "torch.Tensor.")
        name = next((home + wanted for home in homes if home + wanted in known), None)
        if name is not None and name not in found:
            found.append(name)
    return found, bool(found) and len(text) < _ONLY_REFERENCE


@cache
def _settings() -> Any:
    settings = get_default_settings(Parser)
    settings.report_level = settings.halt_level = 5
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.syntax_highlight = "none"
    settings.smart_quotes = False
    return settings


class _Reader:
    """Turns docutils' tree into blocks."""

    def __init__(self, document: nodes.document) -> None:
        self._addresses = {
            name: target["refuri"]
            for target in document.findall(nodes.target)
            if "refuri" in target
            for name in target["names"]
        }

    def blocks(self, children: Iterable[nodes.Node]) -> list[Block]:
        """Return the blocks of nodes; what is not shown gives none."""
        found: list[Block] = []
        for child in children:
            found.extend(self._of(child))
        return found

    def _of(self, node: nodes.Node) -> list[Block]:
        if isinstance(node, nodes.Text):
            return [{"kind": "paragraph", "text": [str(node)]}] if str(node).strip() else []
        if not isinstance(node, nodes.Element) or isinstance(node, _SILENT):
            return []
        rule = next((make for kind, make in _RULES if isinstance(node, kind)), None)
        if rule is not None:
            return rule(self, node)
        return self.blocks(node.children)

    def text(self, children: Iterable[nodes.Node]) -> list[Inline]:
        """Return pieces of running text, neighbouring strings joined."""
        found: list[Inline] = []
        for child in children:
            for piece in self._piece(child):
                if isinstance(piece, str) and found and isinstance(found[-1], str):
                    found[-1] += piece
                elif piece:
                    found.append(piece)
        return found

    def _piece(self, node: nodes.Node) -> list[Inline]:
        if isinstance(node, nodes.Text):
            return [re.sub(r"\s+", " ", unescape(str(node)))]
        if not isinstance(node, nodes.Element) or isinstance(node, _SILENT):
            return []
        if isinstance(node, nodes.math):
            return [{"kind": "math", "text": node.astext()}]
        if isinstance(node, nodes.literal | nodes.title_reference):
            return [{"kind": "code", "text": " ".join(unescape(node.astext()).split())}]
        inner = self.text(node.children)
        if isinstance(node, nodes.emphasis | nodes.strong):
            return [{"kind": "strong" if isinstance(node, nodes.strong) else "emphasis", "text": inner}]
        if isinstance(node, nodes.reference):
            address = node.get("refuri") or self._addresses.get(node.get("refname", ""), "")
            return [{"kind": "link", "text": inner, "to": address}] if address else inner
        return inner

    def paragraph(self, node: nodes.Element) -> list[Block]:
        pieces = self.text(node.children)
        return [{"kind": "paragraph", "text": pieces}] if pieces else []

    def container(self, node: nodes.Element) -> list[Block]:
        inner = self.blocks(node.children)
        if "entry" in node:
            name = re.sub(r"[`\\]|^\*+(?=\w+\*+$)|(?<=\w)\*+$", "", node["entry"])
            return [{"kind": "entry", "name": name, "type": _plain(node["type"]), "blocks": inner}]
        if "title" in node:
            return [{"kind": "section", "title": node["title"], "blocks": inner}] if inner else []
        if node.get("note"):
            return [{"kind": "note", "tone": "note", "title": node["note"], "blocks": inner}]
        return inner

    def note(self, node: nodes.Element) -> list[Block]:
        inner = self.blocks(node.children)
        is_warning = isinstance(node, nodes.warning | nodes.danger | nodes.caution | nodes.attention)
        tone = "warning" if is_warning else "note"
        return [{"kind": "note", "tone": tone, "title": tone.title(), "blocks": inner}] if inner else []

    def items(self, node: nodes.Element) -> list[Block]:
        items = [self.blocks(item.children) for item in node.children if isinstance(item, nodes.list_item)]
        return [{"kind": "list", "ordered": isinstance(node, nodes.enumerated_list), "items": items}]

    def definitions(self, node: nodes.Element) -> list[Block]:
        found: list[Block] = []
        for item in node.findall(nodes.definition_list_item):
            if item.parent is node:
                parts = {type(part): part for part in item.children if isinstance(part, nodes.Element)}
                term, body = parts.get(nodes.term), parts.get(nodes.definition)
                found.append(
                    {
                        "kind": "definition",
                        "term": self.text(term.children) if term is not None else [],
                        "blocks": self.blocks(body.children) if body is not None else [],
                    }
                )
        return found

    def table(self, node: nodes.Element) -> list[Block]:
        rows = [
            [self.blocks(cell.children) for cell in row.findall(nodes.entry)]
            for row in node.findall(nodes.row)
        ]
        head = sum(len(list(each.findall(nodes.row))) for each in node.findall(nodes.thead))
        return [{"kind": "table", "head": head, "rows": rows}]

    def quote(self, node: nodes.Element) -> list[Block]:
        return [{"kind": "quote", "blocks": self.blocks(node.children)}]

    def code(self, node: nodes.Element) -> list[Block]:
        return [{"kind": "code", "text": node.astext().strip("\n")}]

    def math(self, node: nodes.Element) -> list[Block]:
        return [{"kind": "math", "text": node.astext().strip()}]


_SILENT: Final = (
    nodes.system_message,
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    nodes.pending,
    nodes.raw,
    nodes.image,
)
_RULES: Final[tuple[tuple[Any, Callable[[_Reader, Any], list[Block]]], ...]] = (
    ((nodes.paragraph, nodes.title, nodes.rubric, nodes.line, nodes.attribution), _Reader.paragraph),
    (nodes.container, _Reader.container),
    (nodes.Admonition, _Reader.note),
    ((nodes.bullet_list, nodes.enumerated_list), _Reader.items),
    (nodes.definition_list, _Reader.definitions),
    (nodes.table, _Reader.table),
    (nodes.block_quote, _Reader.quote),
    ((nodes.literal_block, nodes.doctest_block), _Reader.code),
    (nodes.math_block, _Reader.math),
)
"""What becomes of a node; the first that fits. Of any other, its children stand for it."""


def _plain(text: str) -> str:
    text = re.sub(r":\w+:`~?([^`<]*?)(?:\s*<[^>]*>)?`", r"\1", text)
    return re.sub(r"[`\\]", "", text).strip()
