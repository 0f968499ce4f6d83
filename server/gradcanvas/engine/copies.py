"""Where the copies of sessions' states lie: in memory, if there is room; knows nothing of what they hold."""

import os
import shutil
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 256 << 20
_PREFIX = "gradcanvas-"


def make_copy_directory() -> Path:
    """Make a directory for the copies of one server's sessions, and remove those of servers that are gone."""
    place = Path(tempfile.gettempdir())
    if os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM_BYTES:
        place = _IN_MEMORY
    _remove_abandoned(place)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))


def _remove_abandoned(place: Path) -> None:
    for directory in place.glob(f"{_PREFIX}*-*"):
        owner = directory.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _is_process(int(owner)) and os.access(directory, os.W_OK):
            shutil.rmtree(directory, ignore_errors=True)


def _is_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
