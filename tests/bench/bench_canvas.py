"""How smoothly the canvas draws while numbers stream: whole graph in view, headless Chromium.

The page holds nothing but the canvas; its frames are synthetic but go the way of real ones (bytes,
decoding, run, overlay). Beside each figure: the same page while no numbers come, which is what this
machine can do at all.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench.table import Row
from tests.browser.find_chromium import ARGUMENTS, find_chromium

FRONTEND = Path(__file__).parents[2] / "frontend"
RATE = 30
SECONDS = 6
GOALS_MS = {1_000: 17.0, 5_000: 34.0}


def rows() -> list[Row]:
    """Return a row for each size of graph."""
    path = find_chromium()
    if path is None:
        raise RuntimeError("no Chromium: run `make browser`")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        _build(Path(folder))
        with _served(Path(folder)) as address:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            found = [_row(browser, address, nodes, goal) for nodes, goal in GOALS_MS.items()]
            browser.close()
    return found


def _row(browser: Browser, address: str, nodes: int, goal: float) -> Row:
    idle = _measure(browser, f"{address}?nodes={nodes}&rate=0")
    streaming = _measure(browser, f"{address}?nodes={nodes}&rate={RATE}")
    median = statistics.median(streaming["intervals"])
    rate = streaming["frames"] / SECONDS
    return Row(
        name=f"{nodes:,} nodes, {2 * nodes:,} edges, {RATE} frames a second: median frame interval",
        figure=f"{median:.1f} ms (p95 {_p95(streaming):.1f} ms, {rate:.0f} frames a second taken)",
        goal=f"at most {goal:.0f} ms",
        reached=median <= goal,
        beside=f"no numbers coming: {statistics.median(idle['intervals']):.1f} ms",
    )


def _measure(browser: Browser, address: str) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    page.locator(".legend").wait_for()
    page.evaluate("() => window.measure(1)")
    measured: dict[str, Any] = page.evaluate("seconds => window.measure(seconds)", SECONDS)
    page.close()
    return measured


def _p95(measured: dict[str, Any]) -> float:
    return float(statistics.quantiles(measured["intervals"], n=20)[-1])


def _build(folder: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    vite = FRONTEND / "node_modules" / ".bin" / "vite"
    options = ["--config", "vite.config.ts", "--base", "./", "--outDir", str(folder), "--emptyOutDir"]
    subprocess.run(
        [str(vite), "build", "src/canvas/bench", *options, "--logLevel", "error"],
        cwd=FRONTEND,
        env=os.environ | {"PATH": path},
        check=True,
    )


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing of single requests."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()
    thread.join()


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(f"{row.name}: {row.figure}, {row.goal}; {row.beside}\n")
