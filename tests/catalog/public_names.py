"""Lists torch's public names that are no operation, each with its reason.

Walks torch by itself, without the catalogue's own walk, so that nothing that this passes over goes unseen.
"""

import inspect
import sys
from collections import defaultdict
from typing import Any

import torch
import torch.masked
import torch.signal.windows
import torch.sparse

from gradcanvas.catalog import Catalog, load_catalog, why_absent

FUNCTIONS: dict[str, Any] = {
    "torch": torch,
    "torch.Tensor": torch.Tensor,
    "torch.nn.functional": torch.nn.functional,
    "torch.linalg": torch.linalg,
    "torch.special": torch.special,
    "torch.fft": torch.fft,
    "torch.signal.windows": torch.signal.windows,
    "torch.masked": torch.masked,
    "torch.sparse": torch.sparse,
    "torch.nn.init": torch.nn.init,
}
CLASSES: dict[str, Any] = {
    "torch.nn": torch.nn,
    "torch.optim": torch.optim,
    "torch.optim.lr_scheduler": torch.optim.lr_scheduler,
}


def public_names() -> list[str]:
    """Return every public function, method and class of these homes."""
    names = []
    for home, owner in FUNCTIONS.items():
        for short in dir(owner):
            found = getattr(owner, short, None)
            is_torchs = not str(getattr(found, "__module__", "")).startswith("typing")
            if not short.startswith("_") and callable(found) and is_torchs and not inspect.isclass(found):
                names.append(f"{home}.{short}")
    for home, owner in CLASSES.items():
        for short in dir(owner):
            found = getattr(owner, short)
            if not short.startswith("_") and inspect.isclass(found) and found.__module__.startswith(home):
                names.append(f"{home}.{short}")
    return names


def left_out(catalog: Catalog) -> dict[str, str]:
    """Return the names that are no operation, with why; "" where nothing is said."""
    return {
        name: why_absent(name, catalog.torch)[0] for name in public_names() if name not in catalog.operations
    }


def markdown(catalog: Catalog) -> str:
    """Write the list."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for name, reason in left_out(catalog).items():
        by_reason[reason].append(name)
    offered = sum(name in catalog.operations for name in public_names())
    lines = [
        "# What is left out",
        "",
        f"Of the public functions, methods and classes of PyTorch {catalog.torch} that could be nodes, "
        f"{offered} are operations of the catalogue. These are not, each for its reason. Written by "
        "`python -m tests.catalog.public_names`; a test holds it.",
    ]
    for reason, names in sorted(by_reason.items(), key=lambda row: (-len(row[1]), row[0])):
        lines += ["", f"## {reason[0].upper()}{reason[1:]}", "", ", ".join(f"`{name}`" for name in names)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown(load_catalog()))
