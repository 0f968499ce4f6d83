"""Turns the sections of a docstring in Google's style into directives of reStructuredText.

Knows neither torch nor docutils; `prose` reads what it writes.
"""

import re
import textwrap
from collections.abc import Iterator
from typing import Final

SECTION: Final = "docstring-section"
ENTRY: Final = "docstring-entry"

_TITLES: Final = {
    "args": "Arguments",
    "arguments": "Arguments",
    "parameters": "Arguments",
    "keyword args": "Keyword arguments",
    "keyword arguments": "Keyword arguments",
    "return": "Returns",
    "returns": "Returns",
    "yields": "Yields",
    "raises": "Raises",
    "attributes": "Attributes",
    "shape": "Shape",
    "shape legend": "Shape legend",
    "inputs": "Inputs",
    "outputs": "Outputs",
    "reference": "References",
    "references": "References",
    "example": "Example",
    "examples": "Examples",
    "note": "note",
    "notes": "note",
    "warning": "warning",
}
"""Headings of sections, and what is shown for them; in small letters the directives that docutils has."""

_OF_ENTRIES: Final = frozenset({"Arguments", "Keyword arguments", "Attributes", "Raises"})
_OF_CODE: Final = frozenset({"Example", "Examples"})
_HEADING: Final = re.compile(r"(?P<name>[A-Z][A-Za-z ]*?)\s*:{1,2}(?:\s+(?P<rest>\S.*))?\s*$")
_ENTRY: Final = re.compile(
    r"(?P<name>(?:[*`\\]{0,3}[A-Za-z_][\w.\[\]*`\\]*(?:, | and )?)+)"
    r"\s*(?:\((?P<type>.*?)\))?\s*:(?:\s+(?P<rest>\S.*))?\s*$"
)
_SESSION: Final = re.compile(r"^((?!\s*>>>).*:) *\n(\s*>>>)", re.MULTILINE)
"""A session right below the line that announces it: an empty line must stand between."""
_STEP: Final = "   "


def with_directives(text: str) -> str:
    """Return a docstring whose sections and their entries are directives; all else stays as it is."""
    return "\n".join(_rewritten(_SESSION.sub(r"\1\n\n\2", text.expandtabs()).splitlines()))


def _rewritten(lines: list[str]) -> Iterator[str]:
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        title = _title(line)
        end = _end_of_body(lines, place)
        if title is None or end == place:
            yield line
            continue
        yield from _section(*title, textwrap.dedent("\n".join(lines[place:end])).splitlines())
        place = end


def _title(line: str) -> tuple[str, str] | None:
    """Return what a heading is shown as, and what stands behind it on its line."""
    heading = _HEADING.fullmatch(line)
    title = _TITLES.get(heading["name"].lower()) if heading else None
    if heading is None or title is None:
        return None
    rest = heading["rest"] or ""
    return None if rest and title not in ("Inputs", "Outputs") else (title, rest)


def _end_of_body(lines: list[str], start: int) -> int:
    """Return where the lines end that are indented below a heading; `start` where there are none."""
    end = start
    for place in range(start, len(lines)):
        if lines[place].startswith(" "):
            end = place + 1
        elif lines[place].strip():
            break
    return end


def _section(title: str, rest: str, body: list[str]) -> Iterator[str]:
    shown = f"{title}: {rest}" if rest else title
    yield from ("", f".. {title}::" if title.islower() else f".. {SECTION}:: {shown}", "")
    while body and not body[0].strip():
        body = body[1:]
    if title in _OF_CODE and body and body[0].startswith((">>>", "#")):
        body = ["::", "", *(_STEP + line for line in body)]
    elif title in _OF_ENTRIES:
        body = list(_entries(body))
    yield from (_STEP + line if line.strip() else "" for line in body)
    yield ""


def _entries(lines: list[str]) -> Iterator[str]:
    """Turn `name (type): text`, with what is indented below it, into a directive each."""
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            yield line
            continue
        end = _end_of_body(lines, place)
        body = textwrap.dedent("\n".join(lines[place:end])).splitlines()
        yield from ("", f".. {ENTRY}:: {entry['name']}", f"{_STEP}:type: {entry['type'] or ''}", "")
        yield from (_STEP + line if line.strip() else "" for line in (entry["rest"] or "", *body))
        yield ""
        place = end
