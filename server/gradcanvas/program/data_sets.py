"""The built-in sets of data: how each is made, what it gives, and the Python that makes the same.

A row for each. scikit-learn is imported when one of its functions makes a set, and never otherwise. Knows no
graphs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

Arrays = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a set is drawn from.

    Attributes:
        rows: how many; of a set that is what it is, how many it has.
        noise: the standard deviation of what is added.
        classes: of those that have any number of them.
        seed: given to numpy's `RandomState`.
    """

    rows: int
    noise: float = 0.0
    classes: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A built-in set: two arrays, the first floating.

    Attributes:
        row: the shape of one row of the first.
        labels: the second holds classes, one whole number a row; else it is a column of floating numbers.
        make: makes both arrays.
        script: the lines of Python that do the same, with `{0}` and `{1}` for the arrays, `{numpy}`, the
            fields of `Drawn` and further variables by name.
        loader: what they need of `sklearn.datasets`, called `{loader}` in them.
        size: how many rows there are, where that is given.
    """

    row: tuple[int, ...]
    labels: bool
    make: Callable[[Drawn], Arrays]
    script: tuple[str, ...]
    loader: str = ""
    size: int | None = None

    @property
    def second(self) -> Literal["whole", "floating"]:
        """What kind of numbers the second array holds."""
        return "whole" if self.labels else "floating"


def _lines(drawn: Drawn) -> Arrays:
    random = RandomState(drawn.seed)
    x = random.rand(drawn.rows, 1)
    return x, 1 + 2 * x + drawn.noise * random.randn(drawn.rows, 1)


def _sine(drawn: Drawn) -> Arrays:
    random = RandomState(drawn.seed)
    x = random.uniform(-np.pi, np.pi, (drawn.rows, 1))
    return x, np.sin(x) + drawn.noise * random.randn(drawn.rows, 1)


def _moons(drawn: Drawn) -> Arrays:
    from sklearn.datasets import make_moons

    x, y = make_moons(n_samples=drawn.rows, noise=drawn.noise, random_state=drawn.seed)
    return x, y


def _circles(drawn: Drawn) -> Arrays:
    from sklearn.datasets import make_circles

    x, y = make_circles(n_samples=drawn.rows, noise=drawn.noise, factor=0.5, random_state=drawn.seed)
    return x, y


def _spirals(drawn: Drawn) -> Arrays:
    random = RandomState(drawn.seed)
    y = np.arange(drawn.rows) % drawn.classes
    radius = np.sqrt(random.rand(drawn.rows))
    angle = 2 * np.pi * (radius + y / drawn.classes)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x + drawn.noise * random.randn(drawn.rows, 2), y


def _xor(drawn: Drawn) -> Arrays:
    random = RandomState(drawn.seed)
    x = random.uniform(-1, 1, (drawn.rows, 2))
    y = (x[:, 0] * x[:, 1] < 0).astype(np.int64)
    return x + drawn.noise * random.randn(drawn.rows, 2), y


def _blobs(drawn: Drawn) -> Arrays:
    from sklearn.datasets import make_blobs

    x, y = make_blobs(
        n_samples=drawn.rows, centers=drawn.classes, cluster_std=drawn.noise, random_state=drawn.seed
    )
    return x, y


@cache
def _kept_table(name: str, head: int, loader: str) -> Arrays:
    """Return a set that is what it is: features, and labels in the last column; read once.

    scikit-learn's own file is read, where it lies, in a fiftieth of the time that importing its loader takes.

    Args:
        name: of the file.
        head: lines above its rows.
        loader: what reads it, in a scikit-learn that keeps it elsewhere.
    """
    package = find_spec("sklearn")
    for place in (package and package.submodule_search_locations) or ():
        path = Path(place, "datasets", "data", name)
        if path.is_file():
            table = np.loadtxt(path, delimiter=",", skiprows=head)
            return table[:, :-1], table[:, -1].astype(np.int64)
    from sklearn import datasets

    features, labels = getattr(datasets, loader)(return_X_y=True)
    return features, labels


def _digits(drawn: Drawn) -> Arrays:
    images, labels = _kept_table("digits.csv.gz", 0, "load_digits")
    return images.reshape(-1, 1, 8, 8) / 16, labels


def _iris(drawn: Drawn) -> Arrays:
    return _kept_table("iris.csv", 1, "load_iris")


_SEEDED = "{random} = {numpy}.random.RandomState({seed})"

BUILT_IN: dict[str, BuiltIn] = {
    "lines": BuiltIn(
        (1,),
        False,
        _lines,
        (
            _SEEDED,
            "{0} = {random}.rand({rows}, 1)",
            "{1} = 1 + 2 * {0} + {noise} * {random}.randn({rows}, 1)",
        ),
    ),
    "sine": BuiltIn(
        (1,),
        False,
        _sine,
        (
            _SEEDED,
            "{0} = {random}.uniform(-{numpy}.pi, {numpy}.pi, ({rows}, 1))",
            "{1} = {numpy}.sin({0}) + {noise} * {random}.randn({rows}, 1)",
        ),
    ),
    "moons": BuiltIn(
        (2,),
        True,
        _moons,
        ("{0}, {1} = {loader}(n_samples={rows}, noise={noise}, random_state={seed})",),
        "make_moons",
    ),
    "circles": BuiltIn(
        (2,),
        True,
        _circles,
        ("{0}, {1} = {loader}(n_samples={rows}, noise={noise}, factor=0.5, random_state={seed})",),
        "make_circles",
    ),
    "spirals": BuiltIn(
        (2,),
        True,
        _spirals,
        (
            _SEEDED,
            "{1} = {numpy}.arange({rows}) % {classes}",
            "{radius} = {numpy}.sqrt({random}.rand({rows}))",
            "{angle} = 2 * {numpy}.pi * ({radius} + {1} / {classes})",
            "{0} = {numpy}.stack([{radius} * {numpy}.cos({angle}), {radius} * {numpy}.sin({angle})], axis=1)",
            "{0} = {0} + {noise} * {random}.randn({rows}, 2)",
        ),
    ),
    "xor": BuiltIn(
        (2,),
        True,
        _xor,
        (
            _SEEDED,
            "{0} = {random}.uniform(-1, 1, ({rows}, 2))",
            "{1} = ({0}[:, 0] * {0}[:, 1] < 0).astype({numpy}.int64)",
            "{0} = {0} + {noise} * {random}.randn({rows}, 2)",
        ),
    ),
    "blobs": BuiltIn(
        (2,),
        True,
        _blobs,
        (
            "{0}, {1} = {loader}("
            "n_samples={rows}, centers={classes}, cluster_std={noise}, random_state={seed})",
        ),
        "make_blobs",
    ),
    "digits": BuiltIn(
        (1, 8, 8),
        True,
        _digits,
        (
            "{0}, {1} = {loader}(return_X_y=True)",
            "{0} = {0}.reshape(-1, 1, 8, 8) / 16",
        ),
        "load_digits",
        1797,
    ),
    "iris": BuiltIn((4,), True, _iris, ("{0}, {1} = {loader}(return_X_y=True)",), "load_iris", 150),
}
"""Every built-in set by its name in a graph file."""
