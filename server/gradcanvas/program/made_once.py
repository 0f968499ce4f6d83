"""Sources and modules without numbers: what is made once, before the first step, and what a batch is of it.

Knows nodes one by one and notes what it finds; the order of the steps is `evaluation`'s.
"""

from gradcanvas.program.binding import Binding, BoundNode, Reference
from gradcanvas.program.fake_calls import FakeCalls
from gradcanvas.program.findings import Findings
from gradcanvas.program.lazy import sized
from gradcanvas.program.limits import excess
from gradcanvas.program.metas import Meta, Value
from gradcanvas.program.refusals import Words, explain
from gradcanvas.program.scope_run import LOST, Lost, ScopeRun, output_meta
from gradcanvas.program.shapes import Made, Refusal
from gradcanvas.program.values import dtype_name


class MadeOnce:
    """Goes through what one graph makes once.

    Attributes:
        sizes: what each lazy module becomes.
    """

    def __init__(self, binding: Binding, calls: FakeCalls, findings: Findings) -> None:
        self.sizes: dict[tuple[str, str], BoundNode] = {}
        self._binding = binding
        self._calls = calls
        self._findings = findings

    def source(self, run: ScopeRun, node: BoundNode) -> None:
        """Note what a source is."""
        path = run.prefix + node.id
        given = self._calls.source(node)
        if isinstance(given, Refusal):
            self._findings.refuse(run, node, explain(node, path, {}, given))
            return
        values = given.values
        is_leaf = node.node.requires_grad is True
        if is_leaf and values is not None:
            values = self._with_gradient(run, node, values)
        held = given.held * 2 if is_leaf else given.held
        if values is not None and not self._findings.hold(run, node, held, given.largest, once=True):
            return
        if node.id not in run.lost:
            self._findings.settle(run, node, values)

    def replacement(self, node: BoundNode) -> bool:
        """Tell whether what stands for a source in validation can be made, and say so if it cannot."""
        given = self._calls.source(node)
        if isinstance(given, Refusal):
            self._findings.problems.add_at(node.where, *explain(node, node.id, {}, given))
        return not isinstance(given, Refusal)

    def module(self, run: ScopeRun, node: BoundNode) -> None:
        """Note what a module owns, if it is not another one's."""
        if node.owner != node.id:
            return
        path = run.prefix + node.id
        too_much = excess(node, path, {})
        if too_much is not None:
            self._findings.refuse(run, node, too_much)
            return
        made = self._calls.made(node)
        if isinstance(made, Refusal):
            self._findings.refuse(run, node, explain(node, path, {}, made))
            return
        self._check_parameters(run, node, made)
        if node.id in run.lost or not self._findings.hold(run, node, made.held, 0, once=True):
            return
        run.parameters[node.id] = made.tensors
        for name, meta in made.tensors.items():
            self._findings.rows[f"{path}.{name}"] = output_meta(meta)

    def with_size(self, run: ScopeRun, node: BoundNode) -> BoundNode:
        """Return what a lazy module becomes for what its input carries, and make its owner if it is new."""
        keys = [(run.scope.name, node.owner), (run.scope.name, node.id)]
        value = run.peek(wire) if isinstance(wire := node.wires["input"], Reference) else LOST
        if isinstance(value, Lost) or value is None:
            return node
        if not isinstance(value, Meta) and not all(key in self.sizes for key in keys):
            message = f"`{node.id}` takes its sizes from its input, whose shape only the data decide."
            help_text = f"Take `{node.operation.name.replace('Lazy', '')}` and give its sizes."
            self._findings.refuse(run, node, ("lazy-size", message, help_text))
            return node
        for key in keys:
            if key not in self.sizes and isinstance(value, Meta):
                each = run.scope.nodes[key[1]]
                found = sized(each, value.shape, self._binding.catalog)
                if not isinstance(found, BoundNode):
                    self._findings.refuse(run, each, found)
                    return node
                self.sizes[key] = found
        if node.owner not in run.parameters:
            self.module(run, self.sizes[run.scope.name, node.owner])
        return self.sizes[run.scope.name, node.id]

    def cut_batches(self, run: ScopeRun) -> None:
        """Let a step see one batch of the sources that are cut into batches."""
        batch = self._binding.train.batch if self._binding.train else None
        sizes: set[int] = set()
        for place, reference in enumerate(batch.of if batch else ()):
            value = run.peek(reference)
            if not isinstance(value, Meta) or batch is None:
                continue
            at = f"/train/batch/of/{place}"
            if not value.shape:
                message = f"`{reference}` is one number and has no first dimension to cut into batches."
                help_text = "Batch sources with at least one dimension."
                self._findings.problems.add_at(at, "batch-size", message, help_text)
                continue
            sizes.add(value.shape[0])
            if len(sizes) > 1:
                message = f"`{reference}` has {value.shape[0]} rows, `{batch.of[0]}` has another number."
                help_text = "Sources of one batch have as many rows each."
                self._findings.problems.add_at(at, "batch-size", message, help_text)
            cut = value._replace(shape=(min(batch.size, value.shape[0]), *value.shape[1:]))
            values = list(run.values[reference.node] or ())
            values[reference.index] = cut
            run.values[reference.node] = tuple(values)

    def _with_gradient(self, run: ScopeRun, node: BoundNode, values: tuple[Value, ...]) -> tuple[Value, ...]:
        marked = tuple(
            value._replace(requires_grad=True) if isinstance(value, Meta) and _can_collect(value) else value
            for value in values
        )
        first = values[0] if values else None
        if isinstance(first, Meta) and marked == values:
            words = _no_gradient(run.prefix + node.id, first)
            self._findings.refuse(run, node, words, ("requires_grad",))
        return marked

    def _check_parameters(self, run: ScopeRun, node: BoundNode, made: Made) -> None:
        asked = node.node.requires_grad
        named = [("requires_grad", name) for name in asked] if isinstance(asked, dict) else []
        named += [("init", each.parameter) for each in node.inits]
        for key, name in named:
            if name not in made.tensors:
                owned = ", ".join(f"`{each}`" for each in made.tensors) or "none"
                message = f"`{node.id}` has no parameter `{name[:80]}`."
                words = ("unknown-parameter", message, f"It has {owned}.")
                self._findings.refuse(run, node, words, (key, name))


def _can_collect(value: Meta) -> bool:
    return value.dtype.is_floating_point or value.dtype.is_complex


def _no_gradient(path: str, value: Meta) -> Words:
    return (
        "requires-grad-dtype",
        f"`{path}` holds {dtype_name(value.dtype)} and cannot require a gradient. PyTorch says: "
        "only Tensors of floating point dtype can require gradients",
        "Write its numbers with a point (`1.0`), or give it a floating dtype.",
    )
