"""Brings each sample of torch's optimiser database through a graph file: five steps beside a loop by hand."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch.testing._internal.common_optimizers import optim_db

from gradcanvas.catalog import load_catalog
from tests.conformance import literals
from tests.conformance.comparing import RefusedError, difference
from tests.conformance.graphs import SEED, GraphWriter
from tests.conformance.inexpressible import InexpressibleError
from tests.conformance.table import Entry
from tests.conformance.training import STEPS, train_by_hand, train_graph, unlike


def every_optimiser() -> list[Any]:
    """Return every entry."""
    return list(optim_db)


def run_optimiser(info: Any) -> Entry:
    """Run the samples of an entry in both real dtypes."""
    entry = Entry(info.optim_cls.__name__)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for dtype in (torch.float32, torch.float64):
            for given in info.optim_inputs_func("cpu"):
                try:
                    entry.add(*_compare(info.optim_cls, given.kwargs, dtype))
                except InexpressibleError as error:
                    entry.add("not expressible", str(error))
                except RefusedError as error:
                    entry.add("different", f"the graph is refused; {error}")
    return entry


def _compare(kind: Any, kwargs: dict[str, Any], dtype: torch.dtype) -> tuple[str, str]:
    name = f"torch.optim.{kind.__name__}"
    if name not in load_catalog().operations:
        raise InexpressibleError("the catalogue does not offer it")
    writer = GraphWriter()
    leaves, forward = _MODELS.get(kind.__name__, _affine)(writer, dtype)
    args = {key: _plain(value) for key, value in kwargs.items()}
    trained = train_graph(writer.text("loss", steps=STEPS, optimizer={"op": name, "args": args}), "loss")
    losses = train_by_hand(kind(leaves, **kwargs), forward)
    why = unlike(losses, trained.losses)
    for one, other in zip(leaves, trained.leaves.values(), strict=True):
        why = why or difference(one, other)
    return ("equal", "") if why is None else ("different", why)


def _plain(value: Any) -> Any:
    """Write an argument; a rate that is a tensor as its data and dtype."""
    return literals.source(value)["args"] if isinstance(value, torch.Tensor) else literals.plain(value)


Model = tuple[list[torch.Tensor], Callable[[], torch.Tensor]]


def _affine(writer: GraphWriter, dtype: torch.dtype) -> Model:
    """Write the mean square of `weight @ x + bias`, as torch's own tests of optimisers do."""
    weight, bias = _leaf(10, 5, dtype=dtype), _leaf(10, dtype=dtype)
    x = torch.randn(5, dtype=dtype)
    names = {"weight": writer.tensor(weight), "bias": writer.tensor(bias), "x": writer.tensor(x)}
    writer.node("product", "torch.mv", {"input": names["weight"], "vec": names["x"]})
    writer.node("shifted", "torch.add", {"input": "product", "other": names["bias"]})
    _square(writer, "shifted")
    return [weight, bias], lambda: (weight.mv(x) + bias).square().mean()


def _matrix(writer: GraphWriter, dtype: torch.dtype) -> Model:
    """Write a model whose only leaf is a matrix."""
    weight, x = _leaf(10, 5, dtype=dtype), torch.randn(5, dtype=dtype)
    writer.node("product", "torch.mv", {"input": writer.tensor(weight), "vec": writer.tensor(x)})
    _square(writer, "product")
    return [weight], lambda: weight.mv(x).square().mean()


def _table(writer: GraphWriter, dtype: torch.dtype) -> Model:
    """Write a model whose leaf gets a sparse gradient."""
    weight, rows = _leaf(10, 5, dtype=dtype), torch.tensor([1, 3, 3, 7])
    inputs = {"input": writer.tensor(rows), "weight": writer.tensor(weight)}
    writer.node("rows", "torch.nn.functional.embedding", inputs, {"sparse": True})
    _square(writer, "rows")
    return [weight], lambda: torch.nn.functional.embedding(rows, weight, sparse=True).square().mean()


_MODELS = {"Muon": _matrix, "SparseAdam": _table}


def _square(writer: GraphWriter, reference: str) -> None:
    writer.node("square", "torch.square", {"input": reference})
    writer.node("loss", "torch.mean", {"input": "square"})


def _leaf(*shape: int, dtype: torch.dtype) -> torch.Tensor:
    torch.default_generator.manual_seed(SEED + len(shape))
    return torch.randn(*shape, dtype=dtype, requires_grad=True)
