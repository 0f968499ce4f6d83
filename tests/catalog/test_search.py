"""People find what they mean: by name, sign, other word, beginning or with a letter wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.catalog import Catalog, load_catalog, search, suggest
from tests.catalog.page_search import CASES, page_search

TRAINED = {"adamw": "torch.optim.AdamW", "sgd": "torch.optim.SGD"}
"""What the page offers in the settings of training, and the command line beside the rest."""
FIRST = CASES | TRAINED


@pytest.mark.parametrize("words", FIRST)
def test_words_lead_first_to_what_they_mean(catalog: Catalog, words: str) -> None:
    assert search(catalog, words)[0].name == FIRST[words]


def test_the_page_finds_the_same_first(catalog: Catalog) -> None:
    found = page_search(catalog, list(CASES))["first"]

    assert {words: name for words, name in found.items() if name != CASES[words]} == {}


def test_three_letters_are_enough(catalog: Catalog) -> None:
    for letters, name in (("sol", "torch.linalg.solve"), ("gri", "torch.nn.functional.grid_sample")):
        assert name in [each.name for each in search(catalog, letters)[:10]]


def test_nothing_is_found_for_no_words_and_for_nonsense(catalog: Catalog) -> None:
    assert search(catalog, "") == []
    assert search(catalog, "   ") == []
    assert search(catalog, "qqqqzzzz") == []


def test_each_operation_is_found_once_by_its_own_name(catalog: Catalog) -> None:
    for name in list(catalog.operations)[::25]:
        found = [each.name for each in search(catalog, name)]
        assert found[0] == name
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("torch.ad", "torch.add"),
        ("torch.add_", "torch.add"),
        ("torch.linear", "torch.nn.functional.linear"),
        ("torch.Sigmoid", "torch.sigmoid"),
        ("torch.nn.relu", "torch.nn.ReLU"),
        ("torch.nn.functional.sigmod", "torch.nn.functional.sigmoid"),
        ("torch.crossentropy", "torch.nn.functional.cross_entropy"),
        ("np.sum", "torch.sum"),
        ("matmul", "torch.matmul"),
        ("nn.Linear", "torch.nn.Linear"),
        ("gradcanvas.iff", "gradcanvas.if"),
        ("torch.optim.Sgd", "torch.optim.SGD"),
        ("os.system", None),
        ("", None),
    ],
)
def test_a_wrong_name_leads_to_the_nearest_right_one(catalog: Catalog, wrong: str, right: str | None) -> None:
    assert suggest(catalog, wrong) == right


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_any_text_may_be_searched_for(text: str) -> None:
    catalog = load_catalog()

    found = search(catalog, text)
    nearest = suggest(catalog, text)

    assert len(found) <= 50
    assert nearest is None or nearest in catalog.operations
