"""Brings a graph written as a Python dictionary through document, catalogue and binding to a program."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from gradcanvas.catalog import Catalog, load_catalog
from gradcanvas.document import read
from gradcanvas.program.bind import bind
from gradcanvas.program.binding import Binding
from gradcanvas.program.compile import compile_program
from gradcanvas.program.observation import EdgeRecord, Observation
from gradcanvas.program.program import Program

Nodes = dict[str, Any]

torch.set_num_threads(1)


@cache
def catalog() -> Catalog:
    return load_catalog()


def graph(nodes: Nodes, loss: str | None = "loss", **rest: Any) -> str:
    """Write a graph file."""
    train = {} if loss is None else {"train": {"loss": loss}}
    return json.dumps({"gradcanvas": 1, "nodes": nodes, **train, **rest})


def bound(text: str) -> Binding:
    document = read(text)
    assert not document.problems, document.problems
    binding = bind(document.graph, catalog())
    assert not binding.problems, binding.problems
    return binding


def compiled(text: str) -> Program:
    return compile_program(bound(text), torch.device("cpu"))


@dataclass
class Ran:
    """A program after some steps, and what its leaves collected."""

    program: Program
    sources: dict[str, torch.Tensor]
    observation: Observation | None
    loss: torch.Tensor

    @property
    def leaves(self) -> dict[str, torch.Tensor]:
        return self.program.leaves(self.sources)

    def gradient(self, edge: str) -> torch.Tensor | None:
        return self.edge(edge).gradient()

    def why(self, edge: str) -> str | None:
        return self.edge(edge).reason()

    def edge(self, edge: str) -> EdgeRecord:
        assert self.observation is not None
        (record,) = [each for each in self.observation.edges if each.edge == edge]
        return record


def run(text: str, *, observed: bool, seed: int = 0, steps: int = 1) -> Ran:
    """Make everything and run forward and backward, without an update between the steps."""
    program = compiled(text)
    torch.manual_seed(seed)
    sources = program.make()
    arguments = [sources[name] for name in program.inputs]
    observation: Observation | None = None
    loss: torch.Tensor | None = None
    for _ in range(steps):
        if observed:
            observation = program.observed(*arguments)
            loss = observation.loss
        else:
            loss = program.plain(*arguments)[0]
        assert loss is not None
        loss.backward()  # type: ignore[no-untyped-call]
    assert loss is not None
    return Ran(program, sources, observation, loss)


def is_same(first: torch.Tensor | None, second: torch.Tensor | None) -> bool:
    """Tell whether two tensors have the same bits; not-a-number equals itself."""
    if first is None or second is None:
        return first is second
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.layout != torch.strided:
        first, second = first.to_dense(), second.to_dense()
    return bool(
        torch.equal(first.isnan(), second.isnan()) and torch.equal(first.nan_to_num(), second.nan_to_num())
    )
