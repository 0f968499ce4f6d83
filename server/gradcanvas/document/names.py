"""The names of a graph file: which ids are allowed, and how references and edges are spelled.

Knows nothing of what the names stand for.
"""

import keyword
import re

from gradcanvas.document.reserved import BUILTINS

LONGEST_ID = 64
ID_PATTERN = r"^(?!__)[A-Za-z_][A-Za-z0-9_]{0,63}$"
RESERVED = frozenset(keyword.kwlist) | BUILTINS | {"torch", "gradcanvas"}

_ID = re.compile(ID_PATTERN.replace("$", r"\Z"))


def id_fault(name: str) -> tuple[str, str] | None:
    """Say what keeps a text from being an id and what to do, or None if it may be one."""
    if len(name) > LONGEST_ID:
        return f"is {len(name)} characters long", f"Use at most {LONGEST_ID}."
    if name in RESERVED:
        return "is a word of Python or of the exported script", f"Call it {suggest_id(name)} instead."
    if name.startswith("__"):
        return "begins with two underscores", f"Call it {suggest_id(name)} instead."
    if not _ID.match(name):
        return (
            "is not a Python identifier in ASCII",
            f"Use letters, digits and _, not beginning with a digit, for example {suggest_id(name)}.",
        )
    return None


def suggest_id(name: str) -> str:
    """Return an allowed id that resembles the text."""
    cleaned = re.sub(r"[^A-Za-z0-9_]+", "_", name).lstrip("_")[: LONGEST_ID - 1] or "node"
    if cleaned[0].isdigit():
        cleaned = f"n{cleaned}"
    return f"{cleaned}_" if cleaned in RESERVED else cleaned


def parse_reference(reference: str) -> tuple[str, str | None]:
    """Split a reference into the node and what it names of the node.

    Args:
        reference: `"node"`, `"node.output"` or `"node.parameter"` (which may hold further dots).

    Returns:
        The node's id, and the output or parameter; None where the reference is the bare id.
    """
    node, dot, output = reference.partition(".")
    return node, (output if dot else None)


def shortest_reference(reference: str) -> str:
    """Return the reference as it is written: the bare id for the first output."""
    node, output = parse_reference(reference)
    return node if output == "0" else reference


def edge_id(target: str, argument: str, index: int | None = None) -> str:
    """Return an edge's id: `target.argument`, and `target.argument.k` for the k-th tensor of a list."""
    return f"{target}.{argument}" if index is None else f"{target}.{argument}.{index}"
