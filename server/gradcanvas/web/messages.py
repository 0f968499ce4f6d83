"""Every JSON message on the socket between page and server, as types; `docs/wire.md` tells what they mean.

The TypeScript of them is generated (`python -m gradcanvas.web.generate`). Knows nothing of Flask or sockets.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from gradcanvas.document import Problem

GraphId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,32}$")]
Verb = TypeAliasType(
    "Verb", Literal["forward", "backward", "update", "zero", "step", "train", "pause", "stop", "reset"]
)
RunState = TypeAliasType("RunState", Literal["starting", "idle", "running", "paused", "failed", "lost"])


class FromPage(BaseModel):
    """A message of the page: nothing unknown is taken, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ToPage(BaseModel):
    """A message of the server."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Have(FromPage):
    """Which losses a page holds already."""

    run: int = -1
    losses: Annotated[int, Field(ge=0)] = 0


class Join(FromPage):
    """Enter a graph; `vector` is the page's Yjs state vector."""

    graph: GraphId
    vector: bytes = b"\x00"
    have: Have = Have()


class Command(FromPage):
    """Do something with the session's state."""

    verb: Verb


class Watch(FromPage):
    """How many frames a second the page wants."""

    rate: Annotated[float, Field(ge=0, le=60)]


class Received(FromPage):
    """The number of the newest frame that was drawn."""

    frame: Annotated[int, Field(ge=0)]


class TensorQuery(FromPage):
    """Ask for the numbers of a tensor."""

    what: Literal["tensor"]
    ref: str
    part: Literal["value", "gradient", "deposit"]


class EdgeQuery(FromPage):
    """Ask for the gradient of an edge."""

    what: Literal["edge"]
    edge: str


class CodeQuery(FromPage):
    """Ask for the graph as Python."""

    what: Literal["code"]


class AutogradQuery(FromPage):
    """Ask for the autograd graph."""

    what: Literal["autograd"]


class StateQuery(FromPage):
    """Ask for the values as they are, in the form in which a graph file keeps them."""

    what: Literal["state"]


class LedgerQuery(FromPage):
    """Ask which parts a leaf's gradient is made of."""

    what: Literal["ledger"]
    ref: str


Query = Annotated[
    TensorQuery | EdgeQuery | CodeQuery | AutogradQuery | StateQuery | LedgerQuery,
    Field(discriminator="what"),
]


class Refusal(ToPage):
    """Why something was refused, and what to do."""

    code: str
    message: str
    help: str


class Picture(ToPage):
    """Where a tensor's small picture lies in a frame's picture block; `offset` counts bytes."""

    kind: Literal["number", "strip", "heat", "histogram"]
    rows: int
    columns: int
    offset: int


class OutputRow(ToPage):
    """An output of a node that ran, or a module's parameter or buffer (`node.weight`)."""

    ref: str
    node: str
    output: str
    shape: list[int]
    dtype: str
    requires_grad: bool
    leaf: bool
    grad_fn: str | None
    picture: Picture | None
    gradient_picture: Picture | None
    bytes: int


class EdgeRow(ToPage):
    """An edge; `why` says why it has no gradient."""

    edge: str
    source: Annotated[str, Field(alias="from")]
    why: str | None


class ParameterRow(ToPage):
    """A parameter of a module."""

    ref: str
    shape: list[int]


class Layout(ToPage):
    """What can be shown; sent when it changes. `data`: a node that holds a file → its outputs' names."""

    layout: int
    edit: int
    problems: list[Problem]
    outputs: list[OutputRow]
    edges: list[EdgeRow]
    leaves: list[str]
    parameters: list[ParameterRow]
    loss: str | None
    data: dict[str, list[str]] = {}


class Alike(ToPage):
    """The newest layout goes on under another number: only numbers are others after that edit."""

    layout: int
    edit: int


class Losses(ToPage):
    """The losses number `from` and on of a run: little-endian float64."""

    run: int
    first: Annotated[int, Field(alias="from")]
    values: bytes


class Metrics(ToPage):
    """Metrics from step `from` on: float64, `names.length` a step."""

    run: int
    first: Annotated[int, Field(alias="from")]
    names: list[str]
    values: bytes


class Validation(ToPage):
    """Rows of validation from number `from` on: float64, `names.length` a row; first step and loss."""

    run: int
    first: Annotated[int, Field(alias="from")]
    names: list[str]
    values: bytes


class Status(ToPage):
    """Where a run stands."""

    state: RunState
    step: int = 0
    of: int = 0
    loss: float | None = None
    device: str = ""
    torch: str = ""
    run: int = 0
    dirty: bool = False
    problem: Problem | None = None


class Notice(ToPage):
    """Something to be announced."""

    level: Literal["info", "warning", "error"]
    code: str
    message: str
    help: str


class Joined(ToPage):
    """The answer to `join`: what the page misses."""

    update: bytes
    vector: bytes
    status: Status
    layout: Layout | None
    frame: bytes | None
    history: bytes
    losses: Losses
    file: str | None


class Edited(ToPage):
    """The answer to `edit`: it is durable, and this is its number."""

    edit: int


class Answered(ToPage):
    """The answer to `query`."""

    result: Any


FROM_PAGE: tuple[type[BaseModel], ...] = (Join, Command, Watch, Received)
QUERIES: tuple[type[BaseModel], ...] = (
    TensorQuery,
    EdgeQuery,
    CodeQuery,
    AutogradQuery,
    StateQuery,
    LedgerQuery,
)
TO_PAGE: tuple[type[BaseModel], ...] = (
    Refusal,
    Joined,
    Edited,
    Answered,
    Layout,
    Alike,
    Losses,
    Metrics,
    Validation,
    Status,
    Notice,
)
