"""Small pictures of tensors: a strip, a heat map, a histogram; knows only shapes and numbers.

All pictures of a frame but the histograms are drawn from one `Reading` by a fixed number of numpy calls:
`Album` works out once, for a list of shapes, which elements make up which cell.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradcanvas.training.statistics import MAX, MIN, SMALL, Reading

STRIP = 40
HEAT = 24
BINS = 32
SAMPLES = 2048
"""So many evenly spread elements of a large tensor make its histogram while numbers stream."""

SAMPLES_AT_REST = 1 << 17
"""So many make it at rest: more would not change its cells by one in a hundred, and take seconds."""

_NARROW, _WIDE = 1e-290, 1e290
"""Within these a difference and a quotient of float64 neither vanish nor overflow."""

Kind = Literal["number", "strip", "heat", "histogram"]


@dataclass(frozen=True, slots=True)
class Picture:
    """How one tensor is drawn: `rows` × `columns` cells (none for a number) from byte `offset` on."""

    kind: Kind
    rows: int
    columns: int
    offset: int

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.rows * self.columns


def choose(shape: Sequence[int], offset: int) -> Picture | None:
    """Choose the picture of a tensor of this shape; None for an empty one."""
    elements = math.prod(shape)
    long = [size for size in shape if size != 1]
    if elements == 0:
        return None
    if not long:
        return Picture("number", 0, 0, offset)
    if elements > SMALL or len(long) > 2:
        return Picture("histogram", 1, BINS, offset)
    if len(long) == 1:
        return Picture("strip", 1, min(long[0], STRIP), offset)
    return Picture("heat", min(long[0], HEAT), min(long[1], HEAT), offset)


class Album:
    """The pictures of a list of tensors, and what must be known to draw them again and again."""

    def __init__(self, shapes: Sequence[Sequence[int] | None]) -> None:
        self.pictures: list[Picture | None] = []
        offset = 0
        for shape in shapes:
            picture = None if shape is None else choose(shape, offset)
            self.pictures.append(picture)
            offset += picture.size if picture else 0
        self.size = offset
        self._shapes = [tuple(shape) if shape is not None else () for shape in shapes]
        self._plans: dict[bytes, _Plan] = {}

    def draw(self, reading: Reading, rows: Sequence[int]) -> bytes:
        """Draw all pictures.

        Args:
            reading: a reading with samples, from tensors of which
            rows: gives for each picture the tensor it shows; −1 where there is none now.
        """
        image = np.zeros(self.size, np.int8)
        chosen = np.asarray(rows, np.int64)
        self._draw_blocks(image, reading, chosen)
        self._draw_histograms(image, reading, chosen)
        return image.tobytes()

    def _draw_blocks(self, image: NDArray[np.int8], reading: Reading, rows: NDArray[np.int64]) -> None:
        key = rows.tobytes() + reading.starts.tobytes() + reading.lengths.tobytes()
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) > 8:
                self._plans.clear()
            plan = self._plans[key] = self._plan(reading, rows)
        if not len(plan.targets):
            return
        with np.errstate(all="ignore"):
            cells = np.add.reduceat(reading.cells[plan.gather], plan.blocks) / plan.counts
            finite = np.isfinite(cells)
            sizes = np.where(finite, np.abs(cells), 0.0)
            largest = np.maximum.reduceat(sizes, plan.pictures)
            largest[largest == 0.0] = 1.0
            scaled = np.rint(127.0 * (cells / np.repeat(largest, plan.lengths)))
        image[plan.targets] = np.where(finite, scaled, -128.0).astype(np.int8)

    def _plan(self, reading: Reading, rows: NDArray[np.int64]) -> "_Plan":
        gather: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.int64]] = []
        targets: list[NDArray[np.int64]] = []
        for picture, shape, row in zip(self.pictures, self._shapes, rows, strict=True):
            if picture is None or row < 0 or picture.kind not in ("strip", "heat"):
                continue
            if reading.starts[row] < 0 or reading.lengths[row] != math.prod(shape):
                continue
            order, sizes = _cut(shape, picture)
            gather.append(reading.starts[row] + order)
            counts.append(sizes)
            targets.append(np.arange(picture.offset, picture.offset + picture.size))
        if not gather:
            nothing = np.empty(0, np.int64)
            return _Plan(nothing, nothing, nothing, nothing, nothing, nothing)
        lengths = np.array([len(each) for each in counts])
        every = np.concatenate(counts)
        return _Plan(
            np.concatenate(gather),
            np.cumsum(every) - every,
            every,
            np.cumsum(lengths) - lengths,
            lengths,
            np.concatenate(targets),
        )

    def _draw_histograms(self, image: NDArray[np.int8], reading: Reading, rows: NDArray[np.int64]) -> None:
        """Draw all histograms: those of few finite numbers, which are most, by a few calls together."""
        offsets: list[int] = []
        chosen: list[int] = []
        elements: list[NDArray[np.floating]] = []
        for picture, row in zip(self.pictures, rows.tolist(), strict=True):
            if picture is None or row < 0 or picture.kind != "histogram":
                continue
            found = reading.elements(row)
            if found is not None:
                offsets.append(picture.offset)
                chosen.append(row)
                elements.append(found)
        if not chosen:
            return
        bounds = reading.figures[chosen][:, [MIN, MAX]]
        with np.errstate(all="ignore"):
            width = bounds[:, 1] / 2 - bounds[:, 0] / 2
        are_few = np.array([len(each) for each in elements]) <= SMALL
        together = np.flatnonzero(are_few & (width > _NARROW) & (width < _WIDE))
        if len(together):
            bars = _histograms([elements[k] for k in together], bounds[together, 0], width[together])
            image[np.array(offsets)[together, None] + np.arange(BINS)] = bars
        for k in set(range(len(chosen))).difference(together.tolist()):
            image[offsets[k] : offsets[k] + BINS] = _histogram(elements[k].astype(np.float64), bounds[k])


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which elements make which cells: `gather` orders them so that each cell is one block."""

    gather: NDArray[np.int64]
    blocks: NDArray[np.int64]
    counts: NDArray[np.int64]
    pictures: NDArray[np.int64]
    lengths: NDArray[np.int64]
    targets: NDArray[np.int64]


def _cut(shape: Sequence[int], picture: Picture) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a tensor's elements ordered by cell, and how many each cell has."""
    long = [size for size in shape if size != 1]
    height, width = (1, long[0]) if len(long) == 1 else (long[0], long[1])
    row = np.arange(height) * picture.rows // height
    column = np.arange(width) * picture.columns // width
    cell = (row[:, None] * picture.columns + column[None, :]).ravel()
    order = np.argsort(cell, kind="stable")
    return order, np.bincount(cell, minlength=picture.size)


def _histograms(
    elements: Sequence[NDArray[np.floating]], low: NDArray[np.float64], width: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Do what `_histogram` does for several tensors of finite numbers, a row of the result each.

    Args:
        elements: of each tensor, or some of them.
        low: the least element of each.
        width: half of the distance to the greatest.
    """
    lengths = [len(each) for each in elements]
    cells = np.concatenate(elements, dtype=np.float64)
    cells -= np.repeat(low, lengths)
    cells *= np.repeat(BINS / 2 / width, lengths)
    place = cells.astype(np.intp)
    place += np.repeat(np.arange(len(elements)) * (BINS + 1), lengths)
    # What is greatest lies at the end of the last bin.
    every = np.bincount(place, minlength=len(elements) * (BINS + 1)).reshape(len(elements), BINS + 1)
    counts = every[:, :BINS].astype(np.float64)
    counts[:, -1] += every[:, BINS]
    scaled: NDArray[np.int8] = np.rint(127.0 * counts / counts.max(axis=1, keepdims=True)).astype(np.int8)
    return scaled


def _histogram(cells: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.int8]:
    """Count the finite elements in equal bins from the least to the greatest; the fullest is 127.

    Args:
        cells: elements, or some of them.
        bounds: least and greatest of all elements; not finite if some element is not.
    """
    is_finite = bool(np.isfinite(bounds).all())
    finite = cells if is_finite else cells[np.isfinite(cells)]
    if not len(finite):
        return np.full(BINS, -128, np.int8)
    low, high = bounds if is_finite else (finite.min(), finite.max())
    width = high / 2 - low / 2
    if width == 0.0:
        counts = np.zeros(BINS)
        counts[BINS // 2] = len(finite)
    else:
        if _NARROW < width < _WIDE:
            place = ((finite - low) * (BINS / 2 / width)).astype(np.intp)
        else:
            place = ((finite / 2 - low / 2) / width * BINS).astype(np.intp)
        # What is greatest lies at the end of the last bin.
        every = np.bincount(place, minlength=BINS + 1)
        counts = every[:BINS].astype(np.float64)
        counts[-1] += every[BINS]
    scaled: NDArray[np.int8] = np.rint(127.0 * counts / counts.max()).astype(np.int8)
    return scaled
