"""What a source or module is made from, and which of them an edit leaves alone; knows no tensors' values."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from torch import Tensor, nn

from gradcanvas.program.binding import Binding, BoundNode
from gradcanvas.program.modules import everything_made
from gradcanvas.program.program import Program
from gradcanvas.training.randomness import borrowed, seed

Definitions = Mapping[str, str]
"""Output of a source or path of a module → all that decides its values, but for the seed and its place."""


def definitions(binding: Binding) -> dict[str, str]:
    """Say for every source and module what it is made from."""
    made = everything_made(binding.scope, binding.functions)
    return {key: text for each in made for text in [_definition(each.node)] for key in each.keys}


def renamed(now: Definitions, then: Definitions) -> dict[str, str]:
    """Tell what is only called otherwise: what stands in the same place, and is made from the same.

    Returns:
        Name before → name after, of what was and is made.
    """
    places = list(zip(then.items(), now.items(), strict=False))
    return {
        old: new
        for (old, before), (new, after) in places
        if old not in now and new not in then and before == after and len(now) == len(then)
    }


def groups(binding: Binding) -> dict[str, str]:
    """Name the parameter group of every source and module that is in one."""
    return {
        made.path: made.node.node.group
        for made in everything_made(binding.scope, binding.functions)
        if made.node.node.group
    }


@dataclass(frozen=True, slots=True)
class Remade:
    """Sources as they are after an edit, and the paths of what was made anew."""

    sources: dict[str, Tensor]
    anew: tuple[str, ...]


def remake(
    program: Program,
    number: int,
    sources: Mapping[str, Tensor],
    modules: Mapping[str, nn.Module],
    edited: frozenset[str],
) -> Remade:
    """Make what was edited with the value that Reset would give it, and keep everything else.

    Args:
        program: the program after the edit.
        number: what Reset would seed with.
        sources: the sources before the edit.
        modules: the modules before the edit.
        edited: paths that must not be kept.
    """
    with borrowed(program.device):
        seed(number, program.device)
        fresh = program.make()
        fresh_modules = dict(program.modules)
    kept = {path: sources[path] for path in fresh if path in sources and path not in edited}
    kept_modules = {path: modules[path] for path in fresh_modules if path in modules and path not in edited}
    for path, tensor in kept.items():
        if tensor.requires_grad != fresh[path].requires_grad:
            tensor.requires_grad_(fresh[path].requires_grad)
    for path, module in kept_modules.items():
        _set_switches(module, fresh_modules[path])
    anew = [path for path in (*fresh, *fresh_modules) if path not in kept and path not in kept_modules]
    chosen = program.make({**fresh, **kept}, {**fresh_modules, **kept_modules})
    return Remade(chosen, tuple(anew))


def fresh_sources(
    program: Program, number: int, sources: Mapping[str, Tensor], modules: Mapping[str, nn.Module]
) -> dict[str, Tensor]:
    """Give the sources as the seed alone makes them; what there is stays as it is."""
    with borrowed(program.device):
        seed(number, program.device)
        fresh = program.make()
    program.make(sources, modules)
    return fresh


def _definition(node: BoundNode) -> str:
    stages = {argument.name: argument.stage for argument in node.overload.arguments}
    values = {
        name: value for name, value in node.values.items() if not node.is_module or stages.get(name) == "make"
    }
    inits = [(init.parameter, init.operation.name, dict(init.values)) for init in node.inits]
    written = repr((node.operation.name, values, inits))
    return sha256(written.encode()).hexdigest()


def _set_switches(module: nn.Module, like: nn.Module) -> None:
    """Freeze and thaw parameters, and set the mode, as a fresh module has them."""
    required = {name: parameter.requires_grad for name, parameter in like.named_parameters()}
    for name, parameter in module.named_parameters():
        if name in required and parameter.requires_grad != required[name]:
            parameter.requires_grad_(required[name])
    module.train(like.training)
