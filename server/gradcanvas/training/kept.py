"""The values that a graph file keeps (`state`), held against the graph; nothing is filled in here.

Whatever is damaged, missing or does not fit is a problem and left out; the rest is used.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from gradcanvas.document import Graph, Problem
from gradcanvas.program.binding import Binding, BoundNode
from gradcanvas.program.check import OutputMeta
from gradcanvas.program.modules import everything_made
from gradcanvas.training.kept_file import OPTIMIZER, Entry, Notes, moments_of, named_in, read_kept
from gradcanvas.training.kept_moments import Leaf, misfit_of_moments
from gradcanvas.training.remaking import groups

_WHERE = "/state"
_HELP = "Keep the values again, or forget them: both stand in the inspector when nothing is selected."


@dataclass(frozen=True, slots=True)
class Kept:
    """The values that fit the graph.

    Attributes:
        values: reference of a source, parameter or buffer → its tensor.
        moments: reference of a leaf → what its optimiser remembers, as a tree in which tensors are named.
        tensors: the optimiser's, by their names.
    """

    values: Mapping[str, Entry] = field(default_factory=dict)
    moments: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, Entry] = field(default_factory=dict)

    def made_moments(self) -> dict[str, dict[str, object]]:
        """Make what the optimiser remembers of each leaf, on the cpu."""
        return {ref: moments_of(tree, self.tensors) for ref, tree in self.moments.items()}


NOTHING = Kept()


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
    """Hold the kept values against the graph; no tensor is made but those of the optimiser.

    What belongs to a node that was edited since, or to another optimiser, is left out without a word: the
    edit wins. What belongs to nothing, is missing, or has another shape or dtype, is a problem and left out.

    Args:
        graph: what is well-formed of the document.
        binding: what of it can run.
        outputs: shapes and dtypes of outputs and parameters, as the check gave them.
    """
    if graph.state is None:
        return NOTHING, []
    try:
        entries, notes = read_kept(graph.state)
    except ValueError as error:
        return NOTHING, [_problem("bad-state", f"The kept values cannot be read: {error}.")]
    owners = _Owners(graph, binding, outputs)
    values, problems = _values(entries, notes, owners, outputs)
    problems += [*_strangers(entries, notes, binding), *_gaps(entries, notes, owners, outputs)]
    moments, misfits = _moments(entries, notes, owners, values)
    tensors = {name: entry for name, entry in entries.items() if name.startswith(OPTIMIZER)}
    return Kept(values, moments, tensors), [*problems, *misfits]


def _values(
    entries: Mapping[str, Entry], notes: Notes, owners: "_Owners", outputs: Mapping[str, OutputMeta]
) -> tuple[dict[str, Entry], list[Problem]]:
    values: dict[str, Entry] = {}
    problems: list[Problem] = []
    for name, entry in entries.items():
        if name.startswith(OPTIMIZER):
            continue
        node = owners.find(name)
        if node is None:
            problems += [] if owners.is_out_of_reach(name) else [_unknown(name)]
        elif owners.is_as_kept(name, notes):
            problem = _misfit(name, entry, outputs[name])
            problems += [problem] if problem else []
            values |= {} if problem else {name: entry}
    for name in notes.moments:
        if owners.find(name) is None and not owners.is_out_of_reach(name):
            problems.append(_unknown(name))
    return values, problems


def _strangers(entries: Mapping[str, Entry], notes: Notes, binding: Binding) -> Iterator[Problem]:
    """Yield what stands in the file and means nothing."""
    named = {name for tree in notes.moments.values() for name in named_in(tree)}
    for name in entries:
        if name.startswith(OPTIMIZER) and name not in named:
            yield _problem("state-unknown", f"A tensor `{name[:80]}` is kept that no optimiser remembers.")
    for name in sorted(notes.complex - entries.keys()):
        yield _problem("state-unknown", f"The kept values call `{name[:80]}` complex, which is not kept.")
    for name in notes.model_extra or ():
        yield _problem("state-unknown", f"The kept values have a note `{name[:80]}` that nothing here knows.")
    operation = binding.catalog.operations.get(notes.optimizer)
    if notes.optimizer and (operation is None or operation.kind != "optimizer"):
        yield _problem("state-unknown", f"What is kept of `{notes.optimizer[:80]}` is of no optimiser here.")


def _gaps(
    entries: Mapping[str, Entry], notes: Notes, owners: "_Owners", outputs: Mapping[str, OutputMeta]
) -> Iterator[Problem]:
    """Yield what is not there of modules of which values are kept, and of what an optimiser remembers."""
    wanted = dict.fromkeys(notes.moments)
    wanted |= dict.fromkeys(
        name for name in outputs if owners.path_of(name) in notes.made_from and owners.is_of_module(name)
    )
    for name in wanted:
        if name not in entries and owners.find(name) is not None and owners.is_as_kept(name, notes):
            yield _problem("state-missing", f"The kept values lack that of `{name[:80]}`: it is made anew.")


def _moments(
    entries: Mapping[str, Entry], notes: Notes, owners: "_Owners", values: Mapping[str, Entry]
) -> tuple[dict[str, Any], list[Problem]]:
    """Choose what the optimiser remembers that fits it."""
    train = owners.binding.train
    optimizer = train.optimizer if train is not None else None
    if optimizer is None or optimizer.operation.name != notes.optimizer:
        return {}, []
    leaves, by_path = owners.leaves(), groups(owners.binding)
    total = sum(leaf.elements for leaf in leaves.values()) if not owners.binding.problems else None
    moments: dict[str, Any] = {}
    problems: list[Problem] = []
    for ref, tree in notes.moments.items():
        if ref not in values or ref not in leaves:
            continue
        group = optimizer.groups.get(by_path.get(owners.path_of(ref), ""))
        why = misfit_of_moments(optimizer, group, leaves[ref], moments_of(tree, entries), total)
        if why is None:
            moments[ref] = tree
        else:
            message = f"What `{notes.optimizer}` remembers of `{ref}` {why}. It begins anew for `{ref}`."
            problems.append(_problem("state-misfit", message))
    return moments, problems


class _Owners:
    """Finds the source or module that a kept value belongs to."""

    def __init__(self, graph: Graph, binding: Binding, outputs: Mapping[str, OutputMeta]) -> None:
        self.binding = binding
        self._graph, self._outputs = graph, outputs
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

    def is_as_kept(self, name: str, notes: Notes) -> bool:
        """Whether what a value belongs to was not edited since."""
        path = self.path_of(name)
        return notes.made_from.get(path, now := made_from(self._made[path])) == now

    def is_of_module(self, name: str) -> bool:
        """Whether it is a parameter or buffer."""
        node = self._made.get(self.path_of(name))
        return node is not None and node.is_module and self.find(name) is not None

    def leaves(self) -> dict[str, Leaf]:
        """Return what the optimiser is given."""
        return {
            name: Leaf(shape, meta.dtype)
            for name, meta in self._outputs.items()
            if meta.requires_grad and meta.dtype is not None and self.find(name) is not None
            for shape in [tuple(size for size in meta.shape or () if size is not None)]
        }

    def is_out_of_reach(self, name: str) -> bool:
        """Whether it belongs to a node that cannot run now, for a problem of its own."""
        top = name.partition("/")[0].partition(".")[0]
        is_there = top in self._graph.nodes or f"/nodes/{top}" in self._graph.broken
        return is_there and top not in self.binding.scope.nodes


def _unknown(name: str) -> Problem:
    message = f"A value is kept for `{name[:80]}`, but there is no such source, parameter or buffer."
    return _problem("state-unknown", message)


def _misfit(name: str, entry: Entry, meta: OutputMeta) -> Problem | None:
    if meta.shape is None or None in meta.shape or meta.dtype is None:
        return None
    if (tuple(meta.shape), meta.dtype) == (entry.sizes, entry.dtype):
        return None
    message = (
        f"The value kept for `{name}` is {entry.dtype} of shape {entry.sizes}, but `{name}` is {meta.dtype}"
        f" of shape {tuple(meta.shape)}."
    )
    return _problem("state-misfit", message)


def _problem(code: str, message: str) -> Problem:
    return Problem(where=_WHERE, code=code, message=message, help=_HELP)
