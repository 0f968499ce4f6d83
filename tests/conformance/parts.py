"""Modules that other modules are made of: their arguments read back, so that a graph can name them."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from tests.conformance.inexpressible import InexpressibleError


@dataclass(frozen=True, slots=True)
class Part:
    """A module as the arguments it was made with.

    Attributes:
        kind: its class.
        args: of its constructor, by name.
    """

    kind: type[nn.Module]
    args: dict[str, Any]

    def made(self) -> nn.Module:
        """Make another one."""
        return self.kind(**self.args)


_ACTIVATIONS = ("relu", "gelu")
"""Functions that constructors take by their names as well."""


def part_of(value: Any, dtype: torch.dtype) -> Any:
    """Return a module as a `Part` of a dtype, an activation as its name, anything else as it is.

    Raises:
        InexpressibleError: its arguments cannot be read back.
    """
    if not isinstance(value, nn.Module):
        return value.__name__ if getattr(value, "__name__", None) in _ACTIVATIONS else value
    if isinstance(value, (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)):
        return Part(type(value), {**_layer_arguments(value), "dtype": dtype})
    if isinstance(value, nn.LayerNorm):
        args = {"normalized_shape": list(value.normalized_shape), "eps": value.eps, "dtype": dtype}
        return Part(type(value), args)
    raise InexpressibleError(f"it is made of a {type(value).__name__}")


def _layer_arguments(layer: Any) -> dict[str, Any]:
    return {
        "d_model": layer.self_attn.embed_dim,
        "nhead": layer.self_attn.num_heads,
        "dim_feedforward": layer.linear1.out_features,
        "dropout": layer.dropout.p,
        "activation": getattr(layer.activation, "__name__", "relu"),
        "layer_norm_eps": layer.norm1.eps,
        "batch_first": layer.self_attn.batch_first,
        "norm_first": layer.norm_first,
        "bias": layer.linear1.bias is not None,
    }
