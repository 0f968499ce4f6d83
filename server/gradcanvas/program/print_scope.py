"""Prints the nodes of one scope as lines of Python: the graph's own, or the body of a function.

Knows operations and control flow; knows nothing of training.
"""

from collections.abc import Mapping
from typing import Any

import torch

from gradcanvas.program.binding import BoundNode, Reference, Scope
from gradcanvas.program.calling import call_arguments
from gradcanvas.program.modules import Body, bodies_of, everything_made
from gradcanvas.program.places import is_native
from gradcanvas.program.print_names import Names, joined
from gradcanvas.program.traits import GRADIENT
from gradcanvas.program.values import python_text, to_python_source

INDENT = "    "
_NESTED = {"torch.nn.LSTM": ("[0]", "[1][0]", "[1][1]")}
"""Outputs that come as a tuple within a tuple, by their number depth first."""


class Source:
    """A piece of Python text that stands among values which are yet to be written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class ScopePrinter:
    """Prints one scope.

    Args:
        functions: the graph's functions.
        callable_as: function → the name of its `def`.
        kept: output of a source or path of a module in the scope → its variable.
        names: the names taken in the scope.
        device: the text that stands for the device, "" where none is written.
    """

    def __init__(
        self,
        scope: Scope,
        functions: Mapping[str, Scope],
        callable_as: Mapping[str, str],
        kept: Mapping[str, str],
        names: Names,
        device: str,
    ) -> None:
        self.scope = scope
        self.functions = functions
        self.callable_as = callable_as
        self.kept = kept
        self.names = names
        self.device = device
        self.called: dict[str, tuple[str, ...]] = {}

    def lines(self) -> list[str]:
        """Return the lines of every node that a step runs, in the order of evaluation."""
        lines: list[str] = []
        for name in self.scope.order:
            node = self.scope.nodes[name]
            if node.passes is None:
                lines += self.control(node) if node.is_control else [self.operation(node)]
        return lines

    def expression(self, reference: Reference) -> str:
        """Return what stands for a reference."""
        if reference.kind == "input":
            return reference.node
        node = self.scope.nodes[reference.node]
        if reference.kind == "parameter":
            return parameter_of(self.kept[node.owner], reference.output)
        if node.passes is not None and reference.index == 0:
            return self.expression(node.passes)
        if node.is_source:
            return self.kept[str(reference)]
        if node.is_control:
            return self.called[reference.node][[each.name for each in node.outputs].index(reference.output)]
        return self.called[reference.node][0] + _taken_out(node, reference)

    def operation(self, node: BoundNode) -> str:
        """Return the line that calls an operation or a module."""
        made = self.call(node)
        target = self.names.fresh(f"{node.id}_output") if node.is_module else node.id
        self.called[node.id] = (target,)
        return f"{target} = {made}"

    def call(self, node: BoundNode) -> str:
        """Return the call of an operation or a module."""
        name = node.operation.name
        args, kwargs = call_arguments(node, lambda reference: Source(self.expression(reference)))
        if name == "torch.Tensor.__getitem__":
            return f"{args[0]}[{self.index(node)}]"
        if is_native(name):
            _leading_operands(node, args, kwargs)
        if name == "gradcanvas.detach":
            return f"{kwargs['input']}.detach(){'.requires_grad_()' if kwargs.get('requires_grad') else ''}"
        if name == GRADIENT:
            return _gradient_text(node, kwargs)
        if node.is_module:
            return f"{self.kept[node.owner]}({arguments_text(args, kwargs)})"
        if node.operation.kind == "method":
            receiver = python_text(args[0])
            return f"{receiver}.{name.rpartition('.')[2]}({arguments_text(args[1:], kwargs)})"
        return f"{name}({arguments_text(args, kwargs)})"

    def index(self, node: BoundNode) -> str:
        """Return the text between the brackets."""
        argument = node.argument("index")
        assert argument is not None
        wired = {
            name: self.expression(wire) for name, wire in node.wires.items() if isinstance(wire, Reference)
        }
        return to_python_source(argument, node.values["index"], wired)

    def control(self, node: BoundNode) -> list[str]:
        """Return the lines of a control operation."""
        outputs = [output.name for output in node.outputs]
        alone = len(outputs) == 1
        targets = {name: node.id if alone else self.names.fresh(f"{node.id}_{name}") for name in outputs}
        self.called[node.id] = tuple(targets.values())
        wired = {
            name: self.expression(wire) for name, wire in node.wires.items() if isinstance(wire, Reference)
        }
        bodies = {body.role: body for body in bodies_of(node, self.functions)}
        printed = {
            "gradcanvas.call": self.call_lines,
            "gradcanvas.if": self.if_lines,
            "gradcanvas.for": self.for_lines,
            "gradcanvas.while": self.while_lines,
        }[node.operation.name]
        return printed(node, bodies, wired, targets)

    def call_lines(
        self, node: BoundNode, bodies: Mapping[str, Body], wired: dict[str, str], targets: Mapping[str, str]
    ) -> list[str]:
        """Return a plain call."""
        return [self.assignment(node, bodies["function"], wired, targets)]

    def if_lines(
        self, node: BoundNode, bodies: Mapping[str, Body], wired: dict[str, str], targets: Mapping[str, str]
    ) -> list[str]:
        """Return a branch; without `else` the inputs of the outputs' names pass through."""
        condition = wired.pop("condition")
        lines = [f"if {condition}:", INDENT + self.assignment(node, bodies["then"], wired, targets), "else:"]
        if "else" in bodies:
            return [*lines, INDENT + self.assignment(node, bodies["else"], wired, targets)]
        return lines + [f"{INDENT}{target} = {wired[name]}" for name, target in targets.items()]

    def for_lines(
        self, node: BoundNode, bodies: Mapping[str, Body], wired: dict[str, str], targets: Mapping[str, str]
    ) -> list[str]:
        """Return a loop over a number or over slices."""
        body = bodies["body"]
        each = _mapping(node, "each")
        stacks = {name: self.names.fresh(f"{node.id}_{name}_all") for name in _mapping(node, "stack")}
        slices = {name: self.names.fresh(f"{node.id}_{name}") for name in each}
        counts = "index" in body.scope.inputs and "index" not in wired
        turn = self.names.fresh(f"{node.id}_turn" if counts else "_")
        lines = [f"{target} = {wired[name]}" for name, target in targets.items() if name in wired]
        lines += [f"{name} = []" for name in stacks.values()]
        over = [f"{wired[name]}.unbind({dimension})" for name, dimension in each.items()]
        lines.append(_for_line(list(slices.values()), over, turn, counts, node.values.get("times")))
        now = {**wired, **{name: target for name, target in targets.items()}, **slices}
        if counts:
            now["index"] = self.names.fresh(f"{node.id}_index")
            on = f", device={self.device}" if self.device else ""
            lines.append(f"{INDENT}{now['index']} = torch.tensor({turn}{on})")
        lines.append(INDENT + self.assignment(node, body, now, targets))
        lines += [f"{INDENT}{stack}.append({targets[name]})" for name, stack in stacks.items()]
        dimensions = _mapping(node, "stack")
        return lines + [
            f"{targets[name]} = torch.stack({stack}, {dimensions[name]})" for name, stack in stacks.items()
        ]

    def while_lines(
        self, node: BoundNode, bodies: Mapping[str, Body], wired: dict[str, str], targets: Mapping[str, str]
    ) -> list[str]:
        """Return a loop with a condition and a limit."""
        turns = self.names.fresh(f"{node.id}_turns")
        limit = node.values["limit"]
        now = {**wired, **targets}
        lines = [f"{target} = {wired[name]}" for name, target in targets.items() if name in wired]
        return [
            *lines,
            f"{turns} = 0",
            f"while {self.function_call(node, bodies['condition'], now)}:",
            f"{INDENT}if {turns} == {limit}:",
            f'{INDENT * 2}raise RuntimeError("The condition still held after {limit} iterations.")',
            INDENT + self.assignment(node, bodies["body"], now, targets),
            f"{INDENT}{turns} += 1",
        ]

    def assignment(
        self, node: BoundNode, body: Body, given: Mapping[str, str], targets: Mapping[str, str]
    ) -> str:
        """Return the line that calls a function and takes what it gives."""
        left = ", ".join(targets.get(name, "_") for name in body.scope.outputs)
        call = self.function_call(node, body, given)
        return f"{left} = {call}" if left else call

    def function_call(self, node: BoundNode, body: Body, given: Mapping[str, str]) -> str:
        """Return the call of a function: its inputs, then the sources and modules that the node owns."""
        inside = f"{node.owner}/{body.inside}"
        made = everything_made(body.scope, self.functions)
        own = [self.kept[inside + key] for each in made for key in each.keys]
        arguments = [given[name] for name in body.scope.inputs] + own
        return f"{self.callable_as[body.scope.name]}({', '.join(arguments)})"


def function_lines(
    scope: Scope, functions: Mapping[str, Scope], callable_as: Mapping[str, str], device: str
) -> list[str]:
    """Return the `def` of a function: its inputs, and then whatever its caller owns in it."""
    names = Names({*scope.nodes, *scope.inputs, *callable_as.values(), "torch", device})
    kept = {}
    for key in (key for made in everything_made(scope, functions) for key in made.keys):
        kept[key] = key if key in scope.nodes else names.fresh(joined(key))
    printer = ScopePrinter(scope, functions, callable_as, kept, names, device)
    body = printer.lines()
    given = ", ".join(printer.expression(reference) for reference in scope.outputs.values())
    parameters = ", ".join([*scope.inputs, *kept.values()])
    head = f"def {callable_as[scope.name]}({parameters}):"
    return [head, *(INDENT + line for line in body), f"{INDENT}return {given}"]


def arguments_text(args: list[Any], kwargs: Mapping[str, Any]) -> str:
    """Return what stands between the parentheses of a call."""
    return ", ".join(
        [*map(python_text, args), *(f"{name}={python_text(value)}" for name, value in kwargs.items())]
    )


def parameter_of(module: str, path: str) -> str:
    """Return the expression of a module's parameter or buffer; containers count their parts by numbers."""
    parts = path.split(".")
    return module + "".join(f".{part}" if part.isidentifier() else f"[{part}]" for part in parts)


def _taken_out(node: BoundNode, reference: Reference) -> str:
    if len(node.outputs) == 1 and not node.outputs[0].many:
        return ""
    index = reference.index
    if node.operation.name in _NESTED:
        return _NESTED[node.operation.name][index]
    place = next((place for place, output in enumerate(node.outputs) if output.many), len(node.outputs))
    if index >= place and len(node.outputs) > 1:
        return f"[{place}][{index - place}]"
    named = getattr(torch.return_types, node.operation.name.rpartition(".")[2], None)
    return f".{reference.output}" if hasattr(named, reference.output) else f"[{index}]"


def _gradient_text(node: BoundNode, kwargs: Mapping[str, Any]) -> str:
    """Return the call that takes a gradient; what was computed stays, whatever becomes of the gradient."""
    given = {name: value for name, value in kwargs.items() if value is not False and value is not None}
    operands = [given.pop("outputs"), given.pop("inputs")]
    if kwargs.get("create_graph") is False:
        given["retain_graph"] = True
    else:
        given["create_graph"] = True
    if given.get("materialize_grads"):
        given["allow_unused"] = True
    text = f"torch.autograd.grad({arguments_text(operands, given)})"
    return text if node.outputs[0].many else f"{text}[0]"


def _leading_operands(node: BoundNode, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Pass by position what an operator would have at its sides."""
    for argument in node.overload.arguments[len(args) :]:
        is_operand = argument.name in node.wires or argument.name in ("other", "exponent")
        if not is_operand or argument.name not in kwargs:
            return
        args.append(kwargs.pop(argument.name))


def _for_line(slices: list[str], over: list[str], turn: str, counts: bool, times: object) -> str:
    if not slices:
        return f"for {turn} in range({times}):"
    one = len(slices) == 1
    names = slices[0] if one else f"({', '.join(slices)})" if counts else ", ".join(slices)
    values = over[0] if one else f"zip({', '.join(over)}, strict=True)"
    return f"for {turn}, {names} in enumerate({values}):" if counts else f"for {names} in {values}:"


def _mapping(node: BoundNode, name: str) -> Mapping[str, Any]:
    value = node.values.get(name)
    return value if isinstance(value, Mapping) else {}
