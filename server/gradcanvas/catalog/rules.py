"""What a person had to decide about torch's names, as rows. Knows no torch and holds no logic.

Everything that torch's own schemas and signatures tell is read from them; a row stands here only where they
are silent or say something that does not hold when it is called by keyword.
"""

from typing import Final

RULES: Final = 1
"""The version of these rules, told beside that of torch."""

NEVER_OFFERED: Final = frozenset(
    {
        "out", "inplace", "device", "generator", "layout", "pin_memory", "memory_format", "requires_grad",
        "names", "size_average", "non_blocking", "implicit", "min_value", "max_value", "capturable",
        "differentiable", "out_dtype", "unsafe",
    }
)  # fmt: skip
"""Arguments that no graph gives. An overload that demands one of them is not offered either."""

WITHHELD_IN_PYTHON: Final = frozenset({"reduce", "params", "optimizer", "last_epoch"})
"""Further ones of Python functions: `reduction` replaces `reduce`, the graph has the parameters and their
optimiser, and a run is resumed with its state and not by a number."""

UNDOCUMENTED: Final = frozenset(
    {
        "rsub", "clamp_max", "clamp_min", "index_reduce", "index_put", "index_fill", "fill", "put",
        "split_with_sizes", "lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell", "binomial",
        "constant_pad_nd", "native_batch_norm", "native_group_norm", "native_layer_norm",
    }
)  # fmt: skip
"""Names without a docstring of their own or of a namesake that are public all the same."""

NUMBER_FOR_TENSOR: Final[dict[str, tuple[str, ...]]] = {
    "torch.add": ("input", "other"),
    "torch.sub": ("input", "other"),
    "torch.subtract": ("input", "other"),
    "torch.mul": ("input", "other"),
    "torch.multiply": ("input", "other"),
    "torch.div": ("input", "other"),
    "torch.divide": ("input", "other"),
    "torch.true_divide": ("input", "other"),
    "torch.floor_divide": ("input", "other"),
}
"""Tensor arguments at which the binding takes a Python number as the operator would (`1 - x`)."""

_CTC_LOSS: Final = (
    "(Tensor log_probs, Tensor targets, {lengths} input_lengths, {lengths} target_lengths, int blank=0, "
    "str reduction='mean', bool zero_infinity=False) -> Tensor"
)

SCHEMAS: Final[dict[str, tuple[str, ...]]] = {
    "torch.nn.functional.ctc_loss": tuple(
        _CTC_LOSS.format(lengths=lengths) for lengths in ("Tensor", "int[]")
    ),
    "torch.tensor": ("(Any data, *, ScalarType? dtype=None) -> Tensor",),
    "torch.atleast_1d": ("(Tensor[] tensors) -> Tensor[]",),
    "torch.atleast_2d": ("(Tensor[] tensors) -> Tensor[]",),
    "torch.atleast_3d": ("(Tensor[] tensors) -> Tensor[]",),
    "torch.block_diag": ("(Tensor[] tensors) -> Tensor",),
    "torch.broadcast_tensors": ("(Tensor[] tensors) -> Tensor[]",),
    "torch.cartesian_prod": ("(Tensor[] tensors) -> Tensor",),
    "torch.cdist": (
        "(Tensor x1, Tensor x2, float p=2.0, "
        "str compute_mode='use_mm_for_euclid_dist_if_necessary') -> Tensor",
    ),
    "torch.chain_matmul": ("(Tensor[] matrices) -> Tensor",),
    "torch.einsum": ("(str equation, Tensor[] operands) -> Tensor",),
    "torch.lobpcg": (
        "(Tensor A, int? k=None, Tensor? B=None, Tensor? X=None, int? n=None, Tensor? iK=None, "
        "int? niter=None, float? tol=None, bool? largest=None, str? method=None) -> (Tensor, Tensor)",
    ),
    "torch.meshgrid": ("(Tensor[] tensors, *, str? indexing=None) -> Tensor[]",),
    "torch.norm": (
        "(Tensor input, float? p=2, int[1]? dim=None, bool keepdim=False, ScalarType? dtype=None) -> Tensor",
        "(Tensor input, str p, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    ),
    "torch.pca_lowrank": (
        "(Tensor A, int? q=None, bool center=True, int niter=2) -> (Tensor, Tensor, Tensor)",
    ),
    "torch.svd_lowrank": ("(Tensor A, int? q=6, int niter=2, Tensor? M=None) -> (Tensor, Tensor, Tensor)",),
    "torch.split": (
        "(Tensor tensor, int split_size_or_sections, int dim=0) -> Tensor[]",
        "(Tensor tensor, int[] split_size_or_sections, int dim=0) -> Tensor[]",
    ),
    "torch.stft": (
        "(Tensor input, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, "
        "bool center=True, str pad_mode='reflect', bool normalized=False, bool? onesided=None, "
        "bool? return_complex=None, bool? align_to_window=None) -> Tensor",
    ),
    "torch.tensordot": (
        "(Tensor a, Tensor b, int dims=2) -> Tensor",
        "(Tensor a, Tensor b, int[][] dims) -> Tensor",
        "(Tensor a, Tensor b, Tensor dims) -> Tensor",
    ),
    "torch.unravel_index": ("(Tensor indices, int[1] shape) -> Tensor[]",),
    "torch.bernoulli": ("(Tensor input) -> Tensor", "(Tensor input, float p) -> Tensor"),
    "torch.Tensor.bernoulli": ("(Tensor self) -> Tensor", "(Tensor self, float p) -> Tensor"),
    "torch.Tensor.norm": (
        "(Tensor self, float? p=2, int[1]? dim=None, bool keepdim=False, ScalarType? dtype=None) -> Tensor",
        "(Tensor self, str p, int[1]? dim=None, bool keepdim=False, ScalarType? dtype=None) -> Tensor",
    ),
    "torch.Tensor.split": (
        "(Tensor self, int split_size, int dim=0) -> Tensor[]",
        "(Tensor self, int[] split_size, int dim=0) -> Tensor[]",
    ),
    **{
        f"torch.Tensor.{name}": ("(Tensor self) -> Tensor",)
        for name in (
            "float",
            "double",
            "half",
            "bfloat16",
            "cfloat",
            "cdouble",
            "bool",
            "byte",
            "char",
            "short",
            "int",
            "long",
        )
    },
    "torch.Tensor.to": (
        "(Tensor self, ScalarType dtype, bool copy=False) -> Tensor",
        "(Tensor self, Tensor tensor, bool copy=False) -> Tensor",
    ),
    "torch.Tensor.unflatten": ("(Tensor self, int dim, int[] sizes) -> Tensor",),
}
"""Signatures in the language of torch's schemas, where torch has none or another than what may be called."""

GAPS: Final = ("adaptive", "output_size")
"""Part of an operation's name, and its list of which an element may be null: that size is the input's."""

VARARGS: Final[dict[str, str]] = {
    "torch.atleast_1d": "tensors",
    "torch.atleast_2d": "tensors",
    "torch.atleast_3d": "tensors",
    "torch.block_diag": "tensors",
    "torch.broadcast_tensors": "tensors",
    "torch.cartesian_prod": "tensors",
    "torch.chain_matmul": "matrices",
    "torch.einsum": "operands",
    "torch.meshgrid": "tensors",
}
"""Which argument is spread, as `*tensors`."""

ANNOTATIONS: Final[dict[str, str]] = {
    "input": "Tensor input",
    "interpolate.size": "int[1]? size",
    "interpolate.scale_factor": "float[1]? scale_factor",
    "std.correction": "Scalar? correction",
    "var.correction": "Scalar? correction",
    "fractional_max_pool2d.output_ratio": "float[2]? output_ratio",
    "fractional_max_pool2d_with_indices.output_ratio": "float[2]? output_ratio",
    "FractionalMaxPool2d._random_samples": "Tensor? _random_samples",
    "FractionalMaxPool3d._random_samples": "Tensor? _random_samples",
    "fractional_max_pool3d.output_ratio": "float[3]? output_ratio",
    "fractional_max_pool3d_with_indices.output_ratio": "float[3]? output_ratio",
    "max_unpool1d.output_size": "int[]? output_size",
    "max_unpool2d.output_size": "int[]? output_size",
    "max_unpool3d.output_size": "int[]? output_size",
    "MultiStepLR.milestones": "int[] milestones",
    "CyclicLR.base_lr": "float[1] base_lr",
    "CyclicLR.max_lr": "float[1] max_lr",
    "CyclicLR.step_size_down": "int? step_size_down",
    "general_cosine.M": "int M",
    "general_cosine.a": "float[] a",
    "general_hamming.M": "int M",
    "LambdaLR.lr_lambda": "float[] lr_lambda",
    "MultiplicativeLR.lr_lambda": "float[] lr_lambda",
    "MultiheadAttention.embed_dim": "int embed_dim",
    "MultiheadAttention.num_heads": "int num_heads",
    "MultiheadAttention.kdim": "int? kdim",
    "MultiheadAttention.vdim": "int? vdim",
}
"""What an argument is where its annotation is missing (`argument`) or wrong (`function.argument`)."""

_RECURRENT: Final = "int input_size, int hidden_size, int num_layers=1"
_RECURRENT_END: Final = (
    "bool bias=True, bool batch_first=False, float dropout=0.0, bool bidirectional=False, "
    "ScalarType? dtype=None"
)
CONSTRUCTORS: Final[dict[str, str]] = {
    "RNN": f"({_RECURRENT}, str nonlinearity='tanh', {_RECURRENT_END})",
    "LSTM": f"({_RECURRENT}, {_RECURRENT_END}, int proj_size=0)",
    "GRU": f"({_RECURRENT}, {_RECURRENT_END})",
}
"""Arguments of constructors that torch writes as `*args, **kwargs`."""

PARTS: Final[dict[str, str]] = {
    "TransformerEncoder.encoder_layer": "torch.nn.TransformerEncoderLayer",
    "TransformerDecoder.decoder_layer": "torch.nn.TransformerDecoderLayer",
    "TransformerEncoder.norm": "torch.nn.LayerNorm torch.nn.RMSNorm",
    "TransformerDecoder.norm": "torch.nn.LayerNorm torch.nn.RMSNorm",
}
"""Arguments of constructors that are modules themselves, and which may stand there."""

CALLS: Final[dict[str, str]] = {
    "RNN": "(Tensor input, Tensor? hx=None) -> (Tensor output, Tensor h_n)",
    "GRU": "(Tensor input, Tensor? hx=None) -> (Tensor output, Tensor h_n)",
    "LSTM": "(Tensor input, Tensor[]? hx=None) -> (Tensor output, Tensor h_n, Tensor c_n)",
    "CTCLoss": (
        "(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths) -> Tensor;"
        "(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths) -> Tensor"
    ),
    "AdaptiveLogSoftmaxWithLoss": "(Tensor input_, Tensor target_) -> (Tensor output, Tensor loss)",
}
"""How a module is called, where its `forward` does not say it; several ways stand apart by a semicolon.

Outputs have the names of the module's documentation.
"""

TENSOR_RATES: Final = frozenset({"Muon"})
"""Optimisers that take a tensor as their learning rate, though their annotation says a number."""

STATEFUL: Final = frozenset(
    {
        "torch.batch_norm", "torch.instance_norm", "torch.native_batch_norm",
        "torch.nn.functional.batch_norm", "torch.nn.functional.instance_norm",
        "torch.nn.functional.embedding", "torch.nn.functional.embedding_bag",
    }
)  # fmt: skip
"""Functions that write to a tensor they are given: running statistics, rows longer than `max_norm`."""

CHOICES: Final[dict[str, str]] = {
    "reduction": "none mean sum",
    "kl_div.reduction": "none mean sum batchmean",
    "KLDivLoss.reduction": "none mean sum batchmean",
    "embedding_bag.mode": "sum mean max",
    "EmbeddingBag.mode": "sum mean max",
    "grid_sample.mode": "bilinear nearest bicubic",
    "grid_sample.padding_mode": "zeros border reflection",
    "interpolate.mode": "nearest linear bilinear bicubic trilinear area nearest-exact",
    "Upsample.mode": "nearest linear bilinear bicubic trilinear",
    "pad.mode": "constant reflect replicate circular",
    "stft.pad_mode": "constant reflect replicate circular",
    "padding": "valid same",
    "approximate": "none tanh",
    "indexing": "xy ij",
    "rounding_mode": "trunc floor",
    "interpolation": "linear lower higher midpoint nearest",
    "compute_mode": "use_mm_for_euclid_dist_if_necessary use_mm_for_euclid_dist donot_use_mm_for_euclid_dist",
    "side": "left right",
    "UPLO": "L U",
    "nonlinearity": "tanh relu",
    "activation": "relu gelu",
    "adjust_lr_fn": "original match_rms_adamw",
    "lobpcg.method": "basic ortho",
    "qr.mode": "reduced complete r",
    "lstsq.driver": "gels gelsy gelsd gelss",
    "svd.driver": "gesvd gesvdj gesvda",
    "svdvals.driver": "gesvd gesvdj gesvda",
    "norm.p": "fro nuc",
    "ord": "fro nuc",
    "cond.p": "fro nuc",
    "scatter.reduce": "add multiply",
    "scatter_reduce.reduce": "sum prod mean amax amin",
    "index_reduce.reduce": "prod mean amax amin",
    "segment_reduce.reduce": "sum mean max min prod",
    "torch.fft.norm": "forward backward ortho",
    "CyclicLR.mode": "triangular triangular2 exp_range",
    "CyclicLR.scale_mode": "cycle iterations",
    "LBFGS.line_search_fn": "strong_wolfe",
}
"""What a text may be: by argument, by `operation.argument`, or by `namespace.argument`."""
