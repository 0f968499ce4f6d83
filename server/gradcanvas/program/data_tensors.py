"""A node of data as torch sees it: its tensors, and before them shapes, dtypes and bytes."""

import numpy as np
import torch
from numpy.typing import NDArray

from gradcanvas.program.binding import BoundNode
from gradcanvas.program.data_node import Data, DataFault, read_data
from gradcanvas.program.metas import bytes_held, contiguous
from gradcanvas.program.shapes import Given
from gradcanvas.program.values import DTYPE


def data_given(node: BoundNode) -> Given:
    """Return what a node of data will give; nothing of it is made."""
    data = _data(node)
    values = tuple(contiguous(each.shape, DTYPE[each.dtype]) for each in data.outputs)
    held = sum(bytes_held(value) for value in values)
    return Given(values, held, held + data.bytes_on_the_way)


def make_data(node: BoundNode) -> tuple[torch.Tensor, ...]:
    """Make the tensors of a node of data, on the cpu, one for each of its outputs."""
    data = _data(node)
    return tuple(_tensor(array, each.dtype) for each, array in zip(data.outputs, data.arrays(), strict=True))


def _tensor(array: "NDArray[np.generic]", dtype: str) -> torch.Tensor:
    """Make a tensor of its own; numpy converts as torch does, and much faster than `torch.tensor`."""
    with np.errstate(over="ignore"):
        return torch.from_numpy(np.array(array, dtype=dtype, order="C"))


def _data(node: BoundNode) -> Data:
    data = read_data(node.overload, node.values)
    assert not isinstance(data, DataFault)  # binding has read it
    return data
