"""Prints the benchmark table; `make bench`. With --write it goes into docs/benchmarks.md as well."""

import platform
import sys
from pathlib import Path

import torch

from tests.bench import bench_canvas, bench_catalog, bench_page, bench_server, bench_training
from tests.bench.table import write_table

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

`make bench` prints this table; `make bench WRITE=--write` writes it here. Each figure stands beside plain
PyTorch, or beside the alternative, measured in turn in the same run: ratios travel from machine to machine,
milliseconds do not.

Measured on {machine}, Python {python}, torch {torch}.

"""


def main() -> None:
    """Measure everything and print it."""
    parts = (bench_training, bench_catalog, bench_page, bench_canvas, bench_server)
    rows = [row for part in parts for row in part.rows()]
    table = write_table(rows)
    sys.stdout.write(table)
    if "--write" in sys.argv[1:]:
        machine = f"{torch.get_num_threads()} threads of {platform.machine()}"
        head = HEAD.format(machine=machine, python=platform.python_version(), torch=torch.__version__)
        DOCUMENT.write_text(head + table)


if __name__ == "__main__":
    main()
