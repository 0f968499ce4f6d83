"""Prints results for a person at a terminal: tables, figures and problems. Computes nothing."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from gradcanvas.catalog.model import Operation

_BETWEEN_UPDATES_SECONDS = 0.1


@contextmanager
def show_progress() -> Iterator[Callable[[int, int], None] | None]:
    """Give what is told of each step and draws a bar on standard error; None where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(
        *Progress.get_default_columns(), MofNCompleteColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("training", total=None)
        shown = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= _BETWEEN_UPDATES_SECONDS:
                shown = now
                bar.update(task, completed=done, total=total)

        yield tell


def print_run(result: Mapping[str, Any]) -> None:
    """Print what `run` computed: the losses' ends, then every tensor and the gradient on every edge."""
    console = Console(highlight=False)
    losses = result.get("loss", [])
    if losses:
        first, last = (_number(losses[place]) for place in (0, -1))
        spent = f"{result['seconds']:.2f} s on {result['device']}"
        if result["steps"] == 0:
            console.print(f"loss {last}, evaluated without an update, {spent}")
        else:
            console.print(f"loss {first} → {last} in {_steps(len(losses))}, {spent}")
    for name, values in result.get("metrics", {}).items():
        _print_course(console, name, values)
    for name, values in result.get("validation", {}).items():
        if name != "step":
            _print_course(console, f"validation {name}", values)
    console.print(_tensor_table(result.get("tensors", {})))
    if result.get("edges"):
        console.print(_edge_table(result["edges"]))


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _print_course(console: Console, name: str, values: Sequence[Any]) -> None:
    """Print where a number began and where it ended."""
    if values:
        console.print(f"{escape(name)} {_number(values[0])} → {_number(values[-1])}")


def print_check(result: Mapping[str, Any]) -> None:
    """Print the shape, dtype and `requires_grad` of every output."""
    table = _table("output", "shape", "dtype", "requires_grad")
    for reference, output in result["outputs"].items():
        shape, dtype = _shape(output["shape"]), output["dtype"] or "?"
        table.add_row(escape(reference), shape, dtype, "yes" if output["requires_grad"] else "")
    Console(highlight=False).print(table)


def print_operations(operations: Sequence[Operation], torch_version: str) -> None:
    """Print one line an operation, and how many there are."""
    table = _table("operation", "category", "summary")
    for operation in operations:
        table.add_row(escape(operation.name), escape(operation.category), escape(operation.summary))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{len(operations)} operations of torch {torch_version}")


def print_problems(
    name: str, problems: Sequence[Mapping[str, str]], error: Mapping[str, Any] | None = None
) -> None:
    """Print problems and a run's failure on standard error: where, what, and what to do."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in [*problems, *([error] if error else [])]:
        step = f" in step {problem['step']}" if problem.get("step") is not None else ""
        console.print(
            escape(f"{name}{problem['where'] and ': ' + problem['where']}{step}: {problem['message']}")
        )
        if problem.get("help"):
            console.print(escape(f"  {problem['help']}"))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _tensor_table(tensors: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("tensor", "shape", "dtype", "grad_fn", "value", "grad")
    for reference, tensor in tensors.items():
        kind = "leaf" if tensor["leaf"] and tensor["requires_grad"] else tensor["grad_fn"] or ""
        value, gradient = _short(tensor["value"]), _short(tensor["grad"])
        table.add_row(escape(reference), _shape(tensor["shape"]), tensor["dtype"], kind, value, gradient)
    return table


def _edge_table(edges: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("edge", "from", "norm", "mean", "min", "max")
    for edge, row in edges.items():
        gradient = row["gradient"]
        if gradient is None:
            table.add_row(escape(edge), escape(row["from"]), escape(f"none: {row['why']}"))
        else:
            figures = (_number(gradient[figure]) for figure in ("norm", "mean", "min", "max"))
            table.add_row(escape(edge), escape(row["from"]), *figures)
    return table


def _shape(shape: Sequence[int | None] | None) -> str:
    return "?" if shape is None else "×".join("?" if n is None else str(n) for n in shape) or "scalar"


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


def _short(value: object) -> str:
    """Write a tensor of at most four elements; of others, nothing."""
    flat = list(_flat(value))
    return ", ".join(_number(element) for element in flat) if 0 < len(flat) <= 4 else "…" if flat else ""


def _flat(value: object) -> list[object]:
    if isinstance(value, list):
        return [element for row in value for element in _flat(row)]
    return [] if value is None else [value]
