"""What a reference of a graph file leads to. Knows the nodes of one scope and their outputs, no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

from gradcanvas.catalog.model import Output
from gradcanvas.document import parse_reference
from gradcanvas.document.problems import nearest, pointer
from gradcanvas.program.binding import Reference
from gradcanvas.program.drafts import Draft

_MOST_COMPARED = 20_000
"""Names compared while looking for those that were meant: each unknown one is compared with all."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a reference leads nowhere; without a message it leads to what is lost for another reason."""

    code: str = ""
    message: str = ""
    help: str = ""


class References:
    """Finds what references begin at, each text once.

    Attributes:
        name: of the function, "" for the graph itself.
        path: leads to `nodes`.
        inputs: what a body may refer to beside its nodes.
        drafts: id → draft; their outputs must be known when the first reference is followed.
        broken: pointers of nodes that could not be read.
    """

    def __init__(
        self,
        name: str,
        path: tuple[str, ...],
        inputs: tuple[str, ...],
        drafts: Mapping[str, Draft],
        broken: frozenset[str],
    ) -> None:
        self.name = name
        self.path = path
        self.inputs = inputs
        self.drafts = drafts
        self.broken = broken
        self._compared = 0
        self._resolved: dict[str, Reference | Unresolved] = {}

    def resolve(self, reference: str) -> Reference | Unresolved:
        """Find what a reference begins at."""
        found = self._resolved.get(reference)
        if found is None:
            found = self._resolved[reference] = self._resolve(reference)
        return found

    def _resolve(self, reference: str) -> Reference | Unresolved:
        name, output = parse_reference(reference)
        draft = self.drafts.get(name)
        if draft is not None:
            return self._output(draft, output)
        if name in self.inputs:
            if output is None:
                return Reference(name, "", "input")
            message = f"`{name}` is an input of the function and has no output `{output[:80]}`."
            return Unresolved("unknown-output", message, f"Write `{name}`.")
        if self.broken and pointer((*self.path, name)) in self.broken:
            return Unresolved()
        close = self._nearest(name)
        help_text = (
            f"Did you mean `{close}`?" if close else "Wire it from a node that is there, or make that node."
        )
        if self.name:
            help_text += f" `{self.name}` sees only its own nodes and inputs."
        return Unresolved("unknown-reference", f"`{reference[:80]}` refers to no node here.", help_text)

    def _nearest(self, name: str) -> str | None:
        """Return the name that was probably meant; not for each of very many."""
        self._compared += len(self.drafts)
        if self._compared > _MOST_COMPARED:
            return None
        return nearest(name, (*self.drafts, *self.inputs))

    def _output(self, draft: Draft, output: str | None) -> Reference | Unresolved:
        outputs = draft.outputs
        if outputs is None:
            return Unresolved()
        if draft.node.bypass and output not in (None, "0", *(each.name for each in outputs[:1])):
            message = f"`{draft.id}` is bypassed and gives only what it passes on, not `{output}`."
            return Unresolved("unknown-output", message, f"Refer to `{draft.id}`, or end the bypass.")
        found = _find_output(outputs, output)
        if found is not None:
            return Reference(draft.id, found[0], "output", found[1])
        if draft.is_module and output is not None and not output.isdigit():
            return Reference(draft.id, output, "parameter")
        names = [f"`{draft.id}.{each.name}`" for each in outputs]
        message = f"`{draft.id}` has no output{f' `{output[:80]}`' if output is not None else ''}."
        return Unresolved("unknown-output", message, f"It gives {', '.join(names) or 'nothing'}.")


def _find_output(outputs: tuple[Output, ...], wanted: str | None) -> tuple[str, int] | None:
    """Return the canonical name and the place of an output, or None."""
    if wanted is None:
        return (outputs[0].name, 0) if outputs else None
    for place, each in enumerate(outputs):
        if each.name == wanted:
            return each.name, place
    if not wanted.isdecimal() or not wanted.isascii() or len(wanted) > 9:
        return None
    number = int(wanted)
    if number < len(outputs) and str(number) == wanted:
        return outputs[number].name, number
    return (wanted, number) if str(number) == wanted and any(each.many for each in outputs) else None
