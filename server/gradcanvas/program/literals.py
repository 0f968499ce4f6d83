"""Whether a literal of a graph file can stand at an argument, and why not. Knows nothing of torch.

One row for each type of argument; `misfit` reads them.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from gradcanvas.catalog.model import Argument
from gradcanvas.program.index import IndexSyntaxError, parse_index

NOT_FINITE = ("inf", "-inf", "nan")
DTYPES = (
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "complex64",
    "complex128",
    "complex32",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
)
"""Names of element types that a file may use."""

_DTYPE_NICKNAMES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
    "cfloat": "complex64",
    "cdouble": "complex128",
}
DEEPEST = 64
"""Dimensions a tensor may have in torch."""


def misfit(argument: Argument, value: object) -> tuple[str, str] | None:
    """Say why `value` cannot stand at `argument`, or None if it can.

    Returns:
        What is expected, as the end of "… takes", and what to do.
    """
    if value is None:
        if argument.nullable or argument.default == "null":
            return None
        return expected(argument), "Give a value, or leave the argument out for PyTorch's own default."
    if argument.type in ("tensor", "tensors") and not argument.typed:
        return expected(argument), "Wire it from the output of another node, under `inputs`."
    return _ROWS[argument.type](argument, value)


def expected(argument: Argument) -> str:
    """Say in words what stands at an argument: "an integer", "one of `mean`, `sum`"."""
    if argument.type == "choice":
        return "one of " + ", ".join(f"`{choice}`" for choice in argument.choices)
    if argument.type in ("tensor", "tensors") and argument.typed:
        return "a tensor or a number" if argument.type == "tensor" else "tensors or numbers"
    if argument.type == "module":
        return "a module made of " + " or ".join(f"`{choice}`" for choice in argument.choices)
    return _WORDS[argument.type]


def is_number(value: object) -> bool:
    """Tell whether a literal is a number as the format writes them: JSON's, not finite, or complex."""
    if isinstance(value, (bool, int, float)):
        return True
    return (isinstance(value, str) and value in NOT_FINITE) or is_complex(value)


def is_complex(value: object) -> bool:
    """Tell whether a literal is `{"complex": [re, im]}`."""
    if not isinstance(value, dict) or set(value) != {"complex"}:
        return False
    parts = value["complex"]
    return isinstance(parts, list) and len(parts) == 2 and all(_is_real(part) for part in parts)


def described(value: object) -> str:
    """Say what a literal is: "the text `abc`", "a list"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"`{_short(str(value))}`"
    if isinstance(value, str):
        return f"the text `{_short(value)}`"
    return "a list" if isinstance(value, list) else "an object"


def data_shape(value: object) -> tuple[int, ...]:
    """Return the shape of nested lists.

    Raises:
        ValueError: lists of one level differ in length or kind, or they nest too deep; says where.
    """
    shape: list[int] = []
    level: list[Any] = [value]
    while level and isinstance(level[0], list):
        if len(shape) == DEEPEST:
            raise ValueError(f"It nests deeper than {DEEPEST} lists.")
        _raise_if_ragged(level)
        shape.append(len(level[0]))
        level = [item for part in level for item in part]
    for item in level:
        if isinstance(item, list):
            raise ValueError("It mixes numbers and lists on one level.")
        if not is_number(item):
            raise ValueError(f"It holds {described(item)}.")
    return tuple(shape)


def fingerprint(text: str) -> str | bytes:
    """Return what stands for a literal's text where it is remembered: itself, or of a long one a digest."""
    return text if len(text) <= _LONG else blake2b(text.encode(errors="surrogatepass")).digest()


_LONG = 200


def _raise_if_ragged(level: list[Any]) -> None:
    first = len(level[0])
    for place, part in enumerate(level):
        if not isinstance(part, list):
            raise ValueError("It mixes numbers and lists on one level.")
        if len(part) != first:
            raise ValueError(f"Row 0 has {first} entries, row {place} has {len(part)}.")


def _is_real(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, str) and value in NOT_FINITE)


def _constant_data(value: object) -> object:
    """Return the numbers of a constant, which may stand beside their dtype."""
    if isinstance(value, dict) and set(value) == {"data", "dtype"} and value["dtype"] in DTYPES:
        return value["data"]
    return value


def _module(argument: Argument, value: Any) -> tuple[str, str] | None:
    if _is_called(value) and value["op"] in argument.choices:
        return None
    return expected(argument), f'Write an object, such as {{"op": "{argument.choices[0]}", "args": {{}}}}.'


def _is_called(value: object) -> bool:
    """Tell whether it is `{"op": …, "args": {…}}`, as `train.scheduler` is."""
    if not isinstance(value, dict) or not {"op"} <= value.keys() <= {"op", "args"}:
        return False
    return isinstance(value["op"], str) and isinstance(value.get("args", {}), dict)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


Row = Callable[[Argument, Any], tuple[str, str] | None]


def _plain(fits: Callable[[Any], bool], help_text: str) -> Row:
    def row(argument: Argument, value: Any) -> tuple[str, str] | None:
        return None if fits(value) else (expected(argument), help_text)

    return row


def _list_of(fits: Callable[[Any], bool], help_text: str) -> Row:
    def row(argument: Argument, value: Any) -> tuple[str, str] | None:
        if fits(value):
            return None if argument.single or argument.type == "ints" else (expected(argument), help_text)
        if not isinstance(value, list) or not all(
            fits(item) or (argument.gaps and item is None) for item in value
        ):
            return expected(argument), help_text
        if argument.length is not None and argument.length > 1 and len(value) not in (1, argument.length):
            if not value and argument.default == "[]":
                return None
            return f"{expected(argument)} of length {argument.length}", f"This one has {len(value)}."
        return None

    return row


def _dtype(argument: Argument, value: Any) -> tuple[str, str] | None:
    if isinstance(value, str) and value in (argument.choices or DTYPES):
        return None
    plain = value.removeprefix("torch.") if isinstance(value, str) else ""
    nearest = _DTYPE_NICKNAMES.get(plain, plain)
    if nearest in DTYPES:
        return expected(argument), f"Write `{nearest}`."
    return expected(argument), "Choose one of " + ", ".join(argument.choices or DTYPES) + "."


def _choice(argument: Argument, value: Any) -> tuple[str, str] | None:
    if isinstance(value, str) and value in argument.choices:
        return None
    return expected(argument), "Choose one of them."


def _index(argument: Argument, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return expected(argument), 'Write the text between the brackets, such as ":, 0".'
    try:
        parse_index(value)
    except IndexSyntaxError as error:
        return expected(argument), str(error)
    return None


def _data(argument: Argument, value: Any) -> tuple[str, str] | None:
    try:
        data_shape(value)
    except ValueError as error:
        return expected(argument), str(error)
    return None


_FILE_HELP = (
    "Choose a file in the inspector or drop it on the canvas; by hand: `data:text/csv,x%2Cy%0A1%2C2`."
)
_LIST_HELP = "Write a list, such as [2, 3]."
_NUMBER_HELP = 'Write a number; infinity is "inf", a complex number {"complex": [re, im]}.'
_ROWS: dict[str, Row] = {
    "tensor": _plain(is_number, _NUMBER_HELP),
    "tensors": _list_of(is_number, "Write a list of numbers, or wire tensors."),
    "int": _plain(_is_integer, "Write it without a point or quotation marks."),
    "float": _plain(_is_real, "Write a number without quotation marks."),
    "bool": _plain(lambda value: isinstance(value, bool), "Write true or false."),
    "number": _plain(is_number, _NUMBER_HELP),
    "ints": _list_of(_is_integer, _LIST_HELP),
    "floats": _list_of(_is_real, "Write a list, such as [0.9, 0.999]."),
    "bools": _list_of(lambda value: isinstance(value, bool), "Write a list, such as [true, false]."),
    "dtype": _dtype,
    "string": _plain(lambda value: isinstance(value, str), "Write a text in quotation marks."),
    "choice": _choice,
    "index": _index,
    "data": _data,
    "file": _plain(lambda value: isinstance(value, str) and value.startswith("data:"), _FILE_HELP),
    "function": _plain(
        lambda value: isinstance(value, str), "Write the name of one of the graph's functions."
    ),
    "map": _plain(lambda value: isinstance(value, dict), 'Write an object, such as {"x": 0}.'),
    "constant": lambda argument, value: _data(argument, _constant_data(value)),
    "module": lambda argument, value: _module(argument, value),
    "schedulers": _plain(
        lambda value: isinstance(value, list) and all(map(_is_called, value)),
        'Write a list of objects, such as [{"op": "torch.optim.lr_scheduler.ConstantLR", "args": {}}].',
    ),
}

_WORDS = {
    "tensor": "a tensor",
    "tensors": "a list of tensors",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "number": "a number",
    "ints": "a list of integers",
    "floats": "a list of numbers",
    "bools": "a list of true and false",
    "dtype": "the name of a dtype",
    "string": "a text",
    "index": "the text of an index",
    "data": "a number or nested lists of numbers, rows of equal length",
    "file": "a data URL that holds CSV, NPY or safetensors",
    "function": "the name of a function",
    "map": "an object",
    "constant": "a number or nested lists of numbers, rows of equal length",
    "schedulers": "a list of schedulers",
}


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
