"""The server process of the tests: `python -m tests.web.serving '<settings as JSON>'`."""

import json
import sys
from pathlib import Path
from typing import Any

from gradcanvas.engine.limits import Limits
from gradcanvas.web.errors import ServerError
from gradcanvas.web.serve import serve_with
from gradcanvas.web.settings import Settings


def main(told: dict[str, Any]) -> int:
    """Serve with these settings."""
    port, limits = told.pop("port", 0), Limits(**told.pop("limits", {}))
    for name in ("data", "file", "page"):
        if name in told:
            told[name] = Path(told[name])
    try:
        serve_with(Settings(**told, limits=limits), port, open_browser=False)
    except ServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
