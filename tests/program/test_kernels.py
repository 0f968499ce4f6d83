"""What is said of kernels by torch's schemas holds; of whatever may be more than one, nothing is said."""

from collections.abc import Iterator, Sequence
from types import BuiltinFunctionType, MethodDescriptorType

import pytest
import torch

from gradcanvas.catalog import Operation, Overload, callables, load_catalog
from gradcanvas.program.binding import BoundNode
from gradcanvas.program.compile import compile_program
from gradcanvas.program.fake_calls import FakeCalls
from gradcanvas.program.kernels import has_own_memory
from gradcanvas.program.likeness import kinds_of_numbers
from gradcanvas.program.metas import Meta, meta_of
from gradcanvas.program.shapes import Given, Refusal, Shapes
from gradcanvas.program.values import DTYPE
from tests.catalog.trying import literal
from tests.program.running import bound, graph


def _graph(op: str, args: str = "{}") -> str:
    socket = "self" if op.startswith("torch.Tensor.") else "input"
    return (
        '{"gradcanvas": 1, "device": "cpu", "nodes": {"x": {"op": "torch.ones", "args": {"size": [2, 4]}}, '
        f'"y": {{"op": "{op}", "args": {args}, "inputs": {{"{socket}": "x"}}}}}}}}'
    )


@pytest.mark.parametrize(
    "op", ["torch.exp", "torch.mean", "torch.Tensor.relu", "torch.nn.functional.gelu", "torch.special.erf"]
)
def test_a_kernel_computes_into_memory_of_its_own(op: str) -> None:
    binding = bound(_graph(op))

    assert has_own_memory(binding.scope.nodes["y"])
    program = compile_program(binding, torch.device("cpu"))
    sources = program.make()
    values = program.observed(*sources.values()).values
    assert values["y"].untyped_storage().data_ptr() != sources["x"].untyped_storage().data_ptr()


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("torch.reshape", '{"shape": [8]}'),
        ("torch.Tensor.contiguous", "{}"),
        ("torch.Tensor.to", '{"dtype": "float32"}'),
        ("torch.nn.functional.dropout", '{"training": false}'),
        ("torch.squeeze", "{}"),
        ("torch.nn.Dropout", "{}"),
    ],
)
def test_nothing_is_said_of_what_may_give_on_what_it_is_given(op: str, args: str) -> None:
    assert not has_own_memory(bound(_graph(op, args)).scope.nodes["y"])


CLASSES = ((0.25, 2.0, 6e4), (-0.25, -2.0), (2, 3, 1000), (-2, -1000))
"""Numbers of one kind and sign."""

BEYOND = (0.5, 7e4, 1e39, 1e300, -1e300, 2**31, -(2**31))
"""Numbers of one kind and sign as others, but beyond what some dtype holds."""

DTYPES = ("float32", "float64", "float16", "complex64", "int64", "int8", "bool")


def test_numbers_of_one_kind_and_sign_are_taken_alike_by_what_computes_element_by_element() -> None:
    compared = 0
    told_apart = []
    for nodes in _numbered(CLASSES):
        assert len({kinds_of_numbers(node) for node in nodes}) == 1
        for dtype in DTYPES:
            given = [FakeCalls(callables(), Shapes()).operation(node, _fed(node, dtype)) for node in nodes]
            compared += 1
            if any(_meaning(each) != _meaning(given[0]) for each in given):
                told_apart.append((nodes[0].operation.name, dtype, given))

    assert told_apart == []
    assert compared > 500


def test_what_was_answered_for_other_numbers_changes_no_answer() -> None:
    forwards, backwards = (FakeCalls(callables(), Shapes(most=10**6)) for _ in range(2))
    asked = 0
    for nodes in _numbered(((*BEYOND, *(number for numbers in CLASSES for number in numbers[:2])),)):
        for dtype in ("float32", "float16", "complex64", "int8"):
            alone = [FakeCalls(callables(), Shapes()).operation(node, _fed(node, dtype)) for node in nodes]
            asked += len(nodes)
            assert [forwards.operation(node, _fed(node, dtype)) for node in nodes] == alone
            assert [backwards.operation(node, _fed(node, dtype)) for node in nodes[::-1]] == alone[::-1]

    assert asked > 2_000


def test_a_number_that_is_mended_is_taken() -> None:
    calls = FakeCalls(callables(), Shapes())
    nodes = [
        bound(_graph("torch.nn.functional.softshrink", f'{{"lambd": {number}}}')).scope.nodes["y"]
        for number in ("1e300", "0.5", "-3.0", "-7.0", "1e200")
    ]

    given = [calls.operation(node, _fed(node, "float32")) for node in nodes]

    words = [each.words if isinstance(each, Refusal) else "" for each in given]
    assert [bool(each) for each in words] == [True, False, True, True, True]
    assert "-7" in words[3]


def test_numbers_of_another_kind_or_sign_and_those_beyond_a_kernel_are_told_apart() -> None:
    power = load_catalog().operations["torch.pow"]
    keys = {
        kinds_of_numbers(node)
        for value in (2, 2.0, -2, -2.0, 0, 0.0, 1, 1.0, -1, -1.0, 2**31, 2**31 + 1, "inf")
        for overload in power.overloads
        if (node := _node(power, overload, "exponent", value)) is not None
    }

    assert len(keys) == 13
    checked = bound(_graph("torch.nn.functional.hardtanh", '{"min_val": -1.0}')).scope.nodes["y"]
    assert not FakeCalls(callables(), Shapes()).is_kernel(checked)


def _numbered(classes: Sequence[Sequence[object]]) -> Iterator[list[BoundNode]]:
    """Yield the calls of each kernel with each class of numbers, for each of its numbers."""
    calls = FakeCalls(callables(), Shapes())
    for operation in load_catalog().operations.values():
        is_built_in = isinstance(callables().get(operation.name), (BuiltinFunctionType, MethodDescriptorType))
        for overload in operation.overloads if is_built_in else ():
            for name in (each.name for each in overload.arguments if each.type in ("number", "float")):
                for values in classes:
                    made = [_node(operation, overload, name, value) for value in values]
                    nodes = [node for node in made if node is not None]
                    if nodes and calls.is_kernel(nodes[0]):
                        yield nodes


def _node(operation: Operation, overload: Overload, name: str, value: object) -> BoundNode | None:
    """Return a call of an operation with a number for one argument; None if it is none."""
    wired = [each.name for each in overload.arguments if each.wired and each.required and each.name != name]
    args = {
        each.name: literal(each, use_default=True)
        for each in overload.arguments
        if each.required and each.name not in (*wired, name)
    }
    text = graph(
        {
            "x": {"op": "torch.ones", "args": {"size": [2, 3]}},
            "y": {"op": operation.name, "args": {**args, name: value}, "inputs": dict.fromkeys(wired, "x")},
        },
        loss=None,
    )
    try:
        return bound(text).scope.nodes["y"]
    except (AssertionError, KeyError):
        return None


def _fed(node: BoundNode, dtype: str) -> dict[str, Meta]:
    meta = meta_of(torch.ones(2, 3, dtype=DTYPE[dtype]))
    assert isinstance(meta, Meta)
    return dict.fromkeys(map(str, node.edges()), meta)


def _meaning(given: Given | Refusal) -> object:
    return given if isinstance(given, Given) else type(given)
