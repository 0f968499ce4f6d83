import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.program.order import cycles, dependents, evaluation_order, tangled


def test_of_what_is_ready_the_first_in_the_file_goes() -> None:
    needs = {"loss": ["b", "a"], "b": [], "a": ["c"], "c": ["source"]}

    assert evaluation_order(needs) == ("b", "c", "a", "loss")


def test_a_cycle_is_named_from_its_first_in_the_file_in_the_direction_of_the_data() -> None:
    needs = {"x": [], "c": ["b"], "a": ["c", "x"], "b": ["a"], "self": ["self"], "after": ["b"]}

    assert cycles(needs) == (("c", "a", "b"), ("self",))
    assert tangled(needs) == {"a", "b", "c", "self"}


def test_what_needs_the_lost_is_lost_with_it() -> None:
    needs = {"a": [], "b": ["a"], "c": ["b"], "d": []}

    assert dependents(needs, ["a"]) == {"a", "b", "c"}


Wiring = dict[str, list[str]]


@st.composite
def wirings(draw: st.DrawFn) -> Wiring:
    names = [f"n{place}" for place in range(draw(st.integers(1, 12)))]
    shuffled = draw(st.permutations(names))
    return {name: draw(st.lists(st.sampled_from(shuffled), max_size=3)) for name in names}


@settings(deadline=None, max_examples=150)
@given(wirings())
def test_every_wiring_has_a_cycle_or_an_order_in_which_nothing_comes_too_early(needs: Wiring) -> None:
    found = cycles(needs)
    if found:
        for cycle in found:
            assert all(one in needs[other] for one, other in itertools.pairwise((*cycle, cycle[0])))
        return

    order = evaluation_order(needs)

    done: set[str] = set()
    for name in order:
        assert name == next(each for each in needs if each not in done and done.issuperset(needs[each]))
        done.add(name)
    assert done == set(needs)
