"""From what a person types to what the page shows: a changed value's gradient, operations that are found."""

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from gradcanvas.engine.local import PRELOAD, WORKER
from tests.bench.table import Row
from tests.browser.editor import Editor
from tests.browser.find_chromium import ARGUMENTS, find_chromium
from tests.catalog.page_search import CASES
from tests.oracle.article import EXAMPLES
from tests.web.running_server import Server, running

CHANGES = 40
WARM_UP = 5
SETTLED_MILLISECONDS = 2_000
MEASURE = """
([field, watched, value]) => new Promise((resolve) => {
    const input = [...document.querySelectorAll("[aria-label=Inspector] input")]
        .find((each) => each.labels?.[0]?.textContent === field);
    const target = document.querySelector(`[data-node="${watched}"]`) ?? document.body;
    const put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    const observer = new MutationObserver(() => {
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - began));
    });
    observer.observe(target, { attributeFilter: ["data-value"] });
    const began = performance.now();
    setTimeout(() => resolve(10_000), 10_000);
    put.call(input, value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
})
"""
"""Types a value and waits for the animation frame in which its numbers, come just before, are drawn; for ten
seconds at most."""


SEARCH = """
async (words) => {
    const input = document.querySelector("input[aria-label='Add a node']");
    const put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    const milliseconds = [];
    for (const word of words) {
        for (let length = 1; length <= word.length; length += 1) {
            await new Promise((resume) => requestAnimationFrame(resume));
            const began = performance.now();
            put.call(input, word.slice(0, length));
            input.dispatchEvent(new Event("input", { bubbles: true }));
            await Promise.resolve();
            milliseconds.push(performance.now() - began);
        }
    }
    return milliseconds;
}
"""
"""Types words letter by letter; of each key press the time until its results stand in the page."""


def rows() -> list[Row]:
    """Return the rows of the page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        with running(Path(folder), worker=WORKER, preload=PRELOAD) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            text, large_text = (
                (EXAMPLES / "linear-regression.json").read_text(),
                json.dumps(large_graph(1_000)),
            )
            article = _changes(page, server, text, "square", "exponent")
            large = _changes(page, server, large_text, "w", "fill_value")
            argument = _changes(page, server, large_text, "power", "exponent")
            searched = _search(page)
        browser.close()
    median, tail = statistics.median(article), statistics.quantiles(article, n=20)[-1]
    return [
        Row(
            "changed value to new gradient painted, article's graph",
            f"{median:.0f} ms",
            "at most 40 ms",
            median <= 40,
            f"of {CHANGES} changes",
        ),
        Row("the same, 95th percentile", f"{tail:.0f} ms", "at most 80 ms", tail <= 80),
        Row(
            "changed value to numbers, a graph of 1,000 nodes",
            f"{statistics.median(large):.0f} ms",
            "at most 250 ms",
            statistics.median(large) <= 250,
            f"slowest {max(large):.0f} ms",
        ),
        Row(
            "the same, where it is an operation's argument",
            f"{statistics.median(argument):.0f} ms",
            "at most 250 ms",
            statistics.median(argument) <= 250,
            f"slowest {max(argument):.0f} ms",
        ),
        Row(
            "search: a key press over the whole catalogue, page",
            f"{statistics.median(searched):.1f} ms",
            "at most 10 ms",
            statistics.median(searched) <= 10,
            f"its results drawn; 95th percentile {statistics.quantiles(searched, n=20)[-1]:.1f} ms"
            f" of {len(searched)}",
        ),
    ]


def _changes(page: Page, server: Server, text: str, node: str, field: str) -> list[float]:
    """Change a node's value again and again; milliseconds of each, the first ones left out."""
    graph = server.json("/api/graphs", {"file": text})["id"]
    editor = Editor(page, server.base)
    editor.open(f"/g/{graph}")
    page.get_by_role("list", name="Nodes").get_by_text(node, exact=True).click()
    editor.field(field).wait_for()
    page.locator("output[aria-label=Run][data-state=idle]").wait_for()
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    values = [f"{2 + number / 1000}" for number in range(1, CHANGES + WARM_UP + 1)]
    seconds = [page.evaluate(MEASURE, [field, "loss", value]) for value in values]
    return seconds[WARM_UP:]


def _search(page: Page) -> list[float]:
    """Type what people look for, mistakes too; milliseconds of each key press."""
    milliseconds: list[float] = page.evaluate(SEARCH, list(CASES))
    return milliseconds


def large_graph(nodes: int) -> dict[str, Any]:
    """Return a graph of chains of arithmetic that end in one loss, in a square on the canvas."""
    made: dict[str, Any] = {
        "w": {
            "op": "torch.full",
            "args": {"size": [4], "fill_value": 1.5},
            "requires_grad": True,
            "at": [0, 0],
        },
        "power": {"op": "torch.pow", "inputs": {"input": "w"}, "args": {"exponent": 2}, "at": [0, 120]},
    }
    last, side = "power", 32
    for number in range(nodes - len(made) - 1):
        name, at = f"n{number}", [200 * (1 + number % side), 120 * (number // side)]
        op = ("torch.add", "torch.mul", "torch.sub")[number % 3]
        inputs = {"input": last, "other": "power"} if number % 3 == 0 else {"input": last}
        arguments = {} if number % 3 == 0 else {"args": {"other": 0.5}}
        made[name] = {"op": op, "inputs": inputs, **arguments, "at": at}
        last = name
    made["loss"] = {"op": "torch.mean", "inputs": {"input": last}, "at": [200 * side, 0]}
    return {"gradcanvas": 1, "nodes": made, "train": {"loss": "loss", "steps": 10}}
