"""The operations that are the editor's own, and the one of torch that has a syntax instead of a name.

Control flow and the plain update are carried out by the rooms that run programs; they have no callable here.
"""

from collections.abc import Callable
from typing import Any, Final

import torch

from gradcanvas.catalog.model import Argument, Operation, Output, Overload

_ONE: Final = (Output("0"),)


def _function(name: str, required: bool = True) -> Argument:
    return Argument(name, "function", required=required)


EDITOR_OPERATIONS: Final = (
    Operation(
        name="torch.Tensor.__getitem__",
        kind="method",
        category="Indexing",
        summary="Takes elements, slices or a mask of a tensor, as x[1:, None] does.",
        overloads=(
            Overload(
                (
                    Argument("self", "tensor", wired=True, typed=False, required=True, passing="positional"),
                    Argument("index", "index", required=True, passing="positional"),
                ),
                _ONE,
            ),
        ),
        aliases=("[]", "index", "slice", "subscript", "getitem"),
        composed=("select", "slice", "index"),
        documentation="The index is the text between the brackets, such as `:, 0, None`. A name in it "
        "stands for an entry of `inputs`: `mask`, or `i, :`.",
    ),
    Operation(
        name="gradcanvas.detach",
        kind="editor",
        category="Gradients",
        summary="Passes a tensor on and lets no gradient back.",
        overloads=(Overload((Argument("input", "tensor", wired=True, typed=False, required=True),), _ONE),),
        aliases=("stop gradient", "no gradient", "cut"),
        composed=("detach",),
        documentation="The same values without a history: nothing before it gets a gradient through it.",
    ),
    Operation(
        name="gradcanvas.descent",
        kind="optimizer",
        category="Optimisers",
        summary="The plain update: p -= lr * p.grad, then the gradient is zeroed.",
        overloads=(Overload((Argument("lr", "float", required=True),), ()),),
        aliases=("gradient descent", "plain"),
        documentation="`with torch.no_grad(): p -= lr * p.grad`, then `p.grad.zero_()`.",
    ),
    Operation(
        name="gradcanvas.call",
        kind="control",
        category="Control flow",
        summary="Calls a function of the graph.",
        overloads=(Overload((_function("function"),), ()),),
        aliases=("function", "subgraph"),
        documentation="Its inputs are those of the function, its outputs too.",
    ),
    Operation(
        name="gradcanvas.if",
        kind="control",
        category="Control flow",
        summary="Calls one of two functions, as a condition of one element decides on every step.",
        overloads=(
            Overload(
                (
                    Argument("condition", "tensor", wired=True, typed=False, required=True),
                    _function("then"),
                    _function("else", required=False),
                ),
                (),
            ),
        ),
        aliases=("branch", "condition", "switch"),
        documentation="Without `else` the inputs of the output's names pass through. Only what ran has a "
        "gradient.",
    ),
    Operation(
        name="gradcanvas.for",
        kind="control",
        category="Control flow",
        summary="Calls a function again and again: a number of times, or once for each slice of its inputs.",
        overloads=(
            Overload(
                (_function("body"), Argument("times", "int", required=True), Argument("stack", "map")), ()
            ),
            Overload(
                (_function("body"), Argument("each", "map", required=True), Argument("stack", "map")), ()
            ),
        ),
        aliases=("for loop", "loop", "iterate", "scan"),
        documentation="The body's outputs become its next inputs by name. `stack` collects an output of all "
        "iterations along a dimension; the body may name an input `index`.",
    ),
    Operation(
        name="gradcanvas.while",
        kind="control",
        category="Control flow",
        summary="Calls a function as long as a condition holds, at most `limit` times.",
        overloads=(
            Overload(
                (_function("condition"), _function("body"), Argument("limit", "int", required=True)), ()
            ),
        ),
        aliases=("while loop", "until"),
        documentation="Reaching the limit is an error that says so.",
    ),
)

EDITOR_CALLABLES: Final[dict[str, Callable[..., Any]]] = {
    "torch.Tensor.__getitem__": torch.Tensor.__getitem__,
    "gradcanvas.detach": torch.detach,
}
"""What the operations above call, where it is a callable of torch."""
