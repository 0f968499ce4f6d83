"""A real server on a fresh data directory and a real Chromium, for every browser test."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.editor import Editor
from tests.browser.find_chromium import ARGUMENTS, find_chromium


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let one process alone drive a browser: two at a time starve each other, and waiting runs out."""
    if config.getoption("loadgroup", False):
        astray = [
            item.nodeid for item in items if item.get_closest_marker("browser") and "@" not in item.nodeid
        ]
        assert not astray, f"pytest-xdist does not group {astray[0]}"


PATIENCE = 20_000
"""Milliseconds until a state that is waited for has not come: long, since machines are shared."""


@dataclass
class Server:
    """A running `gradcanvas serve`; `address` ends without a slash."""

    process: subprocess.Popen[str]
    address: str
    data: Path


def start_server(data: Path, *arguments: str) -> Server:
    """Start the server on a free port and wait until it says where it listens."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gradcanvas",
            "serve",
            "--no-open",
            "--port",
            "0",
            "--data",
            str(data),
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://[^\s/]+", line):
            return Server(process, found.group(), data)
    raise RuntimeError(f"the server ended: {''.join(said)}")


def stop_server(server: Server) -> None:
    """End the server and everything it started."""
    server.process.send_signal(signal.SIGTERM)
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(10)
    assert server.process.stdout is not None
    server.process.stdout.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("data"))
    yield running
    stop_server(running)


@pytest.fixture
def first_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has used."""
    running = start_server(tmp_path)
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    assert path, "no Chromium: run `make browser`"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile at 1280x800 with motion reduced, whose console must stay free of errors."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    fresh.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield fresh
    fresh.close()


def is_error(message: ConsoleMessage) -> bool:
    """Tell errors from what Chromium says while the server reads the catalogue and asks for patience."""
    return message.type == "error" and "503" not in message.text


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if is_error(message) else None)
    yield opened
    assert errors == []


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    """The article's example, evaluated; some modules open a page of their own under this name."""
    opened = Editor(page, server.address)
    opened.open_example("linear-regression")
    opened.expect_gradient("loss.input")
    return opened
