"""What the vocabulary costs: built once for each torch, loaded at every start, sent once to a browser."""

import gzip
import statistics
import time
from collections.abc import Callable
from functools import partial

from gradcanvas.catalog import from_json, load_catalog, search, to_json
from gradcanvas.catalog.build import build_catalog
from gradcanvas.catalog.json_form import write_documentation
from tests.bench.table import Row
from tests.catalog.page_search import CASES


def rows() -> list[Row]:
    """Return the rows of the catalogue."""
    catalog = load_catalog()
    data, documentation = to_json(catalog), write_documentation(catalog)
    building = _milliseconds(build_catalog, 3)
    loading = _milliseconds(partial(from_json, data, documentation), 9)
    pressed = [_milliseconds(partial(search, catalog, words), 3) for words in CASES]
    kilobytes = len(gzip.compress(data)) / 1e3
    searched = statistics.median(pressed)
    count = f"{len(catalog.operations):,} operations"
    return [
        Row("catalogue built", f"{building / 1e3:.2f} s", "at most 1 s", building <= 1e3, count),
        Row("catalogue loaded from its cache", f"{loading:.0f} ms", "at most 50 ms", loading <= 50),
        Row("catalogue sent, compressed", f"{kilobytes:.0f} kB", "at most 200 kB", kilobytes <= 200),
        Row(
            "search over the whole catalogue, command line",
            f"{searched:.1f} ms",
            "at most 10 ms",
            searched <= 10,
            f"slowest of {len(pressed)}: {max(pressed):.1f} ms",
        ),
    ]


def _milliseconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)
