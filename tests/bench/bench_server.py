"""How fast a server answers, trains a first step, stops and recovers, and what it sends."""

import contextlib
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from gradcanvas.engine.local import PRELOAD, WORKER
from tests.bench.table import Row
from tests.browser.find_chromium import ARGUMENTS, find_chromium
from tests.oracle.article import EXAMPLES
from tests.web.running_server import Client, Server, running

STARTS = 5
GOAL_READY_SECONDS, GOAL_WORKER_SECONDS, GOAL_PAGE_KILOBYTES = 1.0, 0.3, 350


def rows() -> list[Row]:
    """Return the rows of the server."""
    with tempfile.TemporaryDirectory() as folder:
        ready = _ready_seconds(Path(folder))
        worker, cold = _worker_seconds(Path(folder) / "workers")
        page = _page_kilobytes(Path(folder) / "page")
        long = _long_run(Path(folder) / "long")
    return [
        Row(
            "`gradcanvas serve`, until the page is served",
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
        Row(
            "a run of 100,000 steps: bytes of losses sent, a step",
            f"{long.bytes_a_step:.1f}",
            "8, each loss once",
            long.bytes_a_step == 8,
            f"{long.frames} frames beside them",
        ),
        Row(
            "Stop in a run of a million steps, until it is told",
            f"{long.stop_seconds * 1000:.0f} ms",
            "at most 500 ms",
            long.stop_seconds <= 0.5,
        ),
        Row(
            "kill -9 of the worker in a running loop, until it is told",
            f"{long.told_seconds * 1000:.0f} ms",
            "at most 1 s",
            long.told_seconds <= 1,
            f"until it can go on: {long.back_seconds * 1000:.0f} ms",
        ),
    ]


@dataclass(frozen=True)
class LongRun:
    """What was seen of long runs."""

    bytes_a_step: float
    frames: int
    stop_seconds: float
    told_seconds: float
    back_seconds: float


def _long_run(folder: Path) -> LongRun:
    """Watch a run of 100,000 steps, stop one of a million, and kill the worker in a third."""
    text = (EXAMPLES / "linear-regression.json").read_text()
    with running(folder, worker=WORKER, preload=PRELOAD) as server:
        client = Client(server, _long_graph(server, text, 100_000))
        client.call("watch", {"rate": 30})
        client.call("command", {"verb": "train"})
        losses, frames = 0, 0
        while losses < 8 * 100_000:
            while not client.events.empty():
                name, data = client.events.get()
                frames += name == "frame"
                if name == "frame":
                    client.socket.emit("received", {"frame": int.from_bytes(data[4:8], "little")})
            with contextlib.suppress(queue.Empty):
                losses += len(client.losses.get(timeout=0.01)[1]["values"])
        client.close()
        client = Client(server, _long_graph(server, text, 1_000_000))
        client.call("command", {"verb": "train"})
        client.until("losses", lambda sent: sent["from"] > 20_000)
        stop = _seconds_until(client, lambda: client.call("command", {"verb": "stop"}), "idle", "paused")
        client.call("command", {"verb": "train"})
        client.until("status", lambda status: status["state"] == "running")
        time.sleep(1.5)
        (worker,) = _workers(server)[-1:]
        told = _seconds_until(client, worker.kill, "lost")
        back = _seconds_until(client, lambda: None, "paused")
        client.close()
    return LongRun(losses / 100_000, frames, stop, told, told + back)


def _long_graph(server: Server, text: str, steps: int) -> str:
    file = text.replace('"steps": 200', f'"steps": {steps}')
    return str(server.json("/api/graphs", {"file": file})["id"])


def _seconds_until(client: Client, act: Callable[[], object], *states: str) -> float:
    began = time.perf_counter()
    act()
    client.until("status", lambda status: status["state"] in states)
    return time.perf_counter() - began


def _workers(server: Server) -> list[psutil.Process]:
    """Return the server's workers, the youngest last."""
    children = [
        child for parent in psutil.Process(server.process.pid).children() for child in parent.children()
    ]
    return sorted(children, key=lambda child: child.create_time())


def _ready_seconds(folder: Path) -> list[float]:
    """Time from starting the command until it served the page, bytecode kept as an installation has it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    seconds = []
    for start in range(STARTS + 1):
        command = [sys.executable, "-m", "gradcanvas", "serve", "--no-open", "--port", "0"]
        began = time.perf_counter()
        with subprocess.Popen(
            [*command, "--data", folder / f"ready{start}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        ) as process:
            assert process.stdout is not None
            address = next(line.split(" is at ")[1].strip() for line in process.stdout if " is at " in line)
            with urllib.request.urlopen(
                urllib.request.Request(address, headers={"Accept": "text/html"})
            ) as page:
                page.read()
            seconds.append(time.perf_counter() - began)
            process.terminate()
    return seconds[1:]


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
            client.close()
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
