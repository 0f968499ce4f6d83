"""Runs the page's own search, which is TypeScript, over a catalogue."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from gradcanvas.catalog import Catalog, to_json

HERE = Path(__file__).parent
CASES: dict[str, str] = json.loads((HERE / "search-cases.json").read_text())
"""What is typed, and the operation that is to stand first: in the page as on the command line."""


def page_search(catalog: Catalog, words: list[str]) -> dict[str, Any]:
    """Return what the page finds first for each of the words, and the milliseconds of every key press."""
    done = subprocess.run(
        [
            Path(sys.executable).parent / "node",
            "--no-warnings",
            "--experimental-strip-types",
            "page_search.mjs",
        ],
        input=json.dumps({"catalog": json.loads(to_json(catalog)), "words": words}),
        capture_output=True,
        text=True,
        cwd=HERE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
