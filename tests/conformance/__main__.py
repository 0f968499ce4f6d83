"""Runs everything and writes the table: `python -m tests.conformance [--write file]`."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch

from gradcanvas.catalog import load_catalog
from tests.conformance.modules import every_module, run_module
from tests.conformance.operations import differentiable, run_entry
from tests.conformance.optimisers import every_optimiser, run_optimiser
from tests.conformance.table import Database, Entry, markdown


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.conformance")
    parser.add_argument("--write", type=Path, help="where the table goes; printed if not given")
    parser.add_argument("--every", type=int, default=1, help="take one of so many samples of each entry")
    parser.add_argument("--only", default="", help="take entries whose name begins so")
    options = parser.parse_args()
    torch.set_num_threads(1)
    databases = [
        Database("op_db", _run(options.only, differentiable(), lambda each: run_entry(each, options.every))),
        Database(
            "module_db", _run(options.only, every_module(), lambda each: run_module(each, options.every))
        ),
        Database("optim_db", _run(options.only, every_optimiser(), run_optimiser)),
    ]
    explained = {name for name, each in load_catalog().operations.items() if each.derivatives}
    text = markdown(databases, torch.__version__, explained)
    if options.write:
        options.write.write_text(text)
    else:
        sys.stdout.write(text)
    return int(any(each.count("different") for each in databases))


def _run(only: str, infos: Iterable[Any], run: Callable[[Any], Entry]) -> list[Entry]:
    """Run entries one after the other, saying how each went and how long it took."""
    entries: list[Entry] = []
    for info in infos:
        if not getattr(info, "name", "").startswith(only):
            continue
        begun = time.perf_counter()
        entries.append(run(info))
        taken = time.perf_counter() - begun
        sys.stderr.write(f"{taken:7.2f} s  {entries[-1].name}: {dict(entries[-1].counts)}\n")
    return entries


if __name__ == "__main__":
    sys.exit(main())
