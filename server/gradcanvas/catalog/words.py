"""The words by which people find operations, as rows: headings, aliases, summaries. Holds no logic."""

from typing import Final

CATEGORIES: Final[dict[str, str]] = {
    "Sources": "torch.signal.windows.* zeros_like ones_like full_like new_full new_ones new_zeros",
    "Arithmetic": """
        add sub subtract rsub mul multiply div divide true_divide floor_divide pow float_power neg
        negative positive reciprocal sqrt rsqrt square abs absolute exp exp2 expm1 log log1p log2
        log10 sign sgn clamp clamp_max clamp_min clip ceil floor round trunc fix frac fmod remainder
        addcdiv addcmul lerp hypot copysign heaviside ldexp frexp gcd lcm nan_to_num nextafter
        deg2rad rad2deg logaddexp logaddexp2 fill bitwise_and bitwise_left_shift bitwise_not
        bitwise_or bitwise_right_shift bitwise_xor gradient
    """,
    "Trigonometry": """
        sin cos tan asin acos atan atan2 sinh cosh asinh acosh atanh arcsin arccos arctan arctan2
        arcsinh arccosh arctanh sinc
    """,
    "Activations": """
        relu relu6 sigmoid tanh softmax log_softmax softmin gelu silu mish elu selu celu leaky_relu
        prelu rrelu glu hardshrink hardsigmoid hardswish hardtanh logsigmoid softplus softshrink
        softsign tanhshrink threshold gumbel_softmax logit torch.special.expit
    """,
    "Losses": """
        binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss cross_entropy
        ctc_loss gaussian_nll_loss hinge_embedding_loss huber_loss kl_div l1_loss
        linear_cross_entropy margin_ranking_loss mse_loss multi_margin_loss multilabel_margin_loss
        multilabel_soft_margin_loss nll_loss poisson_nll_loss smooth_l1_loss soft_margin_loss
        triplet_margin_loss triplet_margin_with_distance_loss
    """,
    "Reductions": """
        sum mean prod max min amax amin aminmax std var std_mean var_mean median mode all any argmax
        argmin logsumexp nansum nanmean nanmedian quantile nanquantile count_nonzero cummax cummin
        cumprod cumsum logcumsumexp cumulative_trapezoid trapezoid trapz histc histogram histogramdd
        bincount corrcoef cov dist norm renorm segment_reduce sum_to_size diff
    """,
    "Shape": """
        reshape reshape_as view view_as flatten unflatten squeeze unsqueeze transpose t permute
        movedim moveaxis swapaxes swapdims expand expand_as broadcast_to broadcast_tensors repeat
        repeat_interleave tile cat concat concatenate stack hstack vstack dstack column_stack
        row_stack split split_with_sizes tensor_split hsplit vsplit dsplit chunk unbind flip fliplr
        flipud roll rot90 ravel atleast_1d atleast_2d atleast_3d as_strided narrow diag diag_embed
        diagflat diagonal tril triu block_diag unfold fold pad adjoint contiguous clone to type_as
        chalf float double half bfloat16 cfloat cdouble bool byte char short int long meshgrid
        cartesian_prod combinations alias_copy as_strided_copy diagonal_copy expand_copy narrow_copy
        permute_copy split_copy split_with_sizes_copy squeeze_copy t_copy transpose_copy unbind_copy
        unfold_copy unsqueeze_copy view_copy unsafe_chunk unsafe_split constant_pad_nd
    """,
    "Indexing": """
        gather scatter scatter_add scatter_reduce select select_scatter slice_scatter
        diagonal_scatter as_strided_scatter index_add index_copy index_fill index_put index_reduce
        index_select
        masked_fill masked_scatter masked_select take take_along_dim put where nonzero
        nonzero_static argwhere argsort sort msort topk kthvalue searchsorted bucketize
        unravel_index one_hot embedding embedding_bag
    """,
    "Comparison": """
        eq ne lt le gt ge not_equal less less_equal greater greater_equal isclose isfinite
        isin isinf isnan isneginf isposinf isreal signbit logical_and logical_not logical_or
        logical_xor maximum minimum fmax fmin
    """,
    "Linear algebra": """
        matmul mm bmm mv dot vdot inner outer ger addbmm addmm addmv addr baddbmm cross kron
        tensordot einsum chain_matmul cholesky cholesky_inverse cholesky_solve det logdet slogdet
        geqrf orgqr ormqr qr svd svd_lowrank pca_lowrank inverse pinverse lobpcg lu_solve lu_unpack
        matrix_exp matrix_power triangular_solve trace vander cdist grouped_mm torch.linalg.*
    """,
    "Layers": """
        linear bilinear scaled_dot_product_attention multi_head_attention_forward gru_cell lstm_cell
        rnn_relu_cell rnn_tanh_cell cosine_similarity pairwise_distance pdist
    """,
    "Convolution & pooling": """
        conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d avg_pool1d
        avg_pool2d avg_pool3d max_pool1d max_pool2d max_pool3d lp_pool1d lp_pool2d lp_pool3d
        adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d
        adaptive_max_pool2d adaptive_max_pool3d fractional_max_pool2d fractional_max_pool3d
        max_unpool1d max_unpool2d max_unpool3d pixel_shuffle pixel_unshuffle channel_shuffle
        interpolate grid_sample affine_grid
    """,
    "Normalisation": """
        batch_norm instance_norm layer_norm group_norm rms_norm local_response_norm normalize
        native_batch_norm native_group_norm native_layer_norm
    """,
    "Random": """
        rand_like randn_like randint_like bernoulli binomial multinomial normal poisson dropout
        dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout rand randn randint
        randperm
    """,
    "Complex": """
        complex polar real imag angle conj conj_physical resolve_conj resolve_neg view_as_complex
        view_as_real
    """,
    "Special": """
        erf erfc erfinv lgamma digamma polygamma mvlgamma igamma igammac i0 xlogy torch.special.*
    """,
    "FFT": "stft istft torch.fft.*",
    "Gradients": "detach",
    "Modules": "torch.nn.*",
    "Optimisers": "torch.optim.*",
    "Schedulers": "torch.optim.lr_scheduler.*",
    "Initialisation": "torch.nn.init.*",
}
"""Heading → full names, short names (of function and method alike), or a namespace's rest (`torch.fft.*`)."""

RANDOM: Final = (
    r".*dropout.*|rand.*|normal|bernoulli|multinomial|poisson|binomial|rrelu|gumbel_softmax|fractional_max_pool.*"
    r"|scaled_dot_product_attention|.*_lowrank|lobpcg|AlphaDropout|FeatureAlphaDropout|Dropout.*|RReLU"
    r"|FractionalMaxPool.*|RNN|LSTM|GRU|MultiheadAttention|Transformer.*|multi_head_attention_forward"
)
"""Names of what may draw random numbers on a call."""

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "torch.matmul": ("@", "mm", "dot", "matrix multiply", "matrix multiplication", "matrix product"),
    "torch.add": ("+", "plus"),
    "torch.sub": ("-", "minus"),
    "torch.mul": ("*", "times", "product", "hadamard"),
    "torch.div": ("/", "over", "quotient"),
    "torch.floor_divide": ("//", "integer division"),
    "torch.remainder": ("%", "mod", "modulo"),
    "torch.pow": ("**", "^", "power", "exponent"),
    "torch.square": ("squared", "x2"),
    "torch.sin": ("sine",),
    "torch.logical_xor": ("xor", "exclusive or"),
    "torch.sqrt": ("square root", "root"),
    "torch.exp": ("e^x", "exponential"),
    "torch.log": ("ln", "natural logarithm"),
    "torch.abs": ("magnitude", "| |"),
    "torch.neg": ("unary minus", "negate", "opposite"),
    "torch.clamp": ("limit", "saturate", "bound"),
    "torch.eq": ("==", "equals"),
    "torch.ne": ("!=",),
    "torch.lt": ("<", "less than"),
    "torch.le": ("<=",),
    "torch.gt": (">", "greater than"),
    "torch.ge": (">=",),
    "torch.logical_and": ("and", "&&"),
    "torch.logical_or": ("or", "||"),
    "torch.logical_not": ("not", "!"),
    "torch.bitwise_and": ("&",),
    "torch.bitwise_or": ("|",),
    "torch.bitwise_not": ("~",),
    "torch.bitwise_left_shift": ("<<",),
    "torch.bitwise_right_shift": (">>",),
    "torch.where": ("choose", "ternary", "if else", "select where"),
    "torch.mean": ("average", "avg"),
    "torch.sum": ("total", "add up", "reduce sum"),
    "torch.std": ("standard deviation",),
    "torch.var": ("variance",),
    "torch.argmax": ("index of maximum",),
    "torch.cat": ("join", "append"),
    "torch.stack": ("pile",),
    "torch.reshape": ("resize", "change shape"),
    "torch.transpose": ("swap dimensions", ".T"),
    "torch.permute": ("reorder dimensions", "rearrange"),
    "torch.squeeze": ("remove dimension",),
    "torch.unsqueeze": ("add dimension", "expand dims", "newaxis"),
    "torch.flatten": ("ravel all",),
    "torch.linalg.solve": ("linear solve", "linear system", "Ax=b"),
    "torch.linalg.inv": ("matrix inverse", "invert"),
    "torch.linalg.norm": ("vector length", "l2 norm", "frobenius"),
    "torch.linalg.eigh": ("eigenvalues", "eigenvectors"),
    "torch.linalg.svd": ("singular values",),
    "torch.linalg.lstsq": ("least squares",),
    "torch.einsum": ("einstein", "tensor contraction"),
    "torch.tensor": ("data", "constant", "values", "literal", "input data"),
    "torch.randn": ("gaussian", "random normal", "noise", "parameter", "weight"),
    "torch.rand": ("random", "uniform"),
    "torch.randint": ("random integers",),
    "torch.full": ("constant fill",),
    "torch.arange": ("sequence", "range"),
    "torch.linspace": ("evenly spaced",),
    "torch.eye": ("identity matrix",),
    "torch.relu": ("rectifier", "ramp"),
    "torch.sigmoid": ("logistic", "expit"),
    "torch.tanh": ("hyperbolic tangent",),
    "torch.nn.functional.silu": ("swish",),
    "torch.nn.functional.softmax": ("normalised exponential", "probabilities"),
    "torch.nn.functional.log_softmax": ("log probabilities",),
    "torch.nn.functional.leaky_relu": ("lrelu",),
    "torch.nn.functional.linear": ("dense", "fully connected", "fc", "affine"),
    "torch.nn.functional.mse_loss": ("mse", "mean squared error", "squared error", "l2 loss"),
    "torch.nn.functional.l1_loss": ("mae", "mean absolute error", "l1"),
    "torch.nn.functional.cross_entropy": ("ce", "crossentropy", "classification loss", "softmax loss"),
    "torch.nn.functional.binary_cross_entropy": ("bce", "log loss"),
    "torch.nn.functional.binary_cross_entropy_with_logits": ("bce logits", "logistic loss"),
    "torch.nn.functional.nll_loss": ("nll", "negative log likelihood"),
    "torch.nn.functional.kl_div": ("kl", "kullback leibler", "relative entropy"),
    "torch.nn.functional.huber_loss": ("huber",),
    "torch.nn.functional.scaled_dot_product_attention": ("attention", "sdpa", "flash attention"),
    "torch.nn.functional.one_hot": ("onehot", "one hot encoding"),
    "torch.nn.functional.conv2d": ("convolution", "cnn"),
    "torch.nn.functional.max_pool2d": ("max pooling", "maxpool"),
    "torch.nn.functional.avg_pool2d": ("average pooling", "avgpool"),
    "torch.nn.functional.interpolate": ("upsampling", "downsampling", "rescale"),
    "torch.nn.functional.dropout": ("drop",),
    "torch.nn.functional.embedding": ("lookup",),
    "torch.nn.Linear": ("dense layer", "fully connected layer"),
    "torch.nn.LSTM": ("long short-term memory",),
    "torch.nn.GRU": ("gated recurrent unit",),
    "torch.nn.MultiheadAttention": ("self attention", "mha"),
    "torch.optim.SGD": ("stochastic gradient descent", "momentum"),
    "torch.Tensor.to": ("cast", "dtype", "convert"),
    "torch.Tensor.masked_fill": ("fill mask",),
    "torch.topk": ("largest",),
    "torch.fft.fft": ("fourier",),
}
"""What else people type for an operation. An alias typed whole leads to its operation first."""

SUMMARIES: Final[dict[str, str]] = {
    "arange": "Counts from start to end, end not included, in steps: a 1-D tensor.",
    "binomial": "Draws from binomial distributions with the given counts and probabilities.",
    "clamp_max": "Limits every element to at most max.",
    "clamp_min": "Limits every element to at least min.",
    "cummax": "Returns the cumulative maximum along a dimension, and where it was reached.",
    "cummin": "Returns the cumulative minimum along a dimension, and where it was reached.",
    "diag": "Makes a diagonal matrix of a vector, or takes the diagonal of a matrix.",
    "diagflat": "Makes a matrix with the flattened input on its diagonal.",
    "entr": "Computes the entropy -x·log(x) of every element.",
    "constant_pad_nd": "Pads a tensor at the ends of its last dimensions with one number, complex too.",
    "fill": "Returns a tensor like the input with every element replaced by one value.",
    "floor_divide": "Divides and rounds down to the next integer.",
    "gelu": "Applies the Gaussian error linear unit x·Φ(x), element by element.",
    "gru_cell": "One step of a gated recurrent unit.",
    "i0e": "Computes the exponentially scaled modified Bessel function of the first kind of order 0.",
    "i1": "Computes the modified Bessel function of the first kind of order 1.",
    "i1e": "Computes the exponentially scaled modified Bessel function of the first kind of order 1.",
    "index_reduce": "Reduces the elements of a source into the positions that an index names.",
    "log_ndtr": "Computes the logarithm of the area under the standard normal density up to the element.",
    "lstm_cell": "One step of a long short-term memory cell.",
    "ndtr": "Computes the area under the standard normal density up to the element.",
    "ndtri": "Computes where the area under the standard normal density reaches the element.",
    "native_batch_norm": "Batch normalisation; gives mean and inverse deviation as well.",
    "native_group_norm": "Group normalisation; gives mean and inverse deviation as well.",
    "native_layer_norm": "Layer normalisation; gives mean and inverse deviation as well.",
    "nonzero": "Returns the indices of all elements that are not zero.",
    "one_hot": "Makes of class numbers vectors that are one at the class and zero elsewhere.",
    "pad": "Pads a tensor at the ends of its last dimensions.",
    "rnn_relu_cell": "One step of an Elman network with ReLU.",
    "rnn_tanh_cell": "One step of an Elman network with tanh.",
    "rsub": "Subtracts input, scaled by alpha, from other.",
    "split_with_sizes": "Splits a tensor into pieces of the given sizes.",
}
"""A plain line where a docstring begins with none, by short name."""

_VALUES = (
    "In a graph `lr_lambda` is the list of its values, one for each step; the last one holds from then on."
)
_LISTED = "In a graph `schedulers` is a list of objects with `op` and `args`, as `train.scheduler` is one."
_LAYER = "In a graph its layer and norm are objects with `op` and `args`, which are made with it."
NOTES: Final[dict[str, str]] = {
    "LambdaLR": _VALUES,
    "MultiplicativeLR": _VALUES,
    "SequentialLR": _LISTED,
    "ChainedScheduler": _LISTED,
    "ReduceLROnPlateau": "In a graph its metric is the loss of the step.",
    "LBFGS": "In a graph its closure empties the gradients, runs the step and goes back; it has no groups.",
    "SparseAdam": "In a graph sparse gradients come from an embedding with `sparse`.",
    "TransformerEncoder": _LAYER,
    "TransformerDecoder": _LAYER,
}
"""What a docstring of torch does not know of graphs, by short name; stands before it."""

LAZY_NOTE: Final = "In a graph it is made where it stands, with the sizes of the first input that it gets."
"""The same of every lazy module."""

ROOMS: Final = (
    "torch",
    "torch.nn.functional",
    "gradcanvas",
    "torch.linalg",
    "torch.special",
    "torch.fft",
    "torch.masked",
    "torch.signal.windows",
    "torch.nn",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.Tensor",
    "torch.nn.init",
)
"""Where several names fit alike, the plainer namespace comes first."""
