"""Edits come to the server, however large together; one that it cannot keep is said to be not saved."""

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from gradcanvas.web.data_directory import DATABASE
from tests.browser.conftest import Server
from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILES = 4
DROP = """
(pane, [count, lines]) => {
  const transfer = new DataTransfer();
  const line = "0.1234567,0.7654321\\n";
  for (let file = 0; file < count; file += 1)
    transfer.items.add(new File(["x,y\\n", line.repeat(lines)], `part${file}.csv`));
  const { left, top } = pane.getBoundingClientRect();
  const at = { clientX: left + 200, clientY: top + 200, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"])
    pane.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, ...at }));
}
"""


def saved(editor: Editor) -> Locator:
    return editor.page.locator(".header-saved")


@contextmanager
def held_database(server: Server) -> Iterator[None]:
    """Nothing can be written to the graphs' database meanwhile."""
    with closing(sqlite3.connect(server.data / DATABASE, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield


def test_large_files_that_are_dropped_together_all_arrive(page: Page, first_server: Server) -> None:
    editor = Editor(page, first_server.address)
    editor.open()

    editor.canvas.locator(".react-flow__pane").evaluate(DROP, [FILES, 240_000])
    for number in range(FILES):
        expect(editor.node(f"part{number}")).to_have_count(1)
    expect(saved(editor)).to_have_text("saved", timeout=60_000)

    graph = page.url.rsplit("/", 1)[1]
    nodes = page.request.get(f"{first_server.address}/api/graphs/{graph}/file").json()["nodes"]
    for number in range(FILES):
        content = nodes[f"part{number}"]["args"]["source"].partition(",")[2]
        assert len(base64.b64decode(content)) == 4 + 20 * 240_000


def test_what_the_server_cannot_keep_is_not_called_saved(page: Page, first_server: Server) -> None:
    editor = Editor(page, first_server.address)
    editor.open()
    title = page.get_by_role("textbox", name="Title")
    alert = page.get_by_role("alert", name="Not saved")

    with held_database(first_server):
        title.fill("Not kept")
        title.press("Enter")
        expect(saved(editor)).to_have_text("not saved")
        expect(alert).to_contain_text("could not be written")
        editor.verb("Step").click()
        expect(page.locator(".toast")).to_contain_text("does not have the newest changes")
        alert.get_by_role("button", name="Try again").click()
        expect(saved(editor)).to_have_text("not saved")

    alert.get_by_role("button", name="Try again").click()
    expect(saved(editor)).to_have_text("saved")
    expect(alert).to_have_count(0)
    page.reload()
    expect(title).to_have_value("Not kept")


def test_a_page_goes_back_to_what_is_saved(page: Page, first_server: Server) -> None:
    editor = Editor(page, first_server.address)
    editor.open()
    title = page.get_by_role("textbox", name="Title")
    before = title.input_value()

    with held_database(first_server):
        title.fill("Given up")
        title.press("Enter")
        page.get_by_role("button", name="Go back to what is saved").click()
        expect(title).to_have_value(before)
