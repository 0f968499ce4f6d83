"""Tells how a tensor of any strides comes from a contiguous one, which is what a file can hold.

A dense tensor is its contiguous numbers with the dimensions in another order; a lazy conjugate is a `conj`.
"""

from dataclasses import dataclass

import torch

from tests.conformance.inexpressible import InexpressibleError


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tensor lies in memory.

    Attributes:
        order: the dimensions of the contiguous base that the tensor's dimensions are; None if its own.
        is_conjugate: its conjugation is still to be done.
    """

    order: tuple[int, ...] | None
    is_conjugate: bool

    def base(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return the contiguous tensor that a file holds."""
        plain = tensor.detach()
        if self.is_conjugate:
            plain = plain.conj()
        if self.order is not None:
            plain = plain.permute([self.order.index(place) for place in range(plain.dim())])
        return plain.contiguous()

    def laid(self, base: torch.Tensor) -> torch.Tensor:
        """Return the view of a base that lies as the tensor does; of its gradient likewise."""
        view = base if self.order is None else base.permute(self.order)
        return view.conj() if self.is_conjugate else view


def layout_of(tensor: torch.Tensor) -> Layout:
    """Return how a tensor lies.

    Raises:
        InexpressibleError: it has gaps or shares elements with itself, or is not strided at all.
    """
    if tensor.layout is not torch.strided:
        raise InexpressibleError("a tensor is sparse")
    if tensor.is_neg():
        raise InexpressibleError("a tensor is a negation still to be done")
    if tensor.is_contiguous():
        return Layout(None, tensor.is_conj())
    strides = tensor.stride()
    places = sorted(range(tensor.dim()), key=lambda place: (-strides[place], place))
    if not tensor.permute(places).is_contiguous():
        raise InexpressibleError("a tensor's memory has gaps or overlaps")
    order = tuple(places.index(place) for place in range(tensor.dim()))
    return Layout(order, tensor.is_conj())
