"""Compiles a binding: plans it, has it written as Python by torch.fx, joins both variants to a Program.

The one place that knows all the others of this room's compiling half; knows nothing of training.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from gradcanvas.program.binding import Binding, BoundNode, Reference, Scope
from gradcanvas.program.control import CONTROLS, CompiledBody
from gradcanvas.program.emit import Emitter
from gradcanvas.program.errors import FailureMap
from gradcanvas.program.modules import Body, MadeState, bodies_of
from gradcanvas.program.observation import Observation
from gradcanvas.program.observe import Layout, Observer
from gradcanvas.program.plan import Plan, Step, plan_scope
from gradcanvas.program.program import Program
from gradcanvas.program.regions import mark_differentiated
from gradcanvas.program.renewing import Renewals
from gradcanvas.program.traits import differentiates, takes_gradient
from gradcanvas.program.ways import choose_ways

Wanted = tuple[Reference | None, ...] | None


def compile_program(binding: Binding, device: torch.device) -> Program:
    """Compile a graph for a device.

    Args:
        binding: what can run; whoever wants all that can be wrong in it told before asks `check`.
        device: where sources and modules are made.

    Returns:
        The program. Each variant is written when it is first called.
    """
    return _Compiler(binding, device).program()


class _Compiler:
    def __init__(self, binding: Binding, device: torch.device) -> None:
        self.binding = binding
        self.functions = binding.functions
        self.device = device
        self.state = MadeState(binding, device)
        self.failures = FailureMap()
        self.renewals = Renewals()

    def renew(self, binding: Binding) -> None:
        """Take another graph's numbers: what is written from now on has them, and what has been written."""
        self.binding, self.functions = binding, binding.functions
        self.renewals.renew(binding)

    def program(self) -> Program:
        train = self.binding.train
        metrics = {} if train is None else train.metrics
        wanted = (None if train is None else train.loss, *metrics.values())
        return Program(
            inputs=self.state.sources,
            device=self.device,
            metrics=tuple(metrics),
            modules=self.state.slots.modules,
            _state=self.state,
            _plain=_when_called(lambda: self.plain(self.binding.scope, "", self.state.sources, wanted)),
            _observed=_when_called(lambda: self.observation(wanted, retain=True)),
            _asked=_when_called(lambda: self.observation(wanted, retain=False)),
            _failures=self.failures,
            _renew=self.renew,
            takes_gradients=any(
                differentiates(node, self.functions) for node in self.binding.scope.nodes.values()
            ),
        )

    def observation(self, wanted: Wanted, *, retain: bool) -> Callable[..., Observation]:
        layout = self.observed(self.binding.scope, "", self.state.sources, wanted, is_asked=not retain)
        run = layout.emitted.run
        observe = Observer(layout).observe
        return lambda *tensors: observe(run(*tensors), retain=retain)

    def plain(
        self, scope: Scope, state: str, sources: tuple[str, ...], wanted: Wanted = None
    ) -> Callable[..., Any]:
        plan = plan_scope(scope, self.functions, state, wanted)
        return self.emitter(plan, state, sources, self.plain_control).plain().run

    def observed(
        self,
        scope: Scope,
        state: str,
        sources: tuple[str, ...],
        wanted: Wanted = None,
        *,
        is_asked: bool = False,
        is_inside: bool = False,
    ) -> Layout:
        plan = plan_scope(scope, self.functions, state, wanted)
        mark_differentiated(plan, self.functions, is_inside=is_inside)
        choose_ways(plan, is_asked=is_asked)
        bodies: dict[Step, Mapping[str, CompiledBody]] = {}

        def control(step: Step) -> tuple[Any, tuple[str, ...]]:
            inside = self.sources_of(step)
            twice = step.is_differentiated or takes_gradient(step.node, self.functions)
            bodies[step] = self.bodies(
                step, lambda body, path: self.observed_body(body, path, inside, is_inside=twice)
            )
            return self.control(step, bodies[step]).observed, inside

        return Layout(plan, self.emitter(plan, state, sources, control).observed(), bodies)

    def emitter(
        self,
        plan: Plan,
        state: str,
        sources: tuple[str, ...],
        control: Callable[[Step], tuple[Any, tuple[str, ...]]],
    ) -> Emitter:
        slots, is_body = self.state.slots, state != ""
        return Emitter(plan, sources, slots, self.failures, control, self.renewals, is_body)

    def plain_control(self, step: Step) -> tuple[Any, tuple[str, ...]]:
        inside = self.sources_of(step)
        bodies = self.bodies(step, lambda body, path: self.plain_body(body, path, inside))
        return self.control(step, bodies), inside

    def control(self, step: Step, bodies: Mapping[str, CompiledBody]) -> Any:
        node: BoundNode = step.node
        outputs = tuple(output.name for output in node.outputs)
        kind = CONTROLS[node.operation.name]
        return kind(node.where, bodies, outputs, node.values, self.device)

    def bodies(self, step: Step, compiled: Callable[[Body, str], CompiledBody]) -> dict[str, CompiledBody]:
        """Compile the functions that a control step calls; one that has two roles is compiled once."""
        done: dict[str, CompiledBody] = {}
        scopes: dict[str, CompiledBody] = {}
        for body in bodies_of(step.node, self.functions):
            if body.scope.name not in scopes:
                scopes[body.scope.name] = compiled(body, f"{step.state}/{body.inside}")
            done[body.role] = scopes[body.scope.name]
        return done

    def plain_body(self, body: Body, path: str, sources: tuple[str, ...]) -> CompiledBody:
        run = self.plain(body.scope, path, sources)
        return CompiledBody(body.scope.inputs, tuple(body.scope.outputs), body.inside, run)

    def observed_body(
        self, body: Body, path: str, sources: tuple[str, ...], *, is_inside: bool
    ) -> CompiledBody:
        layout = self.observed(body.scope, path, sources, is_inside=is_inside)
        picked = tuple(place for place in layout.emitted.outputs if place is not None)
        outputs = tuple(body.scope.outputs)
        return CompiledBody(body.scope.inputs, outputs, body.inside, layout.emitted.run, picked, layout)

    def sources_of(self, step: Step) -> tuple[str, ...]:
        """Return the paths of the sources inside a control step."""
        return tuple(path for path in self.state.sources if path.startswith(f"{step.state}/"))


def _when_called(write: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
    """Return a function that is written on its first call."""
    written: list[Callable[..., Any]] = []

    def run(*tensors: torch.Tensor) -> Any:
        if not written:
            written.append(write())
        return written[0](*tensors)

    return run
