"""Windows without room for everything: narrow ones, low ones, and a page that is magnified."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Server
from tests.browser.editor import Editor
from tests.browser.test_accessibility import AXE, audit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = [(320, 256), (320, 640), (480, 800), (640, 400), (768, 1024), (1024, 768), (1280, 800)]
"""320 by 256 is a window of 1280 by 1024 at 400 %, 640 by 400 one of 1280 by 800 at 200 %."""
BESIDE = """() => {
  const wide = document.scrollingElement.scrollWidth > innerWidth ? ["the page"] : [];
  const named = [...document.querySelectorAll("button, input, select, output, [role=tab]")];
  const out = named.filter((element) => {
    if (element.closest(".react-flow, .skip-link")) return false;
    const { left, right, width } = element.getBoundingClientRect();
    return width > 0 && (left < -0.5 || right > innerWidth + 0.5);
  });
  return [...wide, ...out.map((element) => element.getAttribute("aria-label") ?? element.textContent)];
}"""
"""What of the page stands beside the window; only the canvas may reach beyond it."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    opened = Editor(page, server.address)
    opened.open_example("linear-regression")
    return opened


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_but_the_canvas_reaches_beyond_the_window(editor: Editor, width: int, height: int) -> None:
    page = editor.page
    page.set_viewport_size({"width": width, "height": height})
    places = {"the page": page.evaluate(BESIDE)}
    for panel in ("palette", "inspector"):
        unfold = page.get_by_role("button", name=f"Unfold the {panel}")
        if width < 900:
            unfold.click()
        expect(unfold).to_have_count(0)
        places[panel] = page.evaluate(BESIDE)

    for verb in ("Forward", "Zero gradients", "Train", "Reset"):
        expect(editor.verb(verb)).to_be_visible()
    for button in ("New", "Open", "Save", "Share", "Examples", "Export"):
        expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    for tab in ("Loss", "Autograd graph", "Code", "Problems"):
        expect(page.get_by_role("tab", name=tab)).to_be_visible()
    expect(page.get_by_role("combobox", name="Device")).to_be_visible()
    assert {place: names for place, names in places.items() if names} == {}


@pytest.mark.parametrize("width", [320, 400, 480, 768, 930])
def test_the_buttons_of_the_view_do_not_cover_the_legend(editor: Editor, width: int) -> None:
    editor.page.set_viewport_size({"width": width, "height": 800})
    editor.page.evaluate("() => new Promise(requestAnimationFrame)")

    legend = editor.page.locator(".legend").bounding_box()
    buttons = editor.page.get_by_role("group", name="View").bounding_box()

    assert legend is not None
    assert buttons is not None
    beside = legend["x"] + legend["width"] <= buttons["x"]
    above = legend["y"] + legend["height"] <= buttons["y"]
    assert beside or above


def test_the_canvas_keeps_a_narrow_window_and_panels_lie_over_it_one_at_a_time(editor: Editor) -> None:
    page = editor.page
    palette = page.get_by_role("complementary", name="Palette")
    canvas = editor.canvas.bounding_box()
    assert canvas is not None
    assert canvas["width"] == 320

    page.get_by_role("button", name="Unfold the palette").click()
    palette.get_by_role("button", name="randn", exact=True).click()
    expect(palette).to_have_count(0)
    expect(editor.canvas).to_be_focused()
    page.keyboard.press("Enter")
    expect(editor.inspector.get_by_label("size", exact=True)).to_be_focused()
    assert editor.canvas.bounding_box() == canvas
    page.keyboard.press("Escape")
    expect(editor.inspector).to_have_count(0)
    page.set_viewport_size({"width": 1280, "height": 800})

    expect(palette).to_be_visible()
    expect(editor.inspector).to_be_visible()


def test_a_low_window_keeps_the_canvas_and_a_narrow_one_passes_the_audit(editor: Editor) -> None:
    page = editor.page
    page.set_viewport_size({"width": 640, "height": 400})
    expect(page.get_by_role("tabpanel")).to_have_count(0)
    box = editor.canvas.bounding_box()
    assert box is not None
    assert box["height"] >= 240

    page.evaluate(AXE.read_text())
    found = {"folded": audit(page)}
    for panel in ("palette", "inspector"):
        page.get_by_role("button", name=f"Unfold the {panel}").click()
        found[panel] = audit(page)

    assert {state: faults for state, faults in found.items() if faults} == {}


def test_what_unfolds_the_panels_does_not_cover_the_words_of_an_empty_canvas(editor: Editor) -> None:
    page = editor.page
    page.get_by_role("button", name="New", exact=True).click()
    heading = page.get_by_role("heading", name="Draw a graph")

    heading.wait_for()
    words, unfold = (
        heading.bounding_box(),
        page.get_by_role("button", name="Unfold the palette").bounding_box(),
    )

    assert words is not None
    assert unfold is not None
    assert words["y"] >= unfold["y"] + unfold["height"]
