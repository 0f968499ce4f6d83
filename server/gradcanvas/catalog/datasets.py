"""The node that holds data, `gradcanvas.data`: its built-in sets and what each of them takes and gives.

One overload for the sets that take the same arguments and give the same outputs, and one for a file, whose
outputs only its content tells. Knows nothing of how a set is made, nor of the formats of files.
"""

from typing import Final

from gradcanvas.catalog.model import Argument, Operation, Output, Overload

DATA: Final = "gradcanvas.data"
"""The operation's name in a graph file."""

FLOATING: Final = ("float32", "float64")
PARTS: Final = ("all", "train", "validation")

_XY: Final = (Output("x"), Output("y"))


def _sets(*names: str) -> Argument:
    return Argument("source", "choice", required=True, choices=names)


def _shared(seed: str = "0") -> tuple[Argument, ...]:
    return (
        Argument("seed", "int", default=seed),
        Argument("dtype", "dtype", default='"float32"', choices=FLOATING),
        Argument("part", "choice", default='"all"', choices=PARTS),
        Argument("holdout", "float", default="0.2"),
    )


def _drawn(noise: str, *more: Argument) -> tuple[Argument, ...]:
    return (Argument("rows", "int", default="100"), Argument("noise", "float", default=noise), *more)


_WHOLE: Final = (Argument("rows", "int", nullable=True, default="null"), *_shared())

DATA_OPERATION: Final = Operation(
    name=DATA,
    kind="source",
    category="Sources",
    summary="Data to learn from: a built-in set, or a CSV, NPY or safetensors file kept in the graph.",
    overloads=(
        Overload((_sets("lines", "sine", "moons", "circles", "xor"), *_drawn("0.1"), *_shared()), _XY),
        Overload(
            (_sets("spirals"), *_drawn("0.05", Argument("classes", "int", default="2")), *_shared()), _XY
        ),
        Overload((_sets("blobs"), *_drawn("1.0", Argument("classes", "int", default="3")), *_shared()), _XY),
        Overload((_sets("digits"), *_WHOLE), (Output("images"), Output("labels"))),
        Overload((_sets("iris"), *_WHOLE), (Output("measurements"), Output("species"))),
        Overload((Argument("source", "file", required=True), *_WHOLE), (Output("0", many=True),)),
    ),
    aliases=(
        *("dataset", "data set", "load data", "csv", "npy", "safetensors", "file", "table", "samples"),
        *("digits", "mnist", "iris", "moons", "two moons", "circles", "spirals", "blobs", "lines"),
        *("xor problem", "noisy sine", "regression data", "classification data", "train test split"),
    ),
    documentation="""\
``source`` names a built-in set, or is a data URL that holds a file, so that a graph stays one file.

The sets, made from ``seed`` alone: whatever else the graph draws, their numbers stay the same.

* ``lines``: ``x`` between 0 and 1, and ``y = 1 + 2 * x`` with noise
* ``sine``: ``x`` between -pi and pi, and ``y = sin(x)`` with noise
* ``moons``, ``circles``, ``xor``, ``spirals``, ``blobs``: points of the plane ``x`` and their classes ``y``
* ``digits``: 1,797 handwritten digits, ``images`` of 8 x 8 pixels between 0 and 1, and ``labels``
* ``iris``: four ``measurements`` in centimetres of each of 150 flowers, and their ``species``

Of a file, every column (CSV) or array (NPY, safetensors) is an output. A column of words becomes the numbers
of its words in sorted order; an empty cell among numbers is nan.

``part`` takes a share of the rows: ``holdout`` of them, drawn by ``seed``, are the validation part, all
others the training part, so two nodes that differ in ``part`` alone share no row. Floating numbers have
``dtype``, whole numbers int64.""",
)
"""The vocabulary's row."""
