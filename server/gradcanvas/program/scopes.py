"""The nodes of one scope among each other: references, cycles, what is lost with what, and the order.

Knows nothing of torch, and of other scopes only the inputs and outputs of their functions.
"""

from collections.abc import Mapping

from gradcanvas.document import Function
from gradcanvas.document.problems import nearest, pointer
from gradcanvas.program.binding import BoundNode, Reference, Scope
from gradcanvas.program.drafts import Draft, Problems
from gradcanvas.program.function_calls import Call, call_inputs, call_outputs, check_call
from gradcanvas.program.index import parse_index
from gradcanvas.program.order import cycles, dependents, evaluation_order
from gradcanvas.program.references import References, Unresolved

Wires = dict[str, Reference | tuple[Reference, ...]]


class ScopeBinder(References):
    """Binds the drafts of one scope, and finds what their references begin at.

    Attributes:
        wires: id → what is wired to each argument, once the wires are bound.
    """

    def __init__(
        self,
        name: str,
        path: tuple[str, ...],
        inputs: tuple[str, ...],
        drafts: Mapping[str, Draft],
        broken: frozenset[str],
    ) -> None:
        super().__init__(name, path, inputs, drafts, broken)
        self.wires: dict[str, Wires] = {}
        self._where = pointer(path)

    def bind_wires(self, functions: Mapping[str, Function], problems: Problems) -> None:
        """Give every node its outputs, then follow every reference."""
        for draft in self.drafts.values():
            if draft.overload is not None:
                draft.outputs = draft.outputs or draft.overload.outputs
                if draft.functions:
                    draft.outputs = call_outputs(_bodies(draft, functions))
        for draft in self.drafts.values():
            given = self._follow(draft, problems)
            if draft.overload is not None:
                self.wires[draft.id] = self._arranged(draft, given, functions, problems)

    def _follow(self, draft: Draft, problems: Problems) -> Wires:
        given: Wires = {}
        for argument, wire in draft.node.inputs.items():
            if isinstance(wire, str):
                found = self._one(draft, ("inputs", argument), argument, wire, problems)
                if found is not None:
                    given[argument] = found
                continue
            several = [
                self._one(draft, ("inputs", argument, str(place)), f"{argument}.{place}", each, problems)
                for place, each in enumerate(wire)
            ]
            given[argument] = tuple(each for each in several if each is not None)
        return given

    def _one(
        self, draft: Draft, at: tuple[str, ...], argument: str, text: str, problems: Problems
    ) -> Reference | None:
        found = self.resolve(text)
        if isinstance(found, Reference):
            return found
        if found.code:
            message = f"At `{draft.id}.{argument}`: {found.message}"
            problems.lose(draft, at, found.code, message, found.help)
        draft.lost = True
        return None

    def _arranged(
        self, draft: Draft, given: Wires, functions: Mapping[str, Function], problems: Problems
    ) -> Wires:
        """Put wires into the order of the signature, the free ones last, and check those."""
        names = draft.signature
        if draft.functions:
            names = (*names, *self._called(draft, functions, problems))
        elif draft.takes_more:
            names = (*names, *_indexed(draft, problems))
        elif len(given) < 2:
            return given
        return {name: given[name] for name in names if name in given}

    def _called(self, draft: Draft, functions: Mapping[str, Function], problems: Problems) -> list[str]:
        bodies = _bodies(draft, functions)
        for role, name in draft.functions.items():
            if name not in functions:
                if self.broken and pointer(("functions", name)) in self.broken:
                    draft.lost = True
                    continue
                close = nearest(name, functions)
                message = f"`{draft.id}.{role}` names the function `{name[:80]}`, which is not there."
                help_text = f"Did you mean `{close}`?" if close else "Add it to `functions`."
                problems.lose(draft, ("args", role), "unknown-function", message, help_text)
        if len(bodies) < len(draft.functions):
            return []
        wired = tuple(name for name in draft.node.inputs if name not in draft.signature)
        call = Call(draft.id, draft.functions, bodies, wired, draft.values)
        for fault in check_call(call, draft.node.op):
            problems.lose(draft, fault.at, fault.code, fault.message, fault.help)
        return list(call_inputs(bodies, draft.node.op))

    def finish(self, lost_functions: set[str], outputs: Mapping[str, str], problems: Problems) -> Scope:
        """Find cycles, leave out what is lost and what depends on it, and put the rest in order.

        Args:
            lost_functions: functions that cannot be called.
            outputs: of a function, name → reference as written.
            problems: takes cycles, and what is wrong with the outputs.
        """
        data_needs = {name: self._needs(draft, is_order=True) for name, draft in self.drafts.items()}
        self._report_empty_bypasses(problems)
        self._report_cycles(data_needs, problems)
        for draft in self.drafts.values():
            if not lost_functions.isdisjoint(draft.functions.values()):
                draft.lost = True
        lost = self._lost_with([name for name, draft in self.drafts.items() if draft.lost])
        bound = {name: self._bound(draft) for name, draft in self.drafts.items() if name not in lost}
        steps = {name: data_needs[name] for name, node in bound.items() if not node.is_source}
        return Scope(
            name=self.name,
            where=pointer(self.path),
            inputs=self.inputs,
            nodes=bound,
            order=evaluation_order(steps),
            outputs=self._outputs(outputs, bound, problems),
        )

    def _report_cycles(self, needs: Mapping[str, list[str]], problems: Problems) -> None:
        for cycle in cycles(needs):
            way = " → ".join((*cycle, cycle[0]))
            for name in cycle:
                draft = self.drafts[name]
                problems.lose(
                    draft,
                    (),
                    "cycle",
                    f"`{name}` needs its own output: {way}.",
                    "Take one of these edges away; a loop is a `gradcanvas.for` or `gradcanvas.while`.",
                )

    def _lost_with(self, lost: list[str]) -> set[str]:
        if not lost:
            return set()
        needs = {name: self._needs(draft, is_order=False) for name, draft in self.drafts.items()}
        return dependents(needs, lost)

    def _report_empty_bypasses(self, problems: Problems) -> None:
        for draft in self.drafts.values():
            if draft.node.bypass and not draft.lost and first_wired(self.wires[draft.id]) is None:
                message = f"`{draft.id}` is bypassed and has no wired tensor to pass on."
                problems.lose(
                    draft, ("bypass",), "bypass-nothing", message, "End the bypass, or wire an input."
                )

    def _needs(self, draft: Draft, is_order: bool) -> list[str]:
        """Name the nodes that must run before this one, or that it cannot do without."""
        kinds = ("output",) if is_order else ("output", "parameter")
        found = [
            reference.node
            for wire in self.wires.get(draft.id, {}).values()
            for reference in ((wire,) if isinstance(wire, Reference) else wire)
            if reference.kind in kinds
        ]
        if not is_order and draft.owner != draft.id:
            found.append(draft.owner)
        return found

    def _bound(self, draft: Draft) -> BoundNode:
        assert draft.operation is not None
        assert draft.overload is not None
        wires = self.wires[draft.id]
        return BoundNode(
            id=draft.id,
            where=f"{self._where}/{draft.id}" if draft.id.isidentifier() else pointer(draft.path),
            operation=draft.operation,
            overload=draft.overload,
            wires=wires,
            values=draft.values,
            functions=draft.functions,
            outputs=draft.outputs or (),
            node=draft.node,
            owner=draft.owner,
            inits=draft.inits,
            passes=first_wired(wires) if draft.node.bypass else None,
        )

    def _outputs(
        self, outputs: Mapping[str, str], bound: Mapping[str, BoundNode], problems: Problems
    ) -> dict[str, Reference]:
        found: dict[str, Reference] = {}
        for name, text in outputs.items():
            reference = self.resolve(text)
            if isinstance(reference, Unresolved):
                if reference.code:
                    path = (*self.path[:-1], "outputs", name)
                    problems.add(
                        path, reference.code, f"Output `{name}`: {reference.message}", reference.help
                    )
            elif reference.kind == "input" or reference.node in bound:
                found[name] = reference
        return found


def first_wired(wires: Mapping[str, Reference | tuple[Reference, ...]]) -> Reference | None:
    """Return what a bypassed node passes on: its first wired tensor in the order of the signature."""
    for wire in wires.values():
        if isinstance(wire, Reference):
            return wire
        if wire:
            return wire[0]
    return None


def _bodies(draft: Draft, functions: Mapping[str, Function]) -> dict[str, Function]:
    return {role: functions[name] for role, name in draft.functions.items() if name in functions}


def _indexed(draft: Draft, problems: Problems) -> list[str]:
    """Compare the names in an index with what is wired."""
    named: list[str] = []
    for argument in draft.overload.arguments if draft.overload else ():
        if argument.type == "index" and argument.name in draft.values:
            named += parse_index(str(draft.values[argument.name])).names
            for name in named:
                if name not in draft.node.inputs or name in draft.signature:
                    message = f"`{draft.id}.{argument.name}` names `{name}`, which is not wired."
                    at = ("args", argument.name)
                    problems.lose(draft, at, "missing-argument", message, f"Wire `{name}` under `inputs`.")
    for name in draft.node.inputs:
        if name not in draft.signature and name not in named:
            message = f"`{draft.id}` has an input `{name[:80]}` that its index does not name."
            help_text = "Write the name into the index, or take the input away."
            problems.lose(draft, ("inputs", name), "unknown-argument", message, help_text)
    return named
