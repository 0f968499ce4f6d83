r"""Sets expressions in LaTeX. Knows nothing of what they are the gradients of.

Whoever shows a formula says what stands for these commands of its own:

- `\argument{other}`, `\result{}`, `\result{values}`: the name of an argument, of the output, of one of more
- `\gradient{…}`: the derivative of the loss with respect to one of these
- `\conjugate{…}`: the complex conjugate; where all numbers are real, what it is of
- `\conjugatesum{…}`: the same, in brackets where the sign of conjugation falls away
- `\adjoint`: the sign of the conjugate transpose; where all numbers are real, that of the transpose
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

from lark import Token, Tree

from gradcanvas.catalog.expressions import Expression
from gradcanvas.catalog.signs import (
    ATOM,
    CONSTANTS,
    NUMBERS,
    POWER,
    PRODUCT,
    RELATIONS,
    SHAPES,
    SIGNS,
    SUM,
    Text,
)

_MOST_ARGUMENTS: Final = 4
_PLUMBING: Final = frozenset(
    {"scalar_type", "options", "layout", "strides", "device", "suggest_memory_format"}
)
_PLUMBING_CALLS: Final = frozenset({"to_args_scalartypes", "TensorGeometry"})
_PLUMBING_NAMES: Final = frozenset({"grad_input_mask", "true", "false"})
"""Arguments that say how a tensor lies in memory, or what is wanted: no mathematics."""

_MATRIX_PRODUCTS: Final = frozenset({"mm", "bmm", "mv", "matmul"})
_OF_COMPLEX: Final = frozenset({"is_complex", "isComplex"})


def gradient_of(argument: str) -> str:
    """Return the sign of the gradient of an argument."""
    return rf"\gradient{{\argument{{{argument}}}}}"


@dataclass
class Setting:
    """Sets one expression; `elementwise` as long as nothing in it mixes elements."""

    elementwise: bool = True

    def whole(self, tree: Expression) -> tuple[str, bool]:
        """Return the LaTeX of an expression, and whether a sum of it needs brackets."""
        text, level = self._set(tree)
        return text, level == SUM

    def at(self, tree: Expression, level: int = SUM) -> str:
        """Return the LaTeX of a part, in brackets where it holds together less firmly than asked."""
        if isinstance(tree, Tree) and tree.data == "method" and tree.children[1] == "conj":
            inner, own = self._set(tree.children[0])
            return rf"\conjugate{{{inner}}}" if own >= level else rf"\conjugatesum{{{inner}}}"
        text, own = self._set(tree)
        return text if own >= level else rf"\left({text}\right)"

    def _set(self, tree: Expression) -> Text:
        if isinstance(tree, Token):
            return _token(tree)
        return _RULES[str(tree.data)](self, list(tree.children))

    def _add(self, parts: list[Expression]) -> Text:
        return f"{self.at(parts[0])} + {_after_sign(self.at(parts[1]))}", SUM

    def _sub(self, parts: list[Expression]) -> Text:
        return f"{self.at(parts[0])} - {_after_sign(self.at(parts[1], PRODUCT))}", SUM

    def _mul(self, parts: list[Expression]) -> Text:
        return rf"{self.at(parts[0], PRODUCT)} \cdot {_after_sign(self.at(parts[1], PRODUCT))}", PRODUCT

    def _div(self, parts: list[Expression]) -> Text:
        return rf"\frac{{{self.at(parts[0])}}}{{{self.at(parts[1])}}}", ATOM

    def _neg(self, parts: list[Expression]) -> Text:
        return f"-{_after_sign(self.at(parts[0], PRODUCT))}", SUM

    def _compare(self, parts: list[Expression]) -> Text:
        return rf"\left[\,{self._condition(Tree('compare', parts))}\,\right]", ATOM

    def _logic(self, parts: list[Expression]) -> Text:
        return rf"\left[\,{self._condition(Tree('and', parts))}\,\right]", ATOM

    def _not(self, parts: list[Expression]) -> Text:
        return rf"\lnot {self.at(parts[0], ATOM)}", POWER

    def _list(self, parts: list[Expression]) -> Text:
        return rf"\left({', '.join(self.at(each) for each in parts)}\right)", ATOM

    def _index(self, parts: list[Expression]) -> Text:
        if parts[0] == "grads":
            return rf"\gradient{{\result{{{self.at(parts[1])}}}}}", ATOM
        return rf"{self.at(parts[0], ATOM)}_{{{self.at(parts[1])}}}", ATOM

    def _member(self, parts: list[Expression]) -> Text:
        return rf"{self.at(parts[0], ATOM)}.\mathrm{{{_upright(str(parts[1]))}}}", ATOM

    def _cases(self, parts: list[Expression]) -> Text:
        """Set a choice, one case below the other."""
        condition, then, otherwise = parts
        first = rf"{self.at(then)} & \text{{if }} {self._condition(condition)}"
        second = rf"{self.at(otherwise)} & \text{{otherwise}}"
        return rf"\begin{{cases}} {first} \\ {second} \end{{cases}}", ATOM

    def _condition(self, tree: Expression) -> str:
        if isinstance(tree, Token):
            return self.at(tree)
        parts = tree.children
        if tree.data == "method" and parts[1] in _OF_COMPLEX:
            return rf"{self.at(parts[0])} \text{{ is complex}}"
        if tree.data == "method" and parts[1] in ("logical_or_", "logical_not_"):
            return self._condition(Tree("or" if len(parts) == 3 else "not", [parts[0], *parts[2:]]))
        if tree.data in ("and", "or"):
            sign = r" \land " if tree.data == "and" else r" \lor "
            return sign.join(self._condition(each) for each in parts)
        if tree.data == "not":
            return rf"\lnot\left({self._condition(parts[0])}\right)"
        if tree.data == "compare":
            return f"{self.at(parts[0])} {RELATIONS[str(parts[1])]} {self.at(parts[2])}"
        return self.at(tree)

    def _call(self, parts: list[Expression]) -> Text:
        name, given = str(parts[0]), parts[1:]
        if name == "where" and len(given) == 3:
            return self._cases(given)
        return self._applied(name, given)

    def _method(self, parts: list[Expression]) -> Text:
        of, name, given = parts[0], str(parts[1]), parts[2:]
        if name == "conj":
            inner, level = self._set(of)
            return rf"\conjugate{{{inner}}}", level
        if name.startswith("masked_fill") and str(given[1]).strip("0.") == "":
            return self._cases([given[0], Token("NUMBER", "0"), of])
        if name in ("t", "mT", "transpose") and [str(each) for each in given] in ([], ["1", "2"]):
            return self._mixed(rf"{{{self.at(of, ATOM)}}}^{{\top}}", POWER)
        if name == "sum":
            below = f"_{{{self.at(given[0])}}}" if given else ""
            return self._mixed(rf"\sum{below} {self.at(of, PRODUCT)}", PRODUCT)
        return self._applied(name, [of, *given])

    def _applied(self, name: str, given: list[Expression]) -> Text:
        """Set a function, or a method as the function that it is."""
        if name in SIGNS and len(given) == 1:
            template, level = SIGNS[name]
            return template.format(self.at(given[0])), level
        if name in SHAPES:
            return SHAPES[name].format(*(self.at(each) for each in given)), ATOM
        if name in _MATRIX_PRODUCTS:
            return self._mixed(rf"{self.at(given[0], PRODUCT)}\; {self.at(given[1], POWER)}", PRODUCT)
        own = _FUNCTIONS.get(name)
        if own is not None:
            return own(self, given)
        kept = [each for each in given if not _is_plumbing(each)]
        # A choice between two is set as the second: it only picks a layout, or a part.
        kept = [each.children[2] if _is_choice(each) else each for each in kept]
        shown = [self.at(each) for each in kept[:_MOST_ARGUMENTS]]
        shown += [r"\dots"] if len(kept) > _MOST_ARGUMENTS else []
        inside = r",\, ".join(shown)
        upright = _upright(name.lstrip("_"))
        return self._mixed(rf"\operatorname{{{upright}}}\left({inside}\right)", ATOM)

    def _zero(self, given: list[Expression]) -> Text:
        return "0", ATOM

    def _power(self, given: list[Expression]) -> Text:
        return rf"{{{self.at(given[0], ATOM)}}}^{{{self.at(given[1])}}}", POWER

    def _square(self, given: list[Expression]) -> Text:
        return rf"{{{self.at(given[0], ATOM)}}}^{{2}}", POWER

    def _adjoint(self, given: list[Expression]) -> Text:
        of = given[0]
        if isinstance(of, Tree) and of.data == "call" and of.children[0] == "linalg_inv":
            return self._mixed(rf"{{{self.at(of.children[1], ATOM)}}}^{{-\adjoint}}", POWER)
        return self._mixed(rf"{{{self.at(given[0], ATOM)}}}^{{\adjoint}}", POWER)

    def _inverse(self, given: list[Expression]) -> Text:
        return self._mixed(rf"{{{self.at(given[0], ATOM)}}}^{{-1}}", POWER)

    def _solved(self, given: list[Expression]) -> Text:
        of = Tree("call", [Token("NAME", "linalg_inv"), given[0]])
        if isinstance(given[0], Tree) and given[0].data == "method" and given[0].children[1] == "mH":
            inner = Tree("call", [Token("NAME", "linalg_inv"), given[0].children[0]])
            of = Tree("method", [inner, Token("MEMBER", "mH")])
        return self._mixed(rf"{self.at(of)}\; {self.at(given[1], POWER)}", PRODUCT)

    def _outer(self, given: list[Expression]) -> Text:
        text = rf"{self.at(given[0], PRODUCT)}\; {{{self.at(given[1], ATOM)}}}^{{\top}}"
        return self._mixed(text, PRODUCT)

    def _times_log(self, given: list[Expression]) -> Text:
        return rf"{self.at(given[0], PRODUCT)} \cdot \log\left({self.at(given[1])}\right)", PRODUCT

    def _times_log1p(self, given: list[Expression]) -> Text:
        return rf"{self.at(given[0], PRODUCT)} \cdot \log\left(1 + {self.at(given[1])}\right)", PRODUCT

    def _mixed(self, text: str, level: int) -> Text:
        self.elementwise = False
        return text, level


_RULES: Final[Mapping[str, Callable[[Setting, list[Expression]], Text]]] = {
    "add": Setting._add,
    "sub": Setting._sub,
    "mul": Setting._mul,
    "div": Setting._div,
    "neg": Setting._neg,
    "compare": Setting._compare,
    "and": Setting._logic,
    "or": lambda setting, parts: (rf"\left[\,{setting._condition(Tree('or', parts))}\,\right]", ATOM),
    "not": Setting._not,
    "list": Setting._list,
    "index": Setting._index,
    "member": Setting._member,
    "ternary": Setting._cases,
    "call": Setting._call,
    "method": Setting._method,
}
_FUNCTIONS: Final[Mapping[str, Callable[[Setting, list[Expression]], Text]]] = {
    "zeros_like": Setting._zero,
    "scalar_tensor": Setting._zero,
    "pow": Setting._power,
    "square": Setting._square,
    "mH": Setting._adjoint,
    "linalg_inv": Setting._inverse,
    "linalg_solve": Setting._solved,
    "ger": Setting._outer,
    "xlogy": Setting._times_log,
    "special_xlog1py": Setting._times_log1p,
}


def _token(token: Token) -> Text:
    text = str(token)
    if token.type == "NUMBER":
        return NUMBERS.get(text, re.sub(r"\.0*$", "", text)), ATOM
    if token.type == "STRING":
        return rf"\text{{{_upright(text[1:-1])}}}", ATOM
    if text in CONSTANTS:
        return CONSTANTS[text], ATOM
    gradient = re.fullmatch(r"grads?(?:_(?P<of>\w+))?", text)
    if gradient is not None:
        return rf"\gradient{{\result{{{gradient['of'] or ''}}}}}", ATOM
    result = re.fullmatch(r"result(?P<place>\d*)", text)
    if result is not None:
        return rf"\result{{{result['place']}}}", ATOM
    return rf"\argument{{{text}}}", ATOM


def _is_choice(tree: Expression) -> TypeGuard[Tree[Token]]:
    return isinstance(tree, Tree) and tree.data == "ternary"


def _is_plumbing(tree: Expression) -> bool:
    if isinstance(tree, Token):
        return tree in _PLUMBING_NAMES
    if tree.data == "index":
        return _is_plumbing(tree.children[0])
    if tree.data == "call":
        return tree.children[0] in _PLUMBING_CALLS
    return tree.data == "method" and tree.children[1] in _PLUMBING


def _after_sign(text: str) -> str:
    """Put what begins with a minus in brackets: no two signs stand beside each other."""
    return rf"\left({text}\right)" if text.startswith("-") else text


def _upright(name: str) -> str:
    return name.replace("_", r"\_")
