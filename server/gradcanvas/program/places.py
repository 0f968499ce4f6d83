"""Which operations use each of their tensors in one place only, as autograd sees it.

An operation with a derivative of its own is one node of autograd's graph: what flows back through an argument
arrives in one piece. One that is composed of others may use a tensor in several places, and autograd then
adds the pieces one by one to what has arrived from elsewhere; it may also give its input itself back.
"""

from functools import cache

import torch

from gradcanvas.catalog import callables

_PREFIXES = {
    "torch": "",
    "torch.Tensor": "",
    "torch.nn.functional": "",
    "torch.linalg": "linalg_",
    "torch.special": "special_",
    "torch.fft": "fft_",
}
_COMPOSED = "CompositeImplicitAutograd"
_NATIVE = type(torch.mul), type(torch.Tensor.mul), type(torch.Tensor.__getitem__)


def is_native(name: str) -> bool:
    """Tell whether a name of the catalogue is one of torch's own functions, not one written in Python."""
    return isinstance(callables().get(name), _NATIVE)


@cache
def uses_each_tensor_once(name: str) -> bool:
    """Tell whether the operation of that name is one node of autograd's graph, whatever its arguments."""
    namespace, _, short = name.rpartition(".")
    if namespace not in _PREFIXES or not is_native(name):
        return False
    operator = f"aten::{_PREFIXES[namespace]}{short}"
    schemas = torch._C._jit_get_schemas_for_operator(operator)
    names = {f"{operator}.{schema.overload_name}".removesuffix(".") for schema in schemas}
    return bool(names) and not any(_is_composed(each) for each in names)


def _is_composed(overload: str) -> bool:
    try:
        return bool(torch._C._dispatch_has_kernel_for_dispatch_key(overload, _COMPOSED))
    except RuntimeError:  # an overload of TorchScript alone
        return False
