"""Writes what stands between the brackets of a Python index as the text of a graph file."""

from typing import Any

import torch

from tests.conformance.inexpressible import InexpressibleError


def index_call(index: Any) -> tuple[str, dict[str, torch.Tensor]]:
    """Return the text of an index and the tensors that its names stand for.

    Raises:
        InexpressibleError: the text of an index has no such entry.
    """
    tensors: dict[str, torch.Tensor] = {}
    if isinstance(index, tuple):
        entries = [_entry(each, tensors) for each in index]
        return ", ".join(entries) + ("," if len(entries) == 1 else ""), tensors
    return _entry(index, tensors), tensors


def _entry(entry: Any, tensors: dict[str, torch.Tensor]) -> str:
    if isinstance(entry, torch.Tensor):
        tensors[f"index_{len(tensors)}"] = entry
        return f"index_{len(tensors) - 1}"
    if entry is None or isinstance(entry, (bool, int)):
        return str(entry)
    if entry is Ellipsis:
        return "..."
    if isinstance(entry, slice):
        parts = [entry.start, entry.stop, *([] if entry.step is None else [entry.step])]
        return ":".join("" if part is None else str(part) for part in parts)
    if isinstance(entry, list) and all(isinstance(each, (bool, int)) for each in entry):
        return str(entry)
    raise InexpressibleError(f"an index holds a {type(entry).__name__}")
