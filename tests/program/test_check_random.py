"""Random graphs, right and broken: a check never raises, and what it tells is what a run gives."""

import json
from typing import Any

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradcanvas.catalog import callables, load_catalog
from gradcanvas.document import read
from gradcanvas.program.bind import bind
from gradcanvas.program.check import check, check_document
from gradcanvas.program.order import evaluation_order
from tests.program.written import Json, graph_of, node, randn

NAMES = ["a", "b", "c", "d", "e", "f1", "g"]
HOSTILE = [
    "",
    ".",
    "a.",
    ".0",
    "a.0",
    "a.1",
    "a.99999999999",
    "a.weight",
    "a.__class__",
    "zz",
    "a/b",
    "\x00",
    "é" * 90,
]
OPS = sorted(load_catalog().operations)
EDITOR = [name for name in OPS if name.startswith("gradcanvas.")]

literals = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.sampled_from([2**63 - 1, -(2**63), 10**12])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["inf", "float32", "int64", "bool", ":, 0", "a", "mean", "f", "h", "ij,jk->ik", "__import__('os')"]
    )
    | st.just({"complex": [1, 2]}),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)
references = st.sampled_from(NAMES + HOSTILE + ["x"])
arguments = st.sampled_from(
    [
        "input",
        "other",
        "self",
        "size",
        "dim",
        "data",
        "tensors",
        "tensor",
        "index",
        "function",
        "body",
        "then",
        "else",
        "condition",
        "times",
        "each",
        "stack",
        "limit",
        "x",
        "dtype",
        "mat2",
        "in_features",
        "out_features",
        "__class__",
    ]
)
wires = references | st.lists(references, max_size=3)


@st.composite
def any_nodes(draw: st.DrawFn) -> Json:
    written: Json = {}
    for name in draw(st.permutations(NAMES))[: draw(st.integers(1, 6))]:
        op = draw(st.sampled_from(OPS) | st.sampled_from(EDITOR) | st.just("torch.nope"))
        keys = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "requires_grad": st.booleans() | st.just({"weight": False}),
                    "mode": st.sampled_from(["train", "eval"]),
                    "group": st.just("slow"),
                    "share": references,
                    "bypass": st.booleans(),
                },
            )
        )
        inputs = draw(st.dictionaries(arguments, wires, max_size=3))
        written[name] = node(op, inputs, draw(st.dictionaries(arguments, literals, max_size=3)), **keys)
        _complete(draw, written[name], op)
    return written


def _complete(draw: st.DrawFn, written: Json, op: str) -> None:
    """Give what the operation needs, more often than chance would, so that there is something to check."""
    operation = load_catalog().operations.get(op)
    if operation is None or not draw(st.booleans()):
        return
    overload = draw(st.sampled_from(operation.overloads))
    written["inputs"], written["args"] = {}, {}
    for each in overload.arguments:
        if each.wired and each.required:
            reference = draw(st.sampled_from(NAMES))
            written["inputs"][each.name] = [reference] if each.type == "tensors" else reference
        elif each.required:
            written["args"][each.name] = draw(_literal(each))


def _literal(argument: Any) -> st.SearchStrategy[Any]:
    rows: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(-2, 4),
        "float": st.floats(-2, 2),
        "number": st.integers(-2, 4) | st.floats(-2, 2),
        "bool": st.booleans(),
        "ints": st.lists(st.integers(0, 3), min_size=1, max_size=3),
        "data": st.sampled_from([[1.0, 2.0], [[1], [2]], 3, [True]]),
        "dtype": st.sampled_from(["float64", "int32"]),
        "index": st.sampled_from(["0", ":, 0", "..., None", "x"]),
        "function": st.sampled_from(["f", "h"]),
        "map": st.just({"x": 0}),
        "choice": st.sampled_from(argument.choices or ("a",)),
    }
    return rows.get(argument.type, literals)


trains = st.fixed_dictionaries(
    {},
    optional={
        "loss": references,
        "metrics": st.dictionaries(st.just("m"), references, max_size=1),
        "batch": st.fixed_dictionaries({"size": st.integers(1, 4), "of": st.lists(references, max_size=2)}),
        "validation": st.dictionaries(references, literals, max_size=1),
        "optimizer": st.fixed_dictionaries(
            {"op": st.sampled_from(OPS)}, optional={"args": st.dictionaries(arguments, literals, max_size=2)}
        ),
    },
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(any_nodes(), any_nodes(), trains)
def test_no_graph_makes_a_check_raise(nodes: Json, body: Json, train: Json) -> None:
    functions = {
        "f": {"inputs": ["x"], "nodes": body, "outputs": {"x": "a"}},
        "h": {"inputs": ["x"], "nodes": {}, "outputs": {"x": "x"}},
    }
    text = json.dumps({"gradcanvas": 1, "nodes": nodes, "functions": functions, "train": train})
    document = read(text)

    seen = check_document(document, load_catalog(), budget_bytes=2**28)

    assert len(set(seen.problems)) == len(seen.problems)
    assert all(problem.message and problem.help for problem in seen.problems)
    json.dumps(seen.to_json(), allow_nan=False)
    scope = seen.binding.scope
    for each in scope.nodes.values():
        assert all(reference.node in scope.nodes for _, _, reference in each.edges())
    steps = {name: {r.node for _, _, r in scope.nodes[name].edges()} - {name} for name in scope.order}
    assert set(scope.order) <= set(evaluation_order(steps))


UNARY = [
    "torch.exp",
    "torch.relu",
    "torch.sum",
    "torch.t",
    "torch.Tensor.detach",
    "torch.sign",
    "torch.isnan",
]
BINARY = ["torch.add", "torch.mul", "torch.matmul", "torch.maximum", "torch.eq"]


@st.composite
def plain_graphs(draw: st.DrawFn) -> Json:
    sizes = st.lists(st.integers(1, 3), min_size=0, max_size=3)
    nodes: Json = {
        f"x{place}": randn(*draw(sizes), requires_grad=draw(st.booleans()))
        for place in range(draw(st.integers(1, 3)))
    }
    for place in range(draw(st.integers(1, 10))):
        op = draw(st.sampled_from(UNARY + BINARY))
        first, second = (draw(st.sampled_from(sorted(nodes))) for _ in range(2))
        receiver = "self" if op.startswith("torch.Tensor") else "input"
        nodes[f"n{place}"] = node(op, {receiver: first, **({"other": second} if op in BINARY else {})})
    return nodes


@settings(deadline=None, max_examples=80)
@given(plain_graphs())
def test_what_a_check_tells_is_what_a_run_gives(nodes: Json) -> None:
    seen = check(graph_of(nodes), load_catalog(), device="cpu")
    refused = {problem.where.split("/")[2] for problem in seen.problems}
    made: dict[str, torch.Tensor] = {}

    for name, written in nodes.items():
        wired = [made[wire] for wire in written["inputs"].values() if wire in made]
        if len(wired) < len(written["inputs"]):
            continue
        function = callables()[written["op"]]
        try:
            made[name] = function(*wired) if wired else torch.randn(written["args"]["size"])
        except RuntimeError:
            # That an operation has no kernel for a dtype is known only when it runs.
            assert name in refused or not all(tensor.is_floating_point() for tensor in wired)
            continue
        made[name].requires_grad_() if written.get("requires_grad") else None
        told = seen.outputs[name]
        assert (told.shape, f"torch.{told.dtype}") == (tuple(made[name].shape), str(made[name].dtype))
        assert told.requires_grad == made[name].requires_grad

    assert refused <= set(nodes) - set(made)


@settings(deadline=None, max_examples=60)
@given(any_nodes())
def test_binding_twice_gives_the_same(nodes: Json) -> None:
    graph = read(json.dumps({"gradcanvas": 1, "nodes": nodes})).graph

    assert bind(graph, load_catalog()).problems == bind(graph, load_catalog()).problems
