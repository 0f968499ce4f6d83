"""The vocabulary: every operation, with its arguments, outputs and description, read from torch by rule.

Knows nothing of sessions or sockets. Importing this package does not import torch.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from gradcanvas.catalog.absent import why_absent
from gradcanvas.catalog.json_form import from_json, operation_to_json, to_json, write_documentation
from gradcanvas.catalog.model import Argument, Catalog, Operation, Output, Overload
from gradcanvas.catalog.search import search, suggest
from gradcanvas.catalog.storage import read_cache, write_cache

__all__ = [
    "Argument",
    "Catalog",
    "Operation",
    "Output",
    "Overload",
    "callables",
    "from_json",
    "load_catalog",
    "operation_to_json",
    "read_cache",
    "search",
    "suggest",
    "to_json",
    "why_absent",
]


@cache
def load_catalog() -> Catalog:
    """Return the catalogue of the installed torch: from the disk, else built, which imports torch."""
    cached = read_cache()
    if cached is not None:
        with suppress(ValueError):
            return from_json(*cached)
    from gradcanvas.catalog.build import build_catalog

    catalog = build_catalog()
    write_cache(to_json(catalog), write_documentation(catalog))
    return catalog


@cache
def callables() -> dict[str, Callable[..., Any]]:
    """Return what each name of the catalogue calls. Imports torch.

    Names come from walking torch's namespaces; control operations and `gradcanvas.descent` have no callable.
    """
    from gradcanvas.catalog.build import walk_callables

    operations = load_catalog().operations
    return {name: found for name, found in walk_callables().items() if name in operations}
