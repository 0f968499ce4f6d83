"""Writes graphs for tests as a file would hold them, and reads what is found of them."""

import json
from typing import Any

from gradcanvas.catalog import load_catalog
from gradcanvas.document import Graph, Problem, read
from gradcanvas.program.bind import bind
from gradcanvas.program.binding import Binding
from gradcanvas.program.check import Checked, check

Json = dict[str, Any]


def node(op: str, inputs: Json | None = None, args: Json | None = None, **keys: Any) -> Json:
    """Write one node."""
    return {"op": op, "inputs": inputs or {}, "args": args or {}, **keys}


def randn(*size: int, **keys: Any) -> Json:
    """Write a source of normal numbers."""
    return node("torch.randn", args={"size": list(size)}, **keys)


def graph_of(nodes: Json, **keys: Any) -> Graph:
    """Read a graph of these nodes; the file itself must be well-formed."""
    document = read(json.dumps({"gradcanvas": 1, "nodes": nodes, **keys}))
    assert document.problems == ()
    return document.graph


def bound(nodes: Json, **keys: Any) -> Binding:
    """Bind a graph of these nodes."""
    return bind(graph_of(nodes, **keys), load_catalog())


def checked(nodes: Json, *, budget_bytes: int | None = None, **keys: Any) -> Checked:
    """Check a graph of these nodes."""
    keys.setdefault("device", "cpu")
    return check(graph_of(nodes, **keys), load_catalog(), budget_bytes=budget_bytes)


def found(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Return place and code of each problem."""
    return [(problem.where, problem.code) for problem in problems]
