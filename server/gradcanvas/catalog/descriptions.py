"""Says of each operation where it stands in the palette and what it does, in a plain line. Knows no torch."""

import re
from collections.abc import Mapping
from typing import Final

from gradcanvas.catalog.words import CATEGORIES, RANDOM, SUMMARIES

_CATEGORY_OF: Final = {name: heading for heading, names in CATEGORIES.items() for name in names.split()}
_RANDOM: Final = re.compile(RANDOM)
_REFERENCE: Final = re.compile(
    r"(?P<how>[Ss]ee|[Aa]lias (?:for|of)|Out-(?:of-)?place version of) (?:Tensor\.)?(?P<name>[\w.]+?)"
    r"(?: for details)?\.?"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`:])")
_PASSED_OVER: Final = (".. ", "* ", "- ", ":math:", "Args:", "Keyword args:", "Shape:", "Example")
_SYMBOLS: Final[dict[str, str]] = {
    "times": "×", "cdot": "·", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "infty": "∞", "pm": "±",
    "ast": "*", "neq": "≠", "left": "", "right": "", "quad": " ", "rightarrow": "→", "to": "→", "in": "∈",
}  # fmt: skip
_SMALL: Final = str.maketrans("0123456789pnij", "₀₁₂₃₄₅₆₇₈₉ₚₙᵢⱼ")
_RAISED: Final = str.maketrans("0123456789nT", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵀ")
_ELSEWHERE: Final = re.compile(r",?\s*\b[Ss]ee /notes/[^\s)]*|,?\s*\b(?:[Ss]ee|refer to) [^()]*(?=\))")
"""Words in a sentence that only send its reader to other pages."""


def category(name: str, kind: str) -> str:
    """Return the palette's heading of an operation."""
    namespace, _, short = name.rpartition(".")
    for key in (name, f"{namespace}.*", short):
        if key in _CATEGORY_OF:
            return _CATEGORY_OF[key]
    return "Sources" if kind == "source" else "Other"


def is_random(short: str) -> bool:
    """Say whether an operation may draw from the random generator."""
    return _RANDOM.fullmatch(short) is not None


def summary(short: str, documentation: str) -> str:
    """Return the first sentence of a trimmed docstring as plain text, or what a row says."""
    if short in SUMMARIES:
        return SUMMARIES[short]
    for paragraph in re.split(r"\n\s*\n", documentation):
        if paragraph and not paragraph.startswith((*_PASSED_OVER, " ")):
            line = " ".join(paragraph.split())
            return _plain(_SENTENCE.split(line)[0]).rstrip(":")
    return ""


def resolve_reference(name: str, text: str, summaries: Mapping[str, str]) -> str:
    """Return a summary with "See torch.add" replaced by what stands there.

    Args:
        name: of the operation.
        text: its summary.
        summaries: of all operations, by name.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return text
    short = match["name"].rpartition(".")[2]
    for target in (match["name"], f"torch.{short}", f"torch.nn.functional.{short}", f"torch.linalg.{short}"):
        found = summaries.get(target)
        if found and target != name:
            found = resolve_reference(target, found, summaries)
            return f"{text.rstrip('.')}. {found}" if match["how"].lower().startswith("alias") else found
    return text


def _plain(text: str) -> str:
    """Return reStructuredText with formulas as plain text."""
    text = re.sub(r"(?<![\w*])\*(\w[\w -]*)\*(?![\w*])", r"\1", text)
    text = re.sub(r":math:`([^`]*)`", lambda match: _formula(match[1]), text)
    text = re.sub(r":\w+:`~?([^`<]*?)(?:\s*<[^>]*>)?`", r"\1", text)
    text = re.sub(r"`([^`<]+?)(?:\s*<[^>]*>)?`_{0,2}", r"\1", text)
    text = re.sub(r"\s+", " ", text.replace("`", "").replace("**", "").replace("\\", "")).strip()
    text = re.sub(r"\s*\(\s*\)", "", _ELSEWHERE.sub("", text))
    text = re.sub(r"(\d\.\d{4})\d{4,}", r"\1", text)
    return re.sub(r",?\s*(?:i\.e\.|e\.g\.)?[,:;]$", ".", text)


def _formula(text: str) -> str:
    text = re.sub(r"\{\{([^{}]*)\}\}", r"{\1}", text)
    text = re.sub(
        r"\\(?:text|texttt|textbf|mathrm|operatorname|mathcal|mathbf|mathbb|mathit)\{([^{}]*)\}", r"\1", text
    )
    text = re.sub(r"_\{?([0-9pnij])\}?(?!\w)", lambda match: match[1].translate(_SMALL), text)
    text = re.sub(r"\^\{?([0-9nT])\}?(?!\w)", lambda match: match[1].translate(_RAISED), text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1 / (\2)", text)
    text = re.sub(r"\\frac(\w)(\w)", r"\1/\2", text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda match: _SYMBOLS.get(match[1], match[1]), text)
    return text.replace("\\", "").replace("{", "").replace("}", "")
