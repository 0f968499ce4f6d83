"""What a graph means once every name in it is resolved, as frozen data. Knows nothing of torch.

`bind` makes it from a document and the catalogue; `check` thins it to what can run; `compile_program` and
`print_python` read nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal as Choice

from gradcanvas.catalog.model import Argument, Catalog, Operation, Output, Overload
from gradcanvas.document import Graph, Node, Problem


@dataclass(frozen=True, slots=True)
class Reference:
    """What one edge begins at.

    Attributes:
        node: the id of a node of the same scope; for `input` the name of the function's input.
        output: the output's canonical name ("0", "1", "values", "yhat"), or the parameter's dotted path
            ("weight", "layers.0.bias"); "" for an input.
        kind: an output of a node, a parameter or buffer of a module, or an input of the function.
        index: the output's place among the outputs counted depth first; 0 for the other kinds.
    """

    node: str
    output: str = "0"
    kind: Choice["output", "parameter", "input"] = "output"
    index: int = 0

    def __str__(self) -> str:
        """Return the shortest form: the bare id for the first output, `node.output` otherwise."""
        if self.kind == "input" or (self.kind == "output" and self.index == 0):
            return self.node
        return f"{self.node}.{self.output}"


@dataclass(frozen=True, slots=True)
class BoundInit:
    """How one parameter of a module is filled when the module is made (`torch.nn.init.…`)."""

    parameter: str
    operation: Operation
    overload: Overload
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BoundPart:
    """A module that another one is made of (`TransformerEncoder`'s `encoder_layer`)."""

    name: str
    overload: Overload = field(repr=False)
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BoundNode:
    """One node with its operation, its one fitting overload, and every reference resolved.

    Attributes:
        id: the key in the file.
        where: JSON pointer of the node.
        wires: argument → where its edges begin, in the order of the signature. After the signature's own come
            the free ones: of a control operation the inputs of its functions (in the order in which the
            functions name them), of an index the names that stand in its text (in the order of the text).
        values: argument → plain Python literal, in the order of the signature; without the arguments that
            name functions. `to_torch` and `to_python_source` turn them into what is passed.
        functions: the argument that names a function ("function", "then", "else", "body", "condition") →
            the function's name.
        outputs: what can be referred to: the overload's own, or the function's outputs by name.
        owner: the id of the node whose parameters it uses: its own unless it has `share` (chains followed).
        passes: where the node is bypassed, the reference that its first output is; the node itself is made (a
            module's parameters stay, and draw what they drew) but never called.
    """

    id: str
    where: str
    operation: Operation
    overload: Overload
    wires: Mapping[str, Reference | tuple[Reference, ...]]
    values: Mapping[str, object]
    functions: Mapping[str, str]
    outputs: tuple[Output, ...]
    node: Node
    owner: str
    inits: tuple[BoundInit, ...] = ()
    passes: Reference | None = None

    @property
    def is_module(self) -> bool:
        """Whether it is made once, with the sources, and then called in every step."""
        return self.operation.kind == "module"

    @property
    def is_control(self) -> bool:
        """Whether it calls functions of the graph."""
        return bool(self.functions)

    @property
    def is_source(self) -> bool:
        """Whether it is made once, before the first step: it has no inputs and calls nothing."""
        return not self.wires and not self.is_module and not self.is_control

    def argument(self, name: str) -> Argument | None:
        """Return the signature's argument of that name; None for the free wires of an index or a function."""
        return next((each for each in self.overload.arguments if each.name == name), None)

    def edges(self) -> Iterator[tuple[str, str, Reference]]:
        """Yield `(edge id, argument, source)` of every edge that ends here, in the order of the signature."""
        for name, wire in self.wires.items():
            if isinstance(wire, Reference):
                yield f"{self.id}.{name}", name, wire
            else:
                for place, reference in enumerate(wire):
                    yield f"{self.id}.{name}.{place}", name, reference


@dataclass(frozen=True, slots=True)
class Scope:
    """One set of nodes that see each other: the graph's own, or the body of a function.

    Attributes:
        name: the function's name; "" for the graph's own.
        where: JSON pointer of the object that holds `nodes`.
        inputs: names a body may refer to.
        nodes: in the order of the file, which is the order in which sources and modules are made.
        order: the ids of what a step runs, in the order in which it runs: every node but the sources (a
            module stands here for its call, a bypassed node for what it passes on).
        outputs: of a function, name → what it gives.
    """

    name: str
    where: str
    inputs: tuple[str, ...]
    nodes: Mapping[str, BoundNode]
    order: tuple[str, ...]
    outputs: Mapping[str, Reference]

    @property
    def made(self) -> tuple[BoundNode, ...]:
        """Sources, modules that own parameters, calls whose functions may hold either; in file order."""
        return tuple(
            node
            for node in self.nodes.values()
            if node.is_source or ((node.is_module or node.is_control) and node.owner == node.id)
        )


@dataclass(frozen=True, slots=True)
class BoundGroup:
    """The arguments that differ in one parameter group, and the overload that they fit with the others'."""

    overload: Overload
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BoundOptimizer:
    """An optimiser and its arguments; `groups`: a group's name → what differs in it."""

    operation: Operation
    overload: Overload
    values: Mapping[str, object]
    groups: Mapping[str, BoundGroup] = field(default_factory=dict)

    @property
    def own(self) -> BoundGroup:
        """What holds for every leaf that no group names."""
        return BoundGroup(self.overload, self.values)


@dataclass(frozen=True, slots=True)
class BoundScheduler:
    """A learning rate's schedule and its arguments; `parts`: the schedules that it combines."""

    operation: Operation
    overload: Overload
    values: Mapping[str, object]
    parts: tuple["BoundScheduler", ...] = ()


@dataclass(frozen=True, slots=True)
class BoundBatch:
    """The sources whose first dimension is cut into batches of `size`."""

    size: int
    of: tuple[Reference, ...]
    shuffle: bool


@dataclass(frozen=True, slots=True)
class BoundValidation:
    """What replaces one source while validating: another source, or a `torch.tensor` of its own (`made`)."""

    source: Reference
    reference: Reference | None
    made: BoundNode | None = None


@dataclass(frozen=True, slots=True)
class BoundTrain:
    """What the training loop does; parts with problems are left out (None or absent)."""

    loss: Reference | None = None
    steps: int | None = None
    optimizer: BoundOptimizer | None = None
    scheduler: BoundScheduler | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    batch: BoundBatch | None = None
    metrics: Mapping[str, Reference] = field(default_factory=dict)
    validation: tuple[BoundValidation, ...] = ()

    @property
    def clips(self) -> bool:
        """Whether gradients are clipped."""
        return self.clip_norm is not None or self.clip_value is not None


@dataclass(frozen=True, slots=True)
class Binding:
    """A graph with every name resolved.

    Attributes:
        scope: the graph's own nodes: those without problems that depend on none with one.
        functions: name → body, those that are whole.
        problems: what is wrong, in the order of the file.
    """

    scope: Scope
    functions: Mapping[str, Scope]
    train: BoundTrain | None
    graph: Graph
    catalog: Catalog
    problems: tuple[Problem, ...] = ()
