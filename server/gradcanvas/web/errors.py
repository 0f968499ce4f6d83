"""What a page or a person can be refused, in words; each refusal has a code, a message and a remedy."""

from typing import Any

from pydantic import ValidationError

from gradcanvas.document import Problem


class Refused(Exception):  # noqa: N818
    """A request that was refused.

    Attributes:
        code: What kind of refusal it is, for programs.
        message: What stood where, what was expected, what came.
        help: What to do.
        status: The HTTP status that fits.
        problems: Of the file that came, if it is about one.
    """

    def __init__(
        self, code: str, message: str, help: str, status: int = 400, problems: tuple[Problem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.status = status
        self.problems = problems

    def to_json(self) -> dict[str, Any]:
        """Return what the wire says of it."""
        return {"code": self.code, "message": self.message, "help": self.help}


def unknown_graph(graph: str) -> Refused:
    """Say that there is no such graph."""
    return Refused("unknown-graph", f"There is no graph {graph[:40]!r} here.", "Open one of the list.", 404)


def malformed(what: str, error: ValidationError) -> Refused:
    """Say where a message differs from what was expected."""
    faults = []
    for fault in error.errors(include_url=False, include_context=False)[:3]:
        place = ".".join(str(step) for step in fault["loc"]) or "the whole"
        came = repr(fault["input"])
        faults.append(f"{place}: {fault['msg']}, but {came[:80]} came")
    return Refused(
        "malformed",
        f"{what} was not understood. {'; '.join(faults)}.",
        "See docs/wire.md for what is expected; reloading the page mends a page of another version.",
    )


class ServerError(Exception):
    """Why a server cannot start, in words for the person who started it."""
