"""What is known of a tensor without its numbers, and back to a tensor without memory. Knows no calls."""

from typing import NamedTuple

import torch


class Meta(NamedTuple):
    """All that is known of a tensor whose numbers are not computed; strides count in elements."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype
    requires_grad: bool
    conjugate: bool = False
    negative: bool = False

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        count = 1
        for size in self.shape:
            count *= size
        return count


class Unknown(NamedTuple):
    """A tensor of which the data decide something: None is what is not known before the run."""

    shape: tuple[int | None, ...] | None = None
    dtype: torch.dtype | None = None
    requires_grad: bool | None = None


Value = Meta | Unknown | None
"""What an output is; None is one that is absent."""


def meta_of(tensor: torch.Tensor) -> Meta | Unknown:
    """Return what is known of a fake tensor."""
    shape = tuple(_whole(size) for size in tensor.shape)
    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_nested:
        return Unknown(shape, tensor.dtype, tensor.requires_grad)
    stride = tuple(_whole(step) for step in tensor.stride())
    sizes = [size for size in shape if size is not None]
    steps = [step for step in stride if step is not None]
    if len(sizes) < len(shape) or len(steps) < len(stride):
        return Unknown(shape, tensor.dtype, tensor.requires_grad)
    return Meta(
        tuple(sizes),
        tuple(steps),
        tensor.dtype,
        tensor.requires_grad,
        tensor.is_conj(),
        tensor.is_neg(),
    )


def contiguous(shape: tuple[int, ...], dtype: torch.dtype, requires_grad: bool = False) -> Meta:
    """Return the meta of a new tensor."""
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return Meta(shape, tuple(reversed(strides)), dtype, requires_grad)


def fake_tensor(meta: Meta) -> torch.Tensor:
    """Make a tensor like it; under a fake mode that takes no memory."""
    tensor = torch.empty_strided(meta.shape, meta.stride, dtype=meta.dtype, device="cpu")
    if meta.conjugate:
        tensor = tensor.conj()
    if meta.negative:
        tensor = torch._neg_view(tensor)
    return tensor.requires_grad_() if meta.requires_grad else tensor


def bytes_of(tensor: torch.Tensor) -> int:
    """Return the bytes a tensor needs, counted here: torch's own count wraps round at 2**64."""
    last = 0
    for size, step in zip(tensor.shape, tensor.stride(), strict=True):
        whole_size, whole_step = _whole(size), _whole(step)
        if whole_size is None or whole_step is None or whole_size == 0:
            return 0
        last += (whole_size - 1) * whole_step
    return (last + 1) * tensor.dtype.itemsize


def bytes_held(meta: Meta) -> int:
    """Return the bytes of all its numbers."""
    return meta.elements * meta.dtype.itemsize


def _whole(size: object) -> int | None:
    if type(size) is int:
        return size
    node = getattr(size, "node", None)
    number = node.maybe_as_int() if node is not None else None
    return number if isinstance(number, int) else None
