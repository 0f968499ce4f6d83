"""Which of torch's public names the catalogue leaves out, and why, as rows. Knows no torch, holds no logic.

`docs/left-out.md` lists them all; a test holds that each name is an operation or has its reason here.
"""

from typing import Final

EXCLUDED: Final[tuple[tuple[str, str], ...]] = (
    (r".*_", "works in place"),
    (r"_.*", "private"),
    (r"cudnn_.*|miopen_.*|mkldnn_.*|fbgemm_.*|to_mkldnn", "belongs to one backend's engine"),
    (r"quantize.*|quantized_.*|fake_quantize.*|fused_moving_avg.*|q_.*|q.*qparams.*|dequantize|int_repr|empty_quantized",
     "quantization is not differentiable and needs its own dtypes"),
    (r"from_file|save|load", "touches files"),
    (r"empty.*|new_empty.*", "its values are whatever memory held"),
    (r"resize.*|set_data|data|storage", "changes or exposes storage"),
    (r"cuda|cpu|xpu|ipu|mtia|hpu|is_pinned|pin_memory", "the graph's device decides where tensors live"),
    (r".*sparse_(?!grad).*|to_sparse.*|to_dense|smm|sspaddmm|hspmm|dsmm|spmm|saddmm|coalesce|values|indices"
     r"|crow_indices|col_indices|ccol_indices|row_indices|sparse_.*",
     "sparse tensors have no place in a frame yet"),
    (r".*nested.*|to_padded_tensor", "nested tensors have no place in a frame yet"),
    (r"align_.*|rename|refine_names", "named tensors are an abandoned prototype"),
    (r"batch_norm_.*|native_dropout|native_channel_shuffle|native_norm|slice_inverse|norm_except_dim"
     r"|affine_grid_generator|grid_sampler.*|convolution|unsafe_split_with_sizes|.*_with_indices"
     r"|slice_copy|detach_copy|select_copy|lift_fresh_copy|view_as_.*_copy|.*(?:indices|values)_copy"
     r"|nuclear_norm|frobenius_norm|choose_qparams_optimized|lstm|gru|rnn_tanh|rnn_relu|scalar_tensor",
     "an internal of an operation that has its public name"),
    (r"as_tensor|asarray", "torch.tensor says it without depending on who owns the memory"),
    (r"upsample.*", "deprecated in favour of interpolate"),
    (r"range", "deprecated in favour of arange"),
    (r"hash_tensor", "a checksum of bytes"),
)  # fmt: skip
"""Names (of functions and methods) that are left out wherever they stand, each with the reason."""

CONSTRUCTED_EXCLUDED: Final[tuple[tuple[str, str], ...]] = (
    (r"_.*", "private"),
    (r"Module|Container|RNNBase|RNNCellBase|LRScheduler|Optimizer", "a base class"),
    (
        r"ModuleDict|ModuleList|ParameterDict|ParameterList|Sequential",
        "a container: a function of the graph is one",
    ),
    (r"DataParallel|SyncBatchNorm", "is about several devices or processes"),
    (r"NLLLoss2d|CrossMapLRN2d|UpsamplingBilinear2d|UpsamplingNearest2d", "deprecated"),
)
"""Classes of torch that are left out, each with the reason."""

_OF_TENSORS: Final = r"torch\.(?:Tensor\.)?"
_NO_TENSOR: Final = (
    "allclose|equal|is_\\w+|numel|nelement|result_type|can_cast|promote_types|broadcast_shapes|get_device"
    "|typename|dim|ndimension|size|stride|storage_offset|element_size|dim_order|qscheme|dense_dim|tolist|item"
    "|numpy"
)
_SETTINGS: Final = (
    "set_\\w+|get_\\w+|use_\\w+|are_\\w+|init_\\w+|manual_seed|seed|initial_seed|autocast_\\w+"
    "|clear_autocast_cache|prepare_\\w+|profiler_\\w+|compiled_with_\\w+|thread_safe_generator"
)
_PYTHON: Final = (
    "vmap|compile|fork|wait|import_ir_module\\w*|parse_\\w+|merge_type_\\w+|unify_type_list|classproperty"
    "|as_subclass|module_load|Optional|assert_int_or_pair|boolean_dispatch|handle_torch_function"
    "|has_torch_function\\w*"
)

NAMED: Final[tuple[tuple[str, str], ...]] = (
    (_OF_TENSORS + f"(?:{_NO_TENSOR})", "gives no tensor"),
    (rf"torch\.(?:{_SETTINGS})", "is a setting of the whole process"),
    (r"torch\.sym_\w+", "is about sizes that are still symbols, which a graph's never are"),
    (r"torch\.(?:cond|while_loop)", "`gradcanvas.if` and `gradcanvas.while` say it"),
    (rf"torch\.(?:Tensor\.|nn\.functional\.)?(?:{_PYTHON})", "works on Python functions, not on tensors"),
    (r"torch\.(?:from_numpy|frombuffer|from_dlpack|to_dlpack)", "shares memory with what is no tensor"),
    (_OF_TENSORS + "unique(?:_consecutive)?",
     "it has no derivative, and how many tensors it gives depends on flags"),
    (r"torch\.(?:Tensor\.)?lu", "deprecated in favour of linalg.lu_factor"),
    (r"torch\.Tensor\.(?:eig|lstsq|solve|symeig)", "torch itself has taken it away; torch.linalg says it"),
    (r"torch\.feature_dropout", "an internal of an operation that has its public name"),
    (r"torch\.hsmm|torch\.sparse\.\w+", "sparse tensors have no place in a frame yet"),
    (r"torch\.nn\.functional\.scaled_(?:grouped_)?mm", "works on 8-bit floats of a GPU alone"),
    (r"torch\.masked\.\w*masked_tensor", "masked tensors are a prototype; their reductions are there"),
    (r"torch\.nn\.init\.calculate_gain", "gives no tensor"),
    (r"torch\.nn\.init\.\w*[^_]", "deprecated in favour of its namesake that ends in an underscore"),
    (r"torch\.Tensor\.(?:backward|reinforce|retain_grad|register_\w*hook)",
     "is autograd's own machinery, which the editor runs"),
    (r"torch\.Tensor\.(?:const_data_ptr|data_ptr|untyped_storage|storage_type|record_stream)",
     "changes or exposes storage"),
    (r"torch\.Tensor\.i?stft", "torch.stft and torch.istft say it"),
    (r"torch\.Tensor\.(?:new|new_tensor)", "torch.tensor says it"),
    (r"torch\.Tensor\.type", "torch.Tensor.to says it"),
    (r"torch\.Tensor\.index", "torch.Tensor.__getitem__ says it"),
    (r"torch\.nn\.(?:\w*Parameter|\w*Buffer)", "is a tensor: a source is one, with or without a gradient"),
    (r"torch\.nn\.LinearCrossEntropyOptions", "an object stands for it where it is an argument"),
)  # fmt: skip
"""Whole names that no rule offers, each with the reason: what is told of them, and nothing else."""
