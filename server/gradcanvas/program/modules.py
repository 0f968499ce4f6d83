"""What is made once and lives longer than a step: sources and modules, each made where it stands in the file.

A node that calls functions owns what is in them. Knows nothing of generated code, nor of optimisers.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import SimpleNamespace

import torch
from torch import nn

from gradcanvas.catalog import callables
from gradcanvas.program.binding import Binding, BoundNode, Reference, Scope
from gradcanvas.program.calling import call_arguments, literal_arguments, make_arguments
from gradcanvas.program.data_node import is_data
from gradcanvas.program.data_tensors import make_data
from gradcanvas.program.errors import NodeError
from gradcanvas.program.likeness import construct


@dataclass(frozen=True, slots=True)
class Made:
    """A source or module, and the path by which it is spoken of ("w", "call/fc")."""

    path: str
    node: BoundNode

    @property
    def keys(self) -> tuple[str, ...]:
        """How what is made is spoken of: a source by its outputs ("d", "d.labels"), a module by its path."""
        if self.node.is_module:
            return (self.path,)
        names = [output.name for output in self.node.outputs[1:]]
        return (self.path, *(f"{self.path}.{name}" for name in names))


@dataclass(frozen=True, slots=True)
class Body:
    """A function as one node calls it.

    Attributes:
        role: the argument that names it: "function", "then", "body".
        scope: the function.
        inside: what is written before the ids in it, relative to the node: "" or the role and a slash.
    """

    role: str
    scope: Scope
    inside: str


def bodies_of(node: BoundNode, functions: Mapping[str, Scope]) -> tuple[Body, ...]:
    """Return the functions that a node calls, in the order in which it names them.

    Ids of two different functions of one node can meet; those of the second are then spoken of with its role
    before them ("branch/else/h").
    """
    bodies: list[Body] = []
    for role, name in node.functions.items():
        scope = functions[name]
        met = any(scope is not body.scope and scope.nodes.keys() & body.scope.nodes.keys() for body in bodies)
        inside = next((body.inside for body in bodies if body.scope is scope), f"{role}/" if met else "")
        bodies.append(Body(role, scope, inside))
    return tuple(bodies)


def everything_made(scope: Scope, functions: Mapping[str, Scope], prefix: str = "") -> Iterator[Made]:
    """Yield sources and modules in the order in which they are made."""
    for node in scope.made:
        if not node.is_control:
            yield Made(prefix + node.id, node)
            continue
        seen: list[Scope] = []
        for body in bodies_of(node, functions):
            if body.scope not in seen:
                yield from everything_made(body.scope, functions, f"{prefix}{node.id}/{body.inside}")
            seen.append(body.scope)


class ModuleSlots:
    """The modules by their paths, and where generated code looks for them."""

    def __init__(self) -> None:
        self.modules: dict[str, nn.Module] = {}
        self._slots: list[tuple[SimpleNamespace, str, str]] = []

    def add(self, holder: SimpleNamespace, name: str, path: str) -> None:
        """Have the module at `path` stand at `holder.name`, now or as soon as it is made."""
        self._slots.append((holder, name, path))
        if path in self.modules:
            setattr(holder, name, self.modules[path])

    def fill(self) -> None:
        """Put every module where the code looks for it."""
        for holder, name, path in self._slots:
            setattr(holder, name, self.modules[path])


class MadeState:
    """Makes every source and module of a graph in order."""

    def __init__(self, binding: Binding, device: torch.device) -> None:
        self.items = tuple(everything_made(binding.scope, binding.functions))
        self.device = device
        self.slots = ModuleSlots()

    @property
    def sources(self) -> tuple[str, ...]:
        """The outputs of the sources, in order."""
        return tuple(key for item in self.items if not item.node.is_module for key in item.keys)

    def make(
        self, sources: Mapping[str, torch.Tensor], modules: Mapping[str, nn.Module]
    ) -> dict[str, torch.Tensor]:
        """Make what is not given; return the sources, and put the modules where the code looks for them."""
        made: dict[str, torch.Tensor] = {}
        for item in self.items:
            path, node = item.path, item.node
            try:
                if node.is_module:
                    module = modules[path] if path in modules else make_module(node, self.device)
                    self.slots.modules[path] = module
                elif all(key in sources for key in item.keys):
                    made.update((key, sources[key]) for key in item.keys)
                else:
                    made.update(zip(item.keys, make_source(node, self.device), strict=True))
            except Exception as error:
                raise NodeError(node.where, str(error) or type(error).__name__, error, path) from error
        self.slots.fill()
        return made

    def tensors(
        self, sources: Mapping[str, torch.Tensor], buffers: bool = False
    ) -> Iterator[tuple[str, torch.Tensor]]:
        """Yield sources, parameters and (if asked) buffers in order, each tensor once."""
        seen: set[int] = set()
        for item in self.items:
            for name, tensor in _tensors_of(item, sources, self.slots.modules, buffers):
                if id(tensor) not in seen:
                    seen.add(id(tensor))
                    yield name, tensor


def make_source(node: BoundNode, device: torch.device) -> tuple[torch.Tensor, ...]:
    """Make the tensors of a source on the device, as leaves if it asks for a gradient."""
    if is_data(node.operation):
        made = make_data(node)
    else:
        positional, keywords = call_arguments(node, _no_wire)
        with _default(device):
            made = (callables()[node.operation.name](*positional, **keywords),)
    tensors = tuple(tensor.to(device) for tensor in made)
    for tensor in tensors if node.node.requires_grad is True else ():
        if len(tensors) == 1 or tensor.is_floating_point() or tensor.is_complex():
            tensor.requires_grad_()
    return tensors


def make_module(node: BoundNode, device: torch.device) -> nn.Module:
    """Make a module, fill the parameters that name their filling, freeze what is frozen, set its mode."""
    positional, keywords = make_arguments(node)
    module: nn.Module = construct(callables(), node.operation.name, positional, keywords).to(device)
    for init in node.inits:
        positional, keywords = literal_arguments(init.overload, init.values)
        callables()[init.operation.name](module.get_parameter(init.parameter), *positional, **keywords)
    asked = node.node.requires_grad
    if isinstance(asked, bool):
        module.requires_grad_(asked)
    elif asked:
        for name, required in asked.items():
            module.get_parameter(name).requires_grad_(required)
    return module.train(node.node.mode != "eval")


def _tensors_of(
    item: Made, sources: Mapping[str, torch.Tensor], modules: Mapping[str, nn.Module], buffers: bool
) -> Iterator[tuple[str, torch.Tensor]]:
    if not item.node.is_module:
        yield from ((key, sources[key]) for key in item.keys if key in sources)
        return
    module = modules[item.path]
    for name, parameter in module.named_parameters():
        yield f"{item.path}.{name}", parameter
    if buffers:
        for name, buffer in module.named_buffers():
            yield f"{item.path}.{name}", buffer


def _no_wire(reference: Reference) -> torch.Tensor:
    raise AssertionError(f"a source has no inputs, but {reference} is one")


def _default(device: torch.device) -> AbstractContextManager[object]:
    return nullcontext() if device.type == "cpu" else device
