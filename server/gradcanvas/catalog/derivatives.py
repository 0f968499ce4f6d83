"""Reads the derivative formulas from torch's own table. Knows nothing of how an operation is called.

The table, `torchgen/packaged/autograd/derivatives.yaml`, ships with torch: for each operator, argument → the
C++ expression of its gradient. What torch builds from other operators has no entry; rows say of which ones.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml

from gradcanvas.catalog.composed import COMPOSED
from gradcanvas.catalog.model import Derivative

_TABLE: Final = "packaged/autograd/derivatives.yaml"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HEAD: Final = re.compile(r"(?P<base>\w+)(?:\.(?P<overload>\w+))?\((?P<arguments>.*)\) ->")
_ARGUMENT: Final = re.compile(r"(\w+)(?:=[^,]*)?$")
_NONE: Final = "non_differentiable"
_NOT_ITSELF: Final = re.compile(r"not_implemented\(")


@dataclass(frozen=True, slots=True)
class Entry:
    """One operator of the table.

    Attributes:
        base: its name without its overload.
        name: with it.
        formulas: arguments, separated by commas where one formula is for several → expression.
        function: the name that its `grad_fn` has in autograd's graph; "" where it has none.
    """

    base: str
    name: str
    formulas: Mapping[str, str]
    function: str


class Derivatives:
    """The table, by operator and by name of a `grad_fn`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_base: dict[str, list[Entry]] = defaultdict(list)
        self.by_function: dict[str, Entry] = {}
        for entry in entries:
            if entry.formulas:
                self.by_base[entry.base].append(entry)
            if entry.function:
                self.by_function[entry.function] = entry

    def of(self, name: str, base: str) -> tuple[tuple[Derivative, ...], tuple[str, ...]]:
        """Return the formulas of an operation, and the operators that it is composed of.

        Args:
            name: in the catalogue.
            base: of its operator, without its namespace ("linalg_solve").
        """
        short = name.rpartition(".")[2]
        row = (
            COMPOSED.get(name) or COMPOSED.get(f"torch.{short}") or COMPOSED.get(f"torch.Tensor.{short}", "")
        )
        parts = tuple(row.split())
        own = (base, base.removesuffix("_copy"), *(parts if len(parts) == 1 else ()))
        table = next((each for each in own if each in self.by_base), None)
        entries = self.by_base[table] if table else []
        return tuple(
            Derivative(each.name, tuple(each.formulas.items()), each.function) for each in entries
        ), parts


@cache
def read_derivatives() -> Derivatives:
    """Read the table of the installed torch; an empty one where torch has none."""
    spec = find_spec("torchgen")
    homes = [Path(home) for home in (spec.submodule_search_locations or ())] if spec else []
    path = next((home / _TABLE for home in homes if (home / _TABLE).exists()), None)
    return Derivatives(_entries(yaml.load(path.read_bytes(), Loader=_LOADER)) if path else ())


def _entries(rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    counted: Counter[str] = Counter()
    for row in rows:
        head = _HEAD.match(row["name"])
        if head is None:
            continue
        names = _argument_names(head["arguments"])
        found = {key: text for key, text in _default(row).items() if _is_of(key, names)}
        function = ""
        if any(text != _NONE for text in found.values()):
            prefix = "".join(part.title() for part in head["base"].split("_"))
            prefix = f"{prefix}Backward".replace("ForwardBackward", "Backward")
            function = f"{prefix}{counted[prefix]}"
            counted[prefix] += 1
        own = {
            key: "no derivative" if text == _NONE else " ".join(str(text).split())
            for key, text in found.items()
            if not _NOT_ITSELF.match(str(text))
        }
        name = f"{head['base']}.{head['overload']}" if head["overload"] else head["base"]
        yield Entry(head["base"], name, own, function)


def _default(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the formulas of dense tensors where a row has others for other kinds."""
    dispatch: Mapping[str, Mapping[str, Any]] = row.get("dispatch", {})
    return dispatch.get("Default", row)


def _argument_names(text: str) -> set[str]:
    found = (_ARGUMENT.search(part.strip()) for part in re.sub(r"\[[^\]]*\]", "", text).split(","))
    return {match[1] for match in found if match}


def _is_of(key: str, names: set[str]) -> bool:
    """Tell whether a key of a row names arguments: it may be an output's, whose formula is a tangent's."""
    return all(part.strip() in names for part in key.split(","))
