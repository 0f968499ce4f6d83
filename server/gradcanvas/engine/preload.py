"""Import what every worker needs, once, in the process that workers are forked from; must run nothing.

A backward before the fork hangs the children; without `torch._dynamo` and the fake tensors the first
optimiser and the first check of every worker would pay for these imports.
"""

import importlib

NAMES = (
    "numpy",
    "torch",
    "torch._dynamo",
    "torch._subclasses.fake_tensor",
    "gradcanvas.engine.worker",
)


def preload() -> None:
    """Import the modules named above; one that is not there is left to the worker to complain about."""
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            if error.name != name:
                raise
