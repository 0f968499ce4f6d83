"""What one call gives, without computing it: shapes, dtypes, gradients, bytes; on fake tensors, remembered.

Nothing is allocated and nothing is drawn. Knows single calls; the graph around them is `check.py`'s.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.utils._python_dispatch import TorchDispatchMode

from gradcanvas.program.metas import Meta, Value, bytes_held, bytes_of, fake_tensor, meta_of

MOST_OUTPUTS = 10_000
"""Tensors that one call may give."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a call gives.

    Attributes:
        values: its outputs, depth first; None if not even their number is known before the run.
        held: bytes that stay until the backward: new outputs, and their gradients where they have any.
        largest: bytes of the largest tensor that is made on the way.
    """

    values: tuple[Value, ...] | None
    held: int = 0
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call cannot be: torch's words, and whether a size overflows what can be addressed at all."""

    words: str
    is_overflow: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a module owns: the dotted name of each parameter and buffer, and the bytes of all."""

    tensors: Mapping[str, Meta]
    held: int


class Shapes:
    """Answers what calls give, from memory where the same was asked before."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._known: dict[object, Any] = {}

    def call(self, key: object, run: Callable[[Callable[[Meta], torch.Tensor]], object]) -> Given | Refusal:
        """Return what a call gives.

        Args:
            key: equal for calls that give the same.
            run: makes the call; what it is handed turns a meta into a tensor to call with.
        """
        return self.remembered(key, lambda: _attempt(run))

    def call_alike(
        self,
        alike: object,
        exact: Callable[[], object],
        run: Callable[[Callable[[Meta], torch.Tensor]], object],
    ) -> Given | Refusal:
        """Return what a call gives, or one that is alike: but what is refused is this one, in its own words.

        Args:
            alike: equal for calls that give the same, where they give anything.
            exact: gives what is equal for the same calls alone.
            run: as for `call`.
        """
        known = self._known.get(alike)
        if known is None:
            known = self.call(exact(), run)
            if isinstance(known, Given):
                self._remember(alike, known)
        answer: Given | Refusal = known
        return answer

    def remembered(self, key: object, find: Callable[[], Given | Refusal]) -> Given | Refusal:
        """Return what `find` finds, once for each key."""
        found = self._known.get(key)
        if found is None:
            found = find()
            self._remember(key, found)
        answer: Given | Refusal = found
        return answer

    def module(self, key: object, make: Callable[[], torch.nn.Module]) -> Made | Refusal:
        """Return what a module owns.

        Args:
            key: equal for modules that own the same.
            make: makes it, on whatever device is the default.
        """
        found = self._known.get(key)
        if found is None:
            found = _make(make)
            self._remember(key, found)
        answer: Made | Refusal = found
        return answer

    def _remember(self, key: object, found: object) -> None:
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = found


def _attempt(run: Callable[[Callable[[Meta], torch.Tensor]], object]) -> Given | Refusal:
    largest = _Largest()
    made: list[torch.Tensor] = []

    def tensor(meta: Meta) -> torch.Tensor:
        made.append(fake_tensor(meta))
        return made[-1]

    try:
        with quiet(), _fake_mode(), largest:
            outputs = list(flattened(run(tensor)))
            return _given(outputs, made, largest.bytes)
    except Exception as error:
        return _judged(error)


def _make(make: Callable[[], torch.nn.Module]) -> Made | Refusal:
    try:
        with quiet(), _fake_mode():
            module = make()
            tensors = {name: meta_of(tensor) for name, tensor in owned(module)}
    except Exception as error:
        judged = _judged(error)
        return judged if isinstance(judged, Refusal) else Made({}, 0)
    known = {name: meta for name, meta in tensors.items() if isinstance(meta, Meta)}
    return Made(known, sum(bytes_held(meta) * (2 if meta.requires_grad else 1) for meta in known.values()))


def owned(module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield a module's parameters, then its buffers, by dotted name."""
    yield from module.named_parameters()
    yield from module.named_buffers()


def flattened(result: object) -> Iterator[torch.Tensor | None]:
    """Yield the outputs of a call depth first; numbers among them are no outputs.

    Raises:
        ValueError: there are more than `MOST_OUTPUTS`.
    """
    count = 0
    waiting = [result]
    while waiting:
        each = waiting.pop()
        if each is None or isinstance(each, torch.Tensor):
            count += 1
            if count > MOST_OUTPUTS:
                raise ValueError(f"It gives more than {MOST_OUTPUTS} tensors.")
            yield each
        elif isinstance(each, (tuple, list)):
            waiting.extend(reversed(each))
        elif isinstance(each, dict):
            waiting.extend(reversed(each.values()))


def words_of(error: BaseException) -> str:
    """Return what torch said, without the hints that are meant for its own developers."""
    text = str(error).strip() or type(error).__name__
    if text.count("(") < text.count(")") and text.endswith(")"):
        text = text[:-1]
    return text.split("\n\n")[0].strip()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep torch's log and warnings about fake calls off standard error, and the random state as it is."""
    loggers = [logging.getLogger(f"torch._subclasses.{name}") for name in ("fake_tensor", "fake_impls")]
    before = [each.disabled for each in loggers]
    for each in loggers:
        each.disabled = True
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for each, disabled in zip(loggers, before, strict=True):
            each.disabled = disabled


class _Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its modes untyped
    """Measures the largest tensor that is made."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in flattened(result):
            if tensor is not None and tensor.layout is torch.strided:
                self.bytes = max(self.bytes, bytes_of(tensor))
        return result


class _FakeMode(FakeTensorMode):  # type: ignore[no-untyped-call]  # torch leaves its modes untyped
    """A mode that stays the same where a module copies its parts (the layers of a transformer)."""

    def __deepcopy__(self, memo: object) -> "_FakeMode":
        return self


def _fake_mode() -> FakeTensorMode:
    return _FakeMode(shape_env=ShapeEnv())


def _given(outputs: list[torch.Tensor | None], made: list[torch.Tensor], largest: int) -> Given:
    seen = {tensor.untyped_storage()._cdata for tensor in made}
    held = 0
    values: list[Value] = []
    for tensor in outputs:
        if tensor is None:
            values.append(None)
            continue
        value = meta_of(tensor)
        values.append(value)
        if isinstance(value, Meta):
            storage = tensor.untyped_storage()._cdata
            if storage not in seen:
                seen.add(storage)
                held += bytes_of(tensor) + (bytes_held(value) if value.requires_grad else 0)
    return Given(tuple(values), held, largest)


def _judged(error: Exception) -> Given | Refusal:
    """Tell what cannot run from what only cannot be known before it runs."""
    if _is_of_the_checker(error):
        return Given(None)
    words = words_of(error)
    return Refusal(words, "overflow" in words.lower())


_CHECKER_CLASSES = (
    "DataDependentOutputException",
    "DynamicOutputShapeException",
    "UnsupportedOperatorException",
    "UnsupportedFakeTensorException",
    "UnsupportedMutationAliasingException",
    "GuardOnDataDependentSymNode",
    "PendingUnbackedSymbolNotFound",
    "UserError",
    "Unsupported",
    "NotImplementedError",
)
_CHECKER_WORDS = (
    "faketensor",
    "fake tensor",
    "meta tensor",
    "meta device",
    "data-dependent",
    "data pointer",
    "not allocated yet",
    "symint",
)


def _is_of_the_checker(error: Exception) -> bool:
    """Tell whether a failure is that of running without numbers, and says nothing of the real run."""
    if type(error).__name__ in _CHECKER_CLASSES or isinstance(error, NotImplementedError):
        return True
    text = str(error).lower()
    return any(words in text for words in _CHECKER_WORDS)
