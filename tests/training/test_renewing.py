"""A number that becomes another is taken without writing the code anew, with the results of a new graph."""

from collections.abc import Iterator
from typing import Any

import pytest

from gradcanvas.training.preparing import Preparer
from gradcanvas.training.session import Session
from tests.training.scripts import Json, text

W = {"op": "torch.tensor", "args": {"data": [0.5, -1.5, 2.0]}, "requires_grad": True}
X = {"op": "torch.tensor", "args": {"data": [1.0, 2.0, 3.0]}, "requires_grad": True}
CHANGES: dict[str, tuple[Json, list[Any]]] = {
    "power": ({"op": "torch.pow", "inputs": {"input": "x"}, "args": {"exponent": 2.0}}, [2.5, 1.5, -1.0]),
    "whole": ({"op": "torch.pow", "inputs": {"input": "w"}, "args": {"exponent": 2}}, [3, 4]),
    "alpha": (
        {"op": "torch.add", "inputs": {"input": "w", "other": "x"}, "args": {"alpha": 0.5}},
        [2.0, 0.0],
    ),
    "negative_slope": (
        {"op": "torch.nn.functional.leaky_relu", "inputs": {"input": "w"}, "args": {"negative_slope": 0.1}},
        [0.2, -3.0],
    ),
    "delta": (
        {
            "op": "torch.nn.functional.huber_loss",
            "inputs": {"input": "w", "target": "x"},
            "args": {"delta": 1.0},
        },
        [0.25, 2.0],
    ),
    "watched": (
        {
            "op": "torch.nn.functional.cosine_similarity",
            "inputs": {"x1": "w", "x2": "w"},
            "args": {"dim": 0, "eps": 0.5},
        },
        [2.0, 100.0],
    ),
    "wired": (
        {"op": "torch.lerp", "inputs": {"input": "w", "end": "x"}, "args": {"weight": 0.5}},
        [0.25, 1.5],
    ),
    "clamped": (
        {"op": "torch.clamp", "inputs": {"input": "w"}, "args": {"min": -1.0, "max": 1.0}},
        [0.0, 0.75],
    ),
}
ARGUMENT = {"power": "exponent", "whole": "exponent", "watched": "eps", "wired": "weight", "clamped": "max"}


def graph(call: Json, argument: str, value: Any) -> Json:
    call = {**call, "args": {**call["args"], argument: value}}
    nodes = {"w": W, "x": X, "call": call}
    nodes["loss"] = {"op": "torch.sum", "inputs": {"input": "call"}}
    nodes["again"] = {"op": "torch.mul", "inputs": {"input": "loss", "other": "loss"}}
    optimizer = {"op": "torch.optim.SGD", "args": {"lr": 0.001}}
    return {"gradcanvas": 1, "nodes": nodes, "train": {"loss": "again", "optimizer": optimizer}}


def shown(session: Session) -> list[Any]:
    moment = session.evaluate()
    edges = [None if each is None else each.tolist() for each in moment.edges]
    assert moment.loss is not None
    return [
        moment.loss.item(),
        edges,
        {ref: each.tolist() for ref, each in moment.observation.values.items()},
    ]


def trained(session: Session) -> Iterator[Any]:
    session.reset()
    for is_watched in (False, True, False):
        session.step(watched=is_watched)
        yield {ref: leaf.tolist() for ref, leaf in session.state.leaves.items()}


@pytest.mark.parametrize("name", CHANGES)
def test_another_number_gives_what_a_graph_made_with_it_gives(name: str) -> None:
    call, others = CHANGES[name]
    argument = ARGUMENT.get(name, name)
    session = Session(device="cpu")
    session.load(text(graph(call, argument, call["args"][argument])))
    session.evaluate()
    written = session.graph.structure
    for value in others:
        fresh = Session(device="cpu")
        fresh.load(text(graph(call, argument, value)))

        session.load(text(graph(call, argument, value)))
        session.reset()

        assert session.graph.structure == written
        assert shown(session) == shown(fresh)
        assert list(trained(session)) == list(trained(fresh))


@pytest.mark.parametrize(
    ("op", "args", "argument", "other"),
    [
        ("torch.pow", {"exponent": 2}, "exponent", 2.0),
        ("torch.pow", {"exponent": 2.0}, "exponent", True),
        ("torch.sum", {"dim": 0}, "dim", -1),
        ("torch.nn.functional.dropout", {"training": False}, "training", True),
    ],
)
def test_what_may_decide_more_than_numbers_is_written_anew(
    op: str, args: Json, argument: str, other: Any
) -> None:
    call = {"op": op, "inputs": {"input": "w"}, "args": args}
    preparer = Preparer("cpu")

    before = preparer.prepare(text(graph(call, argument, args[argument]))).structure

    assert preparer.prepare(text(graph(call, argument, other))).structure != before
