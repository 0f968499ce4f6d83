"""Known operations, as a person would write their signatures from PyTorch's documentation."""

import pytest
import torch

from gradcanvas.catalog import Argument, Catalog, Overload

KNOWN = {
    "torch.add": ["~input|number, ~other|number, alpha: number = 1 -> 0"],
    "torch.sub": ["~input|number, ~other|number, alpha: number = 1 -> 0"],
    "torch.mul": ["~input|number, ~other|number -> 0"],
    "torch.div": [
        "~input|number, ~other|number -> 0",
        "~input|number, ~other|number, rounding_mode: choice? -> 0",
    ],
    "torch.pow": ["~input|number /, ~exponent|number -> 0"],
    "torch.where": ["~condition -> 0*", "~condition /, ~input|number /, ~other|number -> 0"],
    "torch.matmul": ["~input, ~other -> 0"],
    "torch.relu": ["~input -> 0"],
    "torch.mean": [
        "~input, dtype: dtype? = null -> 0",
        "~input, dim: ints(1)?, keepdim: bool = false, dtype: dtype? = null -> 0",
    ],
    "torch.max": [
        "~input -> 0",
        "~input, ~other -> 0",
        "~input, dim: int, keepdim: bool = false -> values, indices",
    ],
    "torch.clamp": [
        "~input, min: number? = null, max: number? = null -> 0",
        "~input, ~min? = null, ~max? = null -> 0",
    ],
    "torch.cat": ["~tensors[], dim: int = 0 -> 0"],
    "torch.stack": ["~tensors[], dim: int = 0 -> 0"],
    "torch.einsum": ["equation: string /, ~operands[] * -> 0"],
    "torch.meshgrid": ["~tensors[] *, indexing: choice? = null -> 0*"],
    "torch.split": ["~tensor, split_size_or_sections: ints(1), dim: int = 0 -> 0*"],
    "torch.unbind": ["~input, dim: int = 0 -> 0*"],
    "torch.sort": [
        "~input, dim: int = -1, descending: bool = false -> values, indices",
        "~input, stable: bool?, dim: int = -1, descending: bool = false -> values, indices",
    ],
    "torch.randn": ["size: ints, dtype: dtype? = null -> 0"],
    "torch.tensor": ["data: data, dtype: dtype? = null -> 0"],
    "torch.full": ["size: ints, fill_value: number, dtype: dtype? = null -> 0"],
    "torch.randint": [
        'high: int, size: ints, dtype: dtype? = "int64" -> 0',
        'low: int, high: int, size: ints, dtype: dtype? = "int64" -> 0',
    ],
    "torch.linalg.svd": ["~A, full_matrices: bool = true, driver: choice? = null -> U, S, Vh"],
    "torch.linalg.slogdet": ["~A -> sign, logabsdet"],
    "torch.Tensor.view": ["~self /, size: ints -> 0", "~self /, dtype: dtype -> 0"],
    "torch.Tensor.where": ["~self /, ~condition, ~other|number -> 0"],
    "torch.Tensor.masked_fill": ["~self /, ~mask, ~value|number -> 0"],
    "torch.Tensor.__getitem__": ["~self /, index: index / -> 0"],
    "torch.nn.functional.linear": ["~input, ~weight, ~bias? = null -> 0"],
    "torch.nn.functional.softmax": ["~input, dim: int? = null, dtype: dtype? = null -> 0"],
    "torch.nn.functional.cross_entropy": [
        '~input, ~target, ~weight? = null, ignore_index: int = -100, reduction: choice = "mean", '
        "label_smoothing: float = 0.0 -> 0"
    ],
    "torch.nn.functional.conv2d": [
        "~input, ~weight, ~bias? = null, stride: ints(1|2) = [1, 1], padding: ints(1|2) = [0, 0], "
        "dilation: ints(1|2) = [1, 1], groups: int = 1 -> 0",
        '~input, ~weight, ~bias? = null, stride: ints(1|2) = [1, 1], padding: choice = "valid", '
        "dilation: ints(1|2) = [1, 1], groups: int = 1 -> 0",
    ],
    "torch.nn.functional.max_pool2d": [
        "~input, kernel_size: ints(1|2), stride: ints(1|2)? = null, padding: ints(1|2) = 0, "
        "dilation: ints(1|2) = 1, ceil_mode: bool = false, return_indices: bool false = false -> 0",
        "~input, kernel_size: ints(1|2), stride: ints(1|2)? = null, padding: ints(1|2) = 0, "
        "dilation: ints(1|2) = 1, ceil_mode: bool = false, return_indices: bool true -> 0, 1",
    ],
    "torch.nn.Linear": [
        "~input, ^in_features: int, ^out_features: int, ^bias: bool = true, ^dtype: dtype? = null -> 0"
    ],
    "torch.nn.Dropout": ["~input, ^p: float = 0.5 -> 0"],
    "gradcanvas.descent": ["lr: float, no_grad: bool = true -> "],
    "torch.optim.SGD": [
        "lr: float = 0.001, momentum: float = 0.0, dampening: float = 0.0, weight_decay: float = 0.0, "
        "nesterov: bool = false, maximize: bool = false, foreach: bool? = null, fused: bool? = null -> ",
        "lr: constant, momentum: float = 0.0, dampening: float = 0.0, weight_decay: float = 0.0, "
        "nesterov: bool = false, maximize: bool = false, foreach: bool? = null, fused: bool? = null -> ",
    ],
    "gradcanvas.if": ["~condition, then: function, else: function = None -> "],
}
"""Name → its ways of being called. `~` wired, `|` or else typed, `/` by position, `*` spread, `^` to make."""


@pytest.mark.parametrize("name", KNOWN)
def test_known_operation_has_its_documented_signature(catalog: Catalog, name: str) -> None:
    written = [_written(overload) for overload in catalog.operations[name].overloads]

    assert written == KNOWN[name]


def _written(overload: Overload) -> str:
    arguments = ", ".join(map(_argument, overload.arguments))
    return f"{arguments} -> {', '.join(each.name + '*' * each.many for each in overload.outputs)}"


def _argument(each: Argument) -> str:
    name = "^" * (each.stage == "make") + "~" * each.wired + each.name
    if each.wired:
        name += "[]" * (each.type == "tensors") + f"|{each.type}" * each.typed
    else:
        lengths = f"(1|{each.length})" if each.length else "(1)"
        name += f": {each.type}{lengths * each.single}"
    name += "?" * each.nullable + f" {each.fixed}" * (each.fixed is not None)
    name += "" if each.required else f" = {each.default}"
    return name + {"keyword": "", "positional": " /", "varargs": " *"}[each.passing]


def test_there_are_at_least_nine_hundred_operations(catalog: Catalog) -> None:
    kinds = [operation.kind for operation in catalog.operations.values()]

    assert len(kinds) >= 900
    assert kinds.count("module") >= 100
    assert kinds.count("source") >= 15


def test_what_no_graph_gives_is_nowhere_an_argument(catalog: Catalog) -> None:
    withheld = {
        "out",
        "inplace",
        "device",
        "generator",
        "layout",
        "pin_memory",
        "memory_format",
        "requires_grad",
    }

    offered = {
        (operation.name, each.name)
        for operation in catalog.operations.values()
        for overload in operation.overloads
        for each in overload.arguments
        if each.name in withheld | {"size_average", "unsafe"} and operation.kind != "editor"
    }

    assert offered == set()


def test_argument_names_of_an_overload_are_distinct(catalog: Catalog) -> None:
    for operation in catalog.operations.values():
        for overload in operation.overloads:
            names = [each.name for each in overload.arguments]
            assert len(names) == len(set(names)), operation.name


def test_a_typed_number_gives_what_pythons_operator_gives() -> None:
    for dtype in (torch.float16, torch.int32, torch.float64, torch.complex64):
        x = torch.ones(2, dtype=dtype)

        left = torch.sub(input=1, other=x)
        power = torch.pow(2, exponent=x)

        assert left.dtype == (1 - x).dtype
        assert power.dtype == (2**x).dtype
