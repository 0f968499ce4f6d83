"""The numbered steps that bring an older graph file to the format of today, in memory.

A step takes the tree of version n and returns that of version n + 1; it knows that version and no other.
"""

from collections.abc import Callable, Mapping

from gradcanvas.document.json_text import Json, Number
from gradcanvas.document.model import FORMAT
from gradcanvas.document.problems import Problem, describe

Step = Callable[[dict[str, Json]], dict[str, Json]]

STEPS: Mapping[int, Step] = {}
"""Version → the step from it to the next. Format 1 is the first, so there is none yet."""


def migrate(
    tree: dict[str, Json], steps: Mapping[int, Step] = STEPS, newest: int = FORMAT
) -> dict[str, Json] | Problem:
    """Bring a tree to the newest version, or say why that is impossible.

    A tree without a version, or with one that is no integer, is taken for the newest: its reader reports it.
    """
    stated = tree.get("gradcanvas")
    if not isinstance(stated, Number) or not stated.is_integer:
        return tree
    version = int(stated.text) if len(stated.text) < 10 else newest + 1
    if version > newest:
        return _newer(stated, newest)
    while version < newest:
        if version not in steps:
            return _unsupported(stated, newest)
        tree = {**steps[version](tree), "gradcanvas": Number(str(version + 1))}
        version += 1
    return tree


def _newer(stated: Number, newest: int) -> Problem:
    return Problem(
        where="/gradcanvas",
        code="newer-version",
        message=f"The file is of format {stated.text[:20]}, this program reads formats up to {newest}.",
        help="Open it with a newer version of GradCanvas.",
    )


def _unsupported(stated: Number, newest: int) -> Problem:
    return Problem(
        where="/gradcanvas",
        code="unsupported-version",
        message=f"gradcanvas is {describe(stated)}, but formats go from 1 to {newest}.",
        help=f'Write "gradcanvas": {newest} if the file follows the format of today.',
    )
