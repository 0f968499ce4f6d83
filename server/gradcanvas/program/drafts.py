"""A node while it is bound, and the problems that binding finds. Knows nothing of how either comes about."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gradcanvas.catalog.model import Operation, Output, Overload
from gradcanvas.document import Node, Problem
from gradcanvas.document.problems import pointer
from gradcanvas.program.binding import BoundInit
from gradcanvas.program.faults import Fault


@dataclass(slots=True)
class Draft:
    """One node while it is bound; `lost` says that it has a problem and does not run."""

    id: str
    path: tuple[str, ...]
    node: Node
    operation: Operation | None = None
    overload: Overload | None = None
    signature: tuple[str, ...] = ()
    takes_more: bool = False
    values: dict[str, object] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    inits: tuple[BoundInit, ...] = ()
    owner: str = ""
    outputs: tuple[Output, ...] | None = None
    lost: bool = False

    @property
    def is_module(self) -> bool:
        """Whether it has parameters that can be referred to."""
        return self.operation is not None and self.operation.kind == "module"


class Problems:
    """Collects problems; sorts them by their place in the file at the end."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, path: Iterable[str], code: str, message: str, help_text: str) -> None:
        """Note one problem at the place that `path` leads to."""
        self.add_at(pointer(path), code, message, help_text)

    def add_at(self, where: str, code: str, message: str, help_text: str) -> None:
        """Note one problem at a JSON pointer."""
        self.found.append(Problem(where=where, code=code, message=message, help=help_text))

    def lose(self, draft: Draft, at: tuple[str, ...], code: str, message: str, help_text: str) -> None:
        """Note a problem of a node, which then does not run."""
        self.add((*draft.path, *at), code, message, help_text)
        draft.lost = True

    def faults(self, path: tuple[str, ...], faults: Iterable[Fault]) -> None:
        """Note what is wrong with the arguments of what stands at `path`."""
        for fault in faults:
            self.add((*path, *fault.at), fault.code, fault.message, fault.help)
