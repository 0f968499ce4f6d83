"""Every public name of torch is an operation or is left out for a reason that is told."""

from pathlib import Path

import pytest

from gradcanvas.catalog import Catalog
from tests.catalog.public_names import left_out, markdown, public_names

LIST = Path(__file__).parents[2] / "docs" / "left-out.md"


def test_every_public_name_is_an_operation_or_has_its_reason(catalog: Catalog) -> None:
    names = public_names()

    missing = left_out(catalog)

    assert len(names) - len(missing) > 1100
    assert [name for name, reason in missing.items() if not reason] == []


def test_all_optimisers_and_schedules_but_their_bases_are_there(catalog: Catalog) -> None:
    missing = [name for name in left_out(catalog) if name.startswith("torch.optim.")]

    assert missing == ["torch.optim.Optimizer", "torch.optim.lr_scheduler.LRScheduler"]


def test_the_list_of_what_is_left_out_is_up_to_date(catalog: Catalog) -> None:
    text = LIST.read_text(encoding="utf-8")
    if f"PyTorch {catalog.torch} " not in text:
        pytest.skip("it was written with another torch")

    assert text == markdown(catalog), "write it anew: python -m tests.catalog.public_names > docs/left-out.md"
