"""What the inspector tells of tensors and edges, beside what PyTorch has."""

import pytest
from playwright.sync_api import Page, expect

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
