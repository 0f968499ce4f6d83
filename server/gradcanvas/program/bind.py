"""From a document and the catalogue to a graph whose every name is resolved, with all problems of it at once.

Never raises for what a document holds, runs nothing, and knows nothing of torch.
"""

from gradcanvas.catalog.model import Catalog
from gradcanvas.document import Graph
from gradcanvas.document.problems import pointer
from gradcanvas.program.bind_train import bind_train
from gradcanvas.program.binding import Binding, Scope
from gradcanvas.program.drafting import draft_nodes
from gradcanvas.program.drafts import Draft, Problems
from gradcanvas.program.extents import Extent, measure
from gradcanvas.program.file_order import in_file_order
from gradcanvas.program.order import cycles, evaluation_order, tangled
from gradcanvas.program.scopes import ScopeBinder


def bind(graph: Graph, catalog: Catalog) -> Binding:
    """Resolve every name of a graph.

    Args:
        graph: what is well-formed of a document.
        catalog: the vocabulary.

    Returns:
        What can be meant to run, and every problem in the order of the file. A node with a problem, and what
        depends on it, is left out.
    """
    problems = Problems()
    binders = _binders(graph, catalog, problems)
    calls = {name: _called(binder) for name, binder in binders.items() if name}
    _report_recursion(binders, calls, problems)
    for binder in binders.values():
        binder.bind_wires(graph.functions, problems)
    extents: dict[str, Extent] = {}
    functions, lost = _finish_functions(graph, binders, calls, extents, problems)
    measure(binders[""].drafts, extents, problems)
    scope = binders[""].finish(lost, {}, problems)
    train = bind_train(graph, catalog, binders[""], scope, problems)
    return Binding(
        scope=scope,
        functions=functions,
        train=train,
        graph=graph,
        catalog=catalog,
        problems=in_file_order(graph, problems.found),
    )


def _binders(graph: Graph, catalog: Catalog, problems: Problems) -> dict[str, ScopeBinder]:
    drafts = draft_nodes(graph, catalog, graph.nodes, ("nodes",), problems)
    binders = {"": ScopeBinder("", ("nodes",), (), drafts, graph.broken)}
    for name, function in graph.functions.items():
        path = ("functions", name, "nodes")
        drafts = draft_nodes(graph, catalog, function.nodes, path, problems)
        binders[name] = ScopeBinder(name, path, function.inputs, drafts, graph.broken)
    return binders


def _called(binder: ScopeBinder) -> set[str]:
    return {name for draft in binder.drafts.values() for name in draft.functions.values()}


def _report_recursion(
    binders: dict[str, ScopeBinder], calls: dict[str, set[str]], problems: Problems
) -> None:
    """Say which nodes close a circle of functions, and lose them."""
    for cycle in cycles(calls):
        # `cycles` runs in the direction of the data, from the called to its caller: read it backwards.
        callers = (cycle[0], *reversed(cycle[1:]))
        way = " → ".join((*callers, callers[0]))
        for place, caller in enumerate(callers):
            called = callers[(place + 1) % len(callers)]
            for draft in binders[caller].drafts.values():
                _lose_calls(draft, called, way, problems)
    knotted = tangled(calls)
    for name in knotted:
        for draft in binders[name].drafts.values():
            draft.lost = draft.lost or not knotted.isdisjoint(draft.functions.values())


def _lose_calls(draft: Draft, called: str, way: str, problems: Problems) -> None:
    for role, name in draft.functions.items():
        if name == called:
            problems.lose(
                draft,
                ("args", role),
                "recursion",
                f"`{draft.id}` calls `{called}`, which calls itself: {way}.",
                "A function cannot call itself; a loop is a `gradcanvas.for` or `gradcanvas.while`.",
            )


def _finish_functions(
    graph: Graph,
    binders: dict[str, ScopeBinder],
    calls: dict[str, set[str]],
    extents: dict[str, Extent],
    problems: Problems,
) -> tuple[dict[str, Scope], set[str]]:
    """Finish the functions, each after those that it calls, and note how far each reaches.

    Returns:
        The functions that are whole, in the order of the file, and the names of those that are not.
    """
    knotted = tangled(calls)
    straight = evaluation_order({name: called for name, called in calls.items() if name not in knotted})
    done: dict[str, Scope] = {}
    lost = set(knotted)
    for name in (*straight, *(name for name in calls if name in knotted)):
        outputs = graph.functions[name].outputs
        extents[name] = measure(binders[name].drafts, extents, problems)
        scope = binders[name].finish(lost, outputs, problems)
        is_broken = pointer(("functions", name)) in graph.broken
        if len(scope.outputs) == len(outputs) and not is_broken and name not in knotted:
            done[name] = scope
        else:
            lost.add(name)
    return {name: done[name] for name in graph.functions if name in done}, lost
