"""Runs a graph from its text to one JSON object: what `run --json` and `check --json` print.

Knows sessions; nothing of the command line.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from gradcanvas.catalog import load_catalog
from gradcanvas.document import FORMAT, Problem, read
from gradcanvas.program.check import OutputMeta, check
from gradcanvas.program.print_python import print_python
from gradcanvas.training.autograd import autograd_graph
from gradcanvas.training.failures import RunError
from gradcanvas.training.keeping import keep, kept_values
from gradcanvas.training.kept import check_kept
from gradcanvas.training.moments import Moment
from gradcanvas.training.preparing import BUDGET_BYTES, Overrides, Preparer
from gradcanvas.training.session import Session
from gradcanvas.training.statistics import figures
from gradcanvas.training.tensor_json import figures_json, figures_of, number_json, shape_json, value_json

Json = dict[str, Any]
Progress = Callable[[int, int], None]


def run_graph(
    text: str | bytes,
    *,
    steps: int | None = None,
    device: str | None = None,
    seed: int | None = None,
    threads: int | None = None,
    limit: int = 1000,
    is_kept: bool = False,
    progress: Progress | None = None,
) -> Json:
    """Run a graph: its training loop, or forward and backward once.

    Args:
        text: the graph file.
        steps: instead of the file's; 0 evaluates once without an update.
        device: instead of the file's.
        seed: instead of the file's.
        threads: how many threads torch may use.
        limit: the largest tensor whose values are given.
        is_kept: give the values that it ends with as well, as `state`: what a graph file keeps.
        progress: told after each step how many are done, and of how many.

    Returns:
        What docs/command-line.md describes; with `problems` and `outputs` if the graph has problems, with
        `error` if it failed while it ran.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    session = Session()
    error: Json | None = None
    began = time.perf_counter()
    try:
        session.load(text, Overrides(device, seed))
        began = time.perf_counter()
        _run(session, steps, progress)
    except RunError as failed:
        error = _error(session, failed)
        _show_the_rest(session)
    seconds = time.perf_counter() - began
    result = _result(session, seconds, limit, error)
    if is_kept and (session.state.sources or session.state.modules):
        try:
            result["state"] = keep(session.graph, session.state)
        except RunError as failed:
            result.setdefault("error", _error(session, failed))
    return result


def check_graph(text: str | bytes) -> Json:
    """Give every problem of a graph, and the shape and dtype of every output, computing no tensor."""
    document = read(text)
    graph = document.graph
    checked = check(graph, load_catalog(), budget_bytes=BUDGET_BYTES)
    _, misfits = check_kept(graph, checked.binding, checked.outputs)
    problems = dict.fromkeys([*document.problems, *checked.problems, *misfits])
    return {"problems": _problems_json(tuple(problems)), "outputs": _outputs_json(checked.outputs)}


def python_of(text: str | bytes) -> str:
    """Give the standalone script of a graph without problems."""
    prepared = Preparer("cpu").prepare(text, Overrides(device="cpu"))
    return print_python(prepared.binding, device=prepared.graph.device, kept=kept_values(prepared))


def autograd_of(text: str | bytes) -> dict[str, list[Json]]:
    """Give the autograd graph of a graph's loss, after one evaluation."""
    session = Session()
    try:
        session.load(text)
        session.evaluate()
    except RunError:
        if session.moment is None:
            return {"nodes": [], "links": []}
    assert session.moment is not None
    return autograd_graph(session.moment)


def _run(session: Session, steps: int | None, progress: Progress | None) -> None:
    train = session.train
    if steps is None:
        steps = (train.steps or 0) if train is not None and train.optimizer is not None else 0
    if steps == 0 or train is None or train.loss is None:
        moment = session.evaluate()
        if moment.loss is not None:
            session.record_evaluation(moment)
        return
    for done in range(1, steps):
        session.step()
        if progress is not None:
            progress(done, steps)
    session.step(watched=True)
    if train.batch is None:
        session.validate()


def _show_the_rest(session: Session) -> None:
    """Compute what does not depend on what failed, where nothing has been observed yet."""
    if session.moment is None:
        with suppress(RunError):
            session.evaluate()


def _error(session: Session, failed: RunError) -> Json:
    problem = failed.problem
    return {**_problem_json(problem), "step": session.standing.step}


def _result(session: Session, seconds: float, limit: int, error: Json | None) -> Json:
    prepared = session.graph
    names = prepared.program.metrics
    metrics = session.metrics.values()
    result: Json = {
        "gradcanvas": FORMAT,
        "torch": str(torch.__version__),
        "device": str(prepared.device),
        "threads": torch.get_num_threads(),
        "steps": session.standing.step,
        "seconds": seconds,
        "loss": [number_json(loss) for loss in session.losses.values()],
        "metrics": {
            name: [number_json(value) for value in metrics[place :: len(names)]]
            for place, name in enumerate(names)
        },
        "validation": {
            "step": session.validations.steps,
            **{
                name: [number_json(value) for value in course]
                for name, course in session.validations.columns().items()
            },
        },
        "tensors": _tensors_json(session, limit),
        "edges": _edges_json(session.moment, limit),
    }
    if prepared.problems:
        result["problems"] = _problems_json(prepared.problems)
        result["outputs"] = _outputs_json(prepared.outputs)
    if error is not None:
        result["error"] = error
    return result


def _tensors_json(session: Session, limit: int) -> Json:
    """Give a row for every output that was computed, and for every parameter and buffer."""
    moment = session.moment
    rows: dict[str, Tensor] = {}
    if moment is None:
        rows.update(session.state.sources)
    else:
        rows.update({ref: moment.value(ref) for ref in moment.observation.values})
    if session.state.modules:
        rows.update({ref: tensor for ref, tensor in session.graph.program.parameters() if ref not in rows})
    meta = dict(moment.observation.values) if moment is not None else {}
    # Of a leaf that is cut into batches, a step has a part alone.
    whole = {ref: leaf for ref, leaf in session.state.leaves.items() if ref in rows}
    rows.update(whole)
    meta.update(whole)
    return {
        ref: {
            **shape_json(tensor),
            "requires_grad": meta.get(ref, tensor).requires_grad,
            "leaf": meta.get(ref, tensor).is_leaf,
            "grad_fn": _grad_fn(meta.get(ref, tensor)),
            "value": value_json(tensor, limit),
            "grad": value_json(moment.gradient(ref) if moment is not None else None, limit),
        }
        for ref, tensor in rows.items()
    }


def _edges_json(moment: Moment | None, limit: int) -> Json:
    if moment is None:
        return {}
    gradients = moment.edges if moment.is_differentiated else [None] * len(moment.records)
    rows = figures(gradients, exact=True)
    edges: Json = {}
    for record, gradient, row in zip(moment.records, gradients, rows, strict=True):
        if gradient is None:
            why = record.reason() if moment.is_differentiated else record.why
            edges[record.edge] = {"from": record.source, "gradient": None, "why": why}
            continue
        described = {
            "shape": list(gradient.shape),
            **figures_json(figures_of(row, gradient)),
            "value": value_json(gradient, limit),
        }
        edges[record.edge] = {"from": record.source, "gradient": described}
    return edges


def _grad_fn(tensor: Tensor) -> str | None:
    return tensor.grad_fn.name() if tensor.grad_fn is not None else None


def _problem_json(problem: Problem) -> Json:
    return problem.model_dump()


def _problems_json(problems: tuple[Problem, ...]) -> list[Json]:
    return [_problem_json(problem) for problem in problems]


def _outputs_json(outputs: Any) -> Json:
    return {str(ref): _output_json(meta) for ref, meta in outputs.items()}


def _output_json(meta: OutputMeta) -> Json:
    shape = None if meta.shape is None else list(meta.shape)
    return {"shape": shape, "dtype": meta.dtype, "requires_grad": meta.requires_grad}
