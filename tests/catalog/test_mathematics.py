"""Formulas of derivatives as mathematics: every backward function that is written out is held to autograd."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from lark import Token
from torch import Tensor
from torch.nn import functional

from gradcanvas.catalog import Catalog
from gradcanvas.catalog.backward_rows import BACKWARD
from gradcanvas.catalog.derivatives import read_derivatives
from gradcanvas.catalog.expressions import Expression, parse
from gradcanvas.catalog.mathematics import equations, expressions

Arguments = Mapping[str, Any]


def draw(*shape: int, complex_: bool = False) -> Tensor:
    return torch.randn(*shape, dtype=torch.complex128 if complex_ else torch.float64)


def positive(*shape: int) -> Tensor:
    return torch.rand(*shape, dtype=torch.float64) * 0.8 + 0.1


def loss(name: str) -> Callable[..., Tensor]:
    function = getattr(functional, name)
    return lambda self, target: function(self, target)


CASES: list[tuple[str, Callable[..., Any], Callable[[], Arguments]]] = [
    ("mul.Tensor", torch.mul, lambda: {"self": draw(3, complex_=True), "other": draw(3, complex_=True)}),
    ("mul.Tensor", torch.mul, lambda: {"self": draw(3), "other": draw(2, 3)}),
    ("div.Tensor", torch.div, lambda: {"self": draw(3, complex_=True), "other": draw(3, complex_=True)}),
    ("pow.Tensor_Scalar", torch.pow, lambda: {"self": draw(3, complex_=True), "exponent": 3}),
    ("pow.Tensor_Tensor", torch.pow, lambda: {"self": positive(3), "exponent": draw(3)}),
    ("log1p", torch.log1p, lambda: {"self": draw(3, complex_=True)}),
    ("atan2", torch.atan2, lambda: {"self": draw(3), "other": draw(3)}),
    ("rad2deg", torch.rad2deg, lambda: {"self": draw(3)}),
    ("deg2rad", torch.deg2rad, lambda: {"self": draw(3)}),
    ("sigmoid", torch.sigmoid, lambda: {"self": draw(3, complex_=True)}),
    ("tanh", torch.tanh, lambda: {"self": draw(3, complex_=True)}),
    ("relu", torch.relu, lambda: {"self": draw(9)}),
    ("hardtanh", functional.hardtanh, lambda: {"self": draw(9), "min_val": -0.5, "max_val": 1}),
    ("clamp", torch.clamp, lambda: {"self": draw(9), "min": -0.5, "max": 1}),
    ("hardshrink", functional.hardshrink, lambda: {"self": draw(9), "lambd": 0.5}),
    ("softshrink", functional.softshrink, lambda: {"self": draw(9), "lambd": 0.5}),
    ("hardsigmoid", functional.hardsigmoid, lambda: {"self": draw(9) * 3}),
    ("leaky_relu", functional.leaky_relu, lambda: {"self": draw(9), "negative_slope": 0.1}),
    ("_prelu_kernel", torch._prelu_kernel, lambda: {"self": draw(9), "weight": draw(9)}),
    ("elu", torch._C._nn.elu, lambda: {"self": draw(9), "alpha": 0.7, "scale": 1.5, "input_scale": 0.5}),
    ("gelu", functional.gelu, lambda: {"self": draw(9)}),
    ("silu", functional.silu, lambda: {"self": draw(9)}),
    ("softplus", functional.softplus, lambda: {"self": draw(9), "beta": 2, "threshold": 20}),
    ("log_sigmoid_forward", functional.logsigmoid, lambda: {"self": draw(9)}),
    ("_softmax", torch.softmax, lambda: {"self": draw(3, 4), "dim": 1}),
    ("_log_softmax", torch.log_softmax, lambda: {"self": draw(3, 4), "dim": 1}),
    ("logsumexp", torch.logsumexp, lambda: {"self": draw(3, 4), "dim": 1, "keepdim": False}),
    ("addmm", torch.addmm, lambda: {"self": draw(3, 4), "mat1": draw(3, 2), "mat2": draw(2, 4)}),
    ("mm", torch.mm, lambda: {"self": draw(3, 2, complex_=True), "mat2": draw(2, 4, complex_=True)}),
    ("matmul", torch.matmul, lambda: {"self": draw(3, 2), "other": draw(2, 4)}),
    ("linear", functional.linear, lambda: {"input": draw(3, 2), "weight": draw(4, 2), "bias": draw(4)}),
    (
        "_linalg_solve_ex",
        torch.linalg.solve,
        lambda: {"A": draw(3, 3, complex_=True), "B": draw(3, 2, complex_=True)},
    ),
    ("_linalg_det", torch.linalg.det, lambda: {"A": draw(3, 3)}),
    ("_linalg_slogdet", lambda matrix: torch.linalg.slogdet(matrix).logabsdet, lambda: {"A": draw(3, 3)}),
    ("trace", torch.trace, lambda: {"self": draw(3, 3)}),
    (
        "sum.dim_IntList",
        lambda of, dim, keepdim: torch.sum(of, dim, keepdim=keepdim),
        lambda: {"self": draw(3, 4), "dim": 1, "keepdim": False},
    ),
    ("mean.dim", torch.mean, lambda: {"self": draw(3, 4), "dim": 1, "keepdim": False}),
    ("nansum", torch.nansum, lambda: {"self": draw(3, 4), "dim": 1, "keepdim": False}),
    ("cumsum", torch.cumsum, lambda: {"self": draw(3, 4), "dim": 1}),
    ("prod.dim_int", torch.prod, lambda: {"self": draw(3, 4), "dim": 1, "keepdim": False}),
    (
        "var.correction",
        lambda of, dim, correction, keepdim: torch.var(of, dim, correction=correction, keepdim=keepdim),
        lambda: {"self": draw(3, 4), "dim": 1, "correction": 1, "keepdim": False},
    ),
    (
        "std.correction",
        lambda of, dim, correction, keepdim: torch.std(of, dim, correction=correction, keepdim=keepdim),
        lambda: {"self": draw(3, 4), "dim": 1, "correction": 1, "keepdim": False},
    ),
    ("dist", torch.dist, lambda: {"self": draw(3), "other": draw(3), "p": 2}),
    (
        "linalg_vector_norm",
        torch.linalg.vector_norm,
        lambda: {"self": draw(3, 4), "ord": 2, "dim": 1, "keepdim": False},
    ),
    ("max", torch.max, lambda: {"self": draw(9)}),
    ("gather", torch.gather, lambda: {"self": draw(3, 4), "dim": 1, "index": torch.tensor([[0, 0], [3, 1]])}),
    (
        "index_select",
        torch.index_select,
        lambda: {"self": draw(3, 4), "dim": 1, "index": torch.tensor([0, 0, 3])},
    ),
    ("mse_loss", loss("mse_loss"), lambda: {"self": draw(3, 2), "target": draw(3, 2)}),
    (
        "binary_cross_entropy",
        loss("binary_cross_entropy"),
        lambda: {"self": positive(3), "target": positive(3)},
    ),
    (
        "binary_cross_entropy_with_logits",
        loss("binary_cross_entropy_with_logits"),
        lambda: {"self": draw(3), "target": positive(3)},
    ),
    ("soft_margin_loss", loss("soft_margin_loss"), lambda: {"self": draw(3), "target": draw(3).sign()}),
    ("acos", torch.acos, lambda: {"self": positive(3)}),
    ("atan", torch.atan, lambda: {"self": draw(3, complex_=True)}),
    ("erf", torch.erf, lambda: {"self": draw(3)}),
    ("rsqrt", torch.rsqrt, lambda: {"self": positive(3)}),
    ("lerp.Tensor", torch.lerp, lambda: {"self": draw(3), "end": draw(3), "weight": draw(3)}),
]


def rows_of(operator: str) -> list[tuple[tuple[str, ...], Expression, str]]:
    entry = next(
        each for each in read_derivatives().by_base[operator.partition(".")[0]] if each.name == operator
    )
    return [
        row
        for key, formula in entry.formulas.items()
        for row in expressions(tuple(part.strip() for part in key.split(",")), formula)
    ]


@pytest.mark.parametrize(("operator", "call", "make"), CASES, ids=[name for name, _, _ in CASES])
def test_a_formula_gives_the_gradient_of_autograd(
    operator: str, call: Callable[..., Any], make: Callable[[], Arguments]
) -> None:
    torch.manual_seed(0)
    given = make()
    rows = {names[0]: tree for names, tree, _ in rows_of(operator) if is_written_out(tree)}
    leaves = {name: each.requires_grad_() for name, each in given.items() if name in rows and is_leaf(each)}
    result = call(*given.values()) if operator != "addmm" else torch.addmm(*given.values())
    incoming = torch.randn_like(result)

    expected = dict(zip(leaves, torch.autograd.grad(result, list(leaves.values()), incoming), strict=True))

    values = {"alpha": 1, "beta": 1, **given, "result": result, "grad": incoming, "grad_logabsdet": incoming}
    values["n"] = given["self"].shape[-1] if "correction" in given else 0
    with torch.no_grad():
        found = {name: evaluate(rows[name], values) for name in leaves}
    assert found
    for name, gradient in found.items():
        torch.testing.assert_close(gradient.sum_to_size(given[name].shape), expected[name])


def is_leaf(value: Any) -> bool:
    return isinstance(value, Tensor) and (value.is_floating_point() or value.is_complex())


def is_written_out(tree: Expression) -> bool:
    """Tell whether no function of autograd's own is left in it."""
    if isinstance(tree, Token):
        return not tree.endswith("_backward")
    return all(is_written_out(each) for each in tree.children)


def test_every_backward_function_that_is_written_out_is_held_to_autograd() -> None:
    used = {
        name
        for operator, _, _ in CASES
        for entry in read_derivatives().by_base[operator.partition(".")[0]]
        if entry.name == operator
        for formula in entry.formulas.values()
        for name in BACKWARD
        if f"{name}(" in formula or f"{name}_symint(" in formula
    }

    assert set(BACKWARD) - used == set()


def test_a_row_of_the_table_becomes_an_equation() -> None:
    (equation,) = equations(("self",), "mul_tensor_backward(grad, other, self.scalar_type())")

    assert equation.left == r"\gradient{\argument{self}}"
    assert equation.right == r"\gradient{\result{}} \cdot \conjugate{\argument{other}}"
    assert (equation.elementwise, equation.is_sum) == (True, False)


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        ("-grad * self.cos().conj()", r"-G \cdot \conjugate{\cos\left(\argument{self}\right)}"),
        ("grad.mm(other.t())", r"G\; {\argument{other}}^{\top}"),
        ("grad / (2 * result.conj())", r"G \cdot \frac{1}{2 \cdot \conjugate{\result{}}}"),
        ("a - (b - grad)", r"\argument{a} - \left(\argument{b} - G\right)"),
        ("grads[1]", r"\gradient{\result{1}}"),
        ("own_back(grad, self.options(), n)", r"\operatorname{own\_back}\left(G,\, \argument{n}\right)"),
        ("x ? grad : 0", r"\begin{cases} G & \text{if } \argument{x} \\ 0 & \text{otherwise} \end{cases}"),
    ],
)  # fmt: skip
def test_expressions_are_set_as_a_person_would_write_them(formula: str, right: str) -> None:
    assert [each.right for each in equations(("self",), formula)] == [
        right.replace("G", r"\gradient{\result{}}")
    ]


@pytest.mark.parametrize("text", ["", "grad *", "[](int i){return -i;}", "a b", "(" * 50, "grad ? 1"])
def test_what_is_no_expression_gives_no_equation(text: str) -> None:
    assert parse(text) is None
    assert equations(("self",), text) == []


def test_nearly_every_row_of_torchs_table_is_set(catalog: Catalog) -> None:
    formulas = {
        formula
        for operation in catalog.operations.values()
        for each in operation.derivatives
        for _, formula in each.formulas
        if formula != "no derivative"
    }

    silent = [formula for formula in formulas if not equations(("self", "other", "A", "input"), formula)]

    assert len(formulas) > 250
    assert len(silent) <= 2, silent


def evaluate(tree: Expression, values: Arguments) -> Any:
    """Compute an expression of the table with torch."""
    if isinstance(tree, Token):
        text = str(tree)
        if tree.type == "NUMBER":
            return float(text) if "." in text else int(text)
        return {"M_PI": math.pi, "true": True, "false": False}.get(text, values.get(text))
    parts = tree.children
    data = str(tree.data)
    if data == "call":
        return _calls(values)[str(parts[0])](*(evaluate(each, values) for each in parts[1:]))
    if data == "method":
        return _method(str(parts[1]), *(evaluate(each, values) for each in (parts[0], *parts[2:])))
    if data == "ternary":
        return evaluate(parts[1] if evaluate(parts[0], values) else parts[2], values)
    one, other = evaluate(parts[0], values), evaluate(parts[-1], values)
    return _OPERATORS[str(parts[1]) if data == "compare" else data](one, other)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda one, other: one + other,
    "sub": lambda one, other: one - other,
    "mul": lambda one, other: one * other,
    "div": lambda one, other: one / other,
    "neg": lambda one, _: -one,
    "and": lambda one, other: one & other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "==": lambda one, other: one == other,
}


def _method(name: str, of: Any, *given: Any) -> Any:
    if not isinstance(of, Tensor):
        assert name == "conj"
        return of
    if name in ("mT", "mH"):
        return getattr(of, name)
    if name == "sizes":
        return of.shape
    return getattr(of, name)(*given)


def _calls(values: Arguments) -> dict[str, Callable[..., Any]]:
    def expand(reduced: Tensor) -> Tensor:
        whole = reduced if values.get("keepdim", True) else reduced.unsqueeze(values["dim"])
        return whole.expand(values["self"].shape)

    def tensor_or_number(name: str) -> Callable[[Any], Any]:
        return lambda of: getattr(torch if isinstance(of, Tensor) else math, name)(of)

    return {
        "expand": expand,
        "where": torch.where,
        "eye": lambda sizes: torch.eye(*sizes, dtype=torch.float64),
        "zeros": lambda sizes: torch.zeros(sizes, dtype=torch.float64),
        "zeros_like": torch.zeros_like,
        "sqrt": tensor_or_number("sqrt"),
        "linalg_inv": torch.linalg.inv,
        "linalg_solve": torch.linalg.solve,
        **{name: getattr(torch, name) for name in ("exp", "log", "abs", "erf", "sigmoid", "pow")},
    }
