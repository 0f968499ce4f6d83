"""Brings each sample of torch's operator database through a graph file. Knows how torch describes samples."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from gradcanvas.catalog import load_catalog
from gradcanvas.program.shapes import flattened
from tests.conformance.comparing import RefusedError, difference, differences, misjudged, run_graph
from tests.conformance.graphs import SEED, GraphWriter, loss_of, named_outputs
from tests.conformance.inexpressible import InexpressibleError
from tests.conformance.rows import REASONS, ROWS, Row
from tests.conformance.samples import fresh
from tests.conformance.table import Entry
from tests.oracle.opinfo import op_db

TRIES = 100
"""Calls after which an operation counts as steady."""

DTYPES = (torch.float32, torch.float64, torch.complex64, torch.complex128)


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of an entry's callable."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def differentiable() -> list[Any]:
    """Return every entry that supports autograd."""
    return [entry for entry in op_db if entry.supports_autograd]


def run_entry(info: Any, every: int = 1) -> Entry:
    """Run samples of an entry.

    Args:
        info: the entry.
        every: take the first of so many samples of each dtype; 1 for all of them.
    """
    entry = Entry(_name(info))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            row = row_of(info)
        except InexpressibleError as error:
            entry.add("not expressible", str(error), sum(1 for _ in samples(info, every)) or 1)
            return entry
        for sample in samples(info, every):
            _run_sample(info, row, sample, entry)
    if not entry.samples:
        entry.add("not expressible", "it has no sample of these dtypes on a cpu")
    return entry


def _name(info: Any) -> str:
    return f"{info.name}.{info.variant_test_name}" if info.variant_test_name else str(info.name)


def row_of(info: Any) -> Row:
    """Return how an entry is called in a graph.

    Raises:
        InexpressibleError: the catalogue has no name for it.
    """
    for name in (_name(info), info.name):
        if name in REASONS:
            raise InexpressibleError(REASONS[name])
        if name in ROWS:
            return ROWS[name]
    for home in ("torch", "torch.Tensor"):
        if f"{home}.{info.name}" in load_catalog().operations:
            return Row(f"{home}.{info.name}")
    raise InexpressibleError("the catalogue does not offer it")


def samples(info: Any, every: int = 1) -> Iterator[Any]:
    """Yield the samples of every dtype that has a backward.

    An entry that has none on a cpu gives those of its forward; one that claims none at all (it is meant for a
    GPU's engine, and works on a cpu as well) those of real numbers.
    """
    backward = info.supported_backward_dtypes("cpu")
    dtypes = [dtype for dtype in DTYPES if dtype in backward]
    if not dtypes:
        forward = info.supported_dtypes("cpu")
        dtypes = [dtype for dtype in (*DTYPES, torch.int64) if dtype in forward]
    if not dtypes and info.name not in REASONS:
        dtypes, backward = list(DTYPES[:2]), DTYPES[:2]
    for dtype in dtypes:
        has_gradient = dtype in backward
        torch.default_generator.manual_seed(SEED)
        # Seeding before each sample, as is its default, takes torch longer than many a sample.
        given = info.sample_inputs("cpu", dtype, requires_grad=has_gradient, set_seed=False)
        for place, sample in enumerate(given):
            if place % every == 0:
                yield sample


def _run_sample(info: Any, row: Row, given: Any, entry: Entry) -> None:
    try:
        why = _compare(info, row, given, entry)
        if why[0] == "different":
            why = _retried(info, row, given) or why
    except InexpressibleError as error:
        entry.add("not expressible", str(error))
    except RefusedError as error:
        entry.add("different", f"the graph is refused; {error}")
    else:
        entry.add(*why)


def _compare(info: Any, row: Row, given: Any, entry: Entry | None = None) -> tuple[str, str]:
    is_storage_seen = info.name.startswith("as_strided")
    called = ((given.input, *given.args), dict(given.kwargs))
    sample = Sample(*fresh(called, is_storage_seen=is_storage_seen))
    try:
        args, kwargs = row.arranged(*sample.args, **sample.kwargs)
    except TypeError as error:
        raise InexpressibleError(f"its row does not know such a call: {error}") from error
    writer = GraphWriter(is_storage_seen=is_storage_seen)
    writer.operation("call", row.operation, args, kwargs)
    outputs, words = _eager(info, sample)
    if entry is not None and _is_one_function(outputs):
        entry.primitives.add(row.operation)
    text = writer.text(
        writer.loss(named_outputs("call", outputs), is_relaid="memory_format" in sample.kwargs)
    )
    try:
        run = run_graph(text)
    except RefusedError:
        if words is not None:
            return "refused alike", ""
        raise
    if words is not None:
        return "different", f"PyTorch refuses it: {words}"
    there = [output for output in outputs if output is not None]
    why = differences(there, run.outputs("call")[: len(there) if row.leading else None]) or misjudged(
        run, "call"
    )
    if why is not None:
        return "different", why
    for name, (leaf, layout) in writer.leaves.items():
        found = run.sources[name].grad
        why = difference(leaf.grad, None if found is None else layout.laid(found))
        if why is not None:
            return "different", f"gradient: {why}"
    return "equal", ""


def _is_one_function(outputs: list[torch.Tensor | None]) -> bool:
    """Tell whether a single function of autograd's leads from the leaves to all outputs."""
    functions = {output.grad_fn for output in outputs if output is not None and output.grad_fn is not None}
    if len(functions) != 1:
        return False
    following = (each for each, _ in functions.pop().next_functions)
    return all(each is None or hasattr(each, "variable") for each in following)


def _is_unsteady(info: Any, given: Any) -> bool:
    """Tell whether PyTorch, called directly again and again, itself gives other bits from call to call.

    Some solvers depend on where memory lies: between the calls it is held in pieces of many sizes.
    """
    first: list[torch.Tensor | None] | None = None
    held: list[object] = []
    for turn in range(TRIES):
        sample = _called(given)
        outputs, _words = _eager(info, sample)
        held.append((sample, outputs, torch.empty(1 + 37 * turn % 101)))
        gradients = [leaf.grad for leaf in flattened((sample.args, sample.kwargs)) if leaf is not None]
        found = [*outputs, *gradients]
        if first is None:
            first = found
        elif any(difference(one, other) for one, other in zip(first, found, strict=False)):
            return True
    return False


def _retried(info: Any, row: Row, given: Any) -> tuple[str, str] | None:
    """Compare again and again, until both have met the same memory; None if they never do, yet are steady."""
    held: list[torch.Tensor] = []
    for turn in range(TRIES):
        held.append(torch.empty(1 + 37 * turn % 101))
        why = _compare(info, row, given)
        if why[0] == "equal":
            return why
    if _is_unsteady(info, given):
        return "unsteady", "PyTorch gives other bits from call to call, and never those of the graph"
    return None


def _called(given: Any) -> Sample:
    return Sample(*fresh(((given.input, *given.args), dict(given.kwargs))))


def _eager(info: Any, sample: Sample) -> tuple[list[torch.Tensor | None], str | None]:
    """Call PyTorch directly: return the outputs, and in what words it refused."""
    outputs: list[torch.Tensor | None] = []
    torch.default_generator.manual_seed(SEED)
    try:
        outputs = list(flattened(info(*sample.args, **sample.kwargs)))
        names = {str(place): output for place, output in enumerate(outputs) if output is not None}
        loss = loss_of(names, is_relaid="memory_format" in sample.kwargs)
        if loss is not None:
            loss.backward()  # type: ignore[no-untyped-call]
    except (RuntimeError, NotImplementedError, IndexError, ValueError, TypeError) as error:
        return outputs, str(error).split("\n")[0]
    return outputs, None
