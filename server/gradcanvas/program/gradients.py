"""`gradcanvas.grad` without numbers: what its gradients are, and why one cannot be taken.

Knows one node, what its wires carry and the nodes before it; nothing is differentiated.
"""

from collections.abc import Iterator, Mapping

from gradcanvas.program.binding import BoundNode, Reference
from gradcanvas.program.findings import Findings
from gradcanvas.program.loss import loss_problem_words
from gradcanvas.program.metas import Meta, Value, bytes_held, contiguous
from gradcanvas.program.refusals import Words, shape_text
from gradcanvas.program.scope_run import ScopeRun
from gradcanvas.program.traits import takes_gradient
from gradcanvas.program.values import dtype_name

_REMEDY = (
    "Put `gradcanvas.detach` with `requires_grad` after `{0}`, and compute from that; or let `{0}` require a "
    "gradient, which trains it as well."
)

Wire = tuple[tuple[str, ...], Reference, Meta]
"""Where an edge arrives in the node, where it begins, and what it carries."""


def run_gradient(findings: Findings, run: ScopeRun, node: BoundNode, fed: Mapping[str, Meta]) -> None:
    """Note what the node gives, or why it cannot run.

    Args:
        findings: takes it.
        run: the passage through the node's scope.
        node: a `gradcanvas.grad`.
        fed: argument (`outputs`, `inputs.0`) → what goes in.
    """
    faults = list(_faults(run, node, fed))
    for at, words in faults:
        findings.refuse(run, node, words, at)
    if faults:
        return
    values = tuple(_gradient(run, node, wire) for wire in _wires(node, fed, "inputs"))
    held = 2 * sum(bytes_held(value) for value in values if isinstance(value, Meta))
    if findings.hold(run, node, held):
        findings.settle(run, node, values)


def _gradient(run: ScopeRun, node: BoundNode, wire: Wire) -> Value:
    _, reference, meta = wire
    if not _is_unused(run, node, reference):
        return contiguous(meta.shape, meta.dtype, takes_gradient(node, {}))
    return contiguous(meta.shape, meta.dtype) if node.values.get("materialize_grads") is True else None


def _faults(
    run: ScopeRun, node: BoundNode, fed: Mapping[str, Meta]
) -> Iterator[tuple[tuple[str, ...], Words]]:
    outputs = list(_wires(node, fed, "outputs"))
    flows = list(_wires(node, fed, "grad_outputs"))
    for at, reference, meta in outputs:
        words = _output_fault(node, reference, meta, bool(flows))
        if words is not None:
            yield at, words
    if flows and len(flows) != len(outputs):
        message = f"`{node.id}` has {len(outputs)} outputs and {len(flows)} grad_outputs."
        yield ("inputs", "grad_outputs"), ("wrong-length", message, "Wire one for each output, in its order.")
    elif flows:
        for (_, reference, meta), (at, _, flow) in zip(outputs, flows, strict=True):
            words = _flow_fault(reference, meta, flow)
            if words is not None:
                yield at, words
    for at, reference, meta in _wires(node, fed, "inputs"):
        words = _input_fault(node, reference, meta)
        if words is None and all(output.requires_grad for _, _, output in outputs):
            words = _unused_fault(run, node, reference)
        if words is not None:
            yield at, words


def _output_fault(node: BoundNode, reference: Reference, meta: Meta, has_flow: bool) -> Words | None:
    shape, is_complex = ((), False) if has_flow else (meta.shape, meta.dtype.is_complex)
    words = loss_problem_words(shape, is_complex, meta.requires_grad, str(meta.dtype))
    if words is None:
        return None
    if not meta.requires_grad:
        message = f"`{reference}` does not require a gradient: nothing that it was computed from does."
        help_text = (
            "Let a source require a gradient, use a module, or put `gradcanvas.detach` with `requires_grad` "
            "after the tensor with respect to which it is to be differentiated."
        )
        return "grad-not-required", f"{message} PyTorch says: {words}", help_text
    what = "is complex" if meta.elements == 1 else f"has shape {shape_text(meta)}"
    message = f"`{reference}` {what}, and `{node.id}` takes the gradient of one real number."
    help_text = (
        "Reduce it, for example with `torch.sum`; or wire `grad_outputs` of its shape (`torch.ones_like` of "
        "it makes the gradient of the sum)."
    )
    return "grad-not-scalar", f"{message} PyTorch says: {words}", help_text


def _flow_fault(reference: Reference, meta: Meta, flow: Meta) -> Words | None:
    if meta.shape != flow.shape:
        shapes = f"has shape {shape_text(flow)}, and it has shape {shape_text(meta)}"
        message = f"What flows into `{reference}` {shapes}."
        return "shape-mismatch", message, "Give `grad_outputs` the shape of the output."
    if meta.dtype.is_complex != flow.dtype.is_complex:
        message = (
            f"What flows into `{reference}` is {dtype_name(flow.dtype)}, and it is {dtype_name(meta.dtype)}."
        )
        return "check-failed", message, "Make both real or both complex."
    return None


def _input_fault(node: BoundNode, reference: Reference, meta: Meta) -> Words | None:
    if not meta.requires_grad:
        message = (
            f"`{reference}` does not require a gradient, so `{node.id}` cannot take one with respect to it. "
            "PyTorch says: One of the differentiated Tensors does not require grad"
        )
        return "grad-not-required", message, _REMEDY.format(reference)
    return None


def _unused_fault(run: ScopeRun, node: BoundNode, reference: Reference) -> Words | None:
    is_allowed = any(node.values.get(name) is True for name in ("allow_unused", "materialize_grads"))
    if not is_allowed and _is_unused(run, node, reference):
        message = (
            f"No output of `{node.id}` depends on `{reference}`. PyTorch says: One of the differentiated "
            "Tensors appears to not have been used in the graph."
        )
        help_text = (
            "Wire the very tensor from which the output was computed; or set `materialize_grads` for zeros, "
            "`allow_unused` for none."
        )
        return "grad-unused", message, help_text
    return None


def _is_unused(run: ScopeRun, node: BoundNode, wanted: Reference) -> bool:
    """Tell whether it is sure that no output depends on a tensor: of a source or a parameter it is known."""
    wanted = _passed(run, wanted)
    is_made_once = wanted.kind == "parameter" or (
        wanted.kind == "output" and run.scope.nodes[wanted.node].is_source
    )
    if not is_made_once:
        return False
    waiting = [each for _, argument, each in node.edges() if argument == "outputs"]
    seen: set[Reference] = set()
    while waiting:
        reference = waiting.pop()
        if reference in seen:
            continue
        seen.add(reference)
        maker = run.scope.nodes.get(reference.node) if reference.kind == "output" else None
        if reference == wanted or (maker is not None and _has(run, maker, wanted)):
            return False
        waiting += [each for _, _, each in maker.edges()] if maker is not None else []
    return True


def _has(run: ScopeRun, maker: BoundNode, wanted: Reference) -> bool:
    """Tell whether a node uses a parameter because it is its module's."""
    if wanted.kind != "parameter" or not maker.is_module:
        return False
    return maker.owner == run.scope.nodes[wanted.node].owner


def _passed(run: ScopeRun, reference: Reference) -> Reference:
    """Return what a reference to a bypassed node means."""
    while reference.kind == "output":
        passes = run.scope.nodes[reference.node].passes
        if passes is None:
            break
        reference = passes
    return reference


def _wires(node: BoundNode, fed: Mapping[str, Meta], argument: str) -> Iterator[Wire]:
    wire = node.wires.get(argument)
    if isinstance(wire, Reference):
        yield ("inputs", argument), wire, fed[argument]
    for place, reference in enumerate(() if wire is None or isinstance(wire, Reference) else wire):
        yield ("inputs", argument, str(place)), reference, fed[f"{argument}.{place}"]
