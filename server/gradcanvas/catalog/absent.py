"""Says why an operation is not there: torch had it or will have it, or it is left out. Knows no torch.

Versions are rows, of what has come and gone; why a name is left out, `left_out` says.
"""

import re
from typing import Final

from gradcanvas.catalog.left_out import CONSTRUCTED_EXCLUDED, EXCLUDED, NAMED

SINCE: Final[dict[str, str]] = {
    "torch.unravel_index": "2.2",
    "torch.rms_norm": "2.4",
    "torch.nn.functional.rms_norm": "2.4",
    "torch.nn.RMSNorm": "2.4",
    "torch.optim.Adafactor": "2.5",
    "torch.optim.Muon": "2.9",
}
"""Name → the first version of torch that has it."""

UNTIL: Final[dict[str, tuple[str, str]]] = {
    "torch.fft": ("1.7", "torch.fft.fft"),
    "torch.ifft": ("1.7", "torch.fft.ifft"),
    "torch.rfft": ("1.7", "torch.fft.rfft"),
    "torch.irfft": ("1.7", "torch.fft.irfft"),
    "torch.solve": ("1.11", "torch.linalg.solve"),
    "torch.eig": ("1.12", "torch.linalg.eig"),
    "torch.lstsq": ("1.12", "torch.linalg.lstsq"),
    "torch.matrix_rank": ("1.12", "torch.linalg.matrix_rank"),
    "torch.symeig": ("1.13", "torch.linalg.eigh"),
}
"""Name → the last version of torch that has it, and what came in its place."""

_HOMES: Final = re.compile(r"torch(\.Tensor|\.nn\.functional|\.linalg|\.special|\.fft|\.masked)?")
_CONSTRUCTED: Final = re.compile(r"torch\.(nn|optim)(\.lr_scheduler)?")


def why_absent(name: str, torch: str) -> tuple[str, str | None]:
    """Return why a name is not in the catalogue, and what stands in its place.

    Args:
        name: of no operation.
        torch: the installed version.

    Returns:
        A part of a sentence, "" where nothing is known; and the name of an operation, if there is one.
    """
    if name in UNTIL:
        last, successor = UNTIL[name]
        return f"torch had it until {last}, and this is {torch}", successor
    if name in SINCE:
        return f"torch has it since {SINCE[name]}, and this is {torch}", None
    home, _, short = name.rpartition(".")
    if short.startswith("_"):
        return "it is private", None
    rows = (
        EXCLUDED if _HOMES.fullmatch(home) else CONSTRUCTED_EXCLUDED if _CONSTRUCTED.fullmatch(home) else ()
    )
    reason = next((reason for pattern, reason in rows if re.fullmatch(pattern, short)), "")
    return reason or next((reason for pattern, reason in NAMED if re.fullmatch(pattern, name)), ""), None
