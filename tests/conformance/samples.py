"""Copies the tensors of torch's samples into leaves of their own. Knows nothing of what they are given to."""

from collections.abc import Callable
from typing import Any

import torch

from tests.conformance.layouts import layout_of


def fresh(value: Any, *, is_storage_seen: bool = False) -> Any:
    """Copy what a sample is called with, so that its tensors are leaves that lie as they did.

    A tensor that stands at several places is one leaf.
    """
    copies: dict[int, torch.Tensor] = {}

    def copied(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in copies:
            layout = layout_of(tensor, is_storage_seen=is_storage_seen)
            leaf = layout.laid(layout.base(tensor).clone()).detach()
            copies[id(tensor)] = leaf.requires_grad_(tensor.requires_grad)
        return copies[id(tensor)]

    return _mapped(value, copied)


def _mapped(value: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(_mapped(each, change) for each in value)
    if type(value) is dict:
        return {name: _mapped(each, change) for name, each in value.items()}
    return value
