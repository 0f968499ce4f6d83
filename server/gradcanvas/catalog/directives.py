"""The directives and roles of torch's docstrings, as docutils is to read them. Knows nothing of a page.

What a docstring uses is told to docutils by rule, so that no version of torch has a directive that is lost.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.utils import unescape

from gradcanvas.catalog.sections import ENTRY, SECTION

_USED_DIRECTIVE: Final = re.compile(r"^\s*\.\. ([A-Za-z][\w:-]*?)::(?:\s|$)", re.MULTILINE)
_USED_ROLE: Final = re.compile(r":([a-z][\w:]*):`")
_TITLED: Final = re.compile(r"(?P<title>[^<]*?)\s*<[^<>]*>", re.DOTALL)


def register(source: str) -> None:
    """Tell docutils of every directive and role that the text uses, by rule where it is not a known one."""
    for name in {SECTION, ENTRY, *_USED_DIRECTIVE.findall(source)}:
        if name.lower() not in _DOCUTILS:
            directives.register_directive(name, _DIRECTIVES.get(name, _Change))
    for name in set(_USED_ROLE.findall(source)) - _OWN_ROLES:
        roles.register_local_role(name, _reference_role)


class _Section(Directive):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        section = nodes.container(title=self.arguments[0])
        self.state.nested_parse(self.content, self.content_offset, section)
        return [section]


class _Entry(_Section):
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {"type": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        entry = nodes.container(entry=self.arguments[0], type=self.options.get("type", ""))
        self.state.nested_parse(self.content, self.content_offset, entry)
        return [entry]


class _Math(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "label": directives.unchanged,
        "nowrap": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        text = "\n".join([*self.arguments, *self.content]).strip()
        return [nodes.math_block(text, text)] if text else []


class _Code(Directive):
    optional_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "linenos": directives.flag,
        "caption": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text)]


class _Signature(Directive):
    """A further way of calling, with what stands beneath it."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "noindex": directives.flag,
        "no-index": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        text = " ".join(self.arguments[0].split())
        below = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, below)
        return [nodes.literal_block(text, text), *below.children]


class _Change(Directive):
    """`deprecated:: 1.8`, `versionchanged:: 2.1`: a note that says so."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        word = {"deprecated": "Deprecated", "versionadded": "New", "versionchanged": "Changed"}.get(
            self.name, "See also" if self.name == "seealso" else ""
        )
        version, _, rest = " ".join(" ".join(self.arguments).split()).partition(" ")
        note = nodes.container()
        if version and self.name.startswith(("version", "deprecated")):
            note["note"] = f"{word} {'since' if word == 'Deprecated' else 'in'} {version}"
        else:
            note["note"], rest = word, " ".join(self.arguments)
        if rest:
            inlines, _messages = self.state.inline_text(rest, self.lineno)
            note += nodes.paragraph("", "", *inlines)
        self.state.nested_parse(self.content, self.content_offset, note)
        return [note]


class _Dropped(Directive):
    """What a page of its own cannot show: pictures, files, tables of contents."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        return []


_DIRECTIVES: Final[dict[str, type[Directive]]] = {
    SECTION: _Section,
    ENTRY: _Entry,
    "math": _Math,
    **dict.fromkeys(("code", "code-block", "sourcecode", "testcode", "parsed-literal"), _Code),
    **dict.fromkeys(("function", "method", "class", "attribute", "property"), _Signature),
    **dict.fromkeys(("seealso", "deprecated", "versionadded", "versionchanged"), _Change),
    **dict.fromkeys(
        (
            "image",
            "figure",
            "include",
            "raw",
            "autosummary",
            "currentmodule",
            "module",
            "toctree",
            "csv-table",
        ),
        _Dropped,
    ),
}
_ADMONITIONS: Final = frozenset(
    {"note", "warning", "tip", "important", "caution", "attention", "danger", "error", "hint", "admonition"}
)
_DOCUTILS: Final = _ADMONITIONS | {"list-table", "table", "rubric", "topic"}
_OWN_ROLES: Final = frozenset({"math", "code", "literal", "strong", "emphasis", "sub", "sup"})


def _reference_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> tuple[list[Any], list[nodes.reference]]:
    """Read a cross reference as the plain name that a reader sees."""
    titled = _TITLED.fullmatch(text)
    shown = titled["title"] if titled and titled["title"] else text.strip("<>")
    if shown.startswith("~"):
        shown = shown[1:].rpartition(".")[2]
    shown = " ".join(unescape(shown).split()).lstrip("!")
    kind = nodes.inline if name in ("ref", "doc", "term", "numref") else nodes.literal
    return [kind(rawtext, shown)], []
