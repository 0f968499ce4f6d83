"""What the training loop of a graph does, with every name resolved. Knows nothing of torch.

A part with a problem is left out; the nodes run all the same.
"""

from collections.abc import Mapping
from typing import Any

from gradcanvas.catalog.model import Argument, Catalog, Operation, Overload
from gradcanvas.document import Batch, Graph, Literal, Optimizer, Scheduler, Train
from gradcanvas.document.problems import pointer
from gradcanvas.program.binding import (
    BoundBatch,
    BoundGroup,
    BoundNode,
    BoundOptimizer,
    BoundScheduler,
    BoundTrain,
    BoundValidation,
    Reference,
    Scope,
)
from gradcanvas.program.data_node import DataFault, is_data, read_data
from gradcanvas.program.drafting import find_operation
from gradcanvas.program.drafts import Problems
from gradcanvas.program.fitting import Given
from gradcanvas.program.literals import misfit
from gradcanvas.program.matching import Match, match
from gradcanvas.program.references import Unresolved
from gradcanvas.program.scopes import ScopeBinder

_DATA = Argument("data", "data")


def bind_train(
    graph: Graph, catalog: Catalog, binder: ScopeBinder, scope: Scope, problems: Problems
) -> BoundTrain | None:
    """Bind `train`, or return None where the graph has none.

    Args:
        graph: the document.
        catalog: the vocabulary.
        binder: of the graph's own nodes.
        scope: what of them can run.
        problems: takes what is found.
    """
    train = graph.train
    _report_groups(graph, binder, problems)
    if train is None:
        return None
    bound = _TrainBinder(catalog, binder, scope, problems).bind(train)
    if "/train" in graph.broken:
        return BoundTrain(loss=bound.loss, metrics=bound.metrics)
    return bound


def _report_groups(graph: Graph, binder: ScopeBinder, problems: Problems) -> None:
    optimizer = graph.train.optimizer if graph.train else None
    groups = optimizer.groups if optimizer else {}
    for draft in binder.drafts.values():
        group = draft.node.group
        if group is not None and optimizer is not None and group not in groups:
            problems.add(
                (*draft.path, "group"),
                "unknown-group",
                f"`{draft.id}` is in the parameter group `{group[:80]}`, which is not there.",
                "Add it to `train.optimizer.groups`, or take it away.",
            )


class _TrainBinder:
    def __init__(self, catalog: Catalog, binder: ScopeBinder, scope: Scope, problems: Problems) -> None:
        self.catalog = catalog
        self.binder = binder
        self.scope = scope
        self.problems = problems

    def bind(self, train: Train) -> BoundTrain:
        metrics = {name: self.reference(("metrics", name), text) for name, text in train.metrics.items()}
        self._report_what_has_no_effect(train)
        return BoundTrain(
            loss=self.reference(("loss",), train.loss) if train.loss is not None else None,
            steps=train.steps,
            optimizer=self.optimizer(train.optimizer) if train.optimizer else None,
            scheduler=self.scheduler(train.scheduler, train.optimizer) if train.scheduler else None,
            clip_norm=train.clip.norm if train.clip else None,
            clip_value=train.clip.value if train.clip else None,
            batch=self.batch(train.batch) if train.batch else None,
            metrics={name: found for name, found in metrics.items() if found is not None},
            validation=self.validation(train.validation),
        )

    def _report_what_has_no_effect(self, train: Train) -> None:
        """Report what would be passed over, or would stand in the place of something else."""
        if train.clip and train.optimizer and train.optimizer.op == "torch.optim.LBFGS":
            message = "`torch.optim.LBFGS` computes its gradients itself: nothing can clip them in between."
            self.problems.add(("train", "clip"), "bad-value", message, "Take the clipping away.")
        for name in ("step", "loss"):
            if train.validation and name in train.metrics:
                message = f"A metric called `{name}` would take the place of the validation's own `{name}`."
                self.problems.add(("train", "metrics", name), "name-twice", message, "Give it another name.")

    def reference(self, at: tuple[str, ...], text: str) -> Reference | None:
        """Resolve one reference of `train`; None if it leads nowhere or to what cannot run."""
        found = self.binder.resolve(text)
        if isinstance(found, Unresolved):
            if found.code:
                self.problems.add(("train", *at), found.code, found.message, found.help)
            return None
        return found if found.node in self.scope.nodes else None

    def source(self, at: tuple[str, ...], text: str) -> Reference | None:
        """Resolve a reference that must lead to a source."""
        found = self.binder.resolve(text)
        if isinstance(found, Reference) and not self._is_source(found):
            self.problems.add(
                ("train", *at),
                "not-a-source",
                f"`{text[:80]}` is computed in every step; only a source can stand here.",
                "Write the id of a node without `inputs`.",
            )
            return None
        return self.reference(at, text)

    def _is_source(self, reference: Reference) -> bool:
        draft = self.binder.drafts[reference.node]
        return not draft.node.inputs and not draft.is_module and not draft.functions

    def optimizer(self, optimizer: Optimizer) -> BoundOptimizer | None:
        at = ("train", "optimizer")
        found = self._callable(at, optimizer.op, "optimizer", optimizer.args)
        if found is None:
            return None
        operation, overload = found
        groups = {}
        if optimizer.groups and operation.name == "torch.optim.LBFGS":
            message = "`torch.optim.LBFGS` changes all leaves as one vector and has no parameter groups."
            self.problems.add((*at, "groups"), "bad-value", message, "Take the groups away.")
            return None
        for name, args in optimizer.groups.items():
            group = self._match(operation, {**optimizer.args, **args}, f"groups.{name}")
            if group is None:
                continue
            if group.overload is not None:
                groups[name] = BoundGroup(group.overload, _plain(args))
            for fault in group.faults:
                path = (*at, "groups", name, *fault.at[1:])
                self.problems.add(path, fault.code, fault.message, fault.help)
        return BoundOptimizer(operation, overload, _plain(optimizer.args), groups)

    def scheduler(self, scheduler: Scheduler, optimizer: Optimizer | None) -> BoundScheduler | None:
        if optimizer is not None and optimizer.op == "gradcanvas.descent":
            message = "`gradcanvas.descent` is a line of the loop, whose learning rate no schedule can set."
            help_text = "Take an optimiser of `torch.optim`, such as `torch.optim.SGD`."
            self.problems.add(("train", "scheduler"), "wrong-kind", message, help_text)
            return None
        return self._schedule(("train", "scheduler"), scheduler.op, scheduler.args)

    def _schedule(self, at: tuple[str, ...], name: str, args: Mapping[str, Literal]) -> BoundScheduler | None:
        """Bind a scheduler with those that it combines."""
        found = self._callable(at, name, "scheduler", args)
        if found is None:
            return None
        values = _plain(args)
        if values.get("lr_lambda") == []:
            self.problems.add(
                (*at, "args", "lr_lambda"),
                "bad-value",
                "`lr_lambda` is an empty list; it holds the factor of each step.",
                "Write one number for each step; the last one holds from then on.",
            )
            return None
        listed: Any = values.pop("schedulers", [])
        parts = [self._part((*at, "args", "schedulers", str(i)), each) for i, each in enumerate(listed)]
        whole = tuple(part for part in parts if part is not None)
        return BoundScheduler(*found, values, whole) if len(whole) == len(parts) else None

    def _part(self, at: tuple[str, ...], part: Mapping[str, Any]) -> BoundScheduler | None:
        args = {name: Literal.of(value) for name, value in part.get("args", {}).items()}
        bound = self._schedule(at, part["op"], args)
        if bound is None or not bound.operation.name.endswith(".ReduceLROnPlateau"):
            return bound
        self.problems.add(
            (*at, "op"),
            "wrong-kind",
            "`ReduceLROnPlateau` waits for a loss, and a combined schedule tells its parts none.",
            "Let it stand alone, or combine others.",
        )
        return None

    def _callable(
        self, at: tuple[str, ...], name: str, kind: str, args: Mapping[str, Literal]
    ) -> tuple[Operation, Overload] | None:
        operation = find_operation(self.catalog, name, (*at, "op"), self.problems, (kind,))
        if operation is None:
            return None
        found = self._match(operation, args, kind)
        if found is None:
            return None
        self.problems.faults(at, found.faults)
        return None if found.overload is None else (operation, found.overload)

    @staticmethod
    def _match(operation: Operation, args: Mapping[str, Literal], owner: str) -> Match | None:
        try:
            return match(operation, Given({}, args), owner)
        except ValueError:  # numbers too large to convert: the document's problem, already told
            return None

    def batch(self, batch: Batch) -> BoundBatch | None:
        found: list[Reference] = []
        for place, text in enumerate(batch.of):
            at = ("batch", "of", str(place))
            reference = self.source(at, text)
            if reference in found:
                message = f"`{text[:80]}` stands twice in `batch.of`."
                self.problems.add(("train", *at), "duplicate-reference", message, "Take one of them out.")
            elif reference is not None:
                found.append(reference)
        if not batch.of:
            message = "`batch.of` names no source to cut into batches."
            self.problems.add(
                ("train", "batch", "of"), "missing-argument", message, "Write the ids of sources."
            )
        whole = found and len(found) == len(batch.of)
        return BoundBatch(batch.size, tuple(found), batch.shuffle) if whole else None

    def validation(self, replacements: Mapping[str, str | Literal]) -> tuple[BoundValidation, ...]:
        bound = []
        for text, value in replacements.items():
            at = ("validation", text)
            source = self.source(at, text)
            if isinstance(value, str):
                reference = self.source(at, value)
                if source is not None and reference is not None:
                    bound.append(BoundValidation(source, reference))
            elif (why := misfit(_DATA, value.value)) is not None:
                message = f"What replaces `{text[:80]}` must be {why[0]}, or the id of a source."
                self.problems.add(("train", *at), "wrong-type", message, why[1])
            elif source is not None:
                bound.append(BoundValidation(source, None, self._replacing(source, at, value)))
        return tuple(bound)

    def _replacing(self, source: Reference, at: tuple[str, ...], data: Literal) -> BoundNode:
        """Return the source that a literal makes, read as that of `torch.tensor`, in the dtype asked for."""
        replaced = self.scope.nodes[source.node]
        args = {"data": data}
        if "dtype" in replaced.node.args and _has_asked_dtype(replaced, source):
            args["dtype"] = replaced.node.args["dtype"]
        operation = self.catalog.operations["torch.tensor"]
        return BoundNode(
            id=source.node,
            where=pointer(("train", *at)),
            operation=operation,
            overload=operation.overloads[0],
            wires={},
            values=_plain(args),
            functions={},
            outputs=operation.overloads[0].outputs,
            node=replaced.node.model_copy(update={"op": operation.name, "args": args, "requires_grad": None}),
            owner=source.node,
        )


def _has_asked_dtype(node: BoundNode, output: Reference) -> bool:
    """Whether the dtype that a source asks for is that of this output: labels of data are integers."""
    if not is_data(node.operation):
        return True
    data = read_data(node.overload, node.values)
    return not isinstance(data, DataFault) and data.outputs[output.index].dtype == node.values["dtype"]


def _plain(args: Mapping[str, Literal]) -> dict[str, object]:
    return {name: literal.value for name, literal in args.items()}
