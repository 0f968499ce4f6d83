"""Fills a made state with the values that its graph file keeps, and writes such values for a file.

Kept are parameters, buffers, sources that collect a gradient or differ from what the seed gives, and what the
optimiser remembers of each of them. Learning rate and schedule are the file's own and begin anew; `.grad`,
the place in the epoch and the random state are not kept. Knows no verbs.
"""

import base64
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import safetensors.torch
import torch
from torch import Tensor

from gradcanvas.program.modules import Made, everything_made
from gradcanvas.program.print_kept import KeptValues
from gradcanvas.training.copies import on_device
from gradcanvas.training.failures import refusal
from gradcanvas.training.kept import made_from
from gradcanvas.training.kept_file import OPTIMIZER, Notes
from gradcanvas.training.preparing import Prepared
from gradcanvas.training.remaking import fresh_sources
from gradcanvas.training.state import State
from gradcanvas.training.trees import lift

LARGEST_BYTES = 10 << 20
"""So much may be kept in a graph file: with it, the file can still be sent as one edit."""

_PREFIX = "data:application/octet-stream;base64,"


def fill(prepared: Prepared, state: State, only: AbstractSet[str] | None = None) -> None:
    """Put the kept values into what was made.

    Args:
        prepared: the graph, with what it keeps.
        state: what was made of it.
        only: the paths of the sources and modules that are filled; all of them where it is None.
    """
    kept = prepared.kept
    if not kept.values:
        return
    with torch.no_grad():
        for ref, target in _targets(prepared, state).items():
            entry = kept.values.get(ref)
            if entry is not None and _is_among(ref, only):
                value = entry.tensor()
                if value.shape == target.shape and value.dtype == target.dtype:
                    target.copy_(value)
    optimiser = state.updates.optimiser
    if optimiser is None:
        return
    for ref, moments in kept.made_moments().items():
        leaf = state.updates.leaves.get(ref)
        if leaf is not None and _is_among(ref, only):
            optimiser.state[leaf] = on_device(moments, prepared.device)


def keep(prepared: Prepared, state: State) -> str:
    """Give the values as they are now, as the data URL that a graph file keeps.

    Raises:
        RunError: they are more than a file may keep.
    """
    tensors: dict[str, Tensor] = {}
    complex_names = set[str]()
    for ref, tensor in _wanted(prepared, state).items():
        plain = tensor.detach().resolve_conj().resolve_neg()
        if plain.is_complex():
            plain = torch.view_as_real(plain)
            complex_names.add(ref)
        tensors[ref] = plain.to("cpu", copy=True).contiguous()
    moments = {
        ref: lift(known, tensors, OPTIMIZER) for ref, known in state.updates.state().get("leaves", {}).items()
    }
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if size > LARGEST_BYTES:
        raise refusal("/state", "state-too-large", _too_large(size), "Keep fewer: make the modules smaller.")
    notes = Notes(
        made_from={each.path: made_from(each.node) for each in _everything(prepared)},
        complex=frozenset(complex_names),
        optimizer=_optimizer(prepared) if moments else "",
        moments=moments,
    )
    data = safetensors.torch.save(tensors, {"gradcanvas": notes.model_dump_json()})
    return _PREFIX + base64.b64encode(data).decode()


def kept_values(prepared: Prepared) -> KeptValues:
    """Give what the file keeps as the script prints it."""
    kept = prepared.kept
    return KeptValues({ref: entry.tensor() for ref, entry in kept.values.items()}, kept.made_moments())


def _targets(prepared: Prepared, state: State) -> dict[str, Tensor]:
    owned = dict(prepared.program.parameters()) if state.modules else {}
    return {**state.sources, **owned}


def _wanted(prepared: Prepared, state: State) -> Mapping[str, Tensor]:
    fresh = fresh_sources(prepared.program, prepared.seed, state.sources, state.modules)
    return {
        ref: tensor
        for ref, tensor in _targets(prepared, state).items()
        if ref not in fresh or tensor.requires_grad or not torch.equal(tensor, fresh[ref])
    }


def _is_among(ref: str, only: AbstractSet[str] | None) -> bool:
    if only is None or ref in only:
        return True
    before, slash, last = ref.rpartition("/")
    return f"{before}{slash}{last.partition('.')[0]}" in only


def _everything(prepared: Prepared) -> list[Made]:
    return list(everything_made(prepared.binding.scope, prepared.binding.functions))


def _optimizer(prepared: Prepared) -> str:
    train = prepared.binding.train
    return train.optimizer.operation.name if train is not None and train.optimizer is not None else ""


def _too_large(size: int) -> str:
    return f"The values take {size / 1e6:.1f} MB; a graph file keeps at most {LARGEST_BYTES / 1e6:.1f} MB."
