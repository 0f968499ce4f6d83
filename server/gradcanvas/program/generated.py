"""Turns a torch.fx graph into the function that a step calls. Knows nothing of plans.

The function is called directly, without the hooks of a module; what it calls by name stands in its holder.
"""

import linecache
from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from torch import fx, nn

from gradcanvas.program.errors import FailureMap, Place


def generated(
    graph: fx.Graph, holder: SimpleNamespace, places: Mapping[fx.Node, Place], failures: FailureMap
) -> Callable[..., Any]:
    """Return the function of a graph.

    Args:
        graph: what it does.
        holder: where it finds modules and whatever else it calls.
        places: which node of the file each of its nodes belongs to.
        failures: told which line runs which node.
    """
    named = (str(node.target) for node in graph.nodes if node.op in ("call_module", "get_attr"))
    module = fx.GraphModule({name: nn.Identity() for name in named}, graph, "Generated")
    forward = type(module).forward
    failures.add(forward.__code__, _line_places(module, forward, places))
    _forget_text(forward.__code__.co_filename)
    return partial(forward, holder)


def _line_places(module: fx.GraphModule, forward: Any, places: Mapping[fx.Node, Place]) -> dict[int, Place]:
    """Return which line of the generated function runs which node: fx counts from the function's own."""
    nodes = list(module.graph.nodes)
    first = forward.__code__.co_firstlineno
    return {
        first + line: places[nodes[index]]
        for line, index in (module._lineno_map or {}).items()
        if index is not None and nodes[index] in places
    }


def _forget_text(name: str) -> None:
    """Drop the text that torch.fx keeps of each function it writes: an editor has one written an edit."""
    fx.graph_module._loader.eval_cache.pop(name, None)
    linecache.cache.pop(name, None)
