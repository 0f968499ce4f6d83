"""The values that a graph file keeps (`state`), as they are written; knows nothing of the graph.

The data URL holds safetensors: a tensor for each source, parameter and buffer by its reference ("w",
"fc.weight", "call/fc.bias"), and the optimiser's under names that begin with "optimizer:". Its metadata has
one entry, "gradcanvas", a JSON object: see `Notes`.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import safetensors
import safetensors.torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor, view_as_complex

from gradcanvas.training.trees import lower

OPTIMIZER = "optimizer:"
_KINDS = {
    name: str(dtype).removeprefix("torch.")
    for name, dtype in safetensors.torch._TYPES.items()  # the library has no public table
}
_DOUBLED = {"float32": "complex64", "float64": "complex128", "float16": "complex32"}


class Notes(BaseModel):
    """What stands beside the tensors.

    Attributes:
        made_from: path of a source or module → what it was made from: once that is edited, the edit wins.
        complex: the tensors that are complex; the last dimension of each is its real and imaginary part.
        optimizer: the optimiser whose state it is, "" for none.
        moments: leaf → its state as a tree in which tensors are named.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    made_from: dict[str, str] = {}
    complex: frozenset[str] = frozenset()
    optimizer: str = ""
    moments: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor that is not made yet."""

    kind: str
    shape: tuple[int, ...]
    data: bytes = field(repr=False)
    is_complex: bool = False

    @property
    def dtype(self) -> str:
        """The name of its dtype."""
        name = _KINDS.get(self.kind, self.kind)
        return _DOUBLED.get(name, name) if self.is_complex else name

    @property
    def sizes(self) -> tuple[int, ...]:
        """Its shape."""
        return self.shape[:-1] if self.is_complex else self.shape

    def tensor(self) -> Tensor:
        """Make it, on the cpu."""
        header = {"": {"dtype": self.kind, "shape": list(self.shape), "data_offsets": [0, len(self.data)]}}
        text = json.dumps(header).encode()
        made = safetensors.torch.load(len(text).to_bytes(8, "little") + text + self.data)[""]
        return view_as_complex(made) if self.is_complex else made


@lru_cache(maxsize=1)
def read_kept(url: str) -> tuple[Mapping[str, Entry], Notes]:
    """Read a data URL; no tensor is made but those of the optimiser.

    Returns:
        The tensors by their names, and the notes.

    Raises:
        ValueError: it holds no such values, or is damaged; says where.
    """
    try:
        data = base64.b64decode(url.partition(",")[2], validate=True)
        found = safetensors.deserialize(data)  # type: ignore[no-untyped-call]
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__", {})
        notes = Notes.model_validate_json(metadata.get("gradcanvas", "{}"))
    except (binascii.Error, safetensors.SafetensorError, RecursionError) as error:
        raise ValueError(str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"in its notes {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    entries = {
        name: Entry(each["dtype"], tuple(each["shape"]), bytes(each["data"]), name in notes.complex)
        for name, each in sorted(found)
    }
    for name, entry in entries.items():
        if entry.kind not in _KINDS or (entry.is_complex and entry.shape[-1:] != (2,)):
            raise ValueError(f"`{name[:80]}` is {entry.kind} of shape {entry.shape}, which torch has not")
    _require_moments(notes, entries)
    return entries, notes


def moments_of(tree: object, entries: Mapping[str, Entry]) -> dict[str, object]:
    """Make what an optimiser remembers of one leaf.

    Raises:
        ValueError: it is no dict of numbers and tensors that are there.
    """
    try:
        made = lower(tree, lambda name: _moment(name, entries))
    except (TypeError, KeyError, AttributeError, RuntimeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(made, dict):
        raise ValueError(f"{type(made).__name__} instead of a dict")
    return made


def _moment(name: object, entries: Mapping[str, Entry]) -> Tensor:
    if not isinstance(name, str) or not name.startswith(OPTIMIZER) or name not in entries:
        raise ValueError(f"it names {str(name)[:80]!r}, which is no tensor of the optimiser's here")
    return entries[name].tensor()


def _require_moments(notes: Notes, entries: Mapping[str, Entry]) -> None:
    """Make sure that the optimiser's state is a tree of tensors that are there."""
    for ref, tree in notes.moments.items():
        try:
            moments_of(tree, entries)
        except ValueError as error:
            where = f"the state of the optimiser is damaged at `{ref[:80]}`"
            raise ValueError(f"{where} ({error})") from None


def named_in(tree: object) -> Iterator[str]:
    """Yield the names of the tensors in what an optimiser remembers."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield from (name for key in ("tensor", "complex") if isinstance(name := each.get(key), str))
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
