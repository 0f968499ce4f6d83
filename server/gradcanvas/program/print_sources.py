"""Prints the sources of a graph, but those of data, as a person would write them. Knows one node."""

from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.calling import call_arguments
from gradcanvas.program.print_scope import arguments_text

_TAKES_REQUIRES_GRAD = frozenset(
    f"torch.{name}"
    for name in ("tensor", "rand", "randn", "zeros", "ones", "full", "eye", "arange", "linspace", "logspace")
)

_SIZED = frozenset({"torch.rand", "torch.randn", "torch.zeros", "torch.ones"})
"""Sources whose size is written as plain arguments."""


def source_lines(variable: str, node: BoundNode, device: str) -> list[str]:
    """Return the lines that make a source.

    Args:
        variable: what it is called.
        node: it.
        device: the expression of the device, "" for the cpu.
    """
    asked = node.node.requires_grad is True
    lines = [f"{variable} = {source_text(node, device)}"]
    if asked and node.operation.name not in _TAKES_REQUIRES_GRAD:
        lines.append(f"{variable}.requires_grad_()")
    return lines


def source_text(node: BoundNode, device: str) -> str:
    """Return the expression that makes a source, a leaf where its function takes that as an argument."""
    args, kwargs = call_arguments(node, _no_wire)
    name = node.operation.name
    if name in _SIZED and isinstance(kwargs.get("size"), list):
        args, kwargs = kwargs["size"], {key: each for key, each in kwargs.items() if key != "size"}
    elif not args and "data" in kwargs:
        args = [kwargs.pop("data")]
    extra = [f"device={device}"] if device else []
    if node.node.requires_grad is True and name in _TAKES_REQUIRES_GRAD:
        extra.append("requires_grad=True")
    return f"{name}({', '.join(filter(None, [arguments_text(args, kwargs), *extra]))})"


def _no_wire(reference: Reference) -> str:
    raise AssertionError(f"a source has no inputs, but {reference} is one")
