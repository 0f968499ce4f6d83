"""The vocabulary's own types: what an operation is, as data. Knows nothing of torch, sessions or sockets.

The web process serves these, the browser mirrors them, and the worker pairs each `Operation.name` with the
callable it stands for (`catalog.callables`, the one place that does).
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "source", "function", "method", "module", "optimizer", "scheduler", "init", "control", "editor"
]
"""What a name stands for. A `source` makes a tensor from arguments alone (`torch.randn`, `torch.tensor`)."""

ArgumentType = Literal[
    "tensor",  # one tensor
    "tensors",  # a list of tensors; its edges are `target.argument.k`
    "int",
    "float",
    "bool",
    "number",  # int or float (or complex) as written
    "ints",  # a list of integers: sizes, dims; a single integer is taken for a list of one where torch does
    "floats",
    "bools",
    "dtype",  # the dtype's name, "float32"
    "string",
    "choice",  # one of `choices`
    "index",  # the text between the brackets of an index
    "file",  # a data URL that holds a file
    "data",  # nested lists of numbers or booleans, or one of them: what torch.tensor takes
    "function",  # the name of one of the graph's functions
    "map",  # a JSON object: `each`, `stack`, `options`
    "constant",  # a tensor that a module is made with: data, float32 unless it is {"data", "dtype"}
    "module",  # an object with `op` and `args`: a module that another is made of; one of `choices`
    "schedulers",  # a list of objects with `op` and `args`, as `train.scheduler` is one
]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of one overload.

    Attributes:
        name: its name in a graph file, and the keyword it is passed by unless `passing` says otherwise.
        type: what a literal (or, for tensor types, an edge) must be.
        wired: an edge may stand here.
        typed: a literal may stand here. Both true: a number or a tensor (`torch.mul`'s `other`).
        required: it must be given.
        nullable: null (None) may be given.
        default: the default as JSON text, None where there is none or JSON cannot say it.
        choices: for `choice`, what may stand.
        passing: by keyword, by position (in the order of the arguments), or spread as varargs.
        length: for a list of fixed length, that length; a list of one is accepted there as well.
        single: for a list, a single element may stand instead of it.
        gaps: for a list, null may stand for an element of it.
        fixed: the only literal that may stand, as JSON text: two overloads may differ by a flag alone
            (`return_indices`), and its value decides which of them is meant.
        stage: of a module, whether it goes to the constructor or to the call; "call" for everything else.

    `type` is what a literal must be. Where `wired` and `typed` are both true an edge may stand instead, and
    then carries one tensor. Arguments before a positional one are passed by position as well.
    """

    name: str
    type: ArgumentType
    wired: bool = False
    typed: bool = True
    required: bool = False
    nullable: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    passing: Literal["keyword", "positional", "varargs"] = "keyword"
    length: int | None = None
    single: bool = False
    gaps: bool = False
    fixed: str | None = None
    stage: Literal["make", "call"] = "call"


@dataclass(frozen=True, slots=True)
class Output:
    """One output, by torch's own name ("values") or its number ("0"); `many`: a list of unknown length."""

    name: str
    many: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """One way of calling an operation; `arguments` in the order of the signature.

    Overloads stand in the order in which they are tried: where arguments fit two, the first is meant, and
    both would give the same result.
    """

    arguments: tuple[Argument, ...]
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Derivative:
    """The gradients of one of torch's operators, as torch's table has them.

    Attributes:
        of: the operator ("add.Tensor").
        formulas: an argument, or several with commas between them, and the expression of its gradient from
            `grad`, that of the output. The first tensor of a function, `input`, is called `self` there.
        function: the name of the `grad_fn` that it makes ("AddBackward0"); "" where it makes none.
    """

    of: str
    formulas: tuple[tuple[str, str], ...]
    function: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One name of the vocabulary, with everything the editor shows of it.

    Attributes:
        name: the public dotted name that stands in a graph file, such as `torch.nn.functional.linear`.
        kind: see `Kind`.
        category: the palette's heading ("Arithmetic", "Activations", …).
        summary: one plain line.
        overloads: the ways it may be called; at least one.
        aliases: other words by which people look for it ("@", "mm", "matrix multiply").
        documentation: the docstring, reStructuredText as torch wrote it; may be empty.
        random: it draws random numbers.
        state: it changes state of its own on a call (a module with running statistics).
        derivatives: the formulas of its gradients, one for each operator that it may be; empty where it is
            composed of several.
        composed: the operators of torch that it is composed of, in the order in which they run.
    """

    name: str
    kind: Kind
    category: str
    summary: str
    overloads: tuple[Overload, ...]
    aliases: tuple[str, ...] = ()
    documentation: str = ""
    random: bool = False
    state: bool = False
    derivatives: tuple[Derivative, ...] = ()
    composed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All operations by name, and the versions they were read from."""

    torch: str
    rules: int
    operations: dict[str, Operation] = field(default_factory=dict)
