"""The vocabulary: every operation, with its arguments, outputs and description, read from torch by rule.

Knows nothing of sessions or sockets. Importing this package does not import torch.
"""

from collections.abc import Callable
from typing import Any

from gradcanvas.catalog.model import Argument, Catalog, Operation, Output, Overload

__all__ = ["Argument", "Catalog", "Operation", "Output", "Overload", "callables", "load_catalog"]


def load_catalog() -> Catalog:
    """Return the catalogue of the installed torch."""
    from gradcanvas.catalog.build import build_catalog

    return build_catalog()


def callables() -> dict[str, Callable[..., Any]]:
    """Return what each name of the catalogue calls. Imports torch."""
    from gradcanvas.catalog.build import callables as walked

    return walked()
