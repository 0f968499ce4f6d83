"""Import what every worker needs, once, in the process that workers are forked from; must run nothing.

A backward before the fork hangs the children; without `torch._dynamo` and the fake tensors the first
optimiser and the first check of every worker would pay for these imports.
"""

import gc
import importlib
import os

NAMES = (
    "numpy",
    "torch",
    "torch._dynamo",
    "torch._subclasses.fake_tensor",
    "gradcanvas.engine.worker",
)


_NEW_OBJECTS = 20_000


def preload() -> None:
    """Import the modules named above, read the catalogue, and take all of it out of the collector's sight.

    A module that is not there is left to the worker to complain about. Without the freeze every full
    collection in a worker walks through all of torch: up to a quarter of a second in the middle of an edit,
    and pages shared with this process are copied. What is left is small, so that a collection would come with
    every 700 new objects for little: at 1,000 nodes they took 8 ms of an edit. NumPy's matrix library would
    start a thread for each core when it is imported; the threads of a worker are torch's.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            if error.name != name:
                raise
    _read_catalog()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)


def _read_catalog() -> None:
    """Read the vocabulary and its callables once for all workers."""
    catalog = importlib.import_module("gradcanvas.catalog")
    catalog.load_catalog()
    catalog.callables()
