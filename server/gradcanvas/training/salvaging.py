"""What still runs of a graph one of whose nodes failed: everything that does not depend on it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from torch import Tensor

from gradcanvas.program.binding import Binding, BoundNode, BoundTrain, Reference
from gradcanvas.program.compile import compile_program
from gradcanvas.program.errors import NodeError
from gradcanvas.program.program import Program
from gradcanvas.training.state import State


def node_of(error: NodeError) -> str:
    """Give the top-level node in which an error happened."""
    return error.path.partition("/")[0].partition("@")[0]


def without(binding: Binding, failed: Iterable[str]) -> Binding:
    """Leave out nodes and all that depends on them."""
    lost = set(failed)
    scope = binding.scope
    lost |= {node.id for node in scope.nodes.values() if node.owner in lost}
    for name in scope.order:
        if any(reference.node in lost for reference in _needs(scope.nodes[name])):
            lost.add(name)
    nodes = {name: node for name, node in scope.nodes.items() if name not in lost}
    order = tuple(name for name in scope.order if name not in lost)
    train = binding.train and _train_without(binding.train, lost)
    return replace(binding, scope=replace(scope, nodes=nodes, order=order), train=train)


def remainder(binding: Binding, failed: set[str], program: Program, state: State) -> Program:
    """Compile what is left, over the same sources and modules; nothing is drawn."""
    rest = compile_program(without(binding, failed), program.device)
    sources: Mapping[str, Tensor] = state.sources
    rest.make({ref: sources[ref] for ref in rest.inputs}, state.modules)
    return rest


def _needs(node: BoundNode) -> list[Reference]:
    found = [] if node.passes is None else [node.passes]
    for wire in node.wires.values():
        found.extend([wire] if isinstance(wire, Reference) else wire)
    return found


def _train_without(train: BoundTrain, lost: set[str]) -> BoundTrain:
    batch = train.batch
    return replace(
        train,
        loss=None if train.loss is None or train.loss.node in lost else train.loss,
        metrics={name: ref for name, ref in train.metrics.items() if ref.node not in lost},
        batch=None if batch is None or any(ref.node in lost for ref in batch.of) else batch,
        validation=tuple(
            each
            for each in train.validation
            if each.source.node not in lost and (each.reference is None or each.reference.node not in lost)
        ),
    )
