"""The real graph of `grad_fn`s behind a loss, in PyTorchViz's grammar: leaf, operation, start.

Knows moments; the functions that observing adds are left out. Links go the way of the forward pass.
"""

from typing import Any

from torch import Tensor

from gradcanvas.training.moments import Moment

_ADDED = "AliasBackward0"
"""What observing adds; no operation of the catalogue has it."""

Function = Any
"""A node of autograd's graph."""


def autograd_graph(moment: Moment) -> dict[str, list[dict[str, Any]]]:
    """Walk autograd's graph from the loss of a moment after which nothing has been updated yet.

    Returns:
        `nodes`: id, label, kind, the document's node it belongs to (with its path) and, of leaves, the shape;
        `links`: from, to.
    """
    loss = moment.loss
    if loss is None or not isinstance(loss, Tensor):
        return {"nodes": [], "links": []}
    return _Walk(moment).from_loss(loss)


class _Walk:
    """One walk, from the loss back to the leaves."""

    def __init__(self, moment: Moment) -> None:
        self._owners: dict[Function, str] = {}
        for ref, tensor in moment.observation.values.items():
            if tensor.grad_fn is not None:
                self._owners.setdefault(tensor.grad_fn, ref)
        self._names = {id(leaf): ref for ref, leaf in moment.leaves.items()}
        self._ids: dict[object, str] = {}
        self._nodes: list[dict[str, Any]] = []
        self._links: dict[tuple[str, str], None] = {}

    def from_loss(self, loss: Tensor) -> dict[str, list[dict[str, Any]]]:
        if loss.grad_fn is None:
            if loss.requires_grad:
                self._add_leaf(loss)
        else:
            start = self._skip(loss.grad_fn)
            self._add(start, "start", self._owners.get(loss.grad_fn, ""))
            self._follow(start)
        return {"nodes": self._nodes, "links": [{"from": one, "to": other} for one, other in self._links]}

    def _follow(self, start: Function) -> None:
        waiting = [start]
        while waiting:
            function = waiting.pop()
            here = self._ids[function]
            owner = self._owners.get(function) or self._nodes[int(here)]["node"] or ""
            for following, _ in function.next_functions:
                if following is None:
                    continue
                real = self._skip(following)
                if hasattr(real, "variable"):
                    self._links[(self._add_leaf(real.variable), here)] = None
                    continue
                if real not in self._ids:
                    self._add(real, "operation", self._owners.get(real, owner))
                    waiting.append(real)
                self._links[(self._ids[real], here)] = None

    def _skip(self, function: Function) -> Function:
        """Pass over what observing added."""
        while function.name() == _ADDED and function not in self._owners:
            function = function.next_functions[0][0]
        return function

    def _add(self, function: Function, kind: str, ref: str) -> None:
        self._ids[function] = str(len(self._nodes))
        label = function.name().rpartition("::")[2]
        node = {"id": self._ids[function], "label": label, "kind": kind, "node": _node_of(ref), "shape": None}
        self._nodes.append(node)

    def _add_leaf(self, leaf: Tensor) -> str:
        known = self._ids.get(id(leaf))
        if known is not None:
            return known
        ref = self._names.get(id(leaf), "")
        identifier = self._ids[id(leaf)] = str(len(self._nodes))
        label = ref or "leaf"
        shape = list(leaf.shape)
        self._nodes.append(
            {"id": identifier, "label": label, "kind": "leaf", "node": _node_of(ref), "shape": shape}
        )
        return identifier


def _node_of(ref: str) -> str | None:
    """Give the node of a reference, with its path."""
    if not ref:
        return None
    path, slash, last = ref.rpartition("/")
    return f"{path}{slash}{last.partition('.')[0]}"
