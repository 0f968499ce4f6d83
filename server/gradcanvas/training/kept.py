"""The values that a graph file keeps (`state`), read and held against the graph; nothing is filled in here.

The data URL holds safetensors: a tensor for each source, parameter and buffer by its reference ("w",
"fc.weight", "call/fc.bias"), and the optimiser's under names that begin with "optimizer:". Its metadata has
one entry, "gradcanvas", a JSON object: see `Notes`.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import safetensors
import safetensors.torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor, view_as_complex

from gradcanvas.document import Graph, Problem
from gradcanvas.program.binding import Binding, BoundNode
from gradcanvas.program.check import OutputMeta
from gradcanvas.program.modules import everything_made
from gradcanvas.training.trees import lower

OPTIMIZER = "optimizer:"
_WHERE = "/state"
_HELP = "Keep the values again, or forget them: both stand in the inspector when nothing is selected."
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

    model_config = ConfigDict(frozen=True)

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


@dataclass(frozen=True, slots=True)
class Kept:
    """The values that fit the graph.

    Attributes:
        values: reference of a source, parameter or buffer → its tensor.
        notes: what stands beside them.
        tensors: the optimiser's, by their names.
    """

    values: Mapping[str, Entry]
    notes: Notes
    tensors: Mapping[str, Entry]


NOTHING = Kept({}, Notes(), {})


def made_from(node: BoundNode) -> str:
    """Say in 16 digits what a source or module is made from, as the file has it."""
    making = {each.name for each in node.overload.arguments if each.stage == "make" or not node.is_module}
    arguments = {name: each.text for name, each in node.node.args.items() if name in making}
    inits = {
        name: [init.op, {key: each.text for key, each in init.args.items()}]
        for name, init in node.node.init.items()
    }
    written = json.dumps([node.node.op, arguments, inits], sort_keys=True)
    return sha256(written.encode()).hexdigest()[:16]


def check_kept(
    graph: Graph, binding: Binding, outputs: Mapping[str, OutputMeta]
) -> tuple[Kept, list[Problem]]:
    """Hold the kept values against the graph; no tensor is made.

    What belongs to a node that was edited since is left out without a word: the edit wins. What belongs to
    nothing, or has another shape or dtype, is a problem and left out.

    Args:
        graph: what is well-formed of the document.
        binding: what of it can run.
        outputs: shapes and dtypes of outputs and parameters, as the check gave them.
    """
    if graph.state is None:
        return NOTHING, []
    try:
        entries, notes = _read(graph.state)
    except ValueError as error:
        message = f"The kept values cannot be read: {error}."
        return NOTHING, [Problem(where=_WHERE, code="bad-state", message=message, help=_HELP)]
    owners = _Owners(graph, binding, outputs)
    values: dict[str, Entry] = {}
    problems: list[Problem] = []
    for name, entry in entries.items():
        if name.startswith(OPTIMIZER):
            continue
        node = owners.find(name)
        if node is None:
            problems += [] if owners.is_out_of_reach(name) else [_unknown(name)]
        elif notes.made_from.get(owners.path_of(name), made_from(node)) == made_from(node):
            problem = _misfit(name, entry, outputs[name])
            problems += [problem] if problem else []
            values |= {} if problem else {name: entry}
    for name in notes.moments:
        if owners.find(name) is None and not owners.is_out_of_reach(name):
            problems.append(_unknown(name))
    tensors = {name: entry for name, entry in entries.items() if name.startswith(OPTIMIZER)}
    return Kept(values, notes, tensors), problems


@lru_cache(maxsize=1)
def _read(url: str) -> tuple[Mapping[str, Entry], Notes]:
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


def _require_moments(notes: Notes, entries: Mapping[str, Entry]) -> None:
    """Make sure that the optimiser's state is a tree of tensors that are there."""
    try:
        state = {ref: lower(tree, lambda name: entries[name].tensor()) for ref, tree in notes.moments.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError) as error:
        raise ValueError(f"the state of the optimiser is damaged ({error})") from None
    if not all(isinstance(each, dict) for each in state.values()):
        raise ValueError("the state of the optimiser is damaged")


class _Owners:
    """Finds the source or module that a kept value belongs to."""

    def __init__(self, graph: Graph, binding: Binding, outputs: Mapping[str, OutputMeta]) -> None:
        self._graph, self._binding, self._outputs = graph, binding, outputs
        self._made = {each.path: each.node for each in everything_made(binding.scope, binding.functions)}

    def find(self, name: str) -> BoundNode | None:
        """Return the source or module; None if there is none that owns this value."""
        path = self.path_of(name)
        node = self._made.get(path)
        if node is None or name not in self._outputs:
            return None
        is_output = name.removeprefix(f"{path}.") in {each.name for each in node.outputs}
        return node if (name == path) != node.is_module and not (node.is_module and is_output) else None

    def path_of(self, name: str) -> str:
        """Return the path of what a value would belong to ("call/fc" of "call/fc.0.weight")."""
        before, slash, last = name.rpartition("/")
        return f"{before}{slash}{last.partition('.')[0]}"

    def is_out_of_reach(self, name: str) -> bool:
        """Whether it belongs to a node that cannot run now, for a problem of its own."""
        top = name.partition("/")[0].partition(".")[0]
        is_there = top in self._graph.nodes or f"/nodes/{top}" in self._graph.broken
        return is_there and top not in self._binding.scope.nodes


def _unknown(name: str) -> Problem:
    message = f"A value is kept for `{name[:80]}`, but there is no such source, parameter or buffer."
    return Problem(where=_WHERE, code="state-unknown", message=message, help=_HELP)


def _misfit(name: str, entry: Entry, meta: OutputMeta) -> Problem | None:
    if meta.shape is None or None in meta.shape or meta.dtype is None:
        return None
    if (tuple(meta.shape), meta.dtype) == (entry.sizes, entry.dtype):
        return None
    message = (
        f"The value kept for `{name}` is {entry.dtype} of shape {entry.sizes}, but `{name}` is {meta.dtype}"
        f" of shape {tuple(meta.shape)}."
    )
    return Problem(where=_WHERE, code="state-misfit", message=message, help=_HELP)
