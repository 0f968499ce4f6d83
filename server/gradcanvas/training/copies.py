"""A session's real state as bytes, and back: what a worker leaves behind for the one that replaces it.

Holds parameters, buffers, `.grad`, optimiser, schedule, batches, random state and counts; not the losses,
which have been delivered. Knows nothing of where the bytes lie.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from gradcanvas.training.preparing import Prepared
from gradcanvas.training.randomness import random_state, set_random_state
from gradcanvas.training.records import Records
from gradcanvas.training.remaking import definitions
from gradcanvas.training.state import Standing, State
from gradcanvas.training.trees import from_bytes, to_bytes

Copy = Mapping[str, Any]


def take(
    prepared: Prepared, state: State, standing: Standing, losses: Records, validations: int = 0
) -> bytes:
    """Give the state as bytes; `prepared` is the graph that it was made for, `validations` counts rows."""
    return to_bytes(
        {
            "definitions": definitions(prepared.binding),
            "optimizer": _optimizer(prepared),
            "sources": state.sources,
            "modules": {path: _tensors(module) for path, module in state.modules.items()},
            "deposits": {ref: leaf.grad for ref, leaf in state.leaves.items()},
            "updates": state.updates.state(),
            "batches": state.batches.state(),
            "random": random_state(prepared.device),
            "step": standing.step,
            "target": standing.target,
            "run": standing.run,
            "dirty": standing.is_dirty,
            "losses": len(losses),
            "loss": losses.last(),
            "validations": validations,
        }
    )


def read(data: bytes) -> Copy:
    """Read what `take` gave.

    Raises:
        ValueError: the bytes are no copy.
    """
    copy = from_bytes(data)
    if not isinstance(copy, dict) or "definitions" not in copy:
        raise ValueError("This is not a copy of a session's state.")
    return copy


def fill(copy: Copy, prepared: Prepared, state: State) -> tuple[str, ...]:
    """Fill a fresh state, and the random state, from a copy.

    What has been edited since the copy was taken keeps the value that Reset gives it.

    Returns:
        The paths of what could not be taken from the copy.
    """
    now = definitions(prepared.binding)
    known = {path for path, definition in copy["definitions"].items() if now.get(path) == definition}
    with torch.no_grad():
        for path in known:
            if path in state.modules:
                _fill(_tensors(state.modules[path]), copy["modules"].get(path, {}))
            elif path in state.sources:
                _fill({path: state.sources[path]}, copy["sources"])
    for ref, leaf in state.leaves.items():
        deposit = copy["deposits"].get(ref)
        if deposit is not None and deposit.shape == leaf.shape and deposit.dtype == leaf.dtype:
            leaf.grad = deposit.to(leaf.device)
    state.is_empty = not any(leaf.grad is not None for leaf in state.leaves.values())
    if copy["optimizer"] == _optimizer(prepared):
        state.updates.restore(on_device(copy["updates"], prepared.device))
    batches = copy["batches"]
    if batches["order"] is None or state.batches.fits(batches["order"], state.sources):
        state.batches.restore(batches)
    set_random_state(copy["random"], prepared.device)
    return tuple(path for path in now if path not in known)


def standing_of(copy: Copy) -> Standing:
    """Give where the loop stood."""
    return Standing(copy["step"], copy["target"], copy["run"], copy["dirty"])


def losses_of(copy: Copy) -> Records:
    """Give records that go on after the copy's last loss, and hold that one."""
    if not copy["losses"]:
        return Records()
    records = Records(start=copy["losses"] - 1)
    records.add(torch.tensor(copy["loss"], dtype=torch.float64))
    return records


def _optimizer(prepared: Prepared) -> str:
    train = prepared.binding.train
    return train.optimizer.operation.name if train is not None and train.optimizer is not None else ""


def _tensors(module: nn.Module) -> dict[str, Tensor]:
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _fill(targets: Mapping[str, Tensor], values: Mapping[str, Tensor]) -> None:
    for name, target in targets.items():
        value = values.get(name)
        if value is not None and value.shape == target.shape and value.dtype == target.dtype:
            target.copy_(value)


def on_device(tree: Any, device: torch.device) -> Any:
    """Bring an optimiser's state to the device of its leaves; counts of steps stay where they were."""
    if isinstance(tree, Tensor):
        return tree.to(device) if tree.dim() else tree
    if isinstance(tree, dict):
        return {key: on_device(item, device) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(on_device(item, device) for item in tree)
    return tree
