import warnings
from collections import defaultdict

import torch
from hypothesis import given, settings

from gradcanvas.program.binding import Binding
from tests.program import eager
from tests.program.local_gradients import local_gradients
from tests.program.random_graphs import graphs
from tests.program.running import Ran, bound, is_same, run

COUNT = 40


def close(first: torch.Tensor, second: torch.Tensor) -> bool:
    return torch.allclose(first, second, rtol=1e-4, atol=1e-5, equal_nan=True)


@settings(deadline=None, max_examples=COUNT)
@given(graphs() | graphs(gradients=True))
def test_a_random_graph_has_the_bits_of_eager_pytorch_observed_or_not(text: str) -> None:
    expected = eager.run(text)

    for observed in (False, True):
        ran = run(text, observed=observed, seed=_seed(text))

        assert is_same(ran.loss, expected.loss)
        for name, tensor in ran.leaves.items():
            assert is_same(tensor.grad, expected.leaves[name].grad), (observed, name)
        if ran.observation is not None:
            for name, value in expected.values.items():
                assert is_same(ran.observation.values.get(_spoken(ran, name)), value), name


@settings(deadline=None, max_examples=COUNT)
@given(graphs())
def test_an_edge_carries_its_consumers_vector_jacobian_product_and_the_parts_add_up(text: str) -> None:
    ran = run(text, observed=True, seed=_seed(text))
    assert ran.observation is not None
    binding = bound(text)

    edges = {record.edge: record for record in ran.observation.edges}
    for name in binding.scope.order:
        node = binding.scope.nodes[name]
        if node.operation.random or node.operation.name == "torch.detach":
            continue
        for edge, local in local_gradients(node, ran.observation.values, {}).items():
            kept = edges[edge].gradient()
            assert (local is None) == (kept is None), (edge, edges[edge].reason())
            assert (kept is None) == (edges[edge].reason() is not None)
            assert local is None or kept is None or close(local, kept), edge
    _assert_parts_add_up(ran, binding)


@settings(deadline=None, max_examples=COUNT)
@given(graphs(gradients=True))
def test_where_gradients_are_differentiated_an_edge_carries_what_comes_back_through_its_consumer(
    text: str,
) -> None:
    expected = eager.run(text, aliased=True).aliases

    ran = run(text, observed=True, seed=_seed(text))

    assert ran.observation is not None
    assert expected is not None
    edges = {record.edge: record for record in ran.observation.edges}
    sums: dict[str, torch.Tensor | None] = {}
    for name, alias in expected.items():
        why = edges[name].reason() or ""
        counted = why.removeprefix("counted in ") if why.startswith("counted in ") else name
        sums[counted] = _added(sums.get(counted), alias.grad)
    for name, total in sums.items():
        kept = edges[name].gradient()
        assert (total is None) == (kept is None), (name, edges[name].reason())
        assert total is None or kept is None or close(total, kept), name


def _added(one: torch.Tensor | None, other: torch.Tensor | None) -> torch.Tensor | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _assert_parts_add_up(ran: Ran, binding: Binding) -> None:
    assert ran.observation is not None
    parts: dict[str, list[torch.Tensor]] = defaultdict(list)
    for record in ran.observation.edges:
        gradient = record.gradient()
        if gradient is not None:
            assert gradient.shape == ran.observation.values[record.source].shape
            parts[record.source].append(gradient)
    first = {id(tensor): name for name, tensor in reversed(ran.observation.values.items())}
    for name, tensor in ran.observation.values.items():
        if first[id(tensor)] == name and name != "loss" and tensor.requires_grad and tensor.grad is not None:
            assert close(sum(parts[name], torch.zeros(())), tensor.grad), name


def _seed(text: str) -> int:
    import json

    return int(json.loads(text)["seed"])


def _spoken(ran: Ran, name: str) -> str:
    assert ran.observation is not None
    if name in ran.observation.values:
        return name
    node, _, place = name.partition(".")
    outputs = [key for key in ran.observation.values if key.partition(".")[0] == node]
    return outputs[int(place)]


warnings.filterwarnings("ignore", "The use of `x.T`")
