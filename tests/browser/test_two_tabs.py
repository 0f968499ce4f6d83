"""Two tabs on one session: what one has seen come about, the other shows when it is opened later."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def picture(page: Page) -> str:
    """Return what the canvas of live numbers shows, to the pixel."""
    return str(page.evaluate("() => document.querySelector('canvas.gradient-overlay').toDataURL()"))


def test_a_tab_opened_after_a_run_shows_its_curves_and_widths(
    server: Server, page: Page, context: BrowserContext
) -> None:
    editor = Editor(page, server.address)
    page.emulate_media(reduced_motion="reduce")
    editor.open_example("linear-regression")
    before = picture(page)
    editor.train(200)
    editor.expect_value("w", 1.9127354621887207)

    later = context.new_page()
    later.emulate_media(reduced_motion="reduce")
    other = Editor(later, server.address)
    other.open(page.url.removeprefix(server.address))
    expect(other.loss_chart).to_have_attribute("data-points", "200")
    other.expect_value("w", 1.9127354621887207)

    legend = "[aria-label^='Ribbons']"
    expect(later.locator(legend)).to_have_attribute(
        "aria-label", str(page.locator(legend).get_attribute("aria-label"))
    )
    later.wait_for_function(
        "(wanted) => document.querySelector('canvas.gradient-overlay').toDataURL() === wanted",
        arg=picture(page),
    )
    assert picture(page) != before
