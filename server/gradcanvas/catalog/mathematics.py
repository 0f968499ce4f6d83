"""Turns the rows of torch's table of derivatives into equations. Knows nothing of torch or of a page.

Backward functions are written out by the rows of `backward_rows`, what only chooses a kernel is left out, and
the rest is set by `typesetting`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lark import Token, Tree

from gradcanvas.catalog.backward_rows import BACKWARD
from gradcanvas.catalog.expressions import Expression, parse
from gradcanvas.catalog.typesetting import Setting, gradient_of

_PASSED_THROUGH: Final = frozenset(
    {"contiguous", "to", "toDouble", "toFloat", "toComplexDouble", "resolve_conj", "reshape_as"}
)
"""Methods that change nothing of a tensor's mathematics."""


@dataclass(frozen=True, slots=True)
class Equation:
    """The gradient of one or several arguments, in the commands of `typesetting`.

    Attributes:
        arguments: whose gradient it is, by their names in the table.
        left: the gradient of each.
        right: what it is.
        elementwise: nothing in it mixes elements: where an argument is broadcast, its gradient is the sum of
            the right side over the dimensions in which it is.
        is_sum: the right side needs brackets if a sum is taken of it.
        holds: in which case it is that; "" where it always is.
    """

    arguments: tuple[str, ...]
    left: str
    right: str
    elementwise: bool
    is_sum: bool
    holds: str


def equations(arguments: Iterable[str], formula: str) -> list[Equation]:
    """Return a row of torch's table as mathematics.

    Args:
        arguments: whose gradient the row tells; where several, the row may hold a formula for each.
        formula: as the table has it, in C++.

    Returns:
        One equation, or one for each argument; none where the row cannot be understood.
    """
    names = tuple(arguments)
    return [_equation(each, tree, holds) for each, tree, holds in expressions(names, formula)]


def expressions(names: tuple[str, ...], formula: str) -> list[tuple[tuple[str, ...], Expression, str]]:
    """Return whose gradient, as which expression and when, backward functions written out."""
    tree = parse(formula)
    if tree is None:
        return []
    core = _core(tree)
    if isinstance(core, Tree) and core.data == "call":
        row = BACKWARD.get(str(core.children[0]))
        if row is not None and isinstance(row.formula, dict):
            given = core.children[1:]
            return [
                ((name,), _called(row.parameters, text, given), row.holds)
                for name, text in row.formula.items()
                if name in names
            ]
    return [(names, *_written_out(tree))]


def _equation(names: tuple[str, ...], tree: Expression, holds: str) -> Equation:
    setting = Setting()
    right, is_sum = setting.whole(_simpler(tree))
    left = r",\; ".join(gradient_of(name) for name in names)
    return Equation(names, left, right, setting.elementwise, is_sum, holds)


def _written_out(tree: Expression) -> tuple[Expression, str]:
    """Return an expression in which backward functions stand as what they compute, and when that holds."""
    tree = _core(tree)
    if isinstance(tree, Token):
        return tree, ""
    parts = [_written_out(each) for each in tree.children]
    tree = Tree(tree.data, [part for part, _ in parts])
    holds = next((said for _, said in parts if said), "")
    row = BACKWARD.get(str(tree.children[0])) if tree.data == "call" else None
    if row is None or isinstance(row.formula, dict):
        return tree, holds
    return _called(row.parameters, row.formula, tree.children[1:]), row.holds or holds


def _called(parameters: str, formula: str, given: list[Expression]) -> Expression:
    tree = parse(formula)
    assert tree is not None, formula
    return _replaced(tree, dict(zip(parameters.split(), given, strict=False)))


def _replaced(tree: Expression, values: Mapping[str, Expression]) -> Expression:
    if isinstance(tree, Token):
        return values.get(str(tree), tree) if tree.type == "NAME" else tree
    return Tree(tree.data, [_replaced(each, values) for each in tree.children])


def _core(tree: Expression) -> Expression:
    """Leave out what only tells torch which kernel to take, and conversions."""
    if isinstance(tree, Token):
        return tree
    if tree.data == "ternary":
        condition, then, otherwise = tree.children
        if _mentions(condition, "GradMode::is_enabled"):
            return _core(otherwise)
        if isinstance(condition, Tree) and condition.data == "method" and condition.children[1] == "defined":
            return _core(then)
    if tree.data == "call" and tree.children[0] == "handle_r_to_c":
        return _core(tree.children[2])
    if tree.data == "call" and tree.children[0] == "maybe_multiply":
        return Tree("mul", [tree.children[2], _core(tree.children[1])])
    if tree.data == "method" and tree.children[1] in _PASSED_THROUGH:
        return _core(tree.children[0])
    return tree


def _mentions(tree: Expression, name: str) -> bool:
    if isinstance(tree, Token):
        return str(tree) == name
    return any(_mentions(each, name) for each in tree.children)


def _simpler(tree: Expression) -> Expression:
    """Write an expression as a person would: no factors of one, minus signs in front, squares as powers."""
    if isinstance(tree, Token):
        return tree
    parts = [_simpler(each) for each in tree.children]
    match str(tree.data):
        case "method" if parts[1] == "conj" and isinstance(parts[0], Token) and parts[0].type == "NUMBER":
            return parts[0]
        case "method" if parts[1] == "neg":
            return _negative(parts[0])
        case "method" if parts[1] == "div" and len(parts) == 3:
            return _quotient(parts[0], parts[2])
        case "neg":
            return _negative(parts[0])
        case "mul":
            return _product(parts[0], parts[1])
        case "div":
            return _quotient(parts[0], parts[1])
        case "add" if _is(parts[0], "neg"):
            return Tree("sub", [parts[1], *_children(parts[0])])
    return Tree(tree.data, list(parts))


def _product(one: Expression, other: Expression) -> Expression:
    if _is(one, "neg"):
        return _negative(_product(_children(one)[0], other))
    if _is(other, "neg"):
        return _negative(_product(one, _children(other)[0]))
    if one == "1" or other == "1":
        return other if one == "1" else one
    if one == other:
        return Tree("method", [one, Token("MEMBER", "pow"), Token("NUMBER", "2")])
    return Tree("mul", [one, other])


def _quotient(above: Expression, below: Expression) -> Expression:
    """Draw the gradient out of a quotient: it stands before the fraction."""
    if _is(above, "neg"):
        return _negative(_quotient(_children(above)[0], below))
    if not _has_gradient(above):
        return Tree("div", [above, below])
    if _is(above, "mul"):
        first, second = _children(above)
        if not _has_gradient(second):
            return Tree("mul", [first, _fraction(second, below)])
    return Tree("mul", [above, Tree("div", [Token("NUMBER", "1"), below])])


def _fraction(above: Expression, below: Expression) -> Expression:
    """Join a fraction's denominator with another one."""
    if _is(above, "div"):
        first, second = _children(above)
        return Tree("div", [first, Tree("mul", [second, below])])
    return Tree("div", [above, below])


def _negative(of: Expression) -> Expression:
    return _children(of)[0] if _is(of, "neg") else Tree("neg", [of])


def _is(tree: Expression, data: str) -> bool:
    return isinstance(tree, Tree) and str(tree.data) == data


def _children(tree: Expression) -> list[Expression]:
    return list(tree.children) if isinstance(tree, Tree) else []


def _has_gradient(tree: Expression) -> bool:
    if isinstance(tree, Token):
        return tree.type == "NAME" and tree.startswith("grad")
    return any(_has_gradient(each) for each in tree.children)
