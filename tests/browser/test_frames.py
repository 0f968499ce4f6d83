"""Frames behind nodes, by keyboard and by mouse."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def frame(editor: Editor, title: str) -> Locator:
    return editor.canvas.get_by_role("group", name=f"frame {title}", exact=True)


def title_field(editor: Editor) -> Locator:
    return editor.page.get_by_role("textbox", name="Title of the frame")


def test_a_frame_is_made_titled_and_removed_by_keyboard(editor: Editor) -> None:
    page = editor.page
    editor.node("w").click()
    page.keyboard.press("Control+g")
    expect(title_field(editor)).to_be_focused()
    page.keyboard.type("Parameters")
    page.keyboard.press("Enter")
    expect(frame(editor, "Parameters")).to_have_attribute("data-selected", "true")
    expect(editor.canvas).to_be_focused()

    page.keyboard.press("F2")
    page.keyboard.type("never kept")
    page.keyboard.press("Escape")
    expect(editor.canvas).to_be_focused()
    expect(frame(editor, "Parameters")).to_have_count(1)
    described = editor.canvas.get_attribute("aria-activedescendant")
    assert described == frame(editor, "Parameters").get_attribute("id")
    page.keyboard.press("Delete")

    expect(frame(editor, "Parameters")).to_have_count(0)
    expect(page.get_by_role("list", name="Nodes").get_by_role("listitem")).to_have_count(9)


def test_the_page_hears_its_keys_while_a_frame_is_titled(editor: Editor) -> None:
    editor.node("w").click()
    editor.page.keyboard.press("Control+g")
    editor.page.keyboard.type("While it trains")
    editor.page.keyboard.press("Control+Enter")

    expect(editor.loss_chart).to_have_attribute("data-points", "200", timeout=60_000)
    expect(frame(editor, "While it trains")).to_have_count(1)
    expect(editor.canvas).to_be_focused()


def test_a_title_is_seen_above_the_cards_and_drags_the_frame(editor: Editor) -> None:
    page = editor.page
    editor.node("w").click()
    page.keyboard.press("Control+g")
    page.keyboard.type("Parameters")
    page.keyboard.press("Enter")
    title = frame(editor, "Parameters").get_by_text("Parameters")
    node, place = editor.node("w").bounding_box(), title.bounding_box()
    assert node is not None
    assert place is not None

    drag(page, (place["x"] + 20, place["y"] + 10), (0, 40))
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    moved = editor.node("w").bounding_box()
    assert moved is not None
    assert abs(moved["y"] - node["y"] - 40) < 3

    page.keyboard.press("Control+a")
    drag(page, (moved["x"] + 40, moved["y"] + 8), (0, -50))
    top = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).textContent", [place["x"] + 20, place["y"] + 50]
    )
    assert top == "Parameters"


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=4)
    page.mouse.up()
