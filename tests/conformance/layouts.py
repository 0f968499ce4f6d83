"""Tells how a tensor of any strides comes from a contiguous one, which is what a file can hold.

A dense tensor is its contiguous numbers with the dimensions in another order; one with gaps is a window on
all the numbers of its storage; a lazy conjugate is a `conj`.
"""

from dataclasses import dataclass

import torch

from tests.conformance.inexpressible import InexpressibleError

MOST = 1_000_000
"""Numbers that a storage may hold to be written whole."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tensor lies in memory.

    Attributes:
        order: the dimensions of the contiguous base that the tensor's dimensions are; None if its own.
        is_conjugate: its conjugation is still to be done.
        window: size, strides and offset on a base that is the whole storage; None if it is not needed.
        expanded: the sizes to which a base of some sizes 1 is expanded; None if it is not.
    """

    order: tuple[int, ...] | None = None
    is_conjugate: bool = False
    window: tuple[tuple[int, ...], tuple[int, ...], int] | None = None
    expanded: tuple[int, ...] | None = None

    def base(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return the contiguous tensor that a file holds."""
        plain = tensor.detach()
        if self.is_conjugate:
            plain = plain.conj()
        if self.expanded is not None:
            return _plainly(_narrowed(plain))
        if self.window is not None:
            return plain.as_strided((_stored(plain),), (1,), 0)
        if self.order is not None:
            plain = plain.permute([self.order.index(place) for place in range(plain.dim())])
        return _plainly(plain)

    def laid(self, base: torch.Tensor) -> torch.Tensor:
        """Return the view of a base that lies as the tensor does; of its gradient likewise."""
        view = base if self.order is None else base.permute(self.order)
        if self.window is not None:
            view = base.as_strided(*self.window)
        if self.expanded is not None:
            view = base.expand(self.expanded)
        return view.conj() if self.is_conjugate else view


def layout_of(tensor: torch.Tensor, *, is_storage_seen: bool = False) -> Layout:
    """Return how a tensor lies.

    Args:
        tensor: of a sample.
        is_storage_seen: what it is given to looks at its storage beyond its own elements.

    Raises:
        InexpressibleError: it shares elements with itself, or is not strided at all.
    """
    if tensor.layout is not torch.strided:
        raise InexpressibleError("a tensor is sparse")
    if tensor.is_neg():
        raise InexpressibleError("a tensor is a negation still to be done")
    if 0 in tensor.stride() and not tensor.requires_grad and _narrowed(tensor).is_contiguous():
        return Layout(None, tensor.is_conj(), None, tuple(tensor.shape))
    if is_storage_seen and _stored(tensor) != tensor.numel():
        return _windowed(tensor)
    if tensor.numel() == 0 or _is_plain(tensor):
        return Layout(is_conjugate=tensor.is_conj())
    strides = tensor.stride()
    places = sorted(range(tensor.dim()), key=lambda place: (-strides[place], place))
    if not _is_plain(tensor.permute(places)):
        return Layout(is_conjugate=tensor.is_conj()) if tensor.is_contiguous() else _windowed(tensor)
    order = tuple(places.index(place) for place in range(tensor.dim()))
    return Layout(order, tensor.is_conj())


def _is_plain(tensor: torch.Tensor) -> bool:
    """Tell whether the strides are those of a new tensor, also where a size is 1: solvers look at them."""
    return tensor.stride() == torch.empty(tensor.shape, device="meta").stride()


def _plainly(tensor: torch.Tensor) -> torch.Tensor:
    return torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor)


def _narrowed(tensor: torch.Tensor) -> torch.Tensor:
    """Return what an expanded tensor was before."""
    for place, step in enumerate(tensor.stride()):
        if step == 0 and tensor.shape[place] > 1:
            tensor = tensor.narrow(place, 0, 1)
    return tensor


def _windowed(tensor: torch.Tensor) -> Layout:
    window = (tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()))
    if torch.unique(_addresses(tensor)).numel() != tensor.numel():
        raise InexpressibleError("a tensor's elements share memory")
    if _stored(tensor) > MOST:
        raise InexpressibleError("a tensor is a small window on a large memory")
    return Layout(None, tensor.is_conj(), window)


def _addresses(tensor: torch.Tensor) -> torch.Tensor:
    places = torch.zeros((), dtype=torch.int64)
    for size, step in zip(tensor.shape, tensor.stride(), strict=True):
        places = places.unsqueeze(-1) + torch.arange(size) * step
    return places


def _stored(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().nbytes() // tensor.dtype.itemsize
