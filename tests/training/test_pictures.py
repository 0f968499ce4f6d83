"""Pictures of tensors, held against block means worked out one by one."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from gradcanvas.training.pictures import BINS, SAMPLES, SAMPLES_AT_REST, Album, choose
from gradcanvas.training.statistics import read


def draw(*tensors: Tensor, exact: bool = True) -> list[list[int]]:
    album = Album([tensor.shape for tensor in tensors])
    reading = read(list(tensors), exact=exact, samples=SAMPLES_AT_REST if exact else SAMPLES)
    image = np.frombuffer(album.draw(reading, range(len(tensors))), np.int8)
    return [
        image[picture.offset : picture.offset + picture.size].tolist() if picture else []
        for picture in album.pictures
    ]


@pytest.mark.parametrize(
    ("shape", "kind", "rows", "columns"),
    [
        ((), "number", 0, 0),
        ((1, 1), "number", 0, 0),
        ((7,), "strip", 1, 7),
        ((80, 1), "strip", 1, 40),
        ((1, 100), "strip", 1, 40),
        ((3, 5), "heat", 3, 5),
        ((3, 1, 60), "heat", 3, 24),
        ((30, 60), "heat", 24, 24),
        ((2, 3, 4), "histogram", 1, 32),
        ((100, 100), "histogram", 1, 32),
        ((9000,), "histogram", 1, 32),
    ],
)
def test_a_shape_has_its_picture(shape: tuple[int, ...], kind: str, rows: int, columns: int) -> None:
    picture = choose(shape, 5)

    assert picture is not None
    assert (picture.kind, picture.rows, picture.columns, picture.offset) == (kind, rows, columns, 5)


def test_an_empty_tensor_has_no_picture() -> None:
    assert choose((3, 0), 0) is None


def test_a_strip_is_scaled_by_its_own_largest_cell() -> None:
    assert draw(torch.tensor([0.5, -1.0, 0.25])) == [[64, -127, 32]]


def test_a_long_strip_shows_means_of_blocks() -> None:
    numbers = torch.randn(95, dtype=torch.float64)

    strip = draw(numbers)[0]

    block = np.arange(95) * 40 // 95
    means = np.array([numbers.numpy()[block == cell].mean() for cell in range(40)])
    assert strip == np.rint(127 * means / np.abs(means).max()).astype(int).tolist()


def test_a_heat_map_shows_means_of_blocks_row_by_row() -> None:
    numbers = torch.randn(30, 50, dtype=torch.float64)

    heat = draw(torch.ones(4), numbers.t().contiguous().t())[1]

    row, column = np.arange(30) * 24 // 30, np.arange(50) * 24 // 50
    means = np.array(
        [numbers.numpy()[np.ix_(row == i, column == j)].mean() for i in range(24) for j in range(24)]
    )
    assert heat == np.rint(127 * means / np.abs(means).max()).astype(int).tolist()


def test_what_is_not_finite_is_marked_and_the_rest_still_shown() -> None:
    assert draw(torch.tensor([1.0, math.nan, -math.inf, 0.5])) == [[127, -128, -128, 64]]


def test_zeros_and_tiny_numbers_are_drawn() -> None:
    assert draw(torch.zeros(3), torch.tensor([1e-30, -1e-30])) == [[0, 0, 0], [127, -127]]


def test_a_histogram_at_rest_counts_every_element() -> None:
    numbers = torch.randn(50_000)

    bars = draw(numbers)[0]

    counts, _ = np.histogram(numbers.double().numpy(), BINS)
    assert np.abs(np.array(bars) - 127 * counts / counts.max()).max() <= 1


def test_a_streaming_histogram_resembles_the_exact_one() -> None:
    numbers = torch.rand(256, 256)

    bars = draw(numbers, exact=False)[0]

    assert min(bars) > 50
    assert max(bars) == 127


@pytest.mark.parametrize("numbers", [torch.full((5000,), 3.0), torch.full((5000,), math.nan)])
def test_a_histogram_of_one_value_or_none_is_drawn(numbers: Tensor) -> None:
    bars = draw(numbers)[0]

    assert bars.count(127) == 1 or set(bars) == {-128}


def test_what_is_absent_leaves_its_cells_empty() -> None:
    album = Album([(3,), None, (3,)])

    image = album.draw(read([torch.ones(3)], samples=SAMPLES), [-1, -1, 0])

    assert image == bytes([0, 0, 0, 127, 127, 127])


def test_the_histogram_of_a_huge_tensor_at_rest_is_that_of_all_its_elements_to_the_eye() -> None:
    torch.manual_seed(0)
    tensor = torch.randn(2000, 2000)

    image = np.array(draw(tensor)[0])
    counts, _ = np.histogram(tensor.numpy(), BINS)
    expected = np.rint(127 * counts / counts.max())

    assert np.abs(image - expected).max() <= 6


def test_histograms_that_are_drawn_together_are_those_that_are_drawn_alone() -> None:
    torch.manual_seed(0)
    tensors = [
        torch.randn(100, 100),
        torch.full((5000,), 3.0),
        torch.randn(9000).exp() * 1e30,
        torch.cat([torch.randn(5000), torch.tensor([torch.inf])]),
        torch.full((5000,), torch.nan),
        torch.linspace(-3e38, 3e38, 6000),
        torch.tensor([0.0, 5e-324], dtype=torch.float64).repeat(3000),
        torch.randint(0, 9, (70, 70)),
    ]

    together = draw(*tensors, exact=False)

    assert together == [cells for tensor in tensors for cells in draw(tensor, exact=False)]
