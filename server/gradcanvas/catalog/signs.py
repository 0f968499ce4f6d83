"""The signs that mathematics has for functions and constants, in LaTeX; rows of a table."""

from collections.abc import Mapping
from typing import Final

SUM, PRODUCT, POWER, ATOM = range(4)
"""How firmly something holds together."""

Text = tuple[str, int]
"""LaTeX, and how firmly it holds together."""

CONSTANTS: Final = {"M_PI": r"\pi", "M_LN2": r"\ln 2", "true": r"\text{true}", "false": r"\text{false}"}
NUMBERS: Final = {"0.6931471805599453": r"\ln 2", "2.3025850929940456": r"\ln 10"}
RELATIONS: Final = {"==": "=", "!=": r"\neq", "<=": r"\leq", ">=": r"\geq", "<": "<", ">": ">"}

SIGNS: Final[Mapping[str, Text]] = {
    **{name: (rf"\{name}\left({{0}}\right)", ATOM) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "log": (r"\log\left({0}\right)", ATOM),
    "erf": (r"\operatorname{{erf}}\left({0}\right)", ATOM),
    "erfc": (r"\operatorname{{erfc}}\left({0}\right)", ATOM),
    "erfinv": (r"\operatorname{{erf}}^{{-1}}\left({0}\right)", ATOM),
    "sgn": (r"\operatorname{{sgn}}\left({0}\right)", ATOM),
    "exp": ("e^{{{0}}}", POWER),
    "exp2": ("2^{{{0}}}", POWER),
    "sqrt": (r"\sqrt{{{0}}}", ATOM),
    "rsqrt": (r"\frac{{1}}{{\sqrt{{{0}}}}}", ATOM),
    "abs": (r"\left|{0}\right|", ATOM),
    "lgamma": (r"\ln\Gamma\left({0}\right)", ATOM),
    "digamma": (r"\psi\left({0}\right)", ATOM),
    "sigmoid": (r"\sigma\left({0}\right)", ATOM),
    "special_i1": (r"I_1\left({0}\right)", ATOM),
    "special_i1e": (r"e^{{-\left|{0}\right|}}\, I_1\left({0}\right)", PRODUCT),
    "isnan": (r"\left[\,{0} \text{{ is NaN}}\,\right]", ATOM),
    "isfinite": (r"\left[\,{0} \text{{ is finite}}\,\right]", ATOM),
    "real": (r"\operatorname{{Re}}\left({0}\right)", ATOM),
    "imag": (r"\operatorname{{Im}}\left({0}\right)", ATOM),
}
"""Elementwise functions of one argument, by the sign that mathematics has for them."""

SHAPES: Final[Mapping[str, str]] = {
    "numel": r"\operatorname{{numel}}\left({0}\right)",
    "sizes": r"\operatorname{{shape}}\left({0}\right)",
    "size": r"\operatorname{{shape}}\left({0}\right)_{{{1}}}",
    "polygamma": r"\psi^{{({0})}}\left({1}\right)",
    "special_zeta": r"\zeta\left({0},\, {1}\right)",
}
"""Functions and methods of several arguments that have a sign and mix no elements."""
