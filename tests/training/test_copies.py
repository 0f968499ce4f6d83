"""Copies of a session's state: going on from one is going on as if nothing had happened."""

from typing import Any

import pytest
import torch

from gradcanvas.training.session import Session
from gradcanvas.training.trees import from_bytes, to_bytes
from tests.training.scripts import Json, network, text

ADAM: Json = {"op": "torch.optim.Adam", "args": {"lr": 0.01, "amsgrad": True}}
MOMENTUM: Json = {"op": "torch.optim.SGD", "args": {"lr": 0.01, "momentum": 0.9}}
DESCENT: Json = {"op": "gradcanvas.descent", "args": {"lr": 0.01}}


def run(graph: Json, steps: int) -> Session:
    session = Session(device="cpu")
    session.load(text(graph))
    for _ in range(steps):
        session.step()
    return session


@pytest.mark.parametrize("optimizer", [ADAM, MOMENTUM, DESCENT])
@pytest.mark.parametrize("batch", [{}, {"batch": {"size": 4, "of": ["x", "y"], "shuffle": True}}])
def test_a_run_that_goes_on_from_a_copy_has_the_bits_of_one_that_was_never_interrupted(
    optimizer: Json, batch: dict[str, Any]
) -> None:
    graph = network(optimizer, **batch)
    whole = run(graph, 9)
    data = run(graph, 4).copy()
    torch.manual_seed(999)

    session = Session(device="cpu")
    session.load(text(graph))
    missing = session.restore(data)
    for _ in range(5):
        session.step()

    assert missing == ()
    assert session.standing.step == 9
    for ref, leaf in whole.state.leaves.items():
        assert session.state.leaves[ref].equal(leaf)
    assert len(session.losses) == 9
    assert session.losses.values()[1:] == whole.losses.values()[4:]


def test_deposits_and_the_last_loss_are_in_the_copy() -> None:
    graph = network()
    before = run(graph, 2)
    before.backward()

    session = Session(device="cpu")
    session.load(text(graph))
    session.restore(before.copy())

    held = session.state.leaves["w1"].grad
    expected = before.state.leaves["w1"].grad
    assert held is not None
    assert expected is not None
    assert held.equal(expected)
    assert session.losses.last() == before.losses.last()
    assert session.losses.data(2) == b""


def test_what_was_edited_since_the_copy_is_made_anew_and_named() -> None:
    before = run(network(), 3)
    graph = network()
    graph["nodes"]["b1"]["op"] = "torch.ones"

    session = Session(device="cpu")
    session.load(text(graph))
    missing = session.restore(before.copy())

    assert missing == ("b1",)
    assert session.state.leaves["b1"].tolist() == [1.0] * 8
    assert session.state.leaves["w1"].equal(before.state.leaves["w1"])
    session.step()


def test_a_copy_of_an_untouched_session_only_keeps_the_number_of_the_run() -> None:
    before = run(network(), 0)
    before.reset()

    session = Session(device="cpu")
    session.load(text(network()))
    session.restore(before.copy())

    assert session.standing.run == 2
    assert not session.standing.is_dirty


@pytest.mark.parametrize("data", [b"", b"\x80\x04.", b"\xff" * 100, to_bytes([1, 2])])
def test_bytes_that_are_no_copy_are_refused(data: bytes) -> None:
    session = run(network(), 0)

    with pytest.raises(ValueError, match="not a copy"):
        session.restore(data)


def test_a_tree_comes_back_as_it_went() -> None:
    shared = torch.arange(6.0).reshape(2, 3)
    tree = {
        "numbers": [1, 2.5, float("inf"), True, None, "text"],
        "pair": (0.9, 0.999),
        "tensors": {"a": shared, "b": shared.t(), "c": torch.tensor(3), "empty": torch.empty(0, 2)},
        "complex": torch.tensor([1 + 2j], dtype=torch.complex128),
        "flags": torch.tensor([True]),
    }

    came = from_bytes(to_bytes(tree))

    assert came["numbers"] == tree["numbers"]
    assert came["pair"] == (0.9, 0.999)
    assert came["tensors"]["b"].equal(shared.t())
    assert came["tensors"]["c"].item() == 3
    assert came["tensors"]["empty"].shape == (0, 2)
    assert came["complex"].equal(torch.tensor([1 + 2j], dtype=torch.complex128))
    assert came["flags"].dtype is torch.bool
