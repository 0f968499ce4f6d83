import sys
from collections.abc import Callable

import pytest
import torch

from gradcanvas.program.memory import default_budget_bytes, in_words
from gradcanvas.program.metas import Meta, Unknown, contiguous, meta_of
from gradcanvas.program.shapes import Given, Refusal, Shapes, flattened
from gradcanvas.program.torch_words import as_when_run

A = contiguous((3, 2), torch.float32, requires_grad=True)
B = contiguous((2,), torch.float32)


def given(answer: Given | Refusal) -> Given:
    assert isinstance(answer, Given)
    return answer


def test_a_call_tells_all_that_later_calls_depend_on() -> None:
    answer = given(Shapes().call("t", lambda tensor: torch.complex(tensor(A).t(), tensor(A).t()).conj()))

    real = torch.complex(torch.randn(3, 2).t(), torch.randn(3, 2).t()).requires_grad_().conj()
    assert answer.values == (meta_of(real),)
    assert isinstance(answer.values[0], Meta)
    assert answer.values[0].conjugate


def test_the_same_call_is_made_once() -> None:
    calls: list[int] = []
    shapes = Shapes()

    def call(tensor: Callable[[Meta], torch.Tensor]) -> torch.Tensor:
        calls.append(1)
        return tensor(A) + 1

    for _ in range(3):
        shapes.call("key", call)

    assert calls == [1]


def test_memory_of_calls_is_bounded() -> None:
    shapes = Shapes(most=2)

    for size in range(9):
        shapes.call(size, lambda tensor: tensor(A) * 2)

    assert len(shapes._known) <= 2


def test_bytes_count_what_is_new_and_its_gradient() -> None:
    shapes = Shapes()

    fresh = given(shapes.call("fresh", lambda tensor: tensor(A) * tensor(B)))
    view = given(shapes.call("view", lambda tensor: tensor(A).t()))
    plain = given(shapes.call("plain", lambda tensor: tensor(B).exp()))

    assert (fresh.held, view.held, plain.held) == (48, 0, 8)


def test_the_largest_tensor_on_the_way_is_told() -> None:
    column = contiguous((1000, 1), torch.float32)

    answer = given(Shapes().call("wide", lambda tensor: (tensor(column) - tensor(column).t()).sum()))

    assert answer.held == 4
    assert answer.largest == 4_000_000


def test_a_size_that_only_the_data_decide_is_unknown() -> None:
    answer = given(Shapes().call("nz", lambda tensor: (torch.nonzero(tensor(A)), tensor(B))))

    assert answer.values == (Unknown((None, 2), torch.int64, False), B)


def test_what_cannot_be_known_without_numbers_is_no_refusal() -> None:
    answer = given(Shapes().call("item", lambda tensor: tensor(B) if tensor(B)[0].item() > 0 else tensor(A)))

    assert answer.values is None


def test_a_refusal_keeps_the_words_and_standard_error_clean(capfd: pytest.CaptureFixture[str]) -> None:
    answer = Shapes().call("sum", lambda tensor: tensor(B).sum(dim=4))

    assert answer == Refusal("Dimension out of range (expected to be in range of [-1, 0], but got 4)")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [((4, 1), (3, 2)), ((2,), (3,)), ((2, 3, 4), (3, 5)), ((3,), (2, 4))],
)
def test_words_are_those_of_the_run(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    with pytest.raises(RuntimeError) as real:
        torch.ones(one) + torch.ones(other)

    answer = Shapes().call((one, other), lambda tensor: torch.ones(one) + torch.ones(other))

    assert isinstance(answer, Refusal)
    assert as_when_run(answer.words, [one, other]) == str(real.value)


def test_nested_results_are_counted_depth_first() -> None:
    a, b, c = torch.ones(1), torch.ones(2), torch.ones(3)

    assert list(flattened((a, [b, None], {"x": c}, 3))) == [a, b, None, c]


def test_too_many_results_are_refused() -> None:
    answer = Shapes().call("many", lambda tensor: [tensor(B)] * 20_000)

    assert isinstance(answer, Refusal)
    assert "10000" in answer.words


def test_a_module_tells_what_it_owns() -> None:
    made = Shapes().module("bn", lambda: torch.nn.BatchNorm1d(3))

    assert not isinstance(made, Refusal)
    assert {name: meta.requires_grad for name, meta in made.tensors.items()} == {
        "weight": True,
        "bias": True,
        "running_mean": False,
        "running_var": False,
        "num_batches_tracked": False,
    }
    assert made.held == 2 * 24 + 24 + 8


@pytest.mark.parametrize(
    ("count", "words"),
    [(7, "7 bytes"), (1_500, "1,500 bytes (1.5 kB)"), (4 * 10**12, "4,000,000,000,000 bytes (4.0 TB)")],
)
def test_bytes_are_told_exactly_and_readably(count: int, words: str) -> None:
    assert in_words(count) == words


@pytest.mark.skipif(sys.platform != "linux", reason="reads the machine's memory as Linux tells it")
def test_the_budget_is_a_share_of_the_memory_there_is() -> None:
    assert 2**28 < default_budget_bytes() < 2**50
