"""What one function of generated code does, resolved to single tensors: who makes each and who uses it.

Calls of functions are written out where they stand and bypassed nodes are passed through, so that what is
left are operations, modules and control flow. Knows no tensor; how an edge's gradient can be seen is `ways`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradcanvas.program.binding import BoundNode, Reference, Scope
from gradcanvas.program.modules import bodies_of
from gradcanvas.program.traits import draws_or_changes, may_require

How = Literal["none", "own", "alias", "piece", "pass"]
"""How an edge's gradient is seen.

`none`: there is none, `why` says why. `own`: it is the tensor's only use, so the tensor's own gradient is the
edge's. `alias`: the consumer gets an alias (`x[...]`, which is the quickest
way to `aten.alias`). `piece`: the consumer gets the tensor itself and is watched from
inside, because it may use it in several places, and an alias would group what autograd adds one by one.
`pass`: the edge leads into a function, and its gradient is the sum of what leads on from there.
"""


@dataclass(eq=False, slots=True)
class Value:
    """One tensor of a step.

    Attributes:
        kind: what it is made by.
        path: of a source its own, of a parameter its module's, of an output its step's.
        parameter: the dotted name of a parameter in its module.
        requires: it may require a gradient.
        uses: how many edges of operations begin at it, and one if it is handed out, as the loss or an output.
        shared: other gradients may arrive at it than that of one edge.
        made_by: the step whose output it is, and the output's place.
    """

    kind: Literal["source", "input", "parameter", "output"]
    path: str
    parameter: str = ""
    requires: bool = True
    uses: int = 0
    shared: bool = False
    made_by: "tuple[Step, int] | None" = None


@dataclass(frozen=True, slots=True)
class BodyInput:
    """A tensor came in by this input: what leads on from it belongs to the edge that brought it."""

    name: str


@dataclass(frozen=True, slots=True)
class StepOutput:
    """A tensor came out of a step that may have passed on one of its inputs; known when it has run."""

    step: "Step"
    place: int


@dataclass(eq=False, slots=True)
class PlannedEdge:
    """One edge: its id and source as they are spoken of, and how its gradient is seen.

    Attributes:
        is_kept: the source is one that outlives the step (a source, a parameter): its path is whole.
        link: what last passed the tensor on unchanged before this edge uses it.
        why: why it has no gradient: a sentence, and the name that stands in it if it is not the source's.
    """

    edge: str
    source: str
    argument: str
    value: Value
    link: "Link | None"
    how: How = "pass"
    why: tuple[str, str | None] = ("", None)
    is_kept: bool = False
    step: "Step | None" = None


Link = PlannedEdge | BodyInput | StepOutput
Found = tuple[Value, Link | None]
"""What a reference means: a tensor, and what passed it on."""


@dataclass(eq=False, slots=True)
class Step:
    """One call in a step.

    Attributes:
        path: how it is spoken of within this function of code.
        state: the path of the module that it calls; the path of the control operation that owns its bodies.
        edges: one for each wire, in the order of the signature.
        values: its outputs by place, as far as they are known by name.
        keep: it draws random numbers or changes state, so that every step must run it.
        is_differentiated: its derivative may be differentiated in turn.
    """

    node: BoundNode
    path: str
    state: str
    edges: tuple[PlannedEdge, ...]
    keep: bool
    values: list[Value] = field(default_factory=list)
    is_differentiated: bool = False

    @property
    def has_many(self) -> bool:
        """Whether the number of its outputs is known only when it has run."""
        return any(output.many for output in self.node.outputs)


@dataclass(eq=False, slots=True)
class Plan:
    """One function of generated code.

    Attributes:
        inputs: of a body, the tensors that it is given, in the order in which it names them.
        sources: its sources by their path in the state.
        steps: in the order of evaluation.
        rows: every edge, and every control operation after its own edges, in the order of the file.
        sequence: every edge in the order in which the tensors are used, of one step the last argument first.
        shown: what is spoken of by a name, and its tensor, in the order of evaluation; of a step whose number
            of outputs is known only when it has run, the step.
        outputs: what it gives, in the order asked for.
    """

    inputs: dict[str, Value]
    sources: dict[str, Value] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    rows: "list[PlannedEdge | Step]" = field(default_factory=list)
    sequence: list[PlannedEdge] = field(default_factory=list)
    shown: "dict[str, Value | Step]" = field(default_factory=dict)
    outputs: list[Found | None] = field(default_factory=list)


Keeps = Callable[[BoundNode], bool]


def plan_scope(
    scope: Scope,
    functions: Mapping[str, Scope],
    state: str = "",
    wanted: tuple[Reference | None, ...] | None = None,
) -> Plan:
    """Plan one function of generated code.

    Args:
        scope: the graph's own nodes, or a body.
        functions: all of the graph's functions.
        state: the path before everything that the nodes own.
        wanted: what it gives; without it, the outputs of the body. The first is taken to be differentiated.
    """
    planner = _Planner(functions, scope.inputs)
    frame = _Frame(
        scope, "", state, {name: (value, BodyInput(name)) for name, value in planner.plan.inputs.items()}
    )
    planner.plan.rows = planner.walk(frame)
    asked = tuple(scope.outputs.values()) if wanted is None else wanted
    found = [None if reference is None else planner.find(frame, reference) for reference in asked]
    planner.plan.outputs = found
    for given in found if wanted is None else found[:1]:
        if given is not None:
            given[0].uses += 1
    return planner.plan


@dataclass(eq=False, slots=True)
class _Frame:
    """One function where it is called; `prefix` as it is spoken of, `state` as its own things are kept."""

    scope: Scope
    prefix: str
    state: str
    inputs: Mapping[str, Found]
    given: dict[tuple[str, str], Found] = field(default_factory=dict)


class _Planner:
    def __init__(self, functions: Mapping[str, Scope], inputs: tuple[str, ...]) -> None:
        self.functions = functions
        self.plan = Plan({name: Value("input", name, shared=True) for name in inputs})
        self.parameters: dict[tuple[str, str], Value] = {}
        self.steps: dict[str, Step] = {}

    def walk(self, frame: _Frame) -> "list[PlannedEdge | Step]":
        rows = {name: self.node(frame, frame.scope.nodes[name]) for name in frame.scope.order}
        return [row for name in frame.scope.nodes for row in rows.get(name, [])]

    def node(self, frame: _Frame, node: BoundNode) -> "list[PlannedEdge | Step]":
        edges = self.edges(frame, node)
        if node.passes is not None:
            self.bypass(frame, node, edges)
            return list(edges)
        if node.operation.name == "gradcanvas.call":
            return [*edges, *self.call(frame, node, edges)]
        step = self.step(frame, node, edges)
        return [*edges, step] if node.is_control else list(edges)

    def edges(self, frame: _Frame, node: BoundNode) -> tuple[PlannedEdge, ...]:
        made = []
        for edge, argument, reference in node.edges():
            value, link = self.find(frame, reference)
            source, is_kept = self.spoken(frame, reference)
            made.append(PlannedEdge(frame.prefix + edge, source, argument, value, link, is_kept=is_kept))
        self.plan.sequence.extend(reversed(made))
        return tuple(made)

    def spoken(self, frame: _Frame, reference: Reference) -> tuple[str, bool]:
        """Return how a source of an edge is spoken of, and whether that is its whole path."""
        node = frame.scope.nodes.get(reference.node)
        if reference.kind == "parameter" and node is not None:
            return f"{frame.state}{node.owner}.{reference.output}", True
        if reference.kind == "output" and node is not None and node.is_source:
            return f"{frame.state}{reference}", True
        return f"{frame.prefix}{reference}", False

    def bypass(self, frame: _Frame, node: BoundNode, edges: tuple[PlannedEdge, ...]) -> None:
        for edge in edges[1:]:
            edge.how, edge.why = (
                "none",
                ("{} is bypassed and passes on its first input only", frame.prefix + node.id),
            )
        frame.given[node.id, node.outputs[0].name if node.outputs else "0"] = edges[0].value, edges[0]
        self.plan.shown[frame.prefix + node.id] = edges[0].value

    def call(
        self, frame: _Frame, node: BoundNode, edges: tuple[PlannedEdge, ...]
    ) -> "list[PlannedEdge | Step]":
        body = bodies_of(node, self.functions)[0]
        inputs: dict[str, Found] = {edge.argument: (edge.value, edge) for edge in edges}
        path = f"{frame.prefix}{node.id}"
        inner = _Frame(body.scope, f"{path}/", f"{frame.state}{node.owner}/", inputs)
        rows = self.walk(inner)
        for place, (name, reference) in enumerate(body.scope.outputs.items()):
            found = frame.given[node.id, name] = self.find(inner, reference)
            self.plan.shown[path if place == 0 else f"{path}.{name}"] = found[0]
        return rows

    def step(self, frame: _Frame, node: BoundNode, edges: tuple[PlannedEdge, ...]) -> Step:
        path = frame.prefix + node.id
        keep = draws_or_changes(node, self.functions)
        step = Step(node, path, frame.state + node.owner, edges, keep)
        requires = may_require(node, any(edge.value.requires for edge in edges))
        for edge in edges:
            edge.step = step
            edge.value.uses += 1
        for place, output in enumerate(node.outputs):
            value = Value("output", path, requires=requires, made_by=(step, place))
            step.values.append(value)
            if step.has_many:
                self.plan.shown[path] = step
            else:
                self.plan.shown[path if place == 0 else f"{path}.{output.name}"] = value
        self.plan.steps.append(step)
        self.steps[path] = step
        return step

    def find(self, frame: _Frame, reference: Reference) -> Found:
        if reference.kind == "input":
            return frame.inputs[reference.node]
        node = frame.scope.nodes[reference.node]
        if reference.kind == "parameter":
            return self.parameter(frame.state + node.owner, reference.output), None
        if (reference.node, reference.output) in frame.given:
            return frame.given[reference.node, reference.output]
        if node.is_source:
            return self.source(frame, node, reference), None
        return self.output(frame.prefix + node.id, reference.index)

    def source(self, frame: _Frame, node: BoundNode, reference: Reference) -> Value:
        path = f"{frame.state}{reference}"
        requires = node.node.requires_grad is True
        return self.plan.sources.setdefault(path, Value("source", path, requires=requires))

    def parameter(self, path: str, name: str) -> Value:
        return self.parameters.setdefault((path, name), Value("parameter", path, name, shared=True))

    def output(self, path: str, place: int) -> Found:
        step = self.steps[path]
        while len(step.values) <= place:
            requires = step.values[0].requires
            step.values.append(Value("output", path, requires=requires, made_by=(step, len(step.values))))
        return step.values[place], StepOutput(step, place)


def needed_steps(plan: Plan) -> set[Step]:
    """Return what the outputs need, and what has to run in any case: it draws, or changes state."""
    needed: set[Step] = set()
    values = {found[0] for found in plan.outputs if found is not None}
    for step in reversed(plan.steps):
        if step.keep or any(value in values for value in step.values):
            needed.add(step)
            values.update(edge.value for edge in step.edges)
    return needed
