"""Which outputs may lie in the memory of a leaf, so that an update changes them. Knows names, no tensors."""

from collections.abc import Mapping
from typing import Final

from gradcanvas.program.binding import BoundNode, Reference, Scope
from gradcanvas.program.modules import bodies_of

_VIEWS: Final = frozenset(
    """
    __getitem__ adjoint alias as_strided atleast_1d atleast_2d atleast_3d bfloat16 bool
    broadcast_tensors broadcast_to byte cartesian_prod cdouble cfloat chalf char chunk conj contiguous
    data detach diagonal double dsplit einsum expand expand_as flatten float half hsplit imag int long
    meshgrid moveaxis movedim narrow permute positive ravel real reshape reshape_as resolve_conj
    resolve_neg select short split split_with_sizes squeeze sum_to_size swapaxes swapdims t tensor_split
    to transpose type type_as unbind unflatten unfold unsafe_chunk unsafe_split unsqueeze view view_as
    view_as_complex view_as_real vsplit Flatten Identity Unflatten
    """.split()  # noqa: SIM905
)
"""Operations that may give on the memory of what they are given; so do those with `dropout` in their name."""


class Aliases:
    """Tells it of the outputs of one graph; each function is gone through once for each way it is fed."""

    def __init__(self, functions: Mapping[str, Scope]) -> None:
        self._functions = functions
        self._known: dict[tuple[str, Reference, bool], bool] = {}

    def may_share(self, scope: Scope, reference: Reference, is_given: bool = False) -> bool:
        """Tell whether an output may lie in the memory of a leaf or a parameter.

        Args:
            scope: of the reference.
            reference: what is asked about.
            is_given: whether what the scope is given may.
        """
        key = (scope.name, reference, is_given)
        if key not in self._known:
            self._known[key] = self._finds(scope, reference, is_given)
        return self._known[key]

    def _finds(self, scope: Scope, reference: Reference, is_given: bool) -> bool:
        """Go back from an output through everything that may give on the memory of what it is given."""
        waiting, seen = [reference], {reference}
        while waiting:
            each = waiting.pop()
            if each.kind != "output":
                if is_given or each.kind == "parameter":
                    return True
                continue
            node = scope.nodes[each.node]
            if node.is_source:
                if node.node.requires_grad is True:
                    return True
                continue
            before = _given_on(node, each)
            if node.is_control and node.passes is None:
                if self._comes_from_inside(scope, node, each.output, is_given):
                    return True
                passes = node.wires.get(each.output)
                before = [passes] if isinstance(passes, Reference) else []
            waiting += [wire for wire in before if wire not in seen]
            seen.update(before)
        return False

    def _comes_from_inside(self, scope: Scope, node: BoundNode, output: str, is_given: bool) -> bool:
        is_fed = any(self.may_share(scope, wire, is_given) for _, _, wire in node.edges())
        return any(
            self.may_share(body.scope, body.scope.outputs[output], is_fed)
            for body in bodies_of(node, self._functions)
            if output in body.scope.outputs
        )


def _given_on(node: BoundNode, reference: Reference) -> list[Reference]:
    """Return what an operation is given and may give on as it is, or as a view."""
    if node.passes is not None and reference.index == 0:
        return [node.passes]
    base = node.operation.name.rpartition(".")[2]
    if base not in _VIEWS and "dropout" not in base.lower():
        return []
    return [wire for _, _, wire in node.edges()]
