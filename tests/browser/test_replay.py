"""A short run is seen: its beginning is played on the canvas, and only there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, Server
from tests.browser.editor import Editor
from tests.oracle.article import run_article

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COUNT_PICTURES = """
() => {
  const canvas = document.querySelector("canvas.gradient-overlay");
  const context = canvas.getContext("2d");
  const seen = new Set();
  const began = performance.now();
  window.pictures = { seen, last: began, looks: 0 };
  const look = () => {
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    let sum = 0;
    for (let at = 0; at < words.length; at += 1) sum = (Math.imul(sum, 31) + words[at]) | 0;
    window.pictures.looks += 1;
    if (!seen.has(sum)) window.pictures.last = performance.now();
    seen.add(sum);
    if (performance.now() - began < 10000) requestAnimationFrame(look);
  };
  look();
}
"""
"""Keeps what has been on the canvas, looking at every picture of the screen."""

WAIT_FOR_REST = """
() => new Promise((rest) => {
  const wait = () => {
    const { seen, last, looks } = window.pictures;
    if (performance.now() - last > 2000) rest([seen.size, looks]);
    else setTimeout(wait, 100);
  };
  wait();
})
"""
"""Tells how many different pictures there have been, and how often was looked, when it has been still for two
seconds."""


@pytest.fixture
def moving(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of a person who has not asked for less motion."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


def pictures_of_training(page: Page, server: Server) -> tuple[int, int]:
    """Train the article's graph for 200 steps; count the canvas' different pictures, and the looks at it."""
    expected = run_article()
    editor = Editor(page, server.address)
    editor.open_example("linear-regression")
    editor.expect_gradient("wx.input")
    page.evaluate(COUNT_PICTURES)

    editor.train(200)

    expect(editor.loss_chart).to_have_attribute("data-last", str(expected.losses[-1]))
    editor.expect_value("b", expected.b[0])
    editor.expect_value("w", expected.w[0])
    pictures, looks = page.evaluate(WAIT_FOR_REST)
    return pictures, looks


def test_a_run_of_two_hundred_steps_is_seen_step_by_step(moving: Page, server: Server) -> None:
    pictures, looks = pictures_of_training(moving, server)

    # A busy machine paints seldom, and leaves out steps that nobody could have seen.
    assert pictures >= min(15, looks // 6)


def test_where_less_motion_is_wished_a_run_is_not_played(page: Page, server: Server) -> None:
    pictures, _ = pictures_of_training(page, server)

    assert pictures <= 12
