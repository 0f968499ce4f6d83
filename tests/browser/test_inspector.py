"""What the inspector tells of tensors and edges, beside what PyTorch has."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor
from tests.oracle.article import article_data

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    return Editor(page, server.address)


def test_the_elements_of_a_tensor_can_be_read(editor: Editor) -> None:
    x, _ = article_data()

    editor.open_example("linear-regression")
    editor.page.get_by_role("list", name="Nodes").get_by_text("x", exact=True).click()
    editor.inspector.get_by_text("80 elements").click()

    rows = editor.inspector.get_by_role("table", name="Elements of x").locator("tbody tr")
    expect(rows).to_have_count(80)
    titles = rows.locator("td").evaluate_all("cells => cells.map(cell => cell.title)")
    assert [float(title.replace("\u2212", "-")) for title in titles] == x.flatten().tolist()


def test_an_edge_tells_the_elements_of_its_gradient(editor: Editor) -> None:
    editor.open_example("linear-regression")
    editor.expect_gradient("square.input")
    editor.page.get_by_role("list", name="Nodes").get_by_text("square", exact=True).click()
    editor.canvas.focus()
    editor.page.keyboard.press("ArrowLeft")
    editor.page.keyboard.press("Enter")
    editor.inspector.get_by_text("80 elements").click()

    expect(editor.inspector.get_by_role("columnheader", name="gradient")).to_be_visible()
    expect(editor.inspector.locator(".elements tbody tr")).to_have_count(80)


def test_escape_brings_back_what_a_field_held_however_long_the_typing_took(editor: Editor) -> None:
    editor.open_example("linear-regression")
    rate, undo = editor.field("lr"), editor.page.get_by_role("button", name="Undo")
    stood = rate.input_value()

    type_slowly(rate, "0.75")
    rate.press("Escape")
    expect(rate).to_have_value(stood)
    expect(undo).to_be_disabled()

    type_slowly(rate, "0.75")
    rate.press("Tab")
    undo.click()
    expect(rate).to_have_value(stood)
    expect(undo).to_be_disabled()


def test_undo_is_heard_in_a_field_whose_text_was_given_and_in_a_choice(editor: Editor) -> None:
    editor.open_example("linear-regression")
    rate, optimizer = editor.field("lr"), editor.field("optimizer")
    stood = rate.input_value()

    rate.fill("0.75")
    rate.press("Enter")
    rate.press("Control+z")
    expect(rate).to_have_value(stood)
    rate.press("Control+y")
    expect(rate).to_have_value("0.75")
    optimizer.select_option(label="SGD")
    optimizer.focus()
    optimizer.press("Control+z")

    expect(optimizer).to_have_value("gradcanvas.descent")
    expect(rate).to_have_value("0.75")


def test_enter_on_a_node_leads_to_the_first_field_that_is_missing(editor: Editor) -> None:
    editor.open_example("linear-regression")
    editor.page.get_by_role("list", name="Nodes").get_by_text("square", exact=True).click()
    editor.field("exponent").fill("")
    editor.field("exponent").press("Enter")
    editor.canvas.focus()

    editor.page.keyboard.press("Enter")
    expect(editor.field("exponent")).to_be_focused()
    editor.page.keyboard.type("2")
    editor.page.keyboard.press("Escape")
    editor.page.keyboard.press("Escape")
    expect(editor.canvas).to_be_focused()
    editor.page.keyboard.press("Control+z")
    editor.page.keyboard.press("Enter")

    expect(editor.field("input")).to_be_focused()


def type_slowly(field: Locator, text: str) -> None:
    """Type with an hour between any two keys, as the page's clock has it."""
    field.focus()
    field.press("Control+a")
    for key in text:
        field.press(key)
        field.page.evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000 }")
    expect(field.page.get_by_role("button", name="Undo")).to_be_enabled()
