"""Nested dicts, lists, numbers and tensors as bytes and back: safetensors with a JSON header, never a pickle.

Knows nothing of what the tree means.
"""

import json
from collections.abc import Callable
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
    header = json.dumps(lift(tree, tensors))
    return safetensors.torch.save(tensors, {_HEADER: header})


def from_bytes(data: bytes) -> Any:
    """Read what `to_bytes` gave; tensors are on the cpu.

    Raises:
        ValueError: it is something else, or damaged.
    """
    try:
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])["__metadata__"][_HEADER]
        tensors = safetensors.torch.load(data)
        return lower(json.loads(header), tensors.__getitem__)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        RecursionError,
        safetensors.SafetensorError,
    ) as error:
        raise ValueError(f"This is not a copy of a session's state: {error}") from error


def lift(value: Any, tensors: dict[str, Tensor], prefix: str = "") -> Any:
    """Give the tree as JSON in which a name stands for every tensor, and put the tensors by these names.

    Args:
        value: the tree.
        tensors: takes copies of the tensors, on the cpu; of a complex one its real and imaginary parts.
        prefix: what the names begin with.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Tensor) and value.layout == torch.sparse_coo:
        parts = value.detach()
        entries = [parts._indices(), parts._values(), list(parts.shape)]
        return {"sparse": [lift(item, tensors, prefix) for item in entries]}
    if isinstance(value, Tensor):
        name = f"{prefix}{len(tensors)}"
        plain = value.detach().resolve_conj().resolve_neg()
        is_complex = plain.dtype in _COMPLEX
        tensors[name] = (torch.view_as_real(plain) if is_complex else plain).to("cpu", copy=True).contiguous()
        return {"complex" if is_complex else "tensor": name}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [lift(item, tensors, prefix) for item in value]}
    if isinstance(value, dict):
        return {"dict": {key: lift(item, tensors, prefix) for key, item in value.items() if _is_known(item)}}
    raise TypeError(f"{type(value).__name__} has no place in a copy")


def _is_known(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | Tensor | list | tuple | dict)


def lower(value: Any, take: Callable[[str], Any]) -> Any:
    """Give the tree back; `take` gives a tensor by its name.

    Raises:
        ValueError, TypeError, KeyError: the JSON is no such tree.
    """
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "tensor":
            return take(content)
        case "complex":
            return torch.view_as_complex(take(content))
        case "sparse":
            indices, values, shape = (lower(item, take) for item in content)
            return torch.sparse_coo_tensor(indices, values, shape, check_invariants=True)
        case "list":
            return [lower(item, take) for item in content]
        case "tuple":
            return tuple(lower(item, take) for item in content)
        case "dict":
            return {key: lower(item, take) for key, item in content.items()}
    raise ValueError(f"{str(kind)[:40]!r} is no part of a tree")
