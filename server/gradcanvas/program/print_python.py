"""Prints a graph as the script that a person would write: it needs torch alone and gives `run`'s numbers.

Ids are variables, functions are `def`s, loops and branches are Python's own. The number of threads is part of
a result and stays the choice of whoever runs the script.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from gradcanvas.program.aliases import Aliases
from gradcanvas.program.binding import Binding, BoundNode, BoundTrain, Reference
from gradcanvas.program.calling import literal_arguments, make_arguments
from gradcanvas.program.data_node import DataFault, is_data, read_data
from gradcanvas.program.modules import Made, everything_made
from gradcanvas.program.plan import Value, plan_scope
from gradcanvas.program.print_data import DataPrinter, Imports
from gradcanvas.program.print_kept import KeptValues, fill_lines, needs_base64
from gradcanvas.program.print_names import Names, joined
from gradcanvas.program.print_scope import ScopePrinter, arguments_text, function_lines, parameter_of
from gradcanvas.program.print_sources import source_lines, source_text
from gradcanvas.program.print_training import Closure, Leaf, Loop, training_lines
from gradcanvas.program.print_validation import PrintedValidation
from gradcanvas.program.traits import differentiates

_SURE = frozenset(
    """
    torch.add torch.sub torch.mul torch.div torch.matmul torch.mm torch.pow torch.mean torch.sum torch.exp
    torch.tanh torch.sigmoid torch.square torch.sin torch.cos torch.relu torch.sqrt torch.log torch.abs
    torch.neg torch.var torch.std torch.nn.functional.relu torch.nn.functional.linear
    torch.nn.functional.mse_loss
    torch.nn.functional.l1_loss torch.nn.functional.binary_cross_entropy_with_logits
    """.split()  # noqa: SIM905
)
"""Operations that let a gradient back to every tensor they are given."""

_DEVICES = {"auto": '"cuda" if torch.cuda.is_available() else "cpu"'}


def print_python(
    binding: Binding, *, device: str = "auto", kept: KeptValues | None = None, is_abridged: bool = False
) -> str:
    """Return a standalone script that prints the final loss, the metrics and the leaves.

    Args:
        binding: the graph; what has problems is left out of it.
        device: as the file says it: "auto", "cpu", "cuda" or "cuda:1".
        kept: the values that the file keeps.
        is_abridged: to be read, not run: of the data in it only the beginnings are written.
    """
    return "\n".join(_Script(binding, device, kept or KeptValues(), is_abridged).lines()) + "\n"


class _Script:
    def __init__(self, binding: Binding, device: str, given: KeptValues, is_abridged: bool) -> None:
        self.binding = binding
        self.given = given
        self.scope = binding.scope
        self.functions = binding.functions
        every = (binding.scope, *binding.functions.values())
        ids = {name for scope in every for name in (*scope.nodes, *scope.inputs)}
        self.names = Names({*ids, "torch"})
        self.imports = Imports(self.names)
        self.is_abridged = is_abridged
        self.device_line = "" if device == "cpu" else _DEVICES.get(device, f'"{device}"')
        self.device = self.names.fresh("device") if self.device_line else ""
        self.callable_as = {name: self.names.fresh(name) for name in binding.functions}
        self.made = list(everything_made(binding.scope, binding.functions))
        self.kept = {
            key: key if key in self.scope.nodes else self.names.fresh(joined(key))
            for each in self.made
            for key in each.keys
        }
        self.batched = self.batch_names()
        in_step = {path: self.batched.get(name, name) for path, name in self.kept.items()}
        self.closure: Closure | None = None
        self.copies: dict[str, str] = {}
        self.printer = ScopePrinter(
            binding.scope, binding.functions, self.callable_as, in_step, self.names, self.device
        )

    def lines(self) -> Iterator[str]:
        step = self.printer.lines()
        title = " ".join((self.binding.graph.title or "").split())
        yield from [f"# {title}"] if title else []
        sources = {each.path: self.sources_of(each) for each in self.made if not each.node.is_module}
        yield from self.import_lines()
        for name in self.called_functions():
            yield from [
                "",
                *function_lines(self.functions[name], self.functions, self.callable_as, self.device),
                "",
            ]
        yield from [f"{self.device} = {self.device_line}", ""] if self.device else []
        yield f"torch.manual_seed({self.binding.graph.seed or 0})"
        for each in self.made:
            if each.node.is_module:
                yield from self.module(self.kept[each.path], each.node)
            else:
                yield from sources[each.path]
        yield from fill_lines({self.variable_of(ref): value for ref, value in self.given.values.items()})
        yield ""
        yield from self.computation(step)
        yield ""
        yield from self.prints()

    def import_lines(self) -> Iterator[str]:
        if needs_base64(self.given):
            self.imports.module("base64")
        own, others = self.imports.lines()
        yield from [*own, ""] if own else []
        yield from [*others, "import torch", ""]

    def sources_of(self, made: Made) -> list[str]:
        variables = [self.kept[key] for key in made.keys]
        if is_data(made.node.operation):
            printer = DataPrinter(self.names, self.imports, self.device, is_abridged=self.is_abridged)
            return printer.lines(made.node, variables)
        return source_lines(variables[0], made.node, self.device)

    def computation(self, step: list[str]) -> list[str]:
        """Return the loop, or one step where there is nothing to train."""
        train = self.binding.train
        loss = None if train is None else train.loss
        leaves = list(self.leaves())
        if train is None or loss is None:
            return step
        if train.optimizer is not None and train.steps and leaves:
            text = self.printer.expression(loss)
            if train.optimizer.operation.name == "torch.optim.LBFGS":
                self.closure = self.closure_names(train)
            moments = {self.variable_of(ref): known for ref, known in self.given.moments.items()}
            self.copies = self.copied(train, loss)
            loop = Loop(train, step, text, self.copies, leaves, self.batched, self.names, self.closure)
            return training_lines(
                replace(loop, moments=moments, device=self.device, validation=self.validation(train, text))
            )
        cut = [
            f"{batch} = {whole}[:{train.batch.size}]" for whole, batch in self.batched.items() if train.batch
        ]
        backward = [f"{self.printer.expression(loss)}.backward()"] if leaves else []
        return [*cut, *step, *backward]

    def copied(self, train: BoundTrain, loss: Reference) -> dict[str, str]:
        """Name a variable for the loss and each metric that an update would change before it is printed."""
        aliases = Aliases(self.functions)
        shared = [each for each in (loss, *train.metrics.values()) if aliases.may_share(self.scope, each)]
        texts = dict.fromkeys(self.printer.expression(each) for each in shared)
        return {text: self.names.fresh(f"{_variable(text)}_before") for text in texts}

    def validation(self, train: BoundTrain, loss: str) -> PrintedValidation | None:
        """Say what stands for the sources in validation; None where nothing is replaced."""
        if not train.validation:
            return None
        given = {batch: whole for whole, batch in self.batched.items()}
        takes_gradients = any(differentiates(node, self.functions) for node in self.scope.nodes.values())
        for each in train.validation:
            source = self.kept[str(each.source)]
            text = (
                source_text(each.made, self.device)
                if each.made is not None
                else self.kept[str(each.reference)]
            )
            is_leaf = self.scope.nodes[each.source.node].node.requires_grad is True
            leaf = ".detach().requires_grad_()" if takes_gradients and is_leaf else ""
            given[self.batched.get(source, source)] = text + leaf
        metrics = [self.printer.expression(reference) for reference in train.metrics.values()]
        modules = [
            self.kept[each.path]
            for each in self.made
            if each.node.is_module and each.node.node.mode != "eval"
        ]
        return PrintedValidation(given, [loss, *metrics], modules, takes_gradients)

    def variable_of(self, ref: str) -> str:
        """Return the expression of a source, parameter or buffer ("call_fc.weight" of "call/fc.weight")."""
        if ref in self.kept:
            return self.kept[ref]
        before, slash, last = ref.rpartition("/")
        name, _, parameter = last.partition(".")
        return parameter_of(self.kept[f"{before}{slash}{name}"], parameter)

    def closure_names(self, train: BoundTrain) -> Closure:
        """Name what a step by closure needs."""
        metrics = tuple(self.printer.expression(reference) for reference in train.metrics.values())
        computed = self.names.fresh("computed") if metrics else ""
        return Closure(self.names.fresh("closure"), self.names.fresh("step_loss"), computed, metrics)

    def prints(self) -> Iterator[str]:
        train = self.binding.train
        if self.closure is not None and train is not None:
            yield f'print("loss:", {self.closure.loss}.item())'
            for place, name in enumerate(train.metrics):
                yield f"print({f'{name}:'!r}, {self.closure.computed}[0][{place}].item())"
        elif train is not None and train.loss is not None:
            yield f'print("loss:", {self.printed(train.loss)}.item())'
            for name, reference in train.metrics.items():
                yield f"print({f'{name}:'!r}, {self.printed(reference)}.item())"
        else:
            used = {str(edge[2]) for node in self.scope.nodes.values() for edge in node.edges()}
            for name in self.scope.order:
                if name not in used and self.scope.nodes[name].outputs:
                    reference = Reference(name, self.scope.nodes[name].outputs[0].name)
                    yield f"print({f'{name}:'!r}, {self.printer.expression(reference)}.tolist())"
        name, parameter = self.names.fresh("name"), self.names.fresh("parameter")
        for each in self.made:
            variable = self.kept[each.path]
            if each.node.is_module:
                yield f"for {name}, {parameter} in {variable}.named_parameters():"
                yield f'    print(f"{each.path}.{{{name}}}:", {parameter}.tolist())'
            elif each.node.node.requires_grad is True:
                yield from (f'print("{key}:", {self.kept[key]}.tolist())' for key in self.leaf_keys(each))

    def printed(self, reference: Reference) -> str:
        """Return the expression of the loss or a metric as the last step computed it."""
        text = self.printer.expression(reference)
        return self.copies.get(text, text)

    def called_functions(self) -> list[str]:
        """Return the functions that are called from the graph, in the order of the file."""
        waiting = [name for node in self.scope.nodes.values() for name in node.functions.values()]
        called: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in called:
                called.add(name)
                waiting += [
                    each for node in self.functions[name].nodes.values() for each in node.functions.values()
                ]
        return [name for name in self.functions if name in called]

    def module(self, variable: str, node: BoundNode) -> Iterator[str]:
        on = f".to({self.device})" if self.device else ""
        yield f"{variable} = {node.operation.name}({arguments_text(*make_arguments(node))}){on}"
        for init in node.inits:
            text = arguments_text(*literal_arguments(init.overload, init.values))
            parameter = parameter_of(variable, init.parameter)
            yield f"{init.operation.name}({', '.join(filter(None, [parameter, text]))})"
        asked = node.node.requires_grad
        if asked is False:
            yield f"{variable}.requires_grad_(False)"
        for name, required in (asked if isinstance(asked, dict) else {}).items():
            yield f"{parameter_of(variable, name)}.requires_grad_({required})"
        if node.node.mode == "eval":
            yield f"{variable}.eval()"

    def leaves(self) -> Iterator[Leaf]:
        sure = self.sure_leaves()
        for each in self.made:
            variable, asked = self.kept[each.path], each.node.node.requires_grad
            group = each.node.node.group or ""
            if not each.node.is_module:
                if asked is True:
                    yield from (Leaf(self.kept[key], group, key in sure) for key in self.leaf_keys(each))
            elif isinstance(asked, dict):
                yield Leaf(f"*(p for p in {variable}.parameters() if p.requires_grad)", group, False)
            elif asked is not False:
                yield Leaf(f"*{variable}.parameters()", group, False)

    def leaf_keys(self, made: Made) -> list[str]:
        """Return which outputs of a source with `requires_grad` are leaves: of data, the floating ones."""
        if not is_data(made.node.operation):
            return [made.path]
        data = read_data(made.node.overload, made.node.values)
        assert not isinstance(data, DataFault)
        return [key for key, output in zip(made.keys, data.outputs, strict=True) if output.collects]

    def sure_leaves(self) -> set[str]:
        """Name the sources that always have a gradient: some way to the loss is sure to let one back."""
        train = self.binding.train
        if train is None or train.loss is None:
            return set()
        plan = plan_scope(self.scope, self.functions, "", (train.loss,))
        found = plan.outputs[0]
        reached: set[Value] = {found[0]} if found is not None else set()
        for step in reversed(plan.steps):
            if step.node.operation.name in _SURE and any(value in reached for value in step.values):
                reached.update(edge.value for edge in step.edges)
        return {value.path for value in reached if value.kind == "source"}

    def batch_names(self) -> dict[str, str]:
        """Return what the batch of each cut source is called, by the source's variable."""
        train = self.binding.train
        if train is None or train.batch is None:
            return {}
        cut = [str(reference) for reference in train.batch.of]
        return {self.kept[name]: self.names.fresh(f"{self.kept[name]}_batch") for name in cut}


def _variable(text: str) -> str:
    """Return the variable with which an expression begins ("m" of "m[0].weight")."""
    found = re.match(r"\w+", text)
    assert found is not None
    return found[0]
