"""Makes a record of each edge of what an observed function returned, by the path by which it is spoken of.

Knows plans and traces; touches no tensor but to have it keep its gradient.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from gradcanvas.program.control import CompiledBody, Pass, Trace
from gradcanvas.program.emitted import Emitted
from gradcanvas.program.observation import EdgeRecord
from gradcanvas.program.pieces import Watch
from gradcanvas.program.plan import BodyInput, Link, Plan, PlannedEdge, Step
from gradcanvas.program.ways import NOT_REQUIRED

Result = tuple[Any, ...]


@dataclass(slots=True)
class Layout:
    """What an observed function returns.

    Attributes:
        bodies: control step → role → the function, for what it would show if it ran.
    """

    plan: Plan
    emitted: Emitted
    bodies: dict[Step, Mapping[str, CompiledBody]] = field(default_factory=dict)


class RecordReader:
    """Reads one run of one function.

    Args:
        prefix: the path of what called it.
        roots: input → the parts of the edge that brought it.
        values: where the values go.
    """

    def __init__(
        self,
        layout: Layout,
        result: Result,
        prefix: str,
        roots: Mapping[str, list[EdgeRecord]],
        values: dict[str, torch.Tensor],
    ) -> None:
        self.layout = layout
        self.emitted = layout.emitted
        self.result = result
        self.prefix = prefix
        self.roots = roots
        self.values = values
        self.records: dict[PlannedEdge, EdgeRecord] = {}

    def read(self) -> list[EdgeRecord]:
        """Read values and edges; of the edges, return the records in the order of the file."""
        for place in self.emitted.keeping:
            _keep_gradient(self.result[place])
        self._read_values()
        for edge in self.layout.plan.sequence:
            self.records[edge] = self._record(edge)
        inner = {step: self._control(step) for step in self.emitted.traces}
        for edge in self.layout.plan.sequence:
            if edge.link is not None:
                self._attach(self.records[edge], edge.link)
        if not self.prefix:
            self._begin_at_the_loss()
        records: list[EdgeRecord] = []
        for row in self.layout.plan.rows:
            if isinstance(row, PlannedEdge):
                records.append(self.records[row])
            else:
                records.extend(inner[row])
        return records

    def _read_values(self) -> None:
        for name, place in self.emitted.shown.items():
            value = self.result[place]
            if name in self.emitted.many:
                outputs = self.emitted.many[name].node.outputs
                for index, tensor in enumerate(value):
                    own = outputs[index].name if index < len(outputs) - 1 else str(index)
                    self._show(name if index == 0 else f"{name}.{own}", tensor)
            else:
                self._show(name, value)

    def _show(self, name: str, tensor: torch.Tensor | None) -> None:
        if tensor is not None:
            self.values[self.prefix + name] = tensor

    def _record(self, edge: PlannedEdge) -> EdgeRecord:
        source = edge.source if edge.is_kept else self.prefix + edge.source
        record = EdgeRecord(self.prefix + edge.edge, source)
        if edge.how == "none":
            sentence, name = edge.why
            record.why = sentence.format(source if name is None else self.prefix + name)
            return record
        record.tensor = self.result[self.emitted.edges[edge]]
        if record.tensor is None or not record.tensor.requires_grad:
            record.why = NOT_REQUIRED.format(record.source)
            return record
        if edge.how in ("pass", "piece"):
            record.parts = []
        if edge.step is not None:
            self._add_consumer(record, edge, edge.step)
        return record

    def _add_consumer(self, record: EdgeRecord, edge: PlannedEdge, step: Step) -> None:
        record.consumer = step.node.operation.name.removeprefix("torch."), edge.argument
        record.outputs = tuple(
            tensor
            for place in self.emitted.results[step]
            for tensor in (self.result[place] if step.has_many else (self.result[place],))
            if tensor is not None
        )
        if edge.how == "piece":
            watch: Watch = self.result[self.emitted.watches[step]]
            index = step.edges.index(edge)
            record.piece = watch.pieces[index]
            if index in watch.together:
                record.why = f"counted in {self.prefix}{step.edges[watch.together[index]].edge}"

    def _attach(self, record: EdgeRecord, link: Link) -> None:
        """Make a record part of the edge by which its tensor came unchanged, if it came by one."""
        if isinstance(link, PlannedEdge):
            parts = self.records[link].parts
        elif isinstance(link, BodyInput):
            parts = self.roots.get(link.name)
        else:
            parts = self._passed_by(link.step, link.place)
        if parts is not None:
            parts.append(record)

    def _begin_at_the_loss(self) -> None:
        """Make the 1 that the backward begins with part of the edge that only passed the loss on, if any."""
        found = next(iter(self.layout.plan.outputs), None)
        place = next(iter(self.emitted.outputs), None)
        if found is None or place is None or found[1] is None:
            return
        self._attach(EdgeRecord("", "", piece=_Beginning(self.result[place]), parts=[]), found[1])

    def _passed_by(self, step: Step, place: int) -> list[EdgeRecord] | None:
        if step in self.emitted.traces:
            trace: Trace = self.result[self.emitted.traces[step]]
            return self._parts_of(step, trace.passed.get(place))
        if step in self.emitted.watches:
            watch: Watch = self.result[self.emitted.watches[step]]
            return self.records[step.edges[watch.passed[place]]].parts if place in watch.passed else None
        return None

    def _parts_of(self, step: Step, argument: str | None) -> list[EdgeRecord] | None:
        """Return the parts of the edge into a control operation's input."""
        edge = next((edge for edge in step.edges if edge.argument == argument), None)
        return None if edge is None else self.records[edge].parts

    def _control(self, step: Step) -> list[EdgeRecord]:
        """Read what ran inside a control operation."""
        trace: Trace = self.result[self.emitted.traces[step]]
        for edge in step.edges:
            if edge.argument in trace.taken and self.records[edge].why is None:
                self.records[edge].tensor = trace.taken[edge.argument]
                self.records[edge].parts = None
                _keep_gradient(trace.taken[edge.argument])
        path = self.prefix + step.path
        passes = [(each, self._run_of_body(step, each, path)) for each in trace.passes]
        for argument, alias in trace.led_on:
            _keep_gradient(alias)
            parts = self._parts_of(step, argument)
            if parts is not None and alias.requires_grad:
                parts.append(EdgeRecord("", "", alias))
        return list(self._inside(step, path, passes))

    def _run_of_body(self, step: Step, each: Pass, path: str) -> list[EdgeRecord]:
        roots = {name: self._parts_of(step, argument) for name, argument in each.roots.items()}
        known = {name: parts for name, parts in roots.items() if parts is not None}
        reader = RecordReader(each.body.layout, each.result, _prefix_of(path, each), known, self.values)
        return reader.read()

    def _inside(
        self, step: Step, path: str, passes: list[tuple[Pass, list[EdgeRecord]]]
    ) -> Iterator[EdgeRecord]:
        loops = step.node.operation.name != "gradcanvas.if"
        for body in dict.fromkeys(self.layout.bodies[step].values()):
            prefix = f"{path}/{body.inside}"
            ran = [(_prefix_of(path, each), records) for each, records in passes if each.body is body]
            if not ran:
                why = "the loop ran no iteration" if loops else "its branch did not run"
                yield from _never_ran(body.layout, prefix, why)
            elif loops:
                yield from _summed(ran, prefix)
        for _, records in passes:
            yield from records


class _Beginning:
    """What the backward begins with."""

    def __init__(self, loss: torch.Tensor) -> None:
        self._loss = loss

    def gradient(self) -> torch.Tensor:
        """Return ones of the loss's shape."""
        return torch.ones_like(self._loss, requires_grad=False)


def _prefix_of(path: str, each: Pass) -> str:
    turned = path if each.turn is None else f"{path}@{each.turn}"
    return f"{turned}/{each.body.inside}"


def _summed(ran: list[tuple[str, list[EdgeRecord]]], prefix: str) -> Iterator[EdgeRecord]:
    """Yield for each edge of a loop's body the sum over the iterations."""
    sums: dict[str, EdgeRecord] = {}
    parts: dict[str, list[EdgeRecord]] = {}
    for turned, records in ran:
        for record in records:
            name = prefix + record.edge.removeprefix(turned)
            if name not in sums:
                inside = record.source.startswith(turned)
                source = prefix + record.source.removeprefix(turned) if inside else record.source
                parts[name] = []
                sums[name] = EdgeRecord(name, source, parts=parts[name])
            parts[name].append(record)
    yield from sums.values()


def _never_ran(layout: Layout, prefix: str, why: str) -> Iterator[EdgeRecord]:
    for row in layout.plan.rows:
        if isinstance(row, PlannedEdge):
            yield EdgeRecord(prefix + row.edge, row.source if row.is_kept else prefix + row.source, why=why)
        else:
            for body in dict.fromkeys(layout.bodies[row].values()):
                yield from _never_ran(body.layout, f"{prefix}{row.path}/{body.inside}", why)


def _keep_gradient(tensor: Any) -> None:
    if isinstance(tensor, tuple):
        for each in tensor:
            _keep_gradient(each)
    elif tensor is not None and tensor.requires_grad:
        tensor.retain_grad()
