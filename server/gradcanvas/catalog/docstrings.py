"""Cuts torch's docstrings down to what a graph can say. Knows no torch.

Left out: signatures (the editor shows its own) and the arguments that no graph gives. The rest stays as torch
wrote it, in reStructuredText.
"""

import re
from typing import Final

from gradcanvas.catalog.rules import NEVER_OFFERED, WITHHELD_IN_PYTHON

_WITHHELD: Final = NEVER_OFFERED | WITHHELD_IN_PYTHON
_SIGNATURE: Final = re.compile(r"^[\w.]+\(.*?\)(\s*->.*)?$|^[\w.]+\(.*[,(]$")
_ENTRY: Final = re.compile(r"^(\s+)[`*]*(\w+)[`*]*(\s*\(.*\))?\s*:")
_HEADING: Final = re.compile(r"^\s*(Keyword args|Keyword Arguments|Args|Arguments|Examples?)[^:]*:{1,2}\s*$")


def trim(text: str) -> str:
    """Return a cleaned docstring without what no reader of a graph needs."""
    lines = _without_headings(_without_arguments(_without_signature(text.splitlines())))
    joined = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def _without_signature(lines: list[str]) -> list[str]:
    """Drop the signatures on the first lines, with their continuations."""
    start = 0
    while start < len(lines) and _SIGNATURE.match(lines[start]):
        open_brackets = lines[start].count("(") - lines[start].count(")")
        start += 1
        while open_brackets > 0 and start < len(lines):
            open_brackets += lines[start].count("(") - lines[start].count(")")
            start += 1
        while start < len(lines) and not lines[start].strip():
            start += 1
    return lines[start:]


def _without_arguments(lines: list[str]) -> list[str]:
    """Drop the entries of arguments that no graph gives."""
    kept: list[str] = []
    inside: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if inside is not None and line.strip() and indent <= inside:
            inside = None
        entry = _ENTRY.match(line)
        if inside is None and entry is not None and entry.group(2) in _WITHHELD:
            inside = len(entry.group(1))
        if inside is None:
            kept.append(line)
    return kept


def _without_headings(lines: list[str]) -> list[str]:
    """Drop headings under which nothing is left."""
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _HEADING.match(line):
            indent = len(line) - len(line.lstrip())
            following = next((each for each in lines[place + 1 :] if each.strip()), "")
            if len(following) - len(following.lstrip()) <= indent:
                continue
        kept.append(line)
    return kept
