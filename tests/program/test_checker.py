"""A graph checked state after state has the findings of a check that knows nothing of the states before."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradcanvas.catalog import load_catalog
from gradcanvas.document import Document, read
from gradcanvas.program.check import Checked, check
from gradcanvas.program.checker import Checker
from gradcanvas.program.shapes import Shapes
from tests.oracle.article import EXAMPLES
from tests.program.random_graphs import graphs

BUDGET = 1 << 30
GRAPH: dict[str, Any] = {
    "gradcanvas": 1,
    "device": "cpu",
    "functions": {
        "half": {
            "inputs": ["h"],
            "nodes": {"out": {"op": "torch.mul", "inputs": {"input": "h"}, "args": {"other": 0.5}}},
            "outputs": {"y": "out"},
        }
    },
    "nodes": {
        "x": {"op": "torch.randn", "args": {"size": [4, 3]}},
        "t": {"op": "torch.tensor", "args": {"data": [1.0, 2.0, 3.0]}, "requires_grad": True},
        "fc": {
            "op": "torch.nn.Linear",
            "inputs": {"input": "x"},
            "args": {"in_features": 3, "out_features": 3},
        },
        "again": {"op": "torch.nn.Linear", "inputs": {"input": "fc"}, "args": {}, "share": "fc"},
        "lazy": {"op": "torch.nn.LazyLinear", "inputs": {"input": "again"}, "args": {"out_features": 3}},
        "p": {"op": "torch.pow", "inputs": {"input": "lazy"}, "args": {"exponent": 2}},
        "called": {"op": "gradcanvas.call", "inputs": {"h": "p"}, "args": {"function": "half"}},
        "s": {"op": "torch.nn.functional.softshrink", "inputs": {"input": "called"}, "args": {"lambd": 0.5}},
        "off": {"op": "torch.clamp", "inputs": {"input": "s"}, "args": {"min": 0.0}, "bypass": True},
        "cut": {
            "op": "torch.narrow",
            "inputs": {"input": "off"},
            "args": {"dim": 0, "start": 0, "length": 1},
        },
        "at": {"op": "torch.Tensor.__getitem__", "inputs": {"self": "off"}, "args": {"index": "0"}},
        "total": {"op": "torch.sum", "inputs": {"input": "cut"}},
        "dot": {"op": "torch.dot", "inputs": {"input": "t", "tensor": "at"}},
        "loss": {"op": "torch.add", "inputs": {"input": "total", "other": "dot"}, "args": {"alpha": 1}},
    },
    "train": {"loss": "loss", "steps": 3, "batch": {"size": 2, "of": ["x"]}},
}
LITERALS = st.sampled_from(
    [
        0,
        1,
        2,
        3,
        -1,
        0.5,
        -0.5,
        1e300,
        2**40,
        True,
        None,
        "inf",
        "float64",
        "mean",
        "0",
        [2, 3],
        [1.0],
        [4, 3],
    ]
)


SHAPES = Shapes(most=10**6)
"""What calls give, apart from what the checker remembers of them."""


def checked_afresh(document: Document) -> Checked:
    return check(document.graph, load_catalog(), device="cpu", budget_bytes=BUDGET, shapes=SHAPES)


@st.composite
def edits(draw: st.DrawFn, graph: dict[str, Any]) -> list[str]:
    """Draw states of a graph, most of which differ from another in a literal alone."""
    states = [json.dumps(graph)]
    for _ in range(draw(st.integers(1, 6))):
        graph = json.loads(draw(st.sampled_from(states)))
        node = graph["nodes"][draw(st.sampled_from(list(graph["nodes"])))]
        arguments = node.setdefault("args", {})
        match draw(st.sampled_from(["set", "set", "set", "new", "move", "gradient", "wire", "seed"])):
            case "set" if arguments:
                arguments[draw(st.sampled_from(list(arguments)))] = draw(LITERALS)
            case "new":
                name = draw(st.sampled_from(["dtype", "alpha", "dim", "keepdim", "other", "exponent"]))
                arguments[name] = draw(LITERALS)
            case "move":
                node["at"] = [draw(st.integers(0, 9)), 0]
            case "gradient":
                node["requires_grad"] = draw(st.booleans())
            case "wire" if node.get("inputs"):
                argument = draw(st.sampled_from(list(node["inputs"])))
                node["inputs"][argument] = draw(st.sampled_from(list(graph["nodes"])))
            case _:
                graph["seed"] = draw(st.integers(0, 9))
        states.append(json.dumps(graph))
    return states


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_state_has_the_findings_of_a_check_of_its_own(data: st.DataObject) -> None:
    graph = GRAPH if data.draw(st.booleans()) else json.loads(data.draw(graphs()))
    checker, document = Checker(load_catalog()), None

    for text in data.draw(edits(graph)):
        document = read(text, document)
        found = checker.check(document.graph, device="cpu", budget_bytes=BUDGET)
        assert found == checked_afresh(document)


def test_the_graph_of_these_tests_has_no_problem() -> None:
    document = read(json.dumps(GRAPH))

    assert (*document.problems, *checked_afresh(document).problems) == ()


@pytest.mark.parametrize(
    ("name", "argument", "literal", "is_quick"),
    [
        ("p", "exponent", 3, True),
        ("p", "exponent", 2.5, True),
        ("t", "data", [1.0, 5.0, 3.0], True),
        ("s", "lambd", 0.25, True),
        ("off", "min", 1.0, True),
        ("cut", "start", 1, True),
        ("loss", "alpha", 2, True),
        ("cut", "length", 2, False),
        ("t", "data", [1.0, 5.0], False),
        ("s", "lambd", 1e300, False),
        ("p", "nothing", 3, False),
        ("at", "index", "1", False),
        ("fc", "out_features", 4, False),
    ],
)
def test_only_what_changes_nothing_but_numbers_is_looked_at_alone(
    name: str, argument: str, literal: Any, is_quick: bool
) -> None:
    checker, document = Checker(load_catalog()), read(json.dumps(GRAPH))
    before = checker.check(document.graph, device="cpu", budget_bytes=BUDGET)
    edited = json.loads(json.dumps(GRAPH))
    edited["nodes"][name]["args"][argument] = literal

    document = read(json.dumps(edited), document)
    found = checker.check(document.graph, device="cpu", budget_bytes=BUDGET)

    assert (found.outputs is before.outputs) == is_quick
    assert found == checked_afresh(document)


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_number_of_an_example_may_become_another(example: Any) -> None:
    graph = json.loads(example.read_text())
    checker, document = Checker(load_catalog()), None
    for node in graph["nodes"].values():
        for argument, literal in list(node.get("args", {}).items()):
            if isinstance(literal, int | float) and not isinstance(literal, bool):
                node["args"][argument] = literal + 1
                document = read(json.dumps(graph), document)
                found = checker.check(document.graph, device="cpu", budget_bytes=BUDGET)
                assert found == checked_afresh(document)
                node["args"][argument] = literal


def test_another_device_or_budget_is_checked_anew() -> None:
    checker, document = Checker(load_catalog()), read(json.dumps(GRAPH))
    before = checker.check(document.graph, device="cpu", budget_bytes=BUDGET)

    found = checker.check(document.graph, device="cpu", budget_bytes=100)

    assert not before.problems
    assert {problem.code for problem in found.problems} == {"memory-budget"}
