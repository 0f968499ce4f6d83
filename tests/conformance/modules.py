"""Brings each sample of torch's module database through a graph file: five steps beside a loop by hand."""

import inspect
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import torch
from torch.testing._internal.common_modules import module_db

from gradcanvas.catalog import Operation, load_catalog
from gradcanvas.program.shapes import flattened
from tests.conformance.binding import fitting, is_meaningless
from tests.conformance.comparing import RefusedError, difference, differences
from tests.conformance.graphs import SEED, GraphWriter, loss_of, named_outputs
from tests.conformance.inexpressible import InexpressibleError
from tests.conformance.parts import Part, part_of
from tests.conformance.samples import fresh
from tests.conformance.table import Entry
from tests.conformance.training import Trained, train_by_hand, train_graph, unlike

DTYPES = (torch.float32, torch.float64, torch.complex64, torch.complex128)
RATE = 1e-4
"""Small, so that probabilities stay between 0 and 1 in five steps."""


def every_module() -> list[Any]:
    """Return every entry."""
    return list(module_db)


def run_module(info: Any, every: int = 1) -> Entry:
    """Run samples of an entry, in train mode and, where it differs, in eval mode."""
    entry = Entry(str(info.name))
    operation = load_catalog().operations.get(f"torch.nn.{info.module_cls.__name__}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, (given, dtype, is_training) in enumerate(_samples(info)):
            if place % every:
                continue
            if operation is None:
                entry.add("not expressible", "the catalogue does not offer it")
                continue
            try:
                entry.add(*_Sample(info.module_cls, operation, given, dtype, is_training).compared())
            except InexpressibleError as error:
                entry.add("not expressible", str(error))
            except RefusedError as error:
                entry.add("different", f"the graph is refused; {error}")
    return entry


def _samples(info: Any) -> Iterator[tuple[Any, torch.dtype, bool]]:
    for dtype in DTYPES:
        if dtype not in info.dtypes:
            continue
        for is_training in (True, False) if info.train_and_eval_differ else (True,):
            torch.default_generator.manual_seed(SEED)
            given = info.module_inputs_func(info, "cpu", dtype, requires_grad=True, training=is_training)
            for each in given:
                yield each, dtype, is_training


class _Sample:
    """One module, made and called as one sample says."""

    def __init__(
        self, kind: type[torch.nn.Module], operation: Operation, given: Any, dtype: torch.dtype, mode: bool
    ) -> None:
        self.kind = kind
        self.operation = operation
        self.dtype = dtype
        self.is_training = mode
        made, called = given.constructor_input, given.forward_input
        self.making = _by_name(kind.__init__, (None, *made.args), made.kwargs)
        self.making.pop("self")
        for name, value in self.making.items():  # as torch's own tests do with `module.to(dtype)`
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                self.making[name] = value.to(dtype)
        self.names = inspect.signature(kind.__init__).parameters
        if "dtype" in self.names or issubclass(kind, torch.nn.RNNBase):
            self.making["dtype"] = dtype
        self.args, self.kwargs = fresh((called.args, called.kwargs))

    def compared(self) -> tuple[str, str]:
        """Return the outcome, and the reason for it."""
        writer, calling = GraphWriter(), _by_name(self.kind.forward, (None, *self.args), self.kwargs)
        calling.pop("self")
        made = {name: part_of(value, self.dtype) for name, value in self.making.items()}
        calling = {"input" if name in self.names else name: value for name, value in calling.items()}
        overload = fitting(self.operation, {**calling, **made})
        writer.call("call", self.operation.name, overload, {**calling, **made})
        if not self.is_training:
            writer.nodes["call"]["mode"] = "eval"
        try:
            outputs = self.tried()
        except (RuntimeError, ValueError, TypeError) as error:
            words = str(error).split("\n")[0]
            with suppress(RefusedError):
                train_graph(writer.text(None), "call")
                return "different", f"PyTorch refuses it: {words}"
            return "refused alike", ""
        loss = writer.loss(named_outputs("call", outputs))
        options = {"steps": 5, "optimizer": {"op": "torch.optim.SGD", "args": {"lr": RATE}}}
        text = writer.text(loss, **options)
        return self.against_hand(text, loss is not None, writer)

    def made(self) -> torch.nn.Module:
        """Make the module as the graph does: seeded, then its mode."""
        torch.default_generator.manual_seed(SEED)
        parts = {name: part_of(given, self.dtype) for name, given in self.making.items()}
        making = {name: each.made() if isinstance(each, Part) else each for name, each in parts.items()}
        return self.kind(**making).train(self.is_training)

    def tried(self) -> list[torch.Tensor | None]:
        """Call a module once, to see what comes out."""
        module = self.made()
        args, kwargs = fresh((self.args, self.kwargs))
        return list(flattened(module(*args, **kwargs)))

    def against_hand(self, text: str, is_trained: bool, writer: GraphWriter) -> tuple[str, str]:
        """Train the graph and a module by hand, and compare all that came of it."""
        module = self.made()
        outputs: list[torch.Tensor | None] = []

        def forward() -> torch.Tensor:
            outputs[:] = list(flattened(module(*self.args, **self.kwargs)))
            loss = loss_of(named_outputs("call", outputs))
            assert loss is not None
            return loss

        if not is_trained:
            trained = train_graph(text, "call")
            module = self.made()
            outputs[:] = list(flattened(module(*self.args, **self.kwargs)))
            return _verdict(differences([each for each in outputs if each is not None], trained.outputs))
        inputs = [each for each in _tensors((self.args, self.kwargs)) if each.requires_grad]
        leaves = [*inputs, *(each for each in module.parameters() if each.requires_grad)]
        try:
            losses = train_by_hand(torch.optim.SGD(leaves, lr=RATE), forward)
        except RuntimeError as error:
            with suppress(RefusedError):
                train_graph(text, "call")
                return "different", f"PyTorch refuses it: {error}"
            return "refused alike", ""
        trained = train_graph(text, "call")
        return _verdict(
            unlike(losses, trained.losses)
            or differences([each for each in outputs if each is not None], trained.outputs)
            or _first_difference("leaf", leaves, _laid(trained, writer))
            or _first_difference("buffer", list(module.buffers()), trained.buffers)
        )


def _laid(trained: Trained, writer: GraphWriter) -> list[torch.Tensor]:
    """Return the leaves of a graph as the tensors of the sample lie."""
    layouts = {name: layout for name, (_, layout) in writer.leaves.items()}
    return [layouts[name].laid(leaf) if name in layouts else leaf for name, leaf in trained.leaves.items()]


def _verdict(why: str | None) -> tuple[str, str]:
    return ("equal", "") if why is None else ("different", why)


def _first_difference(what: str, expected: list[torch.Tensor], found: list[torch.Tensor]) -> str | None:
    if len(expected) != len(found):
        return f"{len(found)} times a {what} instead of {len(expected)}"
    pairs = zip(expected, found, strict=True)
    why = next((why for one, other in pairs if (why := difference(one, other)) is not None), None)
    return None if why is None else f"a {what}: {why}"


def _by_name(function: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """Return the arguments of a call by the names of a Python signature."""
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs).arguments
    given: dict[str, Any] = {}
    for name, value in bound.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            given.update(value)
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            given.update(zip(("input_size", "hidden_size", "num_layers"), value, strict=False))
        else:
            given[name] = value
    return {name: value for name, value in given.items() if not is_meaningless(name, value)}


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    seen: set[int] = set()
    for each in _walk(value):
        if id(each) not in seen:
            seen.add(id(each))
            yield each


def _walk(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _walk(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _walk(each)
