"""What a viewer is shown of a session: the layout of its numbers, and frames of them (docs/wire.md).

Knows sessions and moments; nothing of who watches, nor of when a frame is due.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from gradcanvas.program.binding import Binding
from gradcanvas.program.data_node import is_data
from gradcanvas.training.frames import EVALUATION, EXACT, NO_GRADIENTS, Frame, encode
from gradcanvas.training.ledger import Entry
from gradcanvas.training.moments import Moment
from gradcanvas.training.pictures import SAMPLES, SAMPLES_AT_REST, Album, Picture
from gradcanvas.training.session import Session
from gradcanvas.training.statistics import MEAN, Reading, read
from gradcanvas.training.tensor_json import Figures, figures_of, shape_json


@dataclass(frozen=True, slots=True)
class Shown:
    """One tensor that is shown: an output of a top-level node, or what its module owns."""

    ref: str
    node: str
    output: str
    tensor: Tensor


@dataclass(frozen=True, slots=True)
class Sheet:
    """A layout: what the rows of a frame are.

    Attributes:
        number: counts up with every change.
        key: which graph it is of, and then everything that its message tells; equal keys, equal layouts.
        edges: places in the moment's records.
        album: pictures of every output and, after each, of its gradient.
        message: the layout as it is sent, without its number and edit.
    """

    number: int
    key: tuple[object, ...]
    edges: tuple[int, ...]
    album: Album
    message: dict[str, Any]


class Display:
    """Makes layouts and frames of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames = 0
        self._layouts = 0
        self.sheet: Sheet | None = None

    def layout(self, problems: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        """Give the layout of what is shown now if it differs from the last one given, else None.

        Of another graph that is laid out alike only the new number is given.
        """
        shown = self._shown()
        moment = self._session.moment
        key = _key(self._session, moment, shown, problems)
        if self.sheet is not None and self.sheet.key == key:
            return None
        self._layouts += 1
        before = self.sheet
        if before is not None and before.key[1:] == key[1:]:
            self.sheet = replace(before, number=self._layouts, key=key)
        else:
            self.sheet = self._describe(key, moment, shown, problems)
        if before is not None and self.sheet.message == before.message:
            return {"type": "alike", "layout": self._layouts}
        return {"type": "layout", "layout": self._layouts, **self.sheet.message}

    def frame(self, *, exact: bool) -> bytes:
        """Give a frame of what is shown now, by the layout given last."""
        sheet, session, moment = self.sheet, self._session, self._session.moment
        assert sheet is not None
        shown, gathered = self._shown(), _Gathered()
        edges = [gathered.place(_edge(moment, place)) for place in sheet.edges]
        values = [gathered.place(each.tensor) for each in shown]
        gradients = [gathered.place(_gradient(moment, each.ref)) for each in shown]
        deposits = [gathered.place(tensor) for tensor in session.deposits().values()]
        loss = gathered.place(moment.loss if moment else None)
        pictures = [
            gathered.magnitude(place) for pair in zip(values, gradients, strict=True) for place in pair
        ]
        samples = SAMPLES_AT_REST if exact else SAMPLES
        reading = read(gathered.tensors, exact=exact, samples=samples if sheet.album.size else 0)
        if moment is not None and moment.deposited_by is not None:
            _enter(session, moment, sheet, gathered, reading)
        self._frames += 1
        return encode(
            Frame(
                number=self._frames,
                layout=sheet.number,
                flags=_flags(moment, exact=exact),
                step=session.standing.step,
                loss=float(reading.figures[loss, MEAN]),
                run=session.standing.run,
                edges=reading.figures[edges],
                values=reading.figures[values],
                gradients=reading.figures[gradients],
                deposits=reading.figures[deposits],
                pictures=sheet.album.draw(reading, pictures),
            )
        )

    def _shown(self) -> list[Shown]:
        """Give what has a row, in the order of the file: a node's outputs, then what its module owns."""
        session = self._session
        if session.prepared is None:
            return []
        by_node: dict[str, list[Shown]] = {node: [] for node in session.graph.binding.scope.nodes}
        for ref, tensor in _tensors(session):
            node, _, output = ref.partition(".")
            if node in by_node:
                by_node[node].append(Shown(ref, node, output or "0", tensor))
        return [each for rows in by_node.values() for each in rows]

    def _describe(
        self,
        key: tuple[object, ...],
        moment: Moment | None,
        shown: list[Shown],
        problems: Sequence[Mapping[str, Any]],
    ) -> Sheet:
        session = self._session
        album = Album([shape for each in shown for shape in _pictured(each.tensor)])
        pictures = iter(album.pictures)
        outputs = [_output_row(each, next(pictures), next(pictures)) for each in shown]
        places = [k for k, record in enumerate(moment.records) if "/" not in record.edge] if moment else []
        train = session.train if session.prepared is not None else None
        message = {
            "problems": list(problems),
            "outputs": outputs,
            "edges": [_edge_row(moment, place) for place in places if moment],
            "leaves": list(session.state.leaves),
            "parameters": [
                {"ref": each.ref, "shape": list(each.tensor.shape)}
                for each in shown
                if _is_parameter(each, session)
            ],
            "loss": str(train.loss) if train is not None and train.loss is not None else None,
            "data": {} if session.prepared is None else _names_in_files(session.graph.binding),
        }
        return Sheet(self._layouts, key, tuple(places), album, message)


class _Gathered:
    """Tensors to be read together, each once; place 0 is for what is absent."""

    def __init__(self) -> None:
        self.tensors: list[Tensor | None] = [None]
        self._places: dict[int, int] = {}

    def place(self, tensor: Tensor | None) -> int:
        """Give the place of a tensor in the reading."""
        if tensor is None:
            return 0
        known = self._places.get(id(tensor))
        if known is None:
            known = self._places[id(tensor)] = len(self.tensors)
            self.tensors.append(tensor)
        return known

    def magnitude(self, place: int) -> int:
        """Give the place of what a picture shows: the tensor itself, of a complex one its magnitude."""
        tensor = self.tensors[place]
        return self.place(tensor.detach().abs()) if tensor is not None and tensor.is_complex() else place


def _tensors(session: Session) -> Iterable[tuple[str, Tensor]]:
    """Give every output of the moment (without one, the sources), and what modules own; top level only."""
    moment = session.moment
    values = session.state.sources if moment is None else moment.observation.values
    for ref in values:
        if "/" not in ref:
            yield ref, values[ref] if moment is None else moment.value(ref)
    for ref, tensor in session.graph.program.parameters() if session.state.modules else ():
        if "/" not in ref and ref not in values:
            yield ref, tensor


def _key(
    session: Session, moment: Moment | None, shown: list[Shown], problems: Sequence[Mapping[str, Any]]
) -> tuple[object, ...]:
    prepared = session.prepared
    numbers = "" if prepared is None else prepared.numbers
    rows = tuple((each.ref, each.tensor.shape, each.tensor.requires_grad) for each in shown)
    found = repr(problems) if problems else ""
    if moment is None:
        return numbers, None, rows, found
    given = tuple(gradient is None for gradient in moment.edges)
    return numbers, session.graph.structure, rows, found, tuple(session.state.leaves), given


def _pictured(tensor: Tensor) -> tuple[Sequence[int] | None, Sequence[int] | None]:
    """Give the shapes of the pictures of a value and of its gradient."""
    return tensor.shape, tensor.shape if tensor.requires_grad else None


def _output_row(shown: Shown, picture: Picture | None, gradient_picture: Picture | None) -> dict[str, Any]:
    tensor = shown.tensor
    return {
        "ref": shown.ref,
        "node": shown.node,
        "output": shown.output,
        **shape_json(tensor),
        "requires_grad": tensor.requires_grad,
        "leaf": tensor.is_leaf,
        "grad_fn": tensor.grad_fn.name() if tensor.grad_fn is not None else None,
        "picture": _picture_json(picture),
        "gradient_picture": _picture_json(gradient_picture),
        "bytes": tensor.numel() * tensor.element_size(),
    }


def _picture_json(picture: Picture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return {
        "kind": picture.kind,
        "rows": picture.rows,
        "columns": picture.columns,
        "offset": picture.offset,
    }


def _edge_row(moment: Moment, place: int) -> dict[str, Any]:
    record = moment.records[place]
    if not moment.is_differentiated:
        why = record.why
    else:
        why = record.reason() if moment.edges[place] is None else None
    return {"edge": record.edge, "from": record.source, "why": why}


def _names_in_files(binding: Binding) -> dict[str, list[str]]:
    """Give the names of outputs that the catalogue cannot tell: those of a file's columns or arrays."""
    return {
        node.id: [output.name for output in node.outputs]
        for node in binding.scope.nodes.values()
        if is_data(node.operation) and any(output.many for output in node.overload.outputs)
    }


def _is_parameter(shown: Shown, session: Session) -> bool:
    module = session.state.modules.get(shown.node)
    return module is not None and any(shown.output == name for name, _ in module.named_parameters())


def _edge(moment: Moment | None, place: int) -> Tensor | None:
    return moment.edges[place] if moment is not None and moment.is_differentiated else None


def _gradient(moment: Moment | None, ref: str) -> Tensor | None:
    return None if moment is None else moment.gradient(ref)


def _flags(moment: Moment | None, *, exact: bool) -> int:
    flags = EXACT if exact else 0
    if moment is None or not moment.is_differentiated:
        flags |= NO_GRADIENTS
    if moment is None or moment.kind in ("evaluation", "forward"):
        flags |= EVALUATION
    return flags


def _enter(session: Session, moment: Moment, sheet: Sheet, gathered: _Gathered, reading: Reading) -> None:
    """Enter a moment's deposits into the ledger, with the figures that have just been read."""
    verb, moment.deposited_by = moment.deposited_by or "", None
    parts: dict[str, dict[str, Figures | None]] = {}
    for place, row in zip(sheet.edges, sheet.message["edges"], strict=True):
        if row["from"] in moment.fresh:
            gradient = moment.edges[place]
            parts.setdefault(row["from"], {})[row["edge"]] = _figures(gradient, gathered, reading)
    for ref, fresh in moment.fresh.items():
        deposit = _figures(fresh, gathered, reading)
        session.ledger.enter(ref, Entry(moment.step, verb, parts.get(ref, {}), deposit))
        if verb in ("step", "train"):
            session.ledger.enter(ref, Entry(moment.step, "zero"))


def _figures(tensor: Tensor | None, gathered: _Gathered, reading: Reading) -> Figures | None:
    """Give what was read of a tensor; None if it was not."""
    if tensor is None:
        return None
    place = gathered.place(tensor)
    return figures_of(reading.figures[place], tensor) if place < len(reading.figures) else None
