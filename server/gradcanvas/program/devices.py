"""Which device a graph runs on, and why it cannot be the one it asks for. Knows nothing of nodes."""

import torch

from gradcanvas.document import Problem


def resolve_device(name: str) -> tuple[str, Problem | None]:
    """Return the device that `auto`, `cpu`, `cuda` or `cuda:N` means here.

    Returns:
        The device's name as torch takes it, and the problem if that device is not there; it is then `cpu`, so
        that everything can still be looked at.
    """
    if name == "cpu":
        return "cpu", None
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        return ("cuda" if count else "cpu"), None
    index = name.removeprefix("cuda").removeprefix(":")
    if name.startswith("cuda") and (index == "" or (index.isascii() and index.isdecimal())):
        if count > (int(index) if index else 0):
            return name, None
        return "cpu", _missing(name, count)
    message = f"There is no device `{name[:40]}`."
    return "cpu", _problem("unknown-device", message, "Write `auto`, `cpu`, `cuda` or `cuda:N`.")


def _missing(name: str, count: int) -> Problem:
    if count:
        message = (
            f"`{name}` is not there: this machine has {count} GPU{'s' if count > 1 else ''}, from `cuda:0`."
        )
        return _problem("no-device", message, f"Write `cuda:{count - 1}` or lower, or `auto`.")
    build = "" if torch.version.cuda else " Torch was installed without CUDA."
    return _problem(
        "no-device",
        f"`{name}` is asked for, and torch sees no GPU on this machine.{build}",
        "Set the device to `auto` or `cpu`, or install a build of torch for your GPU.",
    )


def _problem(code: str, message: str, help_text: str) -> Problem:
    return Problem(where="/device", code=code, message=message, help=help_text)
