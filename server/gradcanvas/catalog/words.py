"""The words by which people find operations, as rows: headings, aliases. Holds no logic."""

from typing import Final

CATEGORIES: Final[dict[str, str]] = {
    "Sources": "zeros_like ones_like full_like rand_like randn_like randint_like",
    "Arithmetic": "add sub subtract rsub mul multiply div divide true_divide floor_divide pow float_power "
    "neg negative reciprocal sqrt rsqrt square abs absolute exp exp2 expm1 log log1p log2 log10 sign sgn",
    "Activations": "relu sigmoid tanh softmax log_softmax softmin gelu silu mish elu selu celu leaky_relu "
    "prelu",
    "Linear algebra": "matmul mm bmm mv dot torch.linalg.*",
    "Special": "torch.special.*",
    "FFT": "torch.fft.*",
    "Reductions": "sum mean prod max min std var",
}
"""Heading → full names, short names (of function and method alike), or a namespace's rest (`torch.fft.*`)."""

RANDOM: Final = (
    r".*dropout.*|rand.*|normal|bernoulli|multinomial|poisson|binomial|rrelu|gumbel_softmax|fractional_max_pool.*"
    r"|scaled_dot_product_attention|.*_lowrank|lobpcg"
)
"""Names of what draws random numbers."""
