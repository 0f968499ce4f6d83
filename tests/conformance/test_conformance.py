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


def test_the_table_of_the_whole_run_reaches_what_it_is_to_reach() -> None:
    text = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text()
    rows = re.findall(r"^\| (\w+_db) \| (.*) \|$", text, flags=re.MULTILINE)
    numbers = {name: [int(cell.split()[0]) for cell in cells.split(" | ")] for name, cells in rows}
    known = re.search(r"formula of \d+ of them \((\S+) %\)", text)

    assert {name: row[0] for name, row in numbers.items()} == {
        "op_db": len(differentiable()),
        "module_db": len(every_module()),
        "optim_db": len(every_optimiser()),
    }
    assert all(equal >= 0.97 * entries for entries, equal, *_ in numbers.values())
    assert all(different == 0 for _, _, _, _, _, different, _, _ in numbers.values())
    assert all(unsaid <= 0.05 * samples for _, _, samples, _, _, _, _, unsaid in numbers.values())
    assert known is not None
    assert float(known[1]) >= 95
