"""What autograd records of each operation, on the samples of torch's own database."""

import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch

from gradcanvas.catalog.derivatives import Entry, read_derivatives
from gradcanvas.catalog.model import Catalog
from tests.catalog.trying import flat
from tests.oracle.opinfo import op_db

Trace = list[str]


def traces(catalog: Catalog, samples: int) -> dict[str, list[Trace]]:
    """Operation → for each sample the operators that its autograd graph is made of, in their order."""
    found: dict[str, list[Trace]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for op in op_db:
            names = [name for each in (op, *op.aliases) if (name := _name(catalog, each.name))]
            rows = _rows(op, samples) if op.supports_autograd and names else []
            for name in names if rows else ():
                found.setdefault(name, []).extend(rows)
    return found


def entry_of(function: str) -> Entry | None:
    """The table's entry behind the name of a `grad_fn`."""
    return read_derivatives().by_function.get(function.removesuffix("_copy"))


def _name(catalog: Catalog, short: str) -> str | None:
    names = (f"torch.{short}", f"torch.Tensor.{short}")
    return next((name for name in names if name in catalog.operations), None)


def _rows(op: Any, samples: int) -> list[Trace]:
    dtype = next(
        (each for each in (torch.float64, torch.complex128) if each in op.supported_dtypes("cpu")), None
    )
    if dtype is None:
        return []
    rows = []
    torch.default_generator.manual_seed(0)
    # Seeding before each sample, as is its default, takes torch longer than many a sample.
    given = op.sample_inputs("cpu", dtype, requires_grad=True, set_seed=False)
    for sample in islice(given, samples):
        try:
            result = op(sample.input, *sample.args, **sample.kwargs)
        except Exception:
            continue
        rows.append(list(_functions(result)))
    return [row for row in rows if row]


def _functions(result: Any) -> Iterator[str]:
    seen: dict[Any, None] = {}
    waiting = [each.grad_fn for each in flat(result) if isinstance(each, torch.Tensor)]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen[node] = None
            waiting.extend(function for function, _ in node.next_functions)
    for node in sorted(seen, key=lambda each: each._sequence_nr()):
        if not node.name().endswith("AccumulateGrad"):
            yield node.name()
