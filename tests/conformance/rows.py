"""How the entries of torch's operator database are called in a graph, where no rule says it, as rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from tests.conformance.inexpressible import InexpressibleError

Call = tuple[Sequence[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Inner:
    """What stands for a tensor that another call of the graph gives."""

    operation: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """How one entry is called.

    Attributes:
        operation: its name in a graph.
        arranged: from the arguments of the entry's own callable to those of the operation.
        leading: the entry gives only the first of the operation's outputs.
    """

    operation: str
    arranged: Callable[..., Call] = lambda *args, **kwargs: (args, kwargs)
    leading: bool = False


def _swapped(first: Any, second: Any, **kwargs: Any) -> Call:
    return (second, first), kwargs


def _second_first(first: Any, second: Any, *args: Any, **kwargs: Any) -> Call:
    return (second, first, *args), kwargs


def _equation_first(operands: Any, equation: str) -> Call:
    return (equation, *operands), {}


def _times_reciprocal(divisor: Any, dividend: Any) -> Call:
    return (Inner("torch.reciprocal", (divisor,)), dividend), {}


def _of_product(first: Any, second: Any, **kwargs: Any) -> Call:
    product = Inner("torch.matmul", (first, Inner("torch.transpose", (second, -2, -1))))
    return (product,), kwargs


def _last_two(tensor: Any) -> Call:
    return (tensor, -2, -1), {}


def _filled_with_zero(tensor: Any) -> Call:
    return (tensor, 0), {}


def _to_dtype(tensor: Any, *args: Any, **kwargs: Any) -> Call:
    """Leave out the device, the memory format and whether to wait."""
    if args and isinstance(args[0], torch.Tensor):
        other, _, copy = (*args, False, False)[:3]
        return (tensor, other, copy), {}
    dtypes = [each for each in args if isinstance(each, torch.dtype)]
    flags = [each for each in args if isinstance(each, bool)]
    copy = flags[1] if len(flags) > 1 else False
    return (tensor, dtypes[0] if dtypes else tensor.dtype, copy), {}


def _default_distance(*args: Any, **kwargs: Any) -> Call:
    distance = kwargs.pop("distance_function", None)
    plain = {"norm": 2.0, "eps": 1e-6, "keepdim": False}
    if distance is not None and {name: getattr(distance, name, None) for name in plain} != plain:
        raise InexpressibleError("it is given a function")
    return args, kwargs


def _antialiased(
    tensor: Any, *, output_size: Any = None, scale_factors: Any = None, align_corners: bool, **scales: Any
) -> Call:
    if any(scale is not None for scale in scales.values()):
        raise InexpressibleError("it gives scales beside the size, which `interpolate` does not")
    options = {"mode": "bilinear", "align_corners": align_corners, "antialias": True}
    return (tensor,), {"size": output_size, "scale_factor": scale_factors, **options}


def _upsampled(mode: str, **options: Any) -> Callable[..., Call]:
    def arranged(tensor: Any, size: Any = None, scale_factor: Any = None) -> Call:
        return (tensor, size, scale_factor), {"mode": mode, **options}

    return arranged


def _sampled(tensor: Any, grid: Any, mode: int, padding_mode: int, align_corners: bool) -> Call:
    modes = ("bilinear", "nearest", "bicubic")[mode], ("zeros", "border", "reflection")[padding_mode]
    return (tensor, grid, *modes, align_corners), {}


def _sliced(tensor: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Call:
    whole = (slice(None),) * (dim % tensor.dim())
    return (tensor, (*whole, slice(start, end, step))), {}


def _checked(tensor: Any, *args: Any, unsafe: bool, **kwargs: Any) -> Call:
    """Leave out whether torch may skip the check of the lengths: a graph has it made."""
    lengths, axis = kwargs.get("lengths"), kwargs["axis"]
    if unsafe and lengths is not None and bool((lengths.sum(-1) != tensor.shape[axis]).any()):
        raise InexpressibleError("it skips a check that its lengths do not pass")
    return (tensor, *args), kwargs


def _pooled_backward(tensor: Any, *, kernel_size: Any, **options: Any) -> Call:
    """Take the gradient of a pooling, into which ones flow: torch's private function is what computes it."""
    names = ("stride", "padding", "dilation", "ceil_mode")
    defaults = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
    given = tuple(options.get(name, defaults[name]) for name in names)
    pooled = Inner("torch.nn.functional.max_pool2d", (tensor, kernel_size, *given))
    return (pooled, tensor, Inner("torch.ones_like", (pooled,))), {}


def _dropped(gradient: Any, mask: Any, scale: float) -> Call:
    kept = Inner("torch.mul", (Inner("torch.Tensor.to", (mask, gradient.dtype)), scale))
    return (gradient, kept), {}


def _with_statistics(*args: Any, **kwargs: Any) -> Call:
    if isinstance(args[3], bool):
        return (*args[:3], None, None, *args[3:]), kwargs
    return args, kwargs


def _pivoted(tensor: Any, pivot: bool = True, get_infos: bool = False) -> Call:
    return (tensor,), {"pivot": pivot}


ROWS: Final[dict[str, Row]] = {
    "__radd__": Row("torch.add"),
    "__rmul__": Row("torch.mul"),
    "__rsub__": Row("torch.rsub"),
    "__rdiv__": Row("torch.mul", _times_reciprocal),
    "__rmod__": Row("torch.remainder", _swapped),
    "__rpow__": Row("torch.pow", _swapped),
    "__rmatmul__": Row("torch.matmul", _swapped),
    "T": Row("torch.t"),
    "H": Row("torch.adjoint"),
    "mT": Row("torch.transpose", _last_two),
    "mH": Row("torch.adjoint"),
    "einsum": Row("torch.einsum", _equation_first),
    "zero_": Row("torch.fill", _filled_with_zero),
    "to": Row("torch.Tensor.to", _to_dtype),
    "where": Row("torch.where", _second_first),
    "polygamma": Row("torch.polygamma", _swapped),
    "special.polygamma": Row("torch.special.polygamma", _swapped),
    "normal": Row("torch.normal"),
    "normal.number_mean": Row("torch.normal", _second_first),
    "svd_lowrank": Row("torch.svd_lowrank", _of_product),
    "pca_lowrank": Row("torch.pca_lowrank", _of_product),
    "linalg.pinv.singular": Row("torch.linalg.pinv", _of_product),
    "linalg.lstsq.grad_oriented": Row("torch.linalg.lstsq", leading=True),
    "nn.functional.embedding": Row("torch.nn.functional.embedding", _second_first),
    "nn.functional.triplet_margin_with_distance_loss": Row(
        "torch.nn.functional.triplet_margin_with_distance_loss", _default_distance
    ),
    "_upsample_bilinear2d_aa": Row("torch.nn.functional.interpolate", _antialiased),
    "nn.functional.upsample_bilinear": Row(
        "torch.nn.functional.interpolate", _upsampled("bilinear", align_corners=True)
    ),
    "nn.functional.upsample_nearest": Row("torch.nn.functional.interpolate", _upsampled("nearest")),
    "grid_sampler_2d": Row("torch.nn.functional.grid_sample", _sampled),
    "grid_sampler_3d": Row("torch.nn.functional.grid_sample", _sampled),
    "slice": Row("torch.Tensor.__getitem__", _sliced),
    "lu": Row("torch.linalg.lu_factor_ex", _pivoted, leading=True),
    "_segment_reduce": Row("torch.segment_reduce", _checked),
    "max_pool2d_with_indices_backward": Row("gradcanvas.grad", _pooled_backward),
    "native_dropout_backward": Row("torch.mul", _dropped),
    "_native_batch_norm_legit": Row("torch.native_batch_norm", _with_statistics),
}
"""Entry, or entry and variant (`normal.number_mean`) → how it is called."""

_PRIVATE: Final = "it is private: torch offers it under no public name"
_SPARSE: Final = "it is about sparse tensors, which no graph file holds"

REASONS: Final[dict[str, str]] = {
    "_softmax_backward_data": _PRIVATE,
    "_batch_norm_with_update": _PRIVATE,
    "_unsafe_masked_index": _PRIVATE,
    "_unsafe_masked_index_put_accumulate": _PRIVATE,
    "torch.ops.aten._safe_softmax.default": _PRIVATE,
    "torch.ops.aten._flash_attention_forward": _PRIVATE,
    "torch.ops.aten._efficient_attention_forward": _PRIVATE,
    "sparse.sampled_addmm": _SPARSE,
    "sparse.mm": _SPARSE,
    "to_sparse": _SPARSE,
}
"""Entry → why no graph names it."""
