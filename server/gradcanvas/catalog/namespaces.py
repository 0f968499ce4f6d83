"""Walks torch's public namespaces: the one place where a name is paired with what it calls.

A name gets in by being found here, never by being asked for: nothing resolves a string of a document.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import torch

from gradcanvas.catalog.left_out import EXCLUDED
from gradcanvas.catalog.model import Kind
from gradcanvas.catalog.rules import SCHEMAS, UNDOCUMENTED

_EXCLUDED: Final = re.compile("|".join(f"(?:{pattern})" for pattern, _ in EXCLUDED))

_ELSEWHERE: Final = re.compile(r"place version of|for function description")


@dataclass(frozen=True, slots=True)
class Namespace:
    """One of torch's public namespaces.

    Attributes:
        name: the dotted name before the operation's own.
        home: the module or class that is walked.
        prefix: what stands before the operation's name in its schema, after `aten::`.
        receiver: what the tensor named `self` in the schema is called.
        kind: what its callables are.
    """

    name: str
    home: Any
    prefix: str
    receiver: str = "input"
    kind: Kind = "function"


NAMESPACES: Final = (
    Namespace("torch", torch, ""),
    Namespace("torch.Tensor", torch.Tensor, "", "self", "method"),
    Namespace("torch.nn.functional", torch.nn.functional, ""),
    Namespace("torch.linalg", torch.linalg, "linalg_"),
    Namespace("torch.special", torch.special, "special_"),
    Namespace("torch.fft", torch.fft, "fft_"),
    Namespace("torch.masked", torch.masked, "masked_"),
    Namespace("torch.signal.windows", torch.signal.windows, "signal_windows_"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A public callable that may be an operation, if a way of calling it can be read."""

    name: str
    callable: Callable[..., Any]
    namespace: Namespace

    @property
    def short(self) -> str:
        """Return the name without its namespace."""
        return self.name.rpartition(".")[2]

    @property
    def schema_name(self) -> str:
        """Return the operator's name in torch's schemas."""
        native = (
            getattr(self.callable, "__name__", self.short)
            if self.namespace.name == "torch.nn.functional"
            else self.short
        )
        return f"aten::{self.namespace.prefix}{native}"


_PYTHON_HOMES: Final = {
    "torch.nn.functional": "torch.nn.functional",
    "torch.masked": "torch.masked._ops",
    "torch.signal.windows": "torch.signal.windows.windows",
}
"""Namespaces whose functions are written in Python, and the modules that these say they are of."""


def walk() -> Iterator[Candidate]:
    """Yield every public callable of the namespaces that no row excludes."""
    for namespace in NAMESPACES:
        for short in dir(namespace.home):
            if _EXCLUDED.fullmatch(short):
                continue
            found = getattr(namespace.home, short)
            name = f"{namespace.name}.{short}"
            if (
                callable(found)
                and not inspect.isclass(found)
                and _is_operation(name, short, found, namespace)
            ):
                yield Candidate(name, found, namespace)


def _is_operation(name: str, short: str, found: Callable[..., Any], namespace: Namespace) -> bool:
    """Say whether it is torch's own, documented, and native or described by a row or by annotations."""
    if name in SCHEMAS:
        return True
    if inspect.isfunction(found):
        return found.__module__ == _PYTHON_HOMES.get(namespace.name)
    return short in UNDOCUMENTED or bool(documentation(short, found))


def documentation(short: str, found: Callable[..., Any]) -> str:
    """Return the docstring of a callable, or else of its namesake among the functionals or methods.

    What only says that it is the out-of-place version is described by the method that works in place.
    """
    for home in (found, getattr(torch.nn.functional, short, None), getattr(torch.Tensor, short, None)):
        text = getattr(home, "__doc__", None)
        if isinstance(text, str) and _ELSEWHERE.search(text):
            text = getattr(torch.Tensor, f"{short}_").__doc__
        if isinstance(text, str) and text.strip():
            return inspect.cleandoc(text)
    return ""
