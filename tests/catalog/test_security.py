"""Nothing outside the catalogue can be reached; nothing in it works in place, on files or on the process."""

import inspect
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch

from gradcanvas.catalog import Catalog, suggest
from gradcanvas.catalog.editor import EDITOR_CALLABLES
from gradcanvas.catalog.left_out import CONSTRUCTED_EXCLUDED, EXCLUDED, NAMED

Found = dict[str, Callable[..., Any]]

FORBIDDEN = [
    "torch.save", "torch.load", "torch.from_file", "torch.manual_seed", "torch.seed",
    "torch.set_rng_state", "torch.compile", "torch.jit", "torch.ops", "torch.hub", "torch.utils",
    "torch.set_num_threads", "torch.set_default_dtype", "torch.use_deterministic_algorithms",
    "torch.from_numpy", "torch.frombuffer", "torch.from_dlpack", "torch.to_dlpack", "torch.vmap",
    "torch.cond", "torch.while_loop", "torch.fork", "torch.import_ir_module", "torch.empty",
    "torch.empty_like", "torch.set_printoptions", "torch.is_tensor", "torch.Tensor.backward",
    "torch.Tensor.numpy", "torch.Tensor.tolist", "torch.Tensor.item", "torch.Tensor.apply_",
    "torch.Tensor.map_", "torch.Tensor.register_hook", "torch.Tensor.share_memory_",
    "torch.Tensor.resize_", "torch.Tensor.set_", "torch.Tensor.data_ptr", "torch.Tensor.storage",
    "torch.Tensor.untyped_storage", "torch.Tensor.data", "torch.Tensor.cuda",
    "torch.Tensor.__setitem__", "torch.Tensor.__reduce_ex__", "torch.Tensor.__class__",
    "torch.Tensor.to_sparse", "torch.Tensor.requires_grad_", "torch.Tensor.retain_grad",
    "torch.Tensor.is_floating_point", "torch.Tensor.size", "torch.nn.Module", "torch.nn.Sequential",
    "torch.nn.DataParallel", "torch.nn.functional.handle_torch_function",
    "torch.nn.functional.Callable", "torch.quantize_per_tensor", "torch.optim.Optimizer", "os.system",
    "builtins.eval", "__import__", "torch.__loader__", "torch._C", "torch.sys", "torch.os",
    "subprocess.run",
]  # fmt: skip


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden_name_is_not_in_the_catalogue(catalog: Catalog, found: Found, name: str) -> None:
    assert name not in catalog.operations
    assert name not in found


def test_every_callable_belongs_to_an_operation_and_is_torchs_or_the_editors_own(
    catalog: Catalog, found: Found
) -> None:
    strange = [
        name
        for name, each in found.items()
        if not (inspect.getmodule(each) or torch).__name__.startswith(
            "gradcanvas.catalog.editor" if name.startswith("gradcanvas.") else "torch"
        )
        or each in (eval, exec, os.system)
    ]

    assert strange == []
    without = {name for name in catalog.operations if name not in found}
    assert without == {f"gradcanvas.{name}" for name in ("data", "descent", "call", "if", "for", "while")}


def test_a_name_is_found_where_torch_has_it(found: Found) -> None:
    homes = {"torch.Tensor": torch.Tensor, "torch.nn.functional": torch.nn.functional, "torch": torch}

    for name, each in found.items():
        home, _, short = name.rpartition(".")
        if home in homes:
            assert each is getattr(homes[home], short) or each == getattr(homes[home], short)


def test_no_public_name_of_torch_slips_in_against_a_rule(catalog: Catalog) -> None:
    rules = re.compile("|".join(f"(?:{pattern})" for pattern, _ in EXCLUDED))
    short_names = {
        name.rpartition(".")[2]
        for name, operation in catalog.operations.items()
        if operation.kind in ("function", "method", "source")
        if name.startswith("torch.") and name not in EDITOR_CALLABLES
    }

    assert [name for name in short_names if rules.fullmatch(name)] == []


def test_only_fillings_of_parameters_end_in_an_underscore(catalog: Catalog) -> None:
    ending = {operation.kind for name, operation in catalog.operations.items() if re.search(r"[^_]_$", name)}

    assert ending == {"init"}


def test_every_name_of_torch_and_its_tensor_is_an_operation_or_refused(catalog: Catalog) -> None:
    for home, owner in (("torch", torch), ("torch.Tensor", torch.Tensor)):
        for short in dir(owner):
            name = f"{home}.{short}"
            if name not in catalog.operations:
                nearest = suggest(catalog, name)
                assert nearest is None or nearest in catalog.operations


def test_every_exclusion_says_why() -> None:
    assert all(reason for _, reason in (*EXCLUDED, *CONSTRUCTED_EXCLUDED, *NAMED))
