"""Says of each operation where it stands in the palette and what it does, in a plain line. Knows no torch."""

import re
from typing import Final

from gradcanvas.catalog.words import CATEGORIES, RANDOM

_CATEGORY_OF: Final = {name: heading for heading, names in CATEGORIES.items() for name in names.split()}
_RANDOM: Final = re.compile(RANDOM)
_SIGNATURE: Final = re.compile(r"^\w+\(.*(\)|$)")


def category(name: str, kind: str) -> str:
    """Return the palette's heading of an operation."""
    namespace, _, short = name.rpartition(".")
    for key in (name, short, f"{namespace}.*"):
        if key in _CATEGORY_OF:
            return _CATEGORY_OF[key]
    return "Sources" if kind == "source" else "Other"


def is_random(short: str) -> bool:
    """Say whether an operation draws from the random generator."""
    return _RANDOM.fullmatch(short) is not None


def summary(documentation: str) -> str:
    """Return the first sentence of a docstring as plain text; its signature is passed over."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", documentation)]
    for paragraph in paragraphs:
        if paragraph and not _SIGNATURE.match(paragraph) and not paragraph.startswith((".. ", "*", ":math:")):
            return _plain(re.split(r"(?<=[.!?])\s+(?=[A-Z`:])", paragraph)[0])
    return ""


def _plain(text: str) -> str:
    text = re.sub(r":\w+:`~?([^`<]*?)(?:\s*<[^>]*>)?`", r"\1", text)
    text = re.sub(r"`([^`<]+?)(?:\s*<[^>]*>)?`_{0,2}", r"\1", text)
    return text.replace("`", "").replace("**", "").replace("\\", "").strip()
