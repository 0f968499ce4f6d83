"""Parses the C++ expressions of torch's table of derivatives into trees. Knows nothing of what they mean."""

import re
from functools import cache
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

Expression = Tree[Token] | Token

_GRAMMAR: Final = r"""
?start: expression
?expression: either | either "?" expression ":" expression -> ternary
?either: both | either ("||" | "|") both -> or
?both: equality | both ("&&" | "&") equality -> and
?equality: comparison | equality EQUAL comparison -> compare
?comparison: sum | comparison ORDER sum -> compare
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: unary | product "*" unary -> mul | product "/" unary -> div
?unary: postfix | "-" unary -> neg | "!" unary -> not
?postfix: atom
    | atom_name "(" [expression ("," expression)*] ")" -> call
    | postfix ("." | "->") MEMBER "(" [expression ("," expression)*] ")" -> method
    | postfix ("." | "->") MEMBER -> member
    | postfix "[" expression "]" -> index
?atom: NUMBER | STRING | NAME | "(" expression ")" | "{" [expression ("," expression)*] "}" -> list
atom_name: NAME
EQUAL: "==" | "!="
ORDER: "<=" | ">=" | "<" | ">"
NUMBER: /\d+\.?\d*(e-?\d+)?/
STRING: /"[^"]*"/
NAME: /[A-Za-z_]\w*(::[A-Za-z_]\w*)*(<[\w:, ]*>(?=\())?/
MEMBER: /[A-Za-z_]\w*/
%ignore /\s+/
%ignore /\/\*.*?\*\//
"""
_HOME: Final = re.compile(r"^(?:at|std|c10|native|::)::|<.*>$")


def parse(text: str) -> Expression | None:
    """Return the tree of an expression; None where it is none that is understood.

    A tree's `data` is one of ternary, or, and, compare, add, sub, mul, div, neg, not, call, method, member,
    index and list. A call begins with the function's name, without namespace; a method with its object and
    its name.
    """
    try:
        return _tidy(_parser().parse(text))
    except LarkError:
        return None


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


def _tidy(tree: Expression) -> Expression:
    """Drop namespaces, template arguments and the endings by which torch tells symbolic sizes."""
    if isinstance(tree, Token):
        return Token(tree.type, _plain_name(tree)) if tree.type in ("NAME", "MEMBER") else tree
    if tree.data == "atom_name":
        return _tidy(tree.children[0])
    return Tree(str(tree.data), [_tidy(each) for each in tree.children])


def _plain_name(name: str) -> str:
    return re.sub(r"^sym_|_symint$", "", _HOME.sub("", name))
