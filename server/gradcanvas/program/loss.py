"""Whether the loss can be differentiated and metrics are numbers, before they are computed.

Knows what is known of a scope without numbers, nothing of how a gradient is computed.
"""

from dataclasses import replace

from gradcanvas.program.binding import BoundTrain, Reference
from gradcanvas.program.drafts import Problems
from gradcanvas.program.metas import Meta, Unknown
from gradcanvas.program.refusals import shape_text
from gradcanvas.program.scope_run import ScopeRun


def check_loss_and_metrics(train: BoundTrain, run: ScopeRun, problems: Problems) -> BoundTrain:
    """Say why the loss has no gradient, and which metrics are no numbers.

    Args:
        train: bound.
        run: the passage through the graph's own nodes.
        problems: takes what is found.

    Returns:
        `train` without a loss that cannot be differentiated and without such metrics.
    """
    loss = train.loss if train.loss is not None and _is_good_loss(train.loss, run, problems) else None
    metrics = {
        name: reference
        for name, reference in train.metrics.items()
        if _is_one_element(name, reference, run, problems)
    }
    return replace(train, loss=loss, metrics=metrics)


def loss_problem_words(
    shape: tuple[int, ...], is_complex: bool, requires_grad: bool, dtype: str
) -> str | None:
    """Return PyTorch's own words for a loss that `backward()` refuses, None for one that it takes."""
    elements = 1
    for size in shape:
        elements *= size
    if not requires_grad:
        return "element 0 of tensors does not require grad and does not have a grad_fn"
    if elements != 1:
        return "grad can be implicitly created only for scalar outputs"
    if is_complex:
        return f"grad can be implicitly created only for real scalar outputs but got {dtype}"
    return None


def _is_good_loss(loss: Reference, run: ScopeRun, problems: Problems) -> bool:
    value = run.peek(loss)
    if isinstance(value, Unknown):
        if value.requires_grad is False:
            value = Meta((), (), value.dtype, False) if value.dtype else None
        else:
            return True
    if not isinstance(value, Meta):
        return False
    words = loss_problem_words(value.shape, value.dtype.is_complex, value.requires_grad, str(value.dtype))
    if words is None:
        return True
    if not value.requires_grad:
        what = "does not depend on anything that requires a gradient"
        help_text = "Let a source require a gradient, or use a module; see that nothing detaches on the way."
    elif value.elements != 1:
        what = f"has shape {shape_text(value)}; a loss is one number"
        help_text = "Reduce it, for example with `torch.mean` or `torch.sum`."
    else:
        what = "is complex; a loss is one real number"
        help_text = "Take its real part or its magnitude, for example with `torch.abs`."
    message = f"The loss `{loss}` {what}. PyTorch says: {words}"
    problems.add_at("/train/loss", "loss-not-differentiable", message, help_text)
    return False


def _is_one_element(name: str, reference: Reference, run: ScopeRun, problems: Problems) -> bool:
    value = run.peek(reference)
    if not isinstance(value, Meta) or (value.elements == 1 and not value.dtype.is_complex):
        return True
    what = "is complex" if value.elements == 1 else f"has shape {shape_text(value)}"
    message = f"The metric `{name}` (`{reference}`) {what}; a metric is one real number."
    help_text = "Reduce it, for example with `torch.mean`, or take `torch.abs`."
    problems.add(("train", "metrics", name), "metric-not-one-element", message, help_text)
    return False
