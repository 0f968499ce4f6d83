"""Control flow as it runs: conditions decide and loops turn anew in every step; only what ran has a gradient.

Each operation has a plain form, which gives its outputs, and an observed one, which also tells what ran.
Knows bodies as functions that take and give tuples of tensors, and nothing of how they are generated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from gradcanvas.program.errors import LimitError

Tensors = tuple[torch.Tensor, ...]
Inputs = Mapping[str, torch.Tensor]


@dataclass(eq=False, slots=True)
class CompiledBody:
    """A function as one control operation calls it.

    Attributes:
        inputs: the names of its inputs, in order.
        outputs: the names of its outputs, in order.
        inside: what is written between the operation's path and the ids in it.
        run: takes the inputs and then the sources and gives the outputs; observed, it gives everything.
        picked: observed, the places of the outputs in what `run` gives.
        layout: observed, what the rest of it is.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    inside: str
    run: Callable[..., Tensors]
    picked: tuple[int, ...] = ()
    layout: Any = None


@dataclass(slots=True)
class Pass:
    """One run of a body.

    Attributes:
        body: what ran.
        turn: the number of the iteration; None outside loops.
        result: everything it computed.
        roots: input of the body → input of the operation whose tensor it still is.
    """

    body: CompiledBody
    turn: int | None
    result: Tensors
    roots: dict[str, str]


@dataclass(slots=True)
class Trace:
    """What happened in one control operation.

    Attributes:
        passes: the runs of its bodies, in order.
        passed: place of an output → the input of the operation whose tensor it is itself.
        taken: input that was cut into slices → the alias that was cut.
        led_on: (input, alias) of its tensors that went into a stack as they were.
    """

    passes: list[Pass] = field(default_factory=list)
    passed: dict[int, str] = field(default_factory=dict)
    taken: dict[str, torch.Tensor] = field(default_factory=dict)
    led_on: list[tuple[str, torch.Tensor]] = field(default_factory=list)


class Control:
    """What all control operations share.

    Args:
        where: JSON pointer of the node.
        bodies: role → the function as it is compiled.
        outputs: the names of the operation's outputs, in order.
        arguments: its own arguments ("times", "each", "stack", "limit").
        device: where an `index` is made.
    """

    def __init__(
        self,
        where: str,
        bodies: Mapping[str, CompiledBody],
        outputs: tuple[str, ...],
        arguments: Mapping[str, Any],
        device: torch.device,
    ) -> None:
        self.where = where
        self.bodies = bodies
        self.outputs = outputs
        self.arguments = arguments
        self.device = device

    def __call__(self, inputs: Inputs, sources: Tensors) -> Tensors:
        """Run, and give the outputs in order."""
        return self.run(inputs, sources, None)

    def observed(self, inputs: Inputs, sources: Tensors) -> tuple[Tensors, Trace]:
        """Run, and tell what ran as well."""
        trace = Trace()
        outputs = self.run(inputs, sources, trace)
        return outputs, trace

    def run(self, inputs: Inputs, sources: Tensors, trace: Trace | None) -> Tensors:
        """Do what the operation does."""
        raise NotImplementedError

    def enter(
        self, body: CompiledBody, state: "State", sources: Tensors, trace: Trace | None, turn: int | None
    ) -> Tensors:
        """Run a body on what its inputs are now; give its outputs in order."""
        result = body.run(*(state.tensors[name] for name in body.inputs), *sources)
        if trace is None:
            return result
        roots = {name: state.roots[name] for name in body.inputs if name in state.roots}
        trace.passes.append(Pass(body, turn, result, roots))
        return tuple(result[place] for place in body.picked)

    def finish(self, state: "State", trace: Trace | None) -> Tensors:
        """Give the outputs, and say which of them are inputs as they came."""
        missing = [name for name in self.outputs if name not in state.tensors]
        if missing:
            raise RuntimeError(f"It ran no iteration, and `{missing[0]}` is not one of its inputs.")
        if trace is not None:
            names = enumerate(self.outputs)
            trace.passed = {place: state.roots[name] for place, name in names if name in state.roots}
        return tuple(state.tensors[name] for name in self.outputs)


class State:
    """What the names inside a control operation stand for at one moment.

    Attributes:
        tensors: name → tensor.
        roots: name → the input of the operation whose tensor it still is, untouched.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.tensors = dict(inputs)
        self.roots = {name: name for name in inputs}

    def take(self, names: Sequence[str], given: Tensors) -> None:
        """Let the names stand for what a body gave out."""
        came = {id(tensor): self.roots[name] for name, tensor in self.tensors.items() if name in self.roots}
        for name, tensor in zip(names, given, strict=True):
            self.tensors[name] = tensor
            self.roots.pop(name, None)
            if id(tensor) in came:
                self.roots[name] = came[id(tensor)]

    def put(self, name: str, tensor: torch.Tensor) -> None:
        """Let a name stand for a tensor that is none of the inputs."""
        self.tensors[name] = tensor
        self.roots.pop(name, None)


class If(Control):
    """`gradcanvas.if`: one of two functions; without `else` the inputs of those names pass through."""

    def run(self, inputs: Inputs, sources: Tensors, trace: Trace | None) -> Tensors:
        """Decide and run."""
        state = State({name: tensor for name, tensor in inputs.items() if name != "condition"})
        body = self.bodies.get("then" if bool(inputs["condition"]) else "else")
        if body is not None:
            state.take(body.outputs, self.enter(body, state, sources, trace, None))
        return self.finish(state, trace)


class For(Control):
    """`gradcanvas.for`: a fixed number of turns, or one for each slice."""

    def run(self, inputs: Inputs, sources: Tensors, trace: Trace | None) -> Tensors:
        """Turn."""
        body = self.bodies["body"]
        state = State(inputs)
        slices = self.slices(inputs, trace)
        stacks: dict[str, list[torch.Tensor]] = {name: [] for name in self.arguments.get("stack") or {}}
        for turn in range(self.turns(slices)):
            for name, parts in slices.items():
                state.put(name, parts[turn])
            if "index" in body.inputs and "index" not in inputs:
                state.put("index", torch.tensor(turn, device=self.device))
            with _Turn(self.where, turn):
                state.take(body.outputs, self.enter(body, state, sources, trace, turn))
            for name, collected in stacks.items():
                collected.append(self.collected(name, state, trace))
        for name, collected in stacks.items():
            if not collected:
                raise RuntimeError(f"It ran no iteration, and of `{name}` there is nothing to stack.")
            state.put(name, torch.stack(collected, self.arguments["stack"][name]))
        return self.finish(state, trace)

    def slices(self, inputs: Inputs, trace: Trace | None) -> dict[str, Tensors]:
        """Cut the inputs that `each` names; observed, an alias of each, which keeps the edge's gradient."""
        cut: dict[str, Tensors] = {}
        for name, dimension in (self.arguments.get("each") or {}).items():
            tensor = inputs[name]
            if trace is not None:
                tensor = trace.taken[name] = tensor[...]
            cut[name] = tensor.unbind(dimension)
        return cut

    def turns(self, slices: Mapping[str, Tensors]) -> int:
        """Return how often it turns."""
        lengths = {name: len(parts) for name, parts in slices.items()}
        if "times" in self.arguments and self.arguments["times"] is not None:
            lengths["times"] = int(self.arguments["times"])
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
            raise RuntimeError(f"The inputs of `each` must have as many slices as each other: {found}.")
        return next(iter(lengths.values()), 0)

    def collected(self, name: str, state: State, trace: Trace | None) -> torch.Tensor:
        """Return what goes into a stack: an input as it came goes as an alias, which is part of its edge."""
        tensor = state.tensors[name]
        if trace is not None and name in state.roots:
            tensor = tensor[...]
            trace.led_on.append((state.roots[name], tensor))
        return tensor


class While(Control):
    """`gradcanvas.while`: as long as its condition holds, at most `limit` turns."""

    def run(self, inputs: Inputs, sources: Tensors, trace: Trace | None) -> Tensors:
        """Turn."""
        condition, body = self.bodies["condition"], self.bodies["body"]
        limit = int(self.arguments["limit"])
        state = State(inputs)
        turn = 0
        while True:
            with _Turn(self.where, turn):
                (holds,) = self.enter(condition, state, sources, trace, turn)
                if not bool(holds):
                    return self.finish(state, trace)
                if turn == limit:
                    break
                state.take(body.outputs, self.enter(body, state, sources, trace, turn))
            turn += 1
        raise LimitError(f"The condition still held after {limit} iterations, which is this loop's `limit`.")


CONTROLS: Mapping[str, type[Control]] = {
    "gradcanvas.if": If,
    "gradcanvas.for": For,
    "gradcanvas.while": While,
}


class _Turn:
    """Notes on a failure in which iteration of which loop it happened."""

    __slots__ = ("turn", "where")

    def __init__(self, where: str, turn: int) -> None:
        self.where = where
        self.turn = turn

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if error is not None:
            turns: dict[str, int] = error.__dict__.setdefault("gradcanvas_turns", {})
            turns[self.where] = self.turn
