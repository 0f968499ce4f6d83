"""How much memory a step may hold, and how bytes are told to a person. Knows nothing of graphs."""

import os
from pathlib import Path

import torch

_SHARE = 0.7
_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_FALLBACK_BYTES = 4 * 2**30


def default_budget_bytes(device: str = "cpu") -> int:
    """Return what a step may hold on a device: a share of its memory, which nobody else counts on."""
    if device.startswith("cuda"):
        return int(_SHARE * torch.cuda.get_device_properties(device).total_memory)
    return int(_SHARE * min(_machine_bytes(), *_limits()))


def in_words(count: int) -> str:
    """Write a number of bytes exactly, and in the unit that fits: `4,000,000,000,000 bytes (4.0 TB)`."""
    size = float(count)
    for unit in ("", "kB", "MB", "GB", "TB", "PB", "EB"):
        if size < 1000:
            return f"{count:,} bytes ({size:.1f} {unit})" if unit else f"{count} bytes"
        size /= 1000
    return f"{count:,} bytes"


def _machine_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return _FALLBACK_BYTES


def _limits() -> list[int]:
    """Read the limits that a container sets."""
    found = [_machine_bytes()]
    for path in _CGROUP_LIMITS:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdigit() and int(text) > 0:
            found.append(int(text))
    return found
