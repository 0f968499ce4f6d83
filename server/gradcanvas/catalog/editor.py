"""The operations that are the editor's own, and the one of torch that has a syntax instead of a name.

Control flow and the plain update are carried out by the rooms that run programs; they have no callable here.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, Final

import torch

from gradcanvas.catalog.model import Argument, ArgumentType, Operation, Output, Overload

_ONE: Final = (Output("0"),)


def _function(name: str, required: bool = True) -> Argument:
    return Argument(name, "function", required=required)


def detached(input: torch.Tensor, requires_grad: bool = False) -> torch.Tensor:
    """Return the same numbers without a history; a new leaf if it is to require a gradient."""
    return input.detach().requires_grad_() if requires_grad else input.detach()


def _flag(name: str, default: str) -> Argument:
    return Argument(name, "bool", default=default)


def _gradient_overload(outputs: ArgumentType, inputs: ArgumentType) -> Overload:
    """Describe one way of taking a gradient: of one tensor or several, with respect to one or several."""
    return Overload(
        (
            Argument("outputs", outputs, wired=True, typed=False, required=True),
            Argument("inputs", inputs, wired=True, typed=False, required=True),
            Argument("grad_outputs", outputs, wired=True, typed=False, nullable=True, default="null"),
            _flag("create_graph", "true"),
            _flag("allow_unused", "false"),
            _flag("materialize_grads", "false"),
        ),
        (Output("0", many=inputs == "tensors", optional=True),),
    )


_TENSORS: Final[tuple[ArgumentType, ...]] = ("tensor", "tensors")
Tensors = torch.Tensor | Sequence[torch.Tensor]


def gradient(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Tensors | None = None,
    *,
    create_graph: bool = True,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> torch.Tensor | tuple[torch.Tensor | None, ...] | None:
    """Take the gradient of `outputs` with respect to `inputs`, and keep the graph that led to them.

    Args:
        outputs: what is differentiated; one number each, unless there are `grad_outputs`.
        inputs: with respect to what.
        grad_outputs: what flows into each of the outputs, of the same shape; 1.0 if it is missing.
        create_graph: the gradient can be differentiated in turn.
        allow_unused: an input on which no output depends has the gradient None.
        materialize_grads: it has zeros.

    Returns:
        One gradient for one input, a tuple for several, each of its input's shape and dtype.

    Raises:
        RuntimeError: what `torch.autograd.grad` raises.
    """
    found: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
        outputs,
        inputs,
        grad_outputs,
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=allow_unused or materialize_grads,
        materialize_grads=materialize_grads,
    )
    return found[0] if isinstance(inputs, torch.Tensor) else found


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
        overloads=(
            Overload(
                (
                    Argument("input", "tensor", wired=True, typed=False, required=True),
                    _flag("requires_grad", "false"),
                ),
                _ONE,
            ),
        ),
        aliases=("stop gradient", "no gradient", "cut", "requires_grad", "leaf"),
        composed=("detach",),
        documentation="The same values without a history: nothing before it gets a gradient through it. "
        "With `requires_grad` it is a new leaf in every step, `input.detach().requires_grad_()`: what is "
        "computed from it can be differentiated with respect to it by `gradcanvas.grad`, and no optimiser "
        "changes it.",
    ),
    Operation(
        name="gradcanvas.grad",
        kind="editor",
        category="Gradients",
        summary="Takes the gradient of outputs with respect to inputs, which can be differentiated in turn.",
        overloads=tuple(
            _gradient_overload(outputs, inputs) for inputs, outputs in product(_TENSORS, _TENSORS)
        ),
        aliases=(
            *("gradient", "derivative", "autograd.grad", "second derivative", "double backward"),
            *("hessian", "jacobian", "gradient penalty", "differentiate"),
        ),
        documentation="`torch.autograd.grad(outputs, inputs, grad_outputs, create_graph=True)`: for each of "
        "the inputs a tensor of its shape. `inputs` are the very tensors from which the outputs were "
        "computed, and each must require a gradient: data do by `gradcanvas.detach` with `requires_grad`. "
        "An output is one number, or else `grad_outputs` says what flows into it, in its shape: ones make "
        "the sum of its elements. Without `create_graph` the gradient is a constant to what follows. An "
        "input on which no output depends is an error; with `allow_unused` its gradient is absent, with "
        "`materialize_grads` it is zeros.",
    ),
    Operation(
        name="gradcanvas.descent",
        kind="optimizer",
        category="Optimisers",
        summary="The plain update: p -= lr * p.grad, then the gradient is zeroed.",
        overloads=(Overload((Argument("lr", "float", required=True), _flag("no_grad", "true")), ()),),
        aliases=("gradient descent", "plain", "no_grad"),
        documentation="`with torch.no_grad(): p -= lr * p.grad`, then `p.grad.zero_()`. Without `no_grad` "
        "the line stands alone, and fails: autograd records every operation on what requires a gradient, and "
        "refuses to change a leaf in place. Switch it off and press Update to see PyTorch say so.",
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
    "gradcanvas.detach": detached,
    "gradcanvas.grad": gradient,
}
"""What the operations above call, where it is a callable of torch."""
