"""Says which literal or edge an annotation of torch's Python code asks for. Knows nothing of namespaces.

Most annotations are one kind; `str | int | tuple[int, int]` (a convolution's padding) is two, and its
function two overloads.
"""

import types
import typing
from collections import abc
from dataclasses import dataclass, replace
from typing import Any, Final

import torch

from gradcanvas.catalog.model import ArgumentType


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what an argument takes.

    Attributes:
        type: of the literal; "tensor" or "tensors" where only edges stand.
        wired: an edge may stand.
        choices: the texts that may stand.
        length: of a list that has a fixed one.
        single: one element may stand for the list.
        gaps: None may stand for an element of the list.
    """

    type: ArgumentType
    wired: bool = False
    choices: tuple[str, ...] = ()
    length: int | None = None
    single: bool = False
    gaps: bool = False

    @property
    def is_tensor(self) -> bool:
        """Whether no literal may stand."""
        return self.type in ("tensor", "tensors")


_SCALARS: Final[dict[Any, ArgumentType]] = {
    int: "int",
    float: "float",
    bool: "bool",
    str: "string",
    torch.dtype: "dtype",
}
_LISTS: Final[dict[Any, ArgumentType]] = {
    int: "ints",
    float: "floats",
    bool: "bools",
    torch.Tensor: "tensors",
    torch.optim.lr_scheduler.LRScheduler: "schedulers",
}
_SEQUENCES: Final = (list, tuple, abc.Sequence, abc.Iterable)


def read_annotation(annotation: Any) -> tuple[list[Kind], bool]:
    """Return the kinds of what an annotation takes, none if it is not understood, and whether None may stand.

    Args:
        annotation: as `inspect.signature` gives it: a type or a union.
    """
    members = _members(annotation)
    nullable = type(None) in members
    kinds = [kind for member in members if (kind := _member(member)) is not None]
    return _combined(kinds), nullable


def _members(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [part for each in typing.get_args(annotation) for part in _members(each)]
    if isinstance(annotation, typing.TypeVar):
        return [part for each in annotation.__constraints__ for part in _members(each)]
    return [annotation]


def _member(member: Any) -> Kind | None:
    if member is torch.Tensor:
        return Kind("tensor", wired=True)
    if member is torch.Size:
        return Kind("ints")
    if member in _SCALARS:
        return Kind(_SCALARS[member])
    origin, parts = typing.get_origin(member), typing.get_args(member)
    if origin is typing.Literal and all(isinstance(part, str) for part in parts):
        return Kind("choice", choices=parts)
    if origin in _SEQUENCES and parts:
        return _sequence(parts)
    return None


def _sequence(parts: tuple[Any, ...]) -> Kind | None:
    elements = [part for part in parts if part is not Ellipsis]
    inner = next(
        (each for each in _members(elements[0]) if each in _LISTS and each is not torch.Tensor), None
    )
    gaps = any(type(None) in _members(each) for each in elements) and inner is not None
    if inner is None and torch.Tensor in _members(elements[0]):
        inner = torch.Tensor
    if inner is None:
        return None
    kind = _LISTS[inner]
    fixed = Ellipsis not in parts and len(elements) > 1
    return Kind(kind, wired=kind == "tensors", length=len(elements) if fixed else None, gaps=gaps)


def _combined(kinds: list[Kind]) -> list[Kind]:
    """Merge what one field can take: an integer for a list of one, a number for a tensor."""
    by_type = {kind.type: kind for kind in reversed(kinds)}
    for element, several in (("int", "ints"), ("float", "floats"), ("bool", "bools")):
        if element in by_type and several in by_type:
            many = by_type[several]
            del by_type[element]
            by_type[several] = replace(many, single=True)
    if "int" in by_type and "float" in by_type:
        del by_type["int"], by_type["float"]
        by_type["number"] = Kind("number")
    if "choice" in by_type:
        by_type.pop("string", None)
    number = next((name for name in ("int", "float", "number") if name in by_type), None)
    if number is not None and "tensor" in by_type:
        del by_type["tensor"]
        by_type[number] = Kind(by_type[number].type, wired=True)
    return list(by_type.values())
