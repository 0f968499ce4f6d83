"""A graph run the straightforward way: its file read as JSON, each callable called in turn, one backward.

Shares nothing with the compiler but the names of the callables: no plan, no generated code, no alias.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import getitem
from typing import Any

import torch

from gradcanvas.catalog import callables

SPREAD = {
    "torch.einsum": "operands",
    "torch.broadcast_tensors": "tensors",
    "torch.meshgrid": "tensors",
    "torch.block_diag": "tensors",
    "torch.atleast_2d": "tensors",
}
CONTROL = ("gradcanvas.call", "gradcanvas.if", "gradcanvas.for", "gradcanvas.while")
Values = dict[str, torch.Tensor]


@dataclass
class Eager:
    """What one step gave."""

    values: Values = field(default_factory=dict)
    leaves: Values = field(default_factory=dict)
    modules: dict[str, torch.nn.Module] = field(default_factory=dict)
    loss: torch.Tensor | None = None
    aliases: Values | None = None


def run(text: str, *, steps: int = 1, seed: int | None = None, aliased: bool = False) -> Eager:
    """Run the forward and backward of a graph file, `steps` times on the same leaves, gradients added up.

    Args:
        text: the file.
        steps: how often.
        seed: instead of the file's.
        aliased: every consumer is given an alias of its own, which keeps what flows back along its edge. The
            same numbers, but for how they are rounded.
    """
    file = json.loads(text)
    torch.manual_seed(file.get("seed", 0) if seed is None else seed)
    done = Eager(aliases={} if aliased else None)
    made: Values = {}
    _make(file["nodes"], file.get("functions", {}), "", made, done)
    for _ in range(steps):
        done.values = dict(made)
        names = _Scope(file, done, made, "", "", {})
        names.run(file["nodes"])
        if "train" in file:
            done.loss = names.find(file["train"]["loss"])
            for alias in (done.aliases or {}).values():
                alias.retain_grad()
            done.loss.backward()
    return done


def _make(nodes: dict[str, Any], functions: dict[str, Any], prefix: str, made: Values, done: Eager) -> None:
    for name, node in nodes.items():
        path = prefix + name
        if node["op"] in CONTROL:
            if "share" in node:
                continue
            roles = ("function", "then", "else", "condition", "body")
            called = dict.fromkeys(node["args"][role] for role in roles if role in node["args"])
            for function in called:
                _make(functions[function]["nodes"], functions, f"{path}/", made, done)
        elif node["op"].startswith("torch.nn.") and node["op"].rpartition(".")[2][0].isupper():
            if "share" not in node:
                module = _module(node)
                done.modules[path] = module.train(node.get("mode") != "eval")
                done.leaves.update({f"{path}.{key}": each for key, each in module.named_parameters()})
        elif not node.get("inputs"):
            made[path] = _call(node, {})
            if node.get("requires_grad"):
                done.leaves[path] = made[path].requires_grad_()


def _module(node: dict[str, Any]) -> torch.nn.Module:
    module: torch.nn.Module = callables()[node["op"]](**node.get("args", {}))
    for name, init in node.get("init", {}).items():
        callables()[init["op"]](module.get_parameter(name), **init["args"])
    asked = node.get("requires_grad", {})
    for name, required in asked.items() if isinstance(asked, dict) else ():
        module.get_parameter(name).requires_grad_(required)
    return module.requires_grad_(asked) if isinstance(asked, bool) else module


def _call(node: dict[str, Any], wired: dict[str, Any]) -> Any:
    given = {**{name: _literal(name, value) for name, value in node.get("args", {}).items()}, **wired}
    function = callables()[node["op"]]
    if node["op"] == "torch.Tensor.__getitem__":
        names = {name: tensor for name, tensor in wired.items() if name != "self"}
        return getitem(given["self"], eval(f"_[{given['index']}]", {"_": _Index(), **names}))
    positional = [given.pop("self")] if "self" in given else []
    if node["op"] in SPREAD:
        before = [given.pop("equation")] if "equation" in given else []
        return function(*before, *given.pop(SPREAD[node["op"]]), **given)
    return function(*positional, **given)


class _Index:
    def __getitem__(self, index: Any) -> Any:
        return index


def _literal(name: str, value: Any) -> Any:
    if name == "dtype":
        return getattr(torch, value)
    if isinstance(value, dict) and "complex" in value:
        return complex(*value["complex"])
    if isinstance(value, list):
        return [_literal("", item) for item in value]
    return value


class _Scope:
    def __init__(
        self, file: dict[str, Any], done: Eager, made: Values, prefix: str, state: str, inputs: Values
    ) -> None:
        self.file = file
        self.done = done
        self.made = made
        self.prefix = prefix
        self.state = state
        self.known: dict[str, Any] = dict(inputs)
        self.modules: dict[str, torch.nn.Module] = {}

    def run(self, nodes: dict[str, Any]) -> None:
        for name, node in nodes.items():
            if self.state + name in self.made and not node.get("inputs"):
                self.known[name] = self.made[self.state + name]
            owner = node.get("share", name)
            if self.state + owner in self.done.modules:
                self.modules[name] = self.done.modules[self.state + owner]
        waiting = [name for name in nodes if name not in self.known]
        while waiting:
            name = next(each for each in waiting if self._is_ready(nodes[each], waiting))
            waiting.remove(name)
            self._evaluate(name, nodes[name])

    def find(self, reference: str) -> Any:
        node, _, output = reference.partition(".")
        found: Any = self.known.get(node)
        if not output:
            if isinstance(found, dict):
                return next(iter(found.values()))
            return found[0] if isinstance(found, tuple) else found
        if node in self.modules and not (isinstance(found, tuple) and output.isdigit()):
            return self.modules[node].get_parameter(output)
        if isinstance(found, dict):
            return found[output]
        return found[int(output)] if output.isdigit() else getattr(found, output)

    def _is_ready(self, node: dict[str, Any], waiting: list[str]) -> bool:
        return not any(reference.partition(".")[0] in waiting for reference in _references(node))

    def _evaluate(self, name: str, node: dict[str, Any]) -> None:
        is_derived = node["op"] == "gradcanvas.grad"
        wired: dict[str, Any] = {
            argument: [
                self._carried(f"{name}.{argument}.{place}", each, is_derived)
                for place, each in enumerate(wire)
            ]
            if isinstance(wire, list)
            else self._carried(f"{name}.{argument}", wire, is_derived)
            for argument, wire in node.get("inputs", {}).items()
        }
        if node.get("bypass"):
            first = next(iter(wired.values()))
            self.known[name] = first[0] if isinstance(first, list) else first
        elif node["op"] in CONTROL:
            given = self._control(name, node, wired)
            self.known[name] = {each: given[each] for each in self._outputs(node)}
        elif name in self.modules:
            self.known[name] = self._shown(name, self.modules[name](**wired))
        elif node["op"] == "gradcanvas.detach":
            asked = node.get("args", {}).get("requires_grad", False)
            self.known[name] = self._shown(name, wired["input"].detach().requires_grad_(asked))
        elif node["op"] == "gradcanvas.grad":
            arguments = {"create_graph": True, "retain_graph": True, **node.get("args", {})}
            found = torch.autograd.grad(**wired, **arguments)
            self.known[name] = self._shown(name, found if isinstance(wired["inputs"], list) else found[0])
        else:
            self.known[name] = self._shown(name, _call(node, wired))

    def _carried(self, edge: str, reference: str, is_derived: bool) -> Any:
        tensor = self.find(reference)
        if self.done.aliases is None or not tensor.requires_grad:
            return tensor
        if is_derived and "grad_outputs" not in edge:
            return tensor
        alias = self.done.aliases[self.prefix + edge] = torch.ops.aten.alias(tensor)
        return alias

    def _shown(self, name: str, result: Any) -> Any:
        if isinstance(result, torch.Tensor):
            self.done.values[self.prefix + name] = result
            return result
        flat = tuple(_flat(result))
        for place, tensor in enumerate(flat):
            key = self.prefix + name if place == 0 else f"{self.prefix}{name}.{place}"
            self.done.values[key] = tensor
        return result if hasattr(result, "_fields") or hasattr(result, "n_fields") else flat

    def _outputs(self, node: dict[str, Any]) -> Iterator[str]:
        arguments = node["args"]
        name = arguments.get("function") or arguments.get("then") or arguments.get("body")
        yield from self.file["functions"][name]["outputs"]

    def _control(self, name: str, node: dict[str, Any], wired: Values) -> Values:
        arguments = node["args"]
        kind = node["op"].removeprefix("gradcanvas.")
        state = f"{self.state}{node.get('share', name)}/"
        if kind == "call":
            return self._body(arguments["function"], wired, f"{self.prefix}{name}/", state)
        if kind == "if":
            chosen = arguments["then"] if bool(wired.pop("condition")) else arguments.get("else")
            given = {} if chosen is None else self._body(chosen, wired, f"{self.prefix}{name}/", state)
            return {**wired, **given}
        names = dict(wired)
        stacks: dict[str, list[torch.Tensor]] = {each: [] for each in arguments.get("stack", {})}
        slices = {each: wired[each].unbind(dim) for each, dim in arguments.get("each", {}).items()}
        turn = 0
        while self._turns(kind, arguments, names, slices, turn, f"{self.prefix}{name}@{turn}/", state):
            names.update({each: parts[turn] for each, parts in slices.items()})
            if "index" in self.file["functions"][arguments["body"]]["inputs"]:
                names["index"] = torch.tensor(turn)
            names.update(self._body(arguments["body"], names, f"{self.prefix}{name}@{turn}/", state))
            for each, collected in stacks.items():
                collected.append(names[each])
            turn += 1
        stacked = {each: torch.stack(parts, arguments["stack"][each]) for each, parts in stacks.items()}
        return {**names, **stacked}

    def _turns(
        self,
        kind: str,
        arguments: dict[str, Any],
        names: Values,
        slices: dict[str, Any],
        turn: int,
        prefix: str,
        state: str,
    ) -> bool:
        if kind == "while":
            return bool(next(iter(self._body(arguments["condition"], names, prefix, state).values())))
        times = arguments.get("times", len(next(iter(slices.values()), ())))
        return bool(turn < times)

    def _body(self, function: str, given: Values, prefix: str, state: str) -> Values:
        body = self.file["functions"][function]
        inputs = {name: given[name] for name in body["inputs"]}
        inner = _Scope(self.file, self.done, self.made, prefix, state, inputs)
        inner.run(body["nodes"])
        return {name: inner.find(reference) for name, reference in body["outputs"].items()}


def _references(node: dict[str, Any]) -> Iterator[str]:
    for wire in node.get("inputs", {}).values():
        yield from wire if isinstance(wire, list) else [wire]


def _flat(result: Any) -> Iterator[torch.Tensor]:
    if isinstance(result, (tuple, list)):
        for part in result:
            yield from _flat(part)
    else:
        yield result
