"""Goes through a graph once without numbers: what each output is, what cannot run, what it holds in bytes.

Knows nodes, their order and functions; what a single call gives it asks `shapes`, and control flow is
`branches`'s.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from gradcanvas.document.problems import pointer
from gradcanvas.program.binding import Binding, BoundNode, Reference, Scope
from gradcanvas.program.calling import call_arguments
from gradcanvas.program.drafts import Problems
from gradcanvas.program.lazy import checking_order, is_lazy, sized
from gradcanvas.program.likeness import argument_texts, made_key, make_module
from gradcanvas.program.limits import excess
from gradcanvas.program.literal_data import data_meta
from gradcanvas.program.metas import Meta, Unknown, Value
from gradcanvas.program.refusals import Words, explain, explain_budget
from gradcanvas.program.scope_run import (
    LOST,
    Fed,
    Lost,
    OutputMeta,
    ScopeRun,
    output_meta,
    output_name,
    unknown_outputs,
)
from gradcanvas.program.shapes import Given, Made, Refusal, Shapes
from gradcanvas.program.values import DTYPE, dtype_name

RunControl = Callable[["Evaluation", ScopeRun, BoundNode, dict[str, Fed]], None]
"""Goes through a node that calls functions, given what its wires carry."""


_MOST_STEPS = 500_000
"""Steps of one check; loops inside loops that do not settle are unknown beyond it."""


class Evaluation:
    """One check of one graph.

    Attributes:
        problems: what cannot run.
        held: bytes that a step holds.
        rows: what is known of every output and parameter, by reference.
        sizes: what each lazy module becomes.
    """

    def __init__(
        self,
        binding: Binding,
        calls: Mapping[str, Callable[..., Any]],
        shapes: Shapes,
        budget_bytes: int,
        run_control: RunControl,
    ) -> None:
        self.binding = binding
        self.calls = calls
        self.shapes = shapes
        self.budget_bytes = budget_bytes
        self._run_control = run_control
        self.problems = Problems()
        self.held = 0
        self.rows: dict[str, OutputMeta] = {}
        self.sizes: dict[tuple[str, str], BoundNode] = {}
        self._counted: set[str] = set()
        self._steps_left = _MOST_STEPS

    def run(self, scope: Scope, inputs: Mapping[str, Fed], prefix: str = "") -> ScopeRun:
        """Go through a scope: sources and modules in the order of the file, then the steps in theirs."""
        run = ScopeRun(scope, inputs, prefix)
        for node in scope.nodes.values():
            if node.is_module and not is_lazy(node):
                self._make_module(run, node)
            elif node.is_source:
                self._make_source(run, node)
        if not prefix:
            self._cut_batches(run)
        for name in checking_order(scope):
            self._step(run, scope.nodes[name])
        return run

    def refuse(self, run: ScopeRun, node: BoundNode, words: Words, at: tuple[str, ...] = ()) -> None:
        """Note that a node cannot run."""
        code, message, help_text = words
        where = node.where + pointer(at)
        self.problems.add_at(where, code, message, help_text)
        run.lost.add(node.id)

    def _make_source(self, run: ScopeRun, node: BoundNode) -> None:
        path = run.prefix + node.id
        given = self._source(node)
        if isinstance(given, Refusal):
            self.refuse(run, node, explain(node, path, {}, given))
            return
        values = given.values
        is_leaf = node.node.requires_grad is True
        if is_leaf and values is not None:
            values = self._with_gradient(run, node, values)
        held = given.held * 2 if is_leaf else given.held
        if values is not None and not self.hold(run, node, held, given.largest, once=True):
            return
        if node.id not in run.lost:
            self.settle(run, node, values)

    def _source(self, node: BoundNode) -> Given | Refusal:
        data = next((each for each in node.overload.arguments if each.type == "data"), None)
        if node.operation.kind == "source" and data is not None and data.name in node.values:
            dtype = node.values.get("dtype")
            value = node.values[data.name]
            key = ("data", argument_texts(node))
            return self.shapes.remembered(key, lambda: data_meta(value, DTYPE.get(str(dtype))))
        return self._call(node, {}, lambda: self.calls[node.operation.name])

    def _with_gradient(self, run: ScopeRun, node: BoundNode, values: tuple[Value, ...]) -> tuple[Value, ...]:
        marked: list[Value] = []
        for value in values:
            if isinstance(value, Meta):
                if not (value.dtype.is_floating_point or value.dtype.is_complex):
                    self.refuse(run, node, _no_gradient(run.prefix + node.id, value), ("requires_grad",))
                value = value._replace(requires_grad=True)
            marked.append(value)
        return tuple(marked)

    def _make_module(self, run: ScopeRun, node: BoundNode) -> None:
        if node.owner != node.id:
            return
        path = run.prefix + node.id
        too_much = excess(node, path, {})
        if too_much is not None:
            self.refuse(run, node, too_much)
            return
        made = self.shapes.module(("module", made_key(node)), lambda: make_module(node, self.calls))
        if isinstance(made, Refusal):
            self.refuse(run, node, explain(node, path, {}, made))
            return
        self._check_parameters(run, node, made)
        if node.id in run.lost or not self.hold(run, node, made.held, 0, once=True):
            return
        run.parameters[node.id] = made.tensors
        for name, meta in made.tensors.items():
            self.rows[f"{path}.{name}"] = output_meta(meta)

    def _check_parameters(self, run: ScopeRun, node: BoundNode, made: Made) -> None:
        asked = node.node.requires_grad
        named = [("requires_grad", name) for name in asked] if isinstance(asked, dict) else []
        named += [("init", each.parameter) for each in node.inits]
        for key, name in named:
            if name not in made.tensors:
                owned = ", ".join(f"`{each}`" for each in made.tensors) or "none"
                message = f"`{node.id}` has no parameter `{name[:80]}`."
                self.refuse(run, node, ("unknown-parameter", message, f"It has {owned}."), (key, name))

    def _cut_batches(self, run: ScopeRun) -> None:
        """Let a step see one batch of the sources that are cut into batches."""
        batch = self.binding.train.batch if self.binding.train else None
        sizes: set[int] = set()
        for place, reference in enumerate(batch.of if batch else ()):
            value = run.peek(reference)
            if not isinstance(value, Meta) or batch is None:
                continue
            at = f"/train/batch/of/{place}"
            if not value.shape:
                message = f"`{reference}` is one number and has no first dimension to cut into batches."
                self.problems.add_at(at, "batch-size", message, "Batch sources with at least one dimension.")
                continue
            sizes.add(value.shape[0])
            if len(sizes) > 1:
                message = f"`{reference}` has {value.shape[0]} rows, `{batch.of[0]}` has another number."
                self.problems.add_at(
                    at, "batch-size", message, "Sources of one batch have as many rows each."
                )
            cut = value._replace(shape=(min(batch.size, value.shape[0]), *value.shape[1:]))
            values = list(run.values[reference.node] or ())
            values[reference.index] = cut
            run.values[reference.node] = tuple(values)

    def _step(self, run: ScopeRun, node: BoundNode) -> None:
        self._steps_left -= 1
        if node.is_module and is_lazy(node):
            node = self._with_size(run, node)
        if node.passes is not None:
            value = self._read(run, node, ("bypass",), node.passes)
            if isinstance(value, Lost):
                run.lost.add(node.id)
            else:
                self.settle(run, node, (value,))
            return
        fed = self._fed(run, node)
        known = {key: each for key, each in fed.items() if isinstance(each, Meta)}
        if node.id in run.lost:
            return
        if len(known) == len(fed) and not node.functions:
            self._operate(run, node, known)
        elif any(isinstance(each, Lost) for each in fed.values()):
            run.lost.add(node.id)
        elif node.functions and self._steps_left > 0:
            self._run_control(self, run, node, fed)
        else:
            self.settle(run, node, unknown_outputs(node))

    def _with_size(self, run: ScopeRun, node: BoundNode) -> BoundNode:
        """Return what a lazy module becomes for what its input carries, and make its owner if it is new."""
        value = run.peek(wire) if isinstance(wire := node.wires["input"], Reference) else LOST
        if isinstance(value, Lost) or value is None:
            return node
        if not isinstance(value, Meta):
            message = f"`{node.id}` takes its sizes from its input, whose shape only the data decide."
            help_text = f"Take `{node.operation.name.replace('Lazy', '')}` and give its sizes."
            self.refuse(run, node, ("lazy-size", message, help_text))
            return node
        for each in (run.scope.nodes[node.owner], node):
            key = (run.scope.name, each.id)
            if key not in self.sizes:
                found = sized(each, value.shape, self.binding.catalog)
                if not isinstance(found, BoundNode):
                    self.refuse(run, each, found)
                    return node
                self.sizes[key] = found
        if node.owner not in run.parameters:
            self._make_module(run, self.sizes[run.scope.name, node.owner])
        return self.sizes[run.scope.name, node.id]

    def _operate(self, run: ScopeRun, node: BoundNode, fed: dict[str, Meta]) -> None:
        path = run.prefix + node.id
        too_much = excess(node, path, fed)
        if too_much is not None:
            self.refuse(run, node, too_much)
            return
        owner = self.sizes.get((run.scope.name, node.owner), run.scope.nodes[node.owner])
        if node.is_module and owner.id not in run.parameters:
            run.lost.add(node.id)
            return

        def callee() -> Callable[..., Any]:
            if not node.is_module:
                return self.calls[node.operation.name]
            return make_module(owner, self.calls).train(node.node.mode != "eval")

        given = self._call(node, fed, callee, made_key(owner) if node.is_module else ())
        if isinstance(given, Refusal):
            self.refuse(run, node, explain(node, path, fed, given))
        elif self.hold(run, node, given.held, given.largest):
            self.settle(run, node, unknown_outputs(node) if given.values is None else given.values)

    def _call(
        self,
        node: BoundNode,
        fed: Mapping[str, Meta],
        callee: Callable[[], Callable[..., Any]],
        made: tuple[object, ...] = (),
    ) -> Given | Refusal:
        def run(tensor: Callable[[Meta], torch.Tensor]) -> object:
            tensors = [tensor(meta) for meta in fed.values()]
            by_reference = {edge[2]: each for edge, each in zip(node.edges(), tensors, strict=True)}
            positional, keywords = call_arguments(node, by_reference.__getitem__)
            return callee()(*positional, **keywords)

        key = (node.operation.name, argument_texts(node), tuple(fed.items()), made, node.node.mode)
        return self.shapes.call(key, run)

    def _fed(self, run: ScopeRun, node: BoundNode) -> dict[str, Fed]:
        fed: dict[str, Fed] = {}
        for name, wire in node.wires.items():
            if isinstance(wire, Reference):
                fed[name] = self._read(run, node, ("inputs", name), wire)
            else:
                for place, reference in enumerate(wire):
                    at = ("inputs", name, str(place))
                    fed[f"{name}.{place}"] = self._read(run, node, at, reference)
        return fed

    def _read(self, run: ScopeRun, node: BoundNode, at: tuple[str, ...], reference: Reference) -> Fed:
        """Return what an edge carries, and say so if there is nothing at its beginning."""
        value = run.peek(reference)
        if value is None:
            message = f"`{reference}` is absent here: `{reference.node}` gives nothing at that place."
            help_text = (
                f"Wire another output, or set the arguments of `{reference.node}` so that it is given."
            )
            self.refuse(run, node, ("absent-output", message, help_text), at)
            return LOST
        if not isinstance(value, Lost) or reference.kind == "input" or reference.node in run.lost:
            return value
        if reference.kind == "parameter":
            owner = run.scope.nodes[reference.node].owner
            if owner not in run.parameters:
                return LOST
            names = [f"`{reference.node}.{each}`" for each in run.parameters[owner]]
            message = f"`{reference.node}` has no output or parameter `{reference.output[:80]}`."
        else:
            values = run.values.get(reference.node) or ()
            names = [f"`{reference.node}.{place}`" for place in range(min(len(values), 8))]
            message = f"`{reference}` is not there: `{reference.node}` gives {len(values)} outputs."
        help_text = f"There is {', '.join(names)}." if names else "It has none."
        self.refuse(run, node, ("unknown-output", message, help_text), at)
        return LOST

    def hold(self, run: ScopeRun, node: BoundNode, held: int, largest: int = 0, once: bool = False) -> bool:
        """Count bytes that a node holds; False, and a problem, if there are not as many.

        Args:
            run: the passage.
            node: what holds them.
            held: bytes that stay.
            largest: bytes of the largest tensor on the way.
            once: what is made once is counted once, however often it is passed.
        """
        path = run.prefix + node.id
        if once and path in self._counted:
            return True
        needs = max(held, largest)
        if self.held + needs > self.budget_bytes:
            self.refuse(run, node, explain_budget(path, needs, self.held, self.budget_bytes))
            return False
        if once:
            self._counted.add(path)
        self.held += held
        return True

    def settle(self, run: ScopeRun, node: BoundNode, values: tuple[Value, ...] | None) -> None:
        """Note what a node gives."""
        run.values[node.id] = values
        path = run.prefix + node.id
        for place, value in enumerate((Unknown(),) if values is None else values):
            if value is not None:
                name = path if place == 0 else f"{path}.{output_name(node, place)}"
                self.rows[name] = output_meta(value)


def _no_gradient(path: str, value: Meta) -> Words:
    return (
        "requires-grad-dtype",
        f"`{path}` holds {dtype_name(value.dtype)} and cannot require a gradient. PyTorch says: "
        "only Tensors of floating point dtype can require gradients",
        "Write its numbers with a point (`1.0`), or give it a floating dtype.",
    )
