"""Writes a plan as Python by way of torch.fx: the plain variant, and the observed one.

Both run the same operations in the same order; the observed one runs all of them, gives some consumers an
alias of their input, and returns every tensor. Knows nothing of what is then shown.
"""

from collections.abc import Callable, Iterator
from functools import partial
from operator import getitem
from types import SimpleNamespace
from typing import Any

import torch
from torch import fx

from gradcanvas.catalog import callables
from gradcanvas.catalog.model import Argument
from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.calling import Fed, call_arguments, stated_literal
from gradcanvas.program.emitted import Emitted, Returned, not_written
from gradcanvas.program.errors import FailureMap, Place
from gradcanvas.program.generated import generated
from gradcanvas.program.inner_gradient import InnerGradient
from gradcanvas.program.modules import ModuleSlots
from gradcanvas.program.pieces import WatchedCall, flatten_outputs
from gradcanvas.program.places import is_native, uses_each_tensor_once
from gradcanvas.program.plan import Plan, Step, Value, needed_steps
from gradcanvas.program.renewing import Renewals, is_renewable
from gradcanvas.program.traits import GRADIENT


class Emitter:
    """Writes one function.

    Args:
        sources: the paths of the sources that the function is given after its inputs.
        modules: where the modules will be.
        failures: told which line runs which node.
        controls: gives what a control step calls.
        renewals: told which numbers stand beside the code.
        is_body: it is called by a control operation; whoever calls that shows the sources.
    """

    def __init__(
        self,
        plan: Plan,
        sources: tuple[str, ...],
        modules: ModuleSlots,
        failures: FailureMap,
        controls: Callable[[Step], tuple[Any, tuple[str, ...]]],
        renewals: Renewals,
        is_body: bool,
    ) -> None:
        self.is_body = is_body
        self.plan = plan
        self.modules = modules
        self.failures = failures
        self.controls = controls
        self.renewals = renewals
        self.graph = fx.Graph()
        self.holder = SimpleNamespace()
        self.made: dict[Value, fx.Node] = {}
        self.whole: dict[Step, fx.Node] = {}
        self.lines: dict[fx.Node, Place] = {}
        self.names: dict[str, str] = {}
        for name, value in plan.inputs.items():
            self.made[value] = self.graph.placeholder(_identifier(name))
        self.sources = {path: self.graph.placeholder(_identifier(path)) for path in sources}
        for path, value in plan.sources.items():
            self.made[value] = self.sources[path]

    def plain(self) -> Emitted:
        """Write only what the outputs need, what draws random numbers and what changes state."""
        needed = needed_steps(self.plan)
        for step in self.plan.steps:
            if step in needed:
                self.call(step, [self.tensor(edge.value) for edge in step.edges])
        self.graph.output(
            tuple(None if found is None else self.tensor(found[0]) for found in self.plan.outputs)
        )
        return Emitted(generated(self.graph, self.holder, self.lines, self.failures))

    def observed(self) -> Emitted:
        """Write everything, with an alias where an edge needs one, and return it all."""
        returned = Returned()
        done = Emitted(run=not_written)
        aliased: list[int] = []
        for step in self.plan.steps:
            carried = self.carried(step, done, returned, aliased)
            if _is_watched(step):
                self.watched_call(step, carried, done, returned)
            else:
                self.call(step, carried, done, returned)
            done.results[step] = self.results(step, returned)
        for edge in self.plan.sequence:
            if edge.how not in ("none", "alias"):
                done.edges[edge] = returned.place(self.tensor(edge.value))
        if not self.is_body:
            done.shown = {path: returned.place(node) for path, node in self.sources.items()}
            done.sources = len(done.shown)
        for name, shown in self.plan.shown.items():
            if isinstance(shown, Step):
                done.shown[name] = done.results[shown][0]
                done.many[name] = shown
            else:
                done.shown[name] = returned.place(self.tensor(shown))
        done.outputs = tuple(
            None if f is None else returned.place(self.tensor(f[0])) for f in self.plan.outputs
        )
        keeping = [*aliased, *(place for places in done.results.values() for place in places)]
        done.loss_alone = self.is_loss_alone()
        loss = done.outputs[0] if done.loss_alone else None
        done.keeping = tuple(place for place in dict.fromkeys(keeping) if place != loss)
        self.graph.output(tuple(returned.nodes))
        done.run = generated(self.graph, self.holder, self.lines, self.failures)
        return done

    def is_loss_alone(self) -> bool:
        """Tell whether the first output is a tensor of its own that no edge begins at."""
        loss = self.plan.outputs[0] if self.plan.outputs and not self.is_body else None
        if loss is None or loss[0].made_by is None:
            return False
        step = loss[0].made_by[0]
        return (
            loss[0].uses == 1
            and not loss[0].shared
            and not step.has_many
            and uses_each_tensor_once(step.node.operation.name)
        )

    def carried(self, step: Step, done: Emitted, returned: Returned, aliased: list[int]) -> list[fx.Node]:
        """Return what each edge carries; aliases are made last argument first: so autograd adds in order."""
        carried = [self.tensor(edge.value) for edge in step.edges]
        for index in reversed(range(len(carried))):
            edge = step.edges[index]
            if edge.how == "alias":
                whole: tuple[Any, ...] = (carried[index], ...)
                carried[index] = self.graph.call_function(getitem, whole)
                done.edges[edge] = returned.place(carried[index])
                aliased.append(done.edges[edge])
        return carried

    def call(
        self,
        step: Step,
        carried: list[fx.Node],
        done: Emitted | None = None,
        returned: Returned | None = None,
    ) -> None:
        """Write one step's call."""
        if step.node.is_control:
            self.control_call(step, carried, done, returned)
            return
        args, kwargs = _tensors_by_position(step, *call_arguments(step.node, _in_turn(carried), self.stated))
        kwargs = {key: self.held(value) for key, value in kwargs.items()}
        name = step.node.operation.name
        if step.node.is_module:
            made = self.graph.call_module(self.module(step.state), tuple(args), kwargs)
        elif step.node.operation.kind == "method" and name != "torch.Tensor.__getitem__":
            made = self.graph.call_method(name.rpartition(".")[2], tuple(args), kwargs)
        else:
            target = getitem if name == "torch.Tensor.__getitem__" else callables()[name]
            made = self.graph.call_function(target, tuple(args), kwargs)
        self.place(step, made)
        self.give(step, made)

    def give(self, step: Step, made: fx.Node) -> None:
        """Say where a step's outputs are."""
        if len(step.node.outputs) == 1 and not step.has_many:
            self.made[step.values[0]] = made
            return
        if step.has_many or not is_native(step.node.operation.name):
            made = self.graph.call_function(flatten_outputs, (made,))
            self.place(step, made)
        self.whole[step] = made

    def control_call(
        self, step: Step, carried: list[fx.Node], done: Emitted | None, returned: Returned | None
    ) -> None:
        """Write the call of a control operation: its inputs by name, and the sources in its bodies."""
        control, sources = self.controls(step)
        target = self.attribute(f"control_{len(self.names)}", control)
        inputs = {edge.argument: node for edge, node in zip(step.edges, carried, strict=True)}
        made = self.graph.call_module(target, (inputs, tuple(self.sources[path] for path in sources)))
        self.place(step, made)
        if done is None or returned is None:
            self.whole[step] = made
            return
        self.whole[step] = self.graph.call_function(getitem, (made, 0))
        done.traces[step] = returned.place(self.graph.call_function(getitem, (made, 1)))

    def watched_call(self, step: Step, carried: list[fx.Node], done: Emitted, returned: Returned) -> None:
        """Write the call of an operation that is watched from inside."""
        name = step.node.operation.name
        call: Callable[..., Any]
        if step.node.is_module:
            call = partial(_call_held, self.holder, self.module(step.state))
        else:
            call = callables()[name]
        watched = tuple(index for index, edge in enumerate(step.edges) if edge.how == "piece")
        kind = InnerGradient if name == GRADIENT else WatchedCall
        made_call = kind(step.node, call, watched, is_differentiated=step.is_differentiated)
        if not self.is_body:
            self.renewals.call(made_call)
        target = self.attribute(f"watched_{len(self.names)}", made_call)
        made = self.graph.call_module(target, tuple(carried))
        self.place(step, made)
        done.watches[step] = returned.place(self.graph.call_function(getitem, (made, 1)))
        result = self.graph.call_function(getitem, (made, 0))
        self.give(step, result)

    def results(self, step: Step, returned: Returned) -> tuple[int, ...]:
        """Return the places of a step's outputs."""
        if step.has_many:
            return (returned.place(self.whole[step]),)
        return tuple(returned.place(self.tensor(value)) for value in step.values)

    def tensor(self, value: Value) -> fx.Node:
        """Return the node that stands for a tensor, taking it out of a tuple where it is first needed."""
        if value not in self.made:
            if value.made_by is not None:
                step, place = value.made_by
                self.made[value] = self.graph.call_function(getitem, (self.whole[step], place))
                self.place(step, self.made[value])
            else:
                self.made[value] = self.graph.get_attr(f"{self.module(value.path)}.{value.parameter}")
        return self.made[value]

    def module(self, path: str) -> str:
        """Return the name under which the code finds the module at `path`."""
        if path not in self.names:
            self.names[path] = f"module_{len(self.names)}"
            self.modules.add(self.holder, self.names[path], path)
        return self.names[path]

    def stated(self, node: BoundNode, argument: Argument, fed: Fed) -> Any:
        """Return a literal as the code names it: a number that may become another stands beside the code."""
        if self.is_body or not is_renewable(node, argument):
            return stated_literal(node, argument, fed)
        name = f"number_{len(self.names)}"
        self.names[f"/{name}"] = name
        self.renewals.number(self.holder, name, node, argument)
        return self.graph.get_attr(name)

    def held(self, value: Any) -> Any:
        """Return an argument as the code can name it: torch.fx writes no objects."""
        if not isinstance(value, torch.nn.LinearCrossEntropyOptions):
            return value
        return self.graph.get_attr(self.attribute(f"held_{len(self.names)}", value))

    def attribute(self, name: str, value: object) -> str:
        """Put something under a name where the code finds it."""
        self.names[f"/{name}"] = name
        setattr(self.holder, name, value)
        return name

    def place(self, step: Step, node: fx.Node) -> None:
        """Remember which step a node of the generated code belongs to."""
        self.lines[node] = Place(step.node.where, step.path)


def _is_watched(step: Step) -> bool:
    """Tell whether a step is watched from inside when it is observed."""
    return step.node.operation.name == GRADIENT or any(edge.how == "piece" for edge in step.edges)


def _tensors_by_position(
    step: Step, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Pass the leading tensors of torch's own functions by position: it is quicker than by name.

    A list of tensors that does not come first goes by its name (`torch.gradient` takes `spacing` in no other
    way).
    """
    if is_native(step.node.operation.name):
        for argument in step.node.overload.arguments[len(args) :]:
            if argument.name not in step.node.wires or argument.name not in kwargs:
                break
            if argument.type == "tensors" and args:
                break
            args.append(kwargs.pop(argument.name))
    return args, kwargs


def _in_turn(carried: list[fx.Node]) -> Callable[[Reference], fx.Node]:
    """Give what the edges carry, one after the other: the signature asks for them in their order."""
    nodes: Iterator[fx.Node] = iter(carried)
    return lambda _: next(nodes)


def _call_held(holder: SimpleNamespace, name: str, *args: Any, **kwargs: Any) -> Any:
    return getattr(holder, name)(*args, **kwargs)


def _identifier(path: str) -> str:
    """Return how a placeholder is called; torch.fx keeps names apart, but for its own argument."""
    return "self_" if path == "self" else path.replace("/", "__").replace(".", "_")
