"""Finds the Chromium that the browser tests drive; printed and exit status 0, or 1 where there is none."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of the machine's Chromium, else of Playwright's own if it is installed, else None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if own and Path(own).exists() else None


if __name__ == "__main__":
    path = find_chromium()
    sys.stdout.write(f"{path or 'no Chromium found'}\n")
    sys.exit(0 if path else 1)
