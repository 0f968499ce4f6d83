"""Each node of a scope on its own, before its references are followed: operation, overload, literals.

Knows nothing of torch, and nothing of the other nodes but whose parameters it shares.
"""

from collections.abc import Mapping
from typing import Any

from gradcanvas.catalog import suggest, why_absent
from gradcanvas.catalog.model import Catalog, Operation, Output
from gradcanvas.document import Graph, Literal, Node
from gradcanvas.document.problems import pointer
from gradcanvas.program.binding import BoundInit, BoundPart
from gradcanvas.program.data_node import DataFault, is_data, read_data
from gradcanvas.program.drafts import Draft, Problems
from gradcanvas.program.fitting import Given
from gradcanvas.program.matching import match
from gradcanvas.program.sharing import is_call, with_shared

IN_GRAPH = ("source", "function", "method", "module", "control", "editor")
"""Kinds of operation that a node may have."""


def draft_nodes(
    graph: Graph, catalog: Catalog, nodes: Mapping[str, Node], path: tuple[str, ...], problems: Problems
) -> dict[str, Draft]:
    """Look up every node's operation and match its arguments.

    Args:
        graph: the whole document, for its functions and for what of it is broken.
        catalog: the vocabulary.
        nodes: of one scope.
        path: leads to `nodes`.
        problems: takes what is found.
    """
    broken = graph.broken
    drafts: dict[str, Draft] = {}
    for name, node in nodes.items():
        draft = Draft(name, (*path, name), node, owner=name)
        drafts[name] = draft
        if broken and pointer(draft.path) in broken:
            draft.lost = True
        draft.operation = find_operation(catalog, node.op, (*draft.path, "op"), problems, IN_GRAPH)
        draft.lost = draft.lost or draft.operation is None
    for draft in drafts.values():
        if draft.operation is not None:
            args = with_shared(draft, drafts, problems) if draft.node.share else draft.node.args
            if not _meets_own_names(draft, args, graph, problems):
                _match(draft, args, catalog, problems)
            if is_data(draft.operation):
                _open_data(draft, problems)
            _check_keys(draft, catalog, problems)
    return drafts


def find_operation(
    catalog: Catalog, name: str, path: tuple[str, ...], problems: Problems, kinds: tuple[str, ...]
) -> Operation | None:
    """Look an operation up, or say which one was probably meant."""
    operation = catalog.operations.get(name)
    if operation is None:
        why, successor = why_absent(name, catalog.torch)
        close = successor if successor in catalog.operations else suggest(catalog, name)
        problems.add(
            path,
            "unknown-op",
            f"There is no operation `{name[:80]}`{f': {why}' if why else ''}.",
            f"Did you mean `{close}`?" if close else "Look for it in the palette or with `gradcanvas ops`.",
        )
    elif operation.kind not in kinds:
        problems.add(
            path,
            "wrong-kind",
            f"`{name}` is of the kind {operation.kind}, which cannot stand here.",
            f"Here stands one of the kind {' or '.join(kinds)}.",
        )
        return None
    return operation


def _meets_own_names(draft: Draft, args: Mapping[str, Literal], graph: Graph, problems: Problems) -> bool:
    """Tell whether a function that a node calls has an input with the name of one of the node's arguments."""
    if draft.operation is None or draft.operation.kind != "control":
        return False
    arguments = draft.operation.overloads[0].arguments
    names = {argument.name for argument in arguments}
    for argument in arguments:
        value = args[argument.name].value if argument.name in args else None
        function = graph.functions.get(value) if isinstance(value, str) else None
        if argument.type == "function" and function is not None:
            for name in (name for name in function.inputs if name in names):
                message = (
                    f"`{value}` has an input `{name}`, and `{draft.id}.{name}` is an argument of "
                    f"`{draft.node.op}` itself."
                )
                help_text = f"Give the input of `{value}` another name."
                problems.lose(draft, ("args", argument.name), "name-taken", message, help_text)
                return True
    return False


def _match(draft: Draft, args: Mapping[str, Literal], catalog: Catalog, problems: Problems) -> None:
    assert draft.operation is not None
    wired = {name: not isinstance(wire, str) for name, wire in draft.node.inputs.items()}
    try:
        found = match(draft.operation, Given(wired, args), draft.id)
    except ValueError:  # numbers too large to convert: the document's problem, already told
        draft.lost = True
        return
    problems.faults(draft.path, found.faults)
    if found.overload is None:
        draft.lost = True
        return
    draft.overload = found.overload
    draft.signature = found.names
    draft.takes_more = found.takes_more
    if not args:
        return
    for argument in found.overload.arguments:
        if argument.name in args:
            value = args[argument.name].value
            if argument.type == "function":
                if value is not None:
                    draft.functions[argument.name] = str(value)
            elif argument.type == "module" and value is not None:
                _bind_part(draft, argument.name, value, catalog, problems)
            else:
                draft.values[argument.name] = value


def _open_data(draft: Draft, problems: Problems) -> None:
    """Give a node of data the outputs that its file has."""
    if draft.overload is None:
        return
    data = read_data(draft.overload, draft.values)
    if isinstance(data, DataFault):
        problems.lose(draft, ("args", data.argument), data.code, data.message, data.help)
        draft.overload = None  # its outputs are not known
    else:
        draft.outputs = tuple(Output(each.name) for each in data.outputs)


def _bind_part(draft: Draft, argument: str, value: Any, catalog: Catalog, problems: Problems) -> None:
    """Bind a module that another one is made of; which may stand there, its literal was held to."""
    operation = catalog.operations[value["op"]]
    args = {name: Literal.of(each) for name, each in value.get("args", {}).items()}
    calls = [each for each in operation.overloads[0].arguments if each.stage == "call" and each.required]
    wired = {each.name: each.type == "tensors" for each in calls}
    found = match(operation, Given(wired, args), f"{draft.id}.{argument}")
    problems.faults((*draft.path, "args", argument), found.faults)
    if found.overload is None:
        draft.lost = True
        return
    plain = {name: literal.value for name, literal in args.items()}
    draft.values[argument] = BoundPart(operation.name, found.overload, plain)


def _check_keys(draft: Draft, catalog: Catalog, problems: Problems) -> None:
    """Say which keys stand on a kind of node that does not have them."""
    node = draft.node
    if (
        node.mode is None
        and node.group is None
        and node.requires_grad is None
        and not (node.init or node.share)
    ):
        return
    is_module = draft.is_module
    is_source = not node.inputs and not is_module and draft.operation is not None
    is_source = is_source and draft.operation is not None and draft.operation.kind != "control"
    rows = (
        ("mode", node.mode is not None, is_module, "a module"),
        ("init", bool(node.init), is_module, "a module"),
        ("group", node.group is not None, is_module or is_source, "a source or a module"),
        ("share", node.share is not None, is_module or is_call(draft), "a module or a call"),
        ("requires_grad", isinstance(node.requires_grad, dict), is_module, "a module"),
        ("requires_grad", node.requires_grad is True, is_module or is_source, "a source or a module"),
    )
    for key, is_there, is_right, where in rows:
        if is_there and not is_right:
            problems.lose(
                draft,
                (key,),
                "wrong-kind",
                f"`{key}` stands on `{draft.id}`, and only {where} has it.",
                "Take it away. A source is a node without `inputs`."
                if "source" in where
                else "Take it away, or choose another operation.",
            )
    if is_module and draft.owner == draft.id:
        draft.inits = _bind_inits(draft, catalog, problems)


def _bind_inits(draft: Draft, catalog: Catalog, problems: Problems) -> tuple[BoundInit, ...]:
    bound = []
    for parameter, init in draft.node.init.items():
        at = ("init", parameter)
        operation = find_operation(catalog, init.op, (*draft.path, *at, "op"), problems, ("init",))
        if operation is None:
            draft.lost = True
            continue
        found = match(operation, Given({}, init.args), f"{draft.id}.init.{parameter}")
        problems.faults((*draft.path, *at), found.faults)
        if found.overload is None:
            draft.lost = True
            continue
        values = {name: init.args[name].value for name in init.args}
        bound.append(BoundInit(parameter, operation, found.overload, values))
    return tuple(bound)
