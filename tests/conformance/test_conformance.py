"""A fixed sample of torch's own databases: `make conformance` runs all of it and writes the table."""

import re
from pathlib import Path

import pytest
import torch

from tests.conformance.modules import every_module, run_module
from tests.conformance.operations import differentiable, run_entry
from tests.conformance.optimisers import every_optimiser, run_optimiser
from tests.conformance.table import Entry

pytestmark = pytest.mark.conformance

PARTS = 4
"""Into so many tests the operations are cut, so that several processes share them."""


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def reasons(entries: list[Entry], outcome: str) -> list[tuple[str, str]]:
    return [(entry.name, why) for entry in entries for found, why in entry.reasons if found == outcome]


def unequal(entries: list[Entry]) -> set[str]:
    return {entry.name for entry in entries if not entry.is_equal}


def listed_as_unequal() -> set[str]:
    """Return the entries that the committed table lists with a reason."""
    text = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text()
    return set(re.findall(r"^\| (\S+) \| \d+ of \d+ \|", text, flags=re.MULTILINE))


@pytest.mark.parametrize("part", range(PARTS))
def test_operations_give_the_bits_that_pytorch_gives(part: int) -> None:
    infos = differentiable()[7 * part :: 7 * PARTS]

    entries = [run_entry(info, every=100) for info in infos]

    assert reasons(entries, "different") == []
    assert unequal(entries) <= listed_as_unequal()


def test_modules_trained_five_steps_have_the_bits_of_a_loop_by_hand() -> None:
    infos = every_module()[::5]

    entries = [run_module(info, every=40) for info in infos]

    assert reasons(entries, "different") == []
    assert unequal(entries) <= listed_as_unequal()


def test_optimisers_have_the_bits_of_a_loop_by_hand() -> None:
    entries = [run_optimiser(info) for info in every_optimiser()[::2]]

    assert reasons(entries, "different") == []
    assert all(entry.is_equal for entry in entries)
