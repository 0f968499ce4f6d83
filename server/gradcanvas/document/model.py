"""The graph, format 1, as frozen typed values: one model an object of the file, one field a key.

The order of the fields is the order in which the keys are written. Knows nothing of operations: whether
an op, an argument or a reference exists is not asked here.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, model_validator

from gradcanvas.document.fields import (
    AList,
    AnObject,
    AnyLiteral,
    Count,
    Device,
    InSchema,
    Mode,
    NamedById,
    Names,
    OptionalNumber,
    OptionalPair,
    OptionalReference,
    OptionalText,
    Reference,
    ReferenceOrList,
    References,
    Replacement,
    RequiresGrad,
    Seed,
    State,
    Steps,
    Switch,
    Text,
    Version,
    Word,
    refuse,
)

FORMAT = 1
"""The version of the format that this program writes."""

Arguments = Annotated[dict[str, AnyLiteral], AnObject]


class Part(BaseModel):
    """A part of a graph: frozen, and with no keys but its own."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, revalidate_instances="never"
    )


class Init(Part):
    """How a parameter of a module is filled at first: a function of `torch.nn.init` and its arguments."""

    op: Word
    args: Arguments = {}


class Node(Part):
    """One call of an operation."""

    op: Word
    inputs: Annotated[dict[str, ReferenceOrList], AnObject] = {}
    args: Arguments = {}
    requires_grad: RequiresGrad = None
    mode: Mode = None
    init: Annotated[dict[str, Annotated[Init, AnObject]], AnObject] = {}
    group: OptionalText = None
    share: OptionalReference = None
    label: OptionalText = None
    at: OptionalPair = None
    size: OptionalPair = None
    color: OptionalText = None
    collapsed: Switch = False
    bypass: Switch = False


Nodes = Annotated[dict[str, Annotated[Node, AnObject]], AnObject, NamedById]
Functions = Annotated[dict[str, Annotated["Function", AnObject]], AnObject, NamedById]


class Function(Part):
    """A graph inside the graph."""

    inputs: Names = ()
    nodes: Nodes = {}
    outputs: Annotated[dict[str, Reference], AnObject] = {}


class Optimizer(Part):
    """What updates the parameters, and the arguments that differ by group."""

    op: Word
    args: Arguments = {}
    groups: Annotated[dict[str, Arguments], AnObject] = {}


class Scheduler(Part):
    """What changes the learning rate, once a step."""

    op: Word
    args: Arguments = {}


class Clip(Part):
    """How gradients are clipped before the update: by their common norm, or each value."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    norm: OptionalNumber = None
    value: OptionalNumber = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.norm is None) == (self.value is None):
            raise refuse("an object with norm or value, one of them", 'Write {"norm": 1.0}.', "bad-value")
        return self


class Batch(Part):
    """How the first dimension of sources is cut into mini-batches."""

    size: Count
    of: References
    shuffle: Switch = False


class Train(Part):
    """What the training loop does. A replacement in `validation` that is a text is a reference."""

    loss: OptionalReference = None
    steps: Steps = None
    optimizer: Annotated[Optimizer | None, AnObject, InSchema()] = None
    scheduler: Annotated[Scheduler | None, AnObject, InSchema()] = None
    clip: Annotated[Clip | None, AnObject, InSchema()] = None
    batch: Annotated[Batch | None, AnObject, InSchema()] = None
    metrics: Annotated[dict[str, Reference], AnObject] = {}
    validation: Annotated[dict[str, Replacement], AnObject] = {}


class Frame(Part):
    """A box drawn behind nodes."""

    title: Text = ""
    at: OptionalPair = None
    size: OptionalPair = None
    color: OptionalText = None


class GraphFile(Part):
    """A graph file, format 1."""

    model_config = ConfigDict(json_schema_extra={"required": ["gradcanvas"]})

    gradcanvas: Version = FORMAT
    title: Text = ""
    notes: Text = ""
    seed: Seed = 0
    device: Device = "auto"
    nodes: Nodes = {}
    functions: Functions = {}
    train: Annotated[Train | None, AnObject, InSchema()] = None
    frames: Annotated[tuple[Annotated[Frame, AnObject], ...], AList] = ()
    state: State = None


class Graph(GraphFile):
    """What is well-formed of a graph file.

    Attributes:
        broken: JSON pointers of the parts that have a problem which may change a number: `/nodes/x`,
            `/functions/f`, `/functions/f/nodes/x`, `/train`. What of such a part could be read is in its
            place all the same, so that everything else about it can be checked; it must not be evaluated. A
            broken node that could not be read at all is missing from `nodes`, yet a reference to it is not
            an unknown one.
    """

    broken: frozenset[str] = frozenset()
