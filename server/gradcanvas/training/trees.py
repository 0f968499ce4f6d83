"""Nested dicts, lists, numbers and tensors as bytes and back: safetensors with a JSON header, never a pickle.

Knows nothing of what the tree means.
"""

import json
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

_HEADER = "tree"
_COMPLEX = {torch.complex64, torch.complex128, torch.complex32}


def to_bytes(tree: Any) -> bytes:
    """Give the bytes of a tree of dicts (keys are texts), lists, tuples, numbers, texts, None and tensors.

    An entry of a dict that is anything else is left out.
    """
    tensors: dict[str, Tensor] = {}
    header = json.dumps(_lift(tree, tensors))
    return safetensors.torch.save(tensors, {_HEADER: header})


def from_bytes(data: bytes) -> Any:
    """Read what `to_bytes` gave; tensors are on the cpu.

    Raises:
        ValueError: it is something else, or damaged.
    """
    try:
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])["__metadata__"][_HEADER]
        return _lower(json.loads(header), safetensors.torch.load(data))
    except (ValueError, KeyError, TypeError, RecursionError, safetensors.SafetensorError) as error:
        raise ValueError(f"This is not a copy of a session's state: {error}") from error


def _lift(value: Any, tensors: dict[str, Tensor]) -> Any:
    """Write the tree as JSON in which every tensor is replaced by its name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Tensor):
        name = str(len(tensors))
        plain = value.detach().resolve_conj().resolve_neg()
        is_complex = plain.dtype in _COMPLEX
        tensors[name] = (torch.view_as_real(plain) if is_complex else plain).to("cpu", copy=True).contiguous()
        return {"complex" if is_complex else "tensor": name}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_lift(item, tensors) for item in value]}
    if isinstance(value, dict):
        return {"dict": {key: _lift(item, tensors) for key, item in value.items() if _is_known(item)}}
    raise TypeError(f"{type(value).__name__} has no place in a copy")


def _is_known(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | Tensor | list | tuple | dict)


def _lower(value: Any, tensors: dict[str, Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "tensor":
            return tensors[content]
        case "complex":
            return torch.view_as_complex(tensors[content])
        case "list":
            return [_lower(item, tensors) for item in content]
        case "tuple":
            return tuple(_lower(item, tensors) for item in content)
        case _:
            return {key: _lower(item, tensors) for key, item in content.items()}
