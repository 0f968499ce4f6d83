"""Prints the benchmark table; `make bench`. With --write it goes into docs/benchmarks.md as well."""

import platform
import sys
import timeit
from pathlib import Path

import torch

from tests.bench import bench_canvas, bench_catalog, bench_page, bench_server, bench_training
from tests.bench.table import write_table

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

`make bench` prints this table; `make bench WRITE=--write` writes it here. Each figure stands beside plain
PyTorch, or beside the alternative, measured in turn in the same run: ratios travel from machine to machine,
milliseconds do not.

Measured on {machine}, Python {python}, torch {torch}; a Python loop of ten million additions takes
{seconds:.2f} s there, which is its yardstick beside other machines.

"""


def _yardstick() -> float:
    """Measure how fast the machine runs Python, in seconds for ten million additions; the best of three."""
    return min(
        timeit.repeat("for number in range(10_000_000): total += number", "total = 0", number=1, repeat=3)
    )


def main() -> None:
    """Measure everything and print it."""
    parts = (bench_training, bench_catalog, bench_page, bench_canvas, bench_server)
    rows = [row for part in parts for row in part.rows()]
    table = write_table(rows)
    sys.stdout.write(table)
    if "--write" in sys.argv[1:]:
        machine = f"{torch.get_num_threads()} threads of {platform.machine()}"
        versions = {"python": platform.python_version(), "torch": torch.__version__}
        head = HEAD.format(machine=machine, seconds=_yardstick(), **versions)
        DOCUMENT.write_text(head + table)


if __name__ == "__main__":
    main()
