"""A short run is seen: its beginning is played on the canvas, and only there."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, Server
from tests.browser.editor import Editor
from tests.oracle.article import run_article

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PICTURE = """
() => {
  const canvas = document.querySelector("canvas.gradient-overlay");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const words = new Uint32Array(data.buffer);
  let sum = 0;
  for (let at = 0; at < words.length; at += 1) sum = (Math.imul(sum, 31) + words[at]) | 0;
  return sum;
}
"""
"""Tells one picture on the canvas from another."""

PICTURES = 180
"""Three seconds of them: more than a beginning is played."""


@pytest.fixture
def pages(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of people who have, or have not, asked for less motion."""
    contexts: list[BrowserContext] = []

    def open_page(**options: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    expect.set_options(timeout=PATIENCE)
    yield open_page
    for context in contexts:
        context.close()


def pictures_after_training(page: Page, other: Page, server: Server) -> int:
    """Train the article's graph while the page's time stands still; count the pictures when it goes on.

    The other page, whose time goes on, tells when the run is over: what is seen hangs on no machine's speed.
    """
    expected = run_article()
    editor = Editor(page, server.address)
    page.clock.install()
    editor.open_example("linear-regression")
    editor.expect_gradient("wx.input")
    watcher = Editor(other, server.address)
    watcher.open(page.url.removeprefix(server.address))
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))

    watcher.train(200)
    expect(watcher.loss_chart).to_have_attribute("data-last", str(expected.losses[-1]))
    seen = set()
    for _ in range(PICTURES):
        page.clock.run_for(17)
        seen.add(page.evaluate(PICTURE))

    page.clock.resume()
    expect(editor.loss_chart).to_have_attribute("data-last", str(expected.losses[-1]))
    editor.expect_value("b", expected.b[0])
    editor.expect_value("w", expected.w[0])
    return len(seen)


def test_a_run_of_two_hundred_steps_is_seen_step_by_step(pages: Callable[..., Page], server: Server) -> None:
    assert pictures_after_training(pages(), pages(), server) >= 15


def test_where_less_motion_is_wished_a_run_is_not_played(pages: Callable[..., Page], server: Server) -> None:
    page = pages(reduced_motion="reduce")

    assert pictures_after_training(page, pages(), server) <= 4
