"""How fast a server answers, a worker trains its first step, and how much the page weighs."""

import json
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from gradcanvas.engine.local import PRELOAD, WORKER
from tests.bench.table import Row
from tests.browser.find_chromium import ARGUMENTS, find_chromium
from tests.oracle.article import EXAMPLES
from tests.web.running_server import Client, running

STARTS = 5
GOAL_READY_SECONDS, GOAL_WORKER_SECONDS, GOAL_PAGE_KILOBYTES = 1.0, 0.3, 350


def rows() -> list[Row]:
    """Return the rows of the server."""
    with tempfile.TemporaryDirectory() as folder:
        ready = _ready_seconds(Path(folder))
        worker, cold = _worker_seconds(Path(folder) / "workers")
        page = _page_kilobytes(Path(folder) / "page")
    return [
        Row(
            "server ready to serve",
            f"{statistics.median(ready):.2f} s",
            f"at most {GOAL_READY_SECONDS:g} s",
            statistics.median(ready) <= GOAL_READY_SECONDS,
            f"slowest of {STARTS}: {max(ready):.2f} s",
        ),
        Row(
            "a new session, through its worker's first training step",
            f"{statistics.median(worker):.2f} s",
            f"at most {GOAL_WORKER_SECONDS:g} s",
            statistics.median(worker) <= GOAL_WORKER_SECONDS,
            f"the first of a server, while torch is still being imported: {cold:.1f} s",
        ),
        Row(
            "page transfer, catalogue and all, compressed",
            f"{page:.0f} kB",
            f"at most {GOAL_PAGE_KILOBYTES} kB",
            page <= GOAL_PAGE_KILOBYTES,
        ),
    ]


def _ready_seconds(folder: Path) -> list[float]:
    """Time from starting the process to its first answer."""
    seconds = []
    for start in range(STARTS):
        began = time.perf_counter()
        with running(folder / f"ready{start}", worker=WORKER, preload="") as server:
            server.request("/api/health")
            seconds.append(time.perf_counter() - began)
    return seconds


def _worker_seconds(folder: Path) -> tuple[list[float], float]:
    """Time from joining a new graph to the first loss, warm; and that of the very first."""
    text = (EXAMPLES / "linear-regression.json").read_text()
    seconds = []
    with running(folder, worker=WORKER, preload=PRELOAD) as server:
        for _ in range(STARTS + 1):
            graph = json.loads(server.request("/api/graphs", {"file": text})[2])["id"]
            client = Client(server)
            began = time.perf_counter()
            client.join(graph)
            client.call("command", {"verb": "step"})
            client.next("losses")
            seconds.append(time.perf_counter() - began)
            client.socket.disconnect()
    return seconds[1:], seconds[0]


def _page_kilobytes(folder: Path) -> float:
    """Bytes over the wire until the article's graph is shown, in a browser that has nothing yet."""
    with running(folder, worker=WORKER, preload=PRELOAD) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        session.send("Network.enable")
        page.goto(server.base)
        page.get_by_role("application", name="Graph canvas").locator("[data-node]").first.wait_for()
        page.wait_for_load_state("networkidle")
        browser.close()
    return sum(sizes) / 1000
