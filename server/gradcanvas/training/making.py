"""Makes the state of a graph: anew from its seed, or from an older one after an edit; knows no verbs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from torch import Tensor

from gradcanvas.catalog import callables
from gradcanvas.program.compile import compile_program
from gradcanvas.program.errors import NodeError
from gradcanvas.training.batches import Batches
from gradcanvas.training.failures import failure
from gradcanvas.training.keeping import fill
from gradcanvas.training.optimisers import Updates
from gradcanvas.training.preparing import Prepared
from gradcanvas.training.randomness import seed
from gradcanvas.training.remaking import definitions, groups, remake, renamed
from gradcanvas.training.salvaging import node_of, without
from gradcanvas.training.state import State

T = TypeVar("T")


def make_anew(prepared: Prepared) -> tuple[Prepared, State]:
    """Make sources, modules and optimiser from the seed, which stays where making left it; fill what is kept.

    Returns:
        The state, and the graph without what could not be made: each such node is then a problem.
    """
    while True:
        seed(prepared.seed, prepared.device)
        try:
            sources = prepared.program.make()
        except NodeError as error:
            prepared = _without_unmakeable(prepared, error)
            continue
        train = prepared.binding.train
        state = assemble(prepared, sources, Batches(train.batch if train else None))
        fill(prepared, state)
        return prepared, state


def carry_over(prepared: Prepared, before: Prepared, older: State) -> tuple[State, tuple[str, ...], bool]:
    """Keep parameters, optimiser and place in the epoch; remake what was edited, and make what is new.

    Returns:
        The state, the paths of what was there before and was remade, and whether the optimiser's state was
        kept.

    Raises:
        NodeError: something could not be made.
    """
    now, then = definitions(prepared.binding), definitions(before.binding)
    new_names = renamed(now, then)
    then = _under_new_names(then, new_names)
    sources = _under_new_names(older.sources, new_names)
    modules = _under_new_names(older.modules, new_names)
    edited = frozenset(path for path in now if then.get(path) != now[path])
    remade = remake(prepared.program, prepared.seed, sources, modules, edited)
    batches = Batches(prepared.binding.train.batch if prepared.binding.train else None)
    state = assemble(prepared, remade.sources, batches)
    is_kept = state.updates.adopt(older.updates)
    batches.adopt(older.batches, remade.sources)
    fill(prepared, state, frozenset(remade.anew))
    is_anything_gone = not then.keys() <= now.keys()
    anew = tuple(path for path in remade.anew if path in then or is_anything_gone)
    return state, anew, is_kept


def assemble(prepared: Prepared, sources: dict[str, Tensor], batches: Batches) -> State:
    """Make the state from sources, with the optimiser of their leaves."""
    leaves = prepared.program.leaves(sources)
    by_path = groups(prepared.binding)
    group_of = {ref: by_path[path] for ref in leaves if (path := _path_of(ref, by_path)) in by_path}
    try:
        updates = Updates(prepared.binding.train, leaves, group_of, callables())
    except Exception as error:
        raise failure(error, "/train/optimizer") from error
    return State(
        sources=sources,
        modules=dict(prepared.program.modules),
        leaves=leaves,
        updates=updates,
        batches=batches,
        inputs=tuple(sources[ref] for ref in prepared.program.inputs),
        is_empty=all(leaf.grad is None for leaf in leaves.values()),
    )


def _without_unmakeable(prepared: Prepared, error: NodeError) -> Prepared:
    binding = without(prepared.binding, {node_of(error)})
    if len(binding.scope.nodes) == len(prepared.binding.scope.nodes):
        raise error
    problems = (*prepared.problems, failure(error).problem)
    program = compile_program(binding, prepared.device)
    return replace(prepared, binding=binding, program=program, problems=problems)


def _under_new_names(known: Mapping[str, T], new_names: Mapping[str, str]) -> dict[str, T]:
    return {new_names.get(path, path): value for path, value in known.items()}


def _path_of(ref: str, paths: Mapping[str, str]) -> str:
    """Give the path of the source or module that a leaf belongs to ("call/fc" of "call/fc.weight")."""
    if ref in paths:
        return ref
    before, slash, last = ref.rpartition("/")
    return f"{before}{slash}{last.partition('.')[0]}"
