"""`loss.backward()`, without what Python adds to it on every call; knows a loss and nothing else.

A quarter of a small graph's step goes into the checks that `Tensor.backward` makes and the 1.0 that it
allocates. The engine is called just as it calls it, with a 1.0 that is kept where the first thing done with
it is arithmetic: the same functions run, and the bits are the same. Where it may only be passed on, as a view
does, it can become the very gradient of a leaf, which an update zeroes: there it is made anew.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.autograd.graph import _engine_run_backward

_COMPUTING = frozenset(
    {"MeanBackward0", "MeanBackward1", "MseLossBackward0", "NllLossBackward0", "BinaryCrossEntropyBackward0"}
)
"""What multiplies or divides the gradient it is given, so that what it passes on is memory of its own."""

_ONES: dict[tuple[torch.Size, torch.dtype, torch.device], Tensor] = {}


def backward(loss: Tensor) -> None:
    """Run the backward from a loss and deposit into the leaves' `.grad`.

    Raises:
        RuntimeError: what `loss.backward()` raises.
    """
    one = _one(loss)
    if one is None:
        loss.backward()  # type: ignore[no-untyped-call]
    else:
        _engine_run_backward((loss,), (one,), False, False, (), allow_unreachable=True, accumulate_grad=True)


def captured(loss: Tensor, tensors: Sequence[Tensor]) -> Sequence[Tensor | None] | None:
    """Run the backward from a loss and give the gradients of tensors, depositing nothing.

    They are not copied: two of them may share memory, with each other and with nothing else.

    Returns:
        None if this loss is one for `backward` to raise at.

    Raises:
        RuntimeError: what `loss.backward()` raises.
    """
    one = _one(loss)
    if one is None:
        return None
    given: Sequence[Tensor | None] = _engine_run_backward(
        (loss,), (one,), False, False, tuple(tensors), allow_unreachable=True, accumulate_grad=False
    )
    return given


def _one(loss: Tensor) -> Tensor | None:
    """Give the gradient to begin with; None where `Tensor.backward` has to look at the loss itself."""
    if not loss.requires_grad:
        return None
    if type(loss.grad_fn).__name__ not in _COMPUTING:
        is_plain = loss.numel() == 1 and loss.is_floating_point() and loss.layout == torch.strided
        return torch.ones_like(loss, requires_grad=False) if is_plain else None
    one = _ONES.get((loss.shape, loss.dtype, loss.device))
    if one is None and loss.numel() == 1 and loss.is_floating_point() and loss.layout == torch.strided:
        one = _ONES[loss.shape, loss.dtype, loss.device] = torch.ones_like(loss, requires_grad=False)
    return one
