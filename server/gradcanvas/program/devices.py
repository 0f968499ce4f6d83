"""Which device a graph runs on, and why it cannot be the one it asks for. Knows nothing of nodes."""

import re

import torch

from gradcanvas.document import Problem

_NAMED = re.compile(r"cuda(?::([0-9]+))?", re.ASCII)


def resolve_device(asked: str, default: str = "") -> tuple[torch.device, Problem | None]:
    """Return the device that `auto`, `cpu`, `cuda` or `cuda:N` means here.

    Args:
        asked: what the file, or a caller, says.
        default: what `auto` means; "" for the best there is.

    Returns:
        The device, a GPU with its number, and the problem if it is not there; it is then the cpu, so that
        everything can still be looked at.
    """
    name = asked if asked != "auto" else default or "auto"
    cpu = torch.device("cpu")
    if name == "cpu":
        return cpu, None
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        return torch.device("cuda", 0) if count else cpu, None
    named = _NAMED.fullmatch(name)
    if named is None:
        message = f"There is no device `{name[:40]}`."
        return cpu, _problem("unknown-device", message, "Write `auto`, `cpu`, `cuda` or `cuda:N`.")
    index = named[1] or "0"
    if len(index) < 4 and int(index) < count:
        return torch.device("cuda", int(index)), None
    return cpu, _missing(name, count)


def _missing(name: str, count: int) -> Problem:
    there = f"only cpu and cuda:0 to cuda:{count - 1} are" if count else "only the cpu is"
    build = "" if torch.version.cuda else " Torch was installed without CUDA."
    message = f"The file asks for {name[:40]}, but {there} there.{build}"
    help_text = "Write `auto`: it takes what there is. Meanwhile the graph runs on the cpu."
    return _problem("no-device", message, help_text)


def _problem(code: str, message: str, help_text: str) -> Problem:
    return Problem(where="/device", code=code, message=message, help=help_text)
