"""Answers to questions about a session, between two steps; knows sessions, not pipes."""

from typing import Any

from torch import Tensor

from gradcanvas.program.print_python import print_python
from gradcanvas.training.autograd import autograd_graph
from gradcanvas.training.failures import refusal
from gradcanvas.training.keeping import keep, kept_values
from gradcanvas.training.moments import Moment
from gradcanvas.training.session import Session
from gradcanvas.training.statistics import figures
from gradcanvas.training.tensor_json import figures_json, figures_of, shape_json, value_json

LIMIT = 10_000
"""The largest tensor whose numbers are all given."""


def answer(session: Session, question: dict[str, Any]) -> Any:
    """Answer one question.

    Raises:
        RunError: there is no such thing.
    """
    match question.get("what"):
        case "tensor":
            return _tensor(session, str(question["ref"]), str(question["part"]))
        case "edge":
            return _edge(session, str(question["edge"]))
        case "ledger":
            return session.ledger.of(str(question["ref"]))
        case "autograd":
            return autograd_graph(session.observe_anew())
        case "code":
            return _code(session, is_abridged=True)
        case "state":
            return keep(session.graph, session.state)
        case "export":
            return _export(session, str(question["to"]), is_autograd=bool(question.get("autograd")))
    raise refusal("", "unknown-question", f"There is no answer to {question.get('what')!r}.", "Ask another.")


def _tensor(session: Session, ref: str, part: str) -> dict[str, Any]:
    tensor = _PARTS.get(part, _value)(session, ref)
    found = {"ref": ref, "part": part, "step": session.standing.step}
    return {**found, **_described(tensor)}


def _value(session: Session, ref: str) -> Tensor | None:
    moment = session.moment
    if moment is not None and ref in moment.observation.values:
        return moment.value(ref)
    owned = dict(session.graph.program.parameters()) if session.state.modules else {}
    return owned.get(ref, session.state.sources.get(ref))


def _gradient(session: Session, ref: str) -> Tensor | None:
    return session.moment.gradient(ref) if session.moment is not None else None


def _deposit(session: Session, ref: str) -> Tensor | None:
    return session.deposits().get(ref)


_PARTS = {"value": _value, "gradient": _gradient, "deposit": _deposit}


def _edge(session: Session, edge: str) -> dict[str, Any]:
    moment = session.moment
    place = _place(moment, edge)
    if moment is None or place is None:
        raise refusal("", "unknown-edge", f"No edge {edge[:80]!r} has been computed.", "Look at the layout.")
    record = moment.records[place]
    gradient = moment.edges[place] if moment.is_differentiated else None
    why = None if gradient is not None else record.reason() if moment.is_differentiated else record.why
    return {"edge": edge, "from": record.source, "why": why, **_described(gradient)}


def _place(moment: Moment | None, edge: str) -> int | None:
    if moment is None:
        return None
    return next((place for place, record in enumerate(moment.records) if record.edge == edge), None)


def _described(tensor: Tensor | None) -> dict[str, Any]:
    if tensor is None:
        return {"shape": None, "dtype": None, "value": None, "figures": None}
    row = figures([tensor], exact=True)[0]
    return {
        **shape_json(tensor),
        "value": value_json(tensor, LIMIT),
        "figures": figures_json(figures_of(row, tensor)),
    }


def _code(session: Session, *, is_abridged: bool = False) -> str:
    prepared = session.graph
    kept = kept_values(prepared)
    return print_python(prepared.binding, device=prepared.graph.device, kept=kept, is_abridged=is_abridged)


def _export(session: Session, to: str, *, is_autograd: bool) -> dict[str, Any]:
    """Give a script; of a picture, what it is drawn from: drawing needs no torch and is done elsewhere."""
    if to == "python":
        return {"text": _code(session)}
    if is_autograd:
        return {"autograd": autograd_graph(session.observe_anew())}
    outputs = {
        ref: {"shape": meta.shape, "dtype": meta.dtype, "requires_grad": meta.requires_grad}
        for ref, meta in session.graph.outputs.items()
    }
    return {"outputs": outputs}
