"""Figures of tensors, held against float64."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gradcanvas.training.statistics import MAX, MEAN, MIN, NONFINITE, NORM, SMALL, _Sorted, figures, read

SIZES = [1, 3, 128, SMALL, SMALL + 1, 70_000, 1_000_003]


def expected(tensor: Tensor) -> list[float]:
    numbers = tensor.to(torch.complex128) if tensor.is_complex() else tensor.double()
    norm = float(torch.linalg.vector_norm(numbers))
    bad = float((~torch.isfinite(tensor)).sum())
    if tensor.is_complex():
        return [norm, math.nan, math.nan, math.nan, bad]
    return [norm, float(numbers.mean()), float(numbers.min()), float(numbers.max()), bad]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_figures_agree_with_float64(size: int, exact: bool) -> None:
    torch.manual_seed(size)
    tensor = torch.randn(size) + 0.5

    row = figures([tensor], exact=exact)[0]

    np.testing.assert_allclose(row, expected(tensor), rtol=1e-12 if exact else 1e-5)


@pytest.mark.parametrize("size", [5000, 65_536, 300_000, 1_000_000])
def test_equal_numbers_whose_rounding_adds_up_keep_their_norm(size: int) -> None:
    for number in (1 / size, 0.1, 2.7182818, 7.3):
        tensor = torch.full((size,), number)

        row = figures([tensor])[0]

        np.testing.assert_allclose(row, expected(tensor), rtol=1e-5)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("size", [7, 5000])
@pytest.mark.parametrize(
    "dtype",
    [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool, torch.complex64],
)
def test_every_dtype_has_its_figures(dtype: torch.dtype, size: int, exact: bool) -> None:
    torch.manual_seed(0)
    tensor = (torch.randn(size) * 3 + 4).to(dtype)

    row = figures([torch.ones(2), tensor, torch.ones(9000)], exact=exact)[1]

    np.testing.assert_allclose(row, expected(tensor), rtol=1e-5)


@pytest.mark.parametrize("size", [7, 5000])
def test_a_tensor_that_is_negated_only_by_name_has_its_figures(size: int) -> None:
    tensor = torch.randn(size, dtype=torch.complex64).conj().imag
    assert tensor.is_neg()

    row = figures([tensor])[0]

    np.testing.assert_allclose(row, expected(tensor), rtol=1e-5)


@pytest.mark.parametrize("exact", [False, True])
def test_absent_and_empty_tensors_keep_their_places(exact: bool) -> None:
    rows = figures([None, torch.empty(0, 3), torch.tensor(2.0), None], exact=exact)

    np.testing.assert_array_equal(rows[0], [np.nan] * 4 + [-1])
    np.testing.assert_array_equal(rows[1], [0, np.nan, np.nan, np.nan, 0])
    np.testing.assert_array_equal(rows[2], [2, 2, 2, 2, 0])


def test_nothing_at_all_is_read() -> None:
    assert figures([]).shape == (0, 5)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("size", [4, 10_000])
@pytest.mark.parametrize("scale", [1e-30, 1e-42, 1e30])
def test_extreme_float32_gradients_keep_their_norm(scale: float, size: int, exact: bool) -> None:
    tensor = torch.linspace(1, 2, size).double().mul(scale).float()

    row = figures([tensor], exact=exact)[0]

    np.testing.assert_allclose(row, expected(tensor), rtol=1e-5)


@pytest.mark.parametrize("size", [4, 10_000])
def test_extreme_float64_gradients_keep_their_norm(size: int) -> None:
    tensor = torch.full((size,), 1e-200, dtype=torch.float64)

    row = figures([tensor, -1e150 * tensor], exact=True)

    np.testing.assert_allclose(row[:, NORM], [1e-200 * math.sqrt(size), 1e-50 * math.sqrt(size)])


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("size", [5, 10_000])
def test_what_is_not_finite_is_counted(size: int, exact: bool) -> None:
    infinite, both = torch.ones(size), torch.ones(size)
    infinite[1] = math.inf
    both[0], both[2], both[3] = math.nan, math.inf, -math.inf

    rows = figures([infinite, both, torch.ones(size)], exact=exact)

    assert rows[0, NORM] == rows[0, MEAN] == rows[0, MAX] == math.inf
    assert rows[0, MIN] == 1
    assert rows[:, NONFINITE].tolist() == [1, 3, 0]
    assert np.isnan(rows[1, :4]).all()


@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
def test_one_strange_number_in_the_last_of_many_pieces_is_seen(strange: float) -> None:
    tensor = torch.zeros(70_000)
    tensor[-1] = strange

    row = figures([tensor])[0]

    norm = math.nan if math.isnan(strange) else math.inf
    np.testing.assert_array_equal(row, [norm, strange, float(tensor.min()), float(tensor.max()), 1])


def test_complex_elements_that_are_not_finite_are_counted_once() -> None:
    tensor = torch.tensor([complex(math.nan, math.nan), complex(1, 0), complex(0, math.inf)])

    assert figures([tensor])[0, NONFINITE] == 2


@pytest.mark.parametrize("exact", [False, True])
def test_views_expanded_sparse_and_tracked_tensors_are_read(exact: bool) -> None:
    expanded = torch.tensor([[2.0]]).expand(70, 60)
    transposed = torch.arange(6.0).reshape(2, 3).t()
    sparse = torch.sparse_coo_tensor(torch.tensor([[0, 0, 2]]), torch.ones(3), (4,), check_invariants=True)
    tracked = torch.ones(3, requires_grad=True)

    rows = figures([expanded, transposed, sparse, tracked], exact=exact)

    for row, tensor in zip(rows, [expanded, transposed, sparse.to_dense(), tracked], strict=True):
        np.testing.assert_allclose(row, expected(tensor.detach()), rtol=1e-5)


def test_elements_of_small_tensors_and_samples_of_large_ones_come_along() -> None:
    small, large = torch.arange(6.0).reshape(2, 3), torch.arange(100_000.0).reshape(100, 1000)

    reading = read([None, small, large], samples=500)

    first = reading.starts[1]
    assert reading.starts[0] == -1
    assert reading.cells[first : first + 6].tolist() == small.flatten().tolist()
    sample = reading.samples[2]
    assert 300 < len(sample) <= 500
    assert len({int(number) % 1000 for number in sample}) > 300


@settings(max_examples=40, deadline=None)
@given(
    shapes=st.lists(st.lists(st.integers(0, 5), max_size=3), max_size=6),
    seed=st.integers(0, 2**16),
    exact=st.booleans(),
)
def test_random_lists_agree_one_by_one(shapes: list[list[int]], seed: int, exact: bool) -> None:
    torch.manual_seed(seed)
    dtypes = [torch.float32, torch.float64, torch.int64, torch.complex64]
    tensors = [(torch.randn(shape) * 5).to(dtypes[(seed + k) % 4]) for k, shape in enumerate(shapes)]

    together = figures(tensors, exact=exact)

    for tensor, row in zip(tensors, together, strict=True):
        np.testing.assert_array_equal(row, figures([tensor], exact=exact)[0])


@pytest.mark.parametrize("exact", [False, True])
def test_what_a_gpu_reduces_and_brings_in_one_transfer_is_what_the_host_reads(exact: bool) -> None:
    torch.manual_seed(0)
    tensors = [
        torch.randn(3, 5),
        torch.randn(100, 90),
        torch.randn(7, dtype=torch.float64),
        torch.randn(9000, dtype=torch.float64),
        torch.randn(70, 70).exp(),
    ]
    device, host = (_Sorted(tensors, exact=exact, samples=500) for _ in range(2))
    # It is only told so: the tensors, and the kernels, are the host's.
    device._device = torch.device("cuda")

    cells, rows, samples = device.fetch()

    host_cells, host_rows, host_samples = host.fetch()
    assert cells.tolist() == host_cells.tolist()
    np.testing.assert_allclose(rows, host_rows, rtol=1e-5)
    assert [each.tolist() for each in samples] == [each.tolist() for each in host_samples]
    assert [len(each) > 300 for each in samples] == [True] * 3


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128])
def test_numbers_whose_sign_torch_turns_only_when_they_are_read_have_their_figures(
    dtype: torch.dtype, exact: bool
) -> None:
    torch.manual_seed(0)
    tensor = torch.randn(9000, dtype=dtype).conj().imag
    assert tensor.is_neg()

    reading = read([tensor], exact=exact, samples=500)

    np.testing.assert_allclose(reading.figures[0], expected(tensor.resolve_neg()), rtol=1e-5)
    assert set(reading.samples[0].tolist()) <= set(tensor.tolist())


@pytest.mark.parametrize("exact", [False, True])
def test_a_single_number_whose_sign_torch_turns_only_when_it_is_read_has_its_figures(exact: bool) -> None:
    number = torch.tensor(1 + 2j).conj().imag

    assert figures([number], exact=exact).tolist() == [[2.0, -2.0, -2.0, -2.0, 0.0]]


def test_a_gpu_brings_numbers_whose_sign_is_turned_only_when_they_are_read() -> None:
    tensor = torch.randn(9000, dtype=torch.complex64).conj().imag
    device, host = (_Sorted([tensor], exact=True, samples=500) for _ in range(2))
    device._device = torch.device("cuda")

    assert [each.tolist() for each in device.fetch()[2]] == [each.tolist() for each in host.fetch()[2]]
