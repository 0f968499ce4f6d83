"""What the backward functions of autograd compute, written out, as rows. Holds no logic.

Torch's table of derivatives calls them by name; here is the expression that each one stands for, in the
language of that table, read from `torch/csrc/autograd/FunctionsManual.cpp` and the kernels beneath. A test
evaluates every row and compares it with autograd.
"""

from typing import Final, NamedTuple


class Backward(NamedTuple):
    """A backward function.

    Attributes:
        parameters: its own, in order; of further arguments nothing is said.
        formula: the expression, or one for each differentiable argument of the operation.
        holds: when it is meant so, where there are other cases.
    """

    parameters: str
    formula: str | dict[str, str]
    holds: str = ""


_MEAN: Final = "for reduction “mean”; “sum” and “none” do not divide by the number of elements"
_MATRICES: Final = "for matrices, and for batches of them"
_INSIDE: Final = "where(({low}) & ({high}), grad, 0)"

BACKWARD: Final[dict[str, Backward]] = {
    "mul_tensor_backward": Backward("grad other", "grad * other.conj()"),
    "div_tensor_self_backward": Backward("grad other", "grad / other.conj()"),
    "div_tensor_other_backward": Backward("grad self other", "-grad * (self / other.pow(2)).conj()"),
    "pow_backward": Backward("grad self exponent", "grad * (exponent * self.pow(exponent - 1)).conj()"),
    "pow_backward_self": Backward("grad self exponent", "grad * (exponent * self.pow(exponent - 1)).conj()"),
    "pow_backward_exponent": Backward("grad self exponent result", "grad * (result * log(self)).conj()"),
    "log1p_backward": Backward("grad self", "grad / (self + 1).conj()"),
    "atan2_backward": Backward(
        "grad self other",
        {
            "self": "grad * other / (self.pow(2) + other.pow(2))",
            "other": "-grad * self / (self.pow(2) + other.pow(2))",
        },
    ),
    "rad2deg_backward": Backward("grad", "grad * 180 / M_PI"),
    "deg2rad_backward": Backward("grad", "grad * M_PI / 180"),
    "sigmoid_backward": Backward("grad result", "grad * ((1 - result) * result).conj()"),
    "tanh_backward": Backward("grad result", "grad * (1 - result.pow(2)).conj()"),
    "threshold_backward": Backward("grad self threshold", "where(self > threshold, grad, 0)"),
    "hardtanh_backward": Backward(
        "grad self min_val max_val", _INSIDE.format(low="min_val < self", high="self < max_val")
    ),
    "clamp_backward": Backward("grad self min max", _INSIDE.format(low="min <= self", high="self <= max")),
    "hardshrink_backward": Backward("grad self lambd", "where(abs(self) > lambd, grad, 0)"),
    "softshrink_backward": Backward("grad self lambd", "where(abs(self) > lambd, grad, 0)"),
    "hardsigmoid_backward": Backward("grad self", "where(abs(self) < 3, grad / 6, 0)"),
    "leaky_relu_backward": Backward(
        "grad self negative_slope", "where(self > 0, grad, grad * negative_slope)"
    ),
    "_prelu_kernel_backward": Backward(
        "grad self weight",
        {
            "self": "where(self > 0, grad, grad * weight)",
            "weight": "where(self > 0, 0, grad * self)",
        },
    ),
    "elu_backward": Backward(
        "grad alpha scale input_scale is_result self",
        "where(self > 0, grad * scale, grad * scale * alpha * input_scale * exp(input_scale * self))",
    ),
    "gelu_backward": Backward(
        "grad self approximate",
        "grad * (0.5 * (1 + erf(self / sqrt(2))) + self * exp(-self.pow(2) / 2) / sqrt(2 * M_PI))",
        "for approximate “none”",
    ),
    "silu_backward": Backward("grad self", "grad * sigmoid(self) * (1 + self * (1 - sigmoid(self)))"),
    "softplus_backward": Backward("grad self beta threshold", "grad * sigmoid(beta * self)"),
    "log_sigmoid_backward": Backward("grad self buffer", "grad * sigmoid(-self)"),
    "_softmax_backward_data": Backward("grad result dim", "result * (grad - (grad * result).sum(dim, true))"),
    "_log_softmax_backward_data": Backward("grad result dim", "grad - exp(result) * grad.sum(dim, true)"),
    "logsumexp_backward": Backward(
        "grad self result dim keepdim", "expand(grad) * exp(self - expand(result))"
    ),
    "mm_mat1_backward": Backward("grad mat2 sizes strides layout alpha", "alpha.conj() * grad.mm(mat2.mH())"),
    "mm_mat2_backward": Backward("grad mat1 sizes strides layout alpha", "alpha.conj() * mat1.mH().mm(grad)"),
    "matmul_backward": Backward(
        "grad self other",
        {"self": "grad.matmul(other.mH())", "other": "self.mH().matmul(grad)"},
        _MATRICES,
    ),
    "linear_backward": Backward(
        "input grad weight",
        {
            "input": "grad.matmul(weight.conj())",
            "weight": "grad.mT().matmul(input.conj())",
            "bias": "grad.sum(0)",
        },
        "for a matrix as input",
    ),
    "linalg_solve_backward": Backward(
        "grad result A",
        {
            "A": "-linalg_solve(A.mH(), grad).matmul(result.mH())",
            "B": "linalg_solve(A.mH(), grad)",
        },
        "with the matrix on the left",
    ),
    "linalg_det_backward": Backward("grad det A", "grad * det.conj() * linalg_inv(A).mH()"),
    "slogdet_backward": Backward("grad_sign grad_logabsdet A", "grad_logabsdet * linalg_inv(A).mH()"),
    "trace_backward": Backward("grad sizes", "grad * eye(sizes)"),
    "sum_backward": Backward("grad sizes dim keepdim", "expand(grad)"),
    "mean_backward": Backward("grad sizes dim numel keepdim", "expand(grad) * result.numel() / numel"),
    "nansum_backward": Backward("grad self dim keepdim", "expand(grad) * (self == self)"),
    "cumsum_backward": Backward("grad dim", "grad.flip(dim).cumsum(dim).flip(dim)"),
    "prod_backward": Backward(
        "grad self result dim keepdim", "expand(grad * result) / self", "where no element is 0"
    ),
    "var_backward": Backward(
        "grad self dim correction keepdim",
        "expand(grad) * (2 * (self - self.mean(dim, true))) / (n - correction)",
        "n is the number of elements that one variance is taken of",
    ),
    "std_backward": Backward(
        "result grad self dim correction keepdim",
        "expand(grad / result) * (self - self.mean(dim, true)) / (n - correction)",
        "n is the number of elements that one deviation is taken of",
    ),
    "norm_backward": Backward("grad self p result dim keepdim", "self * expand(grad / result)", "for p = 2"),
    "linalg_vector_norm_backward": Backward(
        "grad self ord result dim keepdim", "self * expand(grad / result)", "for ord = 2"
    ),
    "evenly_distribute_backward": Backward(
        "grad self result", "where(self == result, grad / (self == result).sum(), 0)"
    ),
    "gather_backward": Backward("grad self dim index", "zeros_like(self).scatter_add(dim, index, grad)"),
    "index_select_backward": Backward("grad sizes dim index", "zeros(sizes).index_add(dim, index, grad)"),
    "mse_loss_backward": Backward(
        "grad self target reduction", "grad * (2 * (self - target)) / self.numel()", _MEAN
    ),
    "binary_cross_entropy_backward": Backward(
        "grad self target weight reduction",
        "grad * (self - target) / (self * (1 - self)) / self.numel()",
        _MEAN,
    ),
    "binary_cross_entropy_with_logits_backward": Backward(
        "grad self target weight pos_weight reduction",
        "grad * (sigmoid(self) - target) / self.numel()",
        _MEAN,
    ),
    "soft_margin_loss_backward": Backward(
        "grad self target reduction", "-grad * target * sigmoid(-target * self) / self.numel()", _MEAN
    ),
}
"""Backward function, without `_symint` → what it computes."""
