"""Files that are dropped on the page: data becomes a node and is trained on, everything else is told."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.building import Builder
from tests.browser.conftest import Server
from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STEPS = 30
TABLE = "width,height\n" + "".join(f"{x / 8},{1 + x / 4}\n" for x in range(16))


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    return Editor(page, server.address)


def drop(target: Locator, name: str, content: bytes, x: int, y: int) -> None:
    """Drop a file as the system does, at a place of the page."""
    transfer = target.page.evaluate_handle(
        """([name, content]) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [name, base64.b64encode(content).decode()],
    )
    for kind in ("dragover", "drop"):
        target.dispatch_event(kind, {"dataTransfer": transfer, "clientX": x, "clientY": y})


def empty_graph(editor: Editor) -> None:
    answer = editor.page.request.post(
        f"{editor.address}/api/graphs", data={}, headers={"Origin": editor.address}
    )
    editor.open(f"/g/{answer.json()['id']}")


def pane(editor: Editor) -> Locator:
    return editor.canvas.locator(".react-flow__pane")


def test_a_dropped_table_is_trained_on(editor: Editor) -> None:
    builder = Builder(editor, "A table", "")
    box = editor.canvas.bounding_box()
    assert box is not None
    drop(pane(editor), "my.table.csv", TABLE.encode(), int(box["x"]) + 150, int(box["y"]) + 150)
    expect(editor.node("my_table")).to_have_count(1)
    builder.add("torch.randn", "w", (0, 260), size="1", requires_grad=True)
    builder.add("torch.mul", "scaled", (420, 60))
    builder.add("torch.nn.functional.mse_loss", "loss", (700, 60))
    builder.wire("my_table.width", "scaled.input")
    builder.wire("w", "scaled.other")
    builder.wire("scaled", "loss.input")
    builder.wire("my_table.height", "loss.target")
    builder.settings({"loss": "loss", "steps": str(STEPS), "optimizer": "descent", "lr": "0.1"})

    editor.train(STEPS)

    x, y = (torch.tensor(column) for column in zip(*[(k / 8, 1 + k / 4) for k in range(16)], strict=True))
    torch.manual_seed(0)
    w = torch.randn(1, requires_grad=True)
    for _ in range(STEPS):
        torch.nn.functional.mse_loss(x * w, y).backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            w -= 0.1 * w.grad  # type: ignore[operator]
            w.grad.zero_()  # type: ignore[union-attr]
    editor.expect_value("w", w.item())
    table = builder.saved()["nodes"]["my_table"]
    assert table["op"] == "gradcanvas.data"
    url = f"data:text/csv;name=my.table.csv;base64,{base64.b64encode(TABLE.encode()).decode()}"
    assert table["args"] == {"source": url}


def test_a_drop_is_one_step_of_undo_at_its_place(editor: Editor) -> None:
    empty_graph(editor)
    content = np.lib.format.magic(1, 0)
    drop(pane(editor), "broken.npy", content, 600, 300)
    node = editor.node("broken")
    expect(node).to_contain_text("This is not an NPY file")
    box = node.bounding_box()
    assert box is not None
    assert box["x"] < 600 < box["x"] + box["width"]
    assert box["y"] < 300 < box["y"] + box["height"]

    editor.canvas.press("Control+z")

    expect(node).to_have_count(0)


def test_what_is_no_data_is_told_and_changes_nothing(editor: Editor) -> None:
    empty_graph(editor)
    notices = editor.page.get_by_role("log", name="Announcements")

    drop(pane(editor), "photo.png", b"\x89PNG", 600, 300)
    expect(notices).to_contain_text("photo.png is neither a graph nor data")
    drop(pane(editor), "large.csv", b"1," * (3 << 20), 600, 300)
    expect(notices).to_contain_text("large.csv has 6.3 MB; a graph keeps at most 5.2 MB")

    expect(editor.canvas.locator("[data-node]")).to_have_count(0)


def test_a_file_that_is_no_graph_is_refused_by_its_name(context: BrowserContext, server: Server) -> None:
    editor = Editor(context.new_page(), server.address)  # whose console tells of the refusal
    empty_graph(editor)

    drop(pane(editor), "letters.json", b'{"dear": "colleague"}', 600, 300)

    notices = editor.page.get_by_role("log", name="Announcements")
    expect(notices).to_contain_text("letters.json: This JSON has neither")


def test_a_dropped_graph_is_still_opened(editor: Editor) -> None:
    empty_graph(editor)
    graph = {"gradcanvas": 1, "nodes": {"a": {"op": "torch.zeros", "args": {"size": [2]}}}}

    drop(pane(editor), "graph.json", json.dumps(graph).encode(), 600, 300)

    expect(editor.node("a")).to_have_count(1)


def test_a_set_is_chosen_and_then_a_file(editor: Editor, tmp_path: Path) -> None:
    empty_graph(editor)
    palette = editor.page.get_by_role("complementary", name="Palette")
    palette.get_by_role("searchbox", name="Add a node").fill("moons")
    palette.get_by_role("option").first.click()
    expect(editor.field("source")).to_have_value("moons")
    editor.field("noise").fill("0.3")
    expect(outputs(editor)).to_have_count(2)

    editor.field("source").select_option("digits")

    expect(editor.field("noise")).to_have_count(0)
    expect(editor.page.get_by_role("button", name="output images of data", exact=True)).to_have_count(1)
    expect(editor.inspector.get_by_text("data.labels (1797) int64")).to_have_count(1)
    table = tmp_path / "three.csv"
    table.write_text("a,b,c\n1,2,x\n")
    with editor.page.expect_file_chooser() as chooser:
        editor.field("source").select_option("file")
    chooser.value.set_files(table)

    expect(outputs(editor)).to_have_count(3)
    expect(editor.page.get_by_role("button", name="output c of data", exact=True)).to_have_count(1)
    expect(editor.field("source").locator("option:checked")).to_have_text("three.csv, 12 bytes")


def outputs(editor: Editor) -> Locator:
    return editor.node("data").locator('[data-socket-side="output"]')
