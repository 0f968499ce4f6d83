"""`loss.backward()`, without what Python adds to it on every call; knows a loss and nothing else.

A quarter of a small graph's step goes into the checks that `Tensor.backward` makes and the 1.0 that it
allocates. The engine is called just as it calls it, with a 1.0 that is kept: the same functions run, and the
bits are the same.
"""

import torch
from torch import Tensor
from torch.autograd.graph import _engine_run_backward

_ONES: dict[tuple[torch.Size, torch.dtype, torch.device], Tensor] = {}


def backward(loss: Tensor) -> None:
    """Run the backward from a loss and deposit into the leaves' `.grad`.

    Raises:
        RuntimeError: what `loss.backward()` raises.
    """
    one = _ONES.get((loss.shape, loss.dtype, loss.device))
    if one is None or not loss.requires_grad:
        loss.backward()  # type: ignore[no-untyped-call]
        if loss.layout == torch.strided and loss.device.type in ("cpu", "cuda"):
            _ONES[loss.shape, loss.dtype, loss.device] = torch.ones_like(loss, requires_grad=False)
        return
    _engine_run_backward((loss,), (one,), False, False, (), allow_unreachable=True, accumulate_grad=True)
