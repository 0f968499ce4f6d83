"""What the page asks over HTTP and is answered, as types; `docs/wire.md` tells what they mean.

Knows nothing of Flask.
"""

from typing import Literal

from pydantic import BaseModel

from gradcanvas.document import Problem
from gradcanvas.web.messages import FromPage, ToPage


class Health(ToPage):
    """Whether the server is up, and the catalogue there."""

    ok: bool
    version: str
    catalog: Literal["loading", "ready"]


class ExampleEntry(ToPage):
    """An example graph as it is offered."""

    name: str
    title: str
    sentence: str
    nodes: int


class GraphEntry(ToPage):
    """A graph that is kept; `changed` in seconds since 1970."""

    id: str
    title: str
    changed: float


class NewGraph(FromPage):
    """What a new graph is made of: a file's text, an example, or nothing."""

    file: str | None = None
    example: str | None = None


class MadeGraph(ToPage):
    """The new graph, and what is wrong in it."""

    id: str
    problems: list[Problem]


class Save(FromPage):
    """Write the graph to its file, over somebody else's change if `overwrite`."""

    overwrite: bool = False


class Saved(ToPage):
    """Where it was written, and the number of the revision."""

    path: str
    revision: int


class Revision(ToPage):
    """A saved state of a graph; `created` in seconds since 1970."""

    revision: int
    created: float


FROM_PAGE: tuple[type[BaseModel], ...] = (NewGraph, Save)
TO_PAGE: tuple[type[BaseModel], ...] = (Health, ExampleEntry, GraphEntry, MadeGraph, Saved, Revision)
