"""What is said to give memory of its own does so; of whatever may not, nothing is said."""

import pytest
import torch

from gradcanvas.program.compile import compile_program
from gradcanvas.program.schema_memory import has_own_memory
from tests.program.running import bound


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
