"""Runs everything and writes the table: `python -m tests.conformance [--write file]`."""

import argparse
import sys
import time
from pathlib import Path

import torch

from tests.conformance.operations import differentiable, run_entry
from tests.conformance.table import Database, markdown


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.conformance")
    parser.add_argument("--write", type=Path, help="where the table goes; printed if not given")
    parser.add_argument("--every", type=int, default=1, help="take one of so many samples of each entry")
    parser.add_argument("--only", default="", help="take entries whose name begins so")
    options = parser.parse_args()
    torch.set_num_threads(1)
    operations = []
    for info in differentiable():
        if not info.name.startswith(options.only):
            continue
        begun = time.perf_counter()
        operations.append(run_entry(info, options.every))
        taken = time.perf_counter() - begun
        sys.stderr.write(f"{taken:7.2f} s  {operations[-1].name}: {dict(operations[-1].counts)}\n")
    text = markdown([Database("op_db", operations)], torch.__version__)
    if options.write:
        options.write.write_text(text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
