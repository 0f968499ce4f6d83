"""What everybody needs: names, contrast, a visible focus, and keys that do not act while somebody types."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Server
from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
AUDIT = """async () => {
  // Options are named by their op, boxes and tabs by their label (docs/page.md): what stands beside is more.
  const rules = { "label-content-name-mismatch": { enabled: false } };
  const { violations } = await axe.run(document, { rules, resultTypes: ["violations"] });
  const place = ({ target, any }) => `${target.join(" ")}: ${any[0]?.message ?? ""}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${place(node)}`));
}"""


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Editor]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce", color_scheme=request.param
    )
    context.set_default_timeout(PATIENCE)
    opened = Editor(context.new_page(), server.address)
    opened.open_example("linear-regression")
    opened.expect_gradient("loss.input")
    yield opened
    context.close()


def test_every_state_of_the_page_passes_the_audit(themed: Editor) -> None:
    page = themed.page
    page.evaluate(AXE.read_text())
    found = {"first": audit(page)}

    themed.train(200)
    themed.node("w").click()
    expect(themed.inspector.get_by_role("list")).to_contain_text("step 200")
    found["a leaf"] = audit(page)
    themed.edge("yhat.other").click(force=True)
    found["an edge"] = audit(page)
    for tab, said in {"Autograd graph": "MulBackward0", "Code": "torch.manual_seed"}.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tabpanel")).to_contain_text(said)
        found[tab] = audit(page)
    themed.canvas.focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Add a node")).to_be_focused()
    page.keyboard.type("mm")
    expect(page.get_by_role("listbox", name="Operations")).to_be_visible()
    found["search"] = audit(page)
    page.keyboard.press("Escape")
    for dialog in ("Examples", "Export", "Keys"):
        page.get_by_role("button", name=dialog, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found[dialog] = audit(page)
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
    themed.node("w").click()
    themed.field("size").fill("3, 2")
    themed.field("size").press("Enter")
    page.get_by_role("tab", name="Problems").click()
    expect(page.get_by_role("list", name="Problems")).to_contain_text("broadcast")
    found["a problem"] = audit(page)
    for _ in range(8):
        page.get_by_role("button", name="Zoom out").click()
    expect(themed.canvas.locator("[data-edge]")).to_have_count(0)
    expect(page.get_by_role("list", name="Nodes").locator("[data-edge]")).to_have_count(8)
    found["from afar"] = audit(page)

    assert {state: faults for state, faults in found.items() if faults} == {}


def test_no_single_key_acts_while_somebody_types_or_a_dialog_is_open(editor: Editor) -> None:
    page = editor.page
    nodes = page.get_by_role("list", name="Nodes").get_by_role("listitem")
    editor.node("w").click()
    fields = [
        page.get_by_role("textbox", name="Title"),
        page.get_by_role("searchbox", name="Add a node"),
        editor.field("label"),
    ]

    for field in fields:
        field.click()
        for key in ("a", "c", "?", "/", "Backspace", "Delete", "Backspace", "Backspace", "Backspace"):
            page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator(".popup")).to_have_count(0)
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Examples").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for key in ("a", "c", "Delete", "Control+d"):
        page.keyboard.press(key)

    expect(page.locator(".popup")).to_have_count(0)
    expect(nodes).to_have_count(9)


def test_single_keys_act_only_while_the_canvas_has_the_focus_which_it_has_at_first(editor: Editor) -> None:
    page = editor.page
    search = page.locator(".popup").get_by_role("searchbox", name="Add a node")
    expect(editor.canvas).to_be_focused()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    editor.node("w").click()

    page.evaluate("document.activeElement.blur()")
    for key in ("/", "?", "Delete", "c"):
        page.keyboard.press(key)
    page.keyboard.press("Control+f")
    expect(page.get_by_role("searchbox", name="Find a node")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("list", name="Nodes").get_by_role("listitem")).to_have_count(9)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")

    expect(editor.canvas).to_be_focused()


def test_the_canvas_has_the_keyboard_when_what_had_it_is_gone(editor: Editor) -> None:
    page = editor.page
    search = page.locator(".popup").get_by_role("searchbox", name="Add a node")

    page.get_by_role("button", name="Fold the inspector").click()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    editor.node("w").click()
    page.keyboard.press("Delete")
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    expect(undo).to_be_disabled()
    page.keyboard.press("/")

    expect(search).to_be_focused()


def test_a_list_on_the_canvas_leaves_the_focus_where_somebody_goes(editor: Editor) -> None:
    editor.canvas.focus()
    editor.page.keyboard.press("Control+f")
    found = editor.page.get_by_role("searchbox", name="Find a node")
    expect(found).to_be_focused()

    editor.page.get_by_role("textbox", name="Title").click()

    expect(found).to_have_count(0)
    expect(editor.page.get_by_role("textbox", name="Title")).to_be_focused()
    editor.canvas.focus()
    editor.page.keyboard.press("/")
    expect(editor.page.locator(".popup").get_by_role("searchbox", name="Add a node")).to_be_focused()
    editor.field("lr").click()

    expect(editor.page.locator(".popup")).to_have_count(0)
    expect(editor.field("lr")).to_be_focused()


def test_a_dialog_gives_the_focus_back(editor: Editor) -> None:
    opener = editor.page.get_by_role("button", name="Export")
    opener.focus()
    editor.page.keyboard.press("Enter")

    editor.page.get_by_role("dialog").get_by_role("button", name="Close").click()

    expect(opener).to_be_focused()


def test_the_dock_is_made_higher_by_keyboard_and_by_its_button(editor: Editor) -> None:
    edge = editor.page.get_by_role("separator", name="Height of the dock")
    height = int(edge.get_attribute("aria-valuenow") or "0")

    edge.focus()
    editor.page.keyboard.press("ArrowUp")
    expect(edge).to_have_attribute("aria-valuenow", str(height + 24))
    editor.page.get_by_role("button", name="Enlarge the dock").click()
    expect(edge).to_have_attribute("aria-valuenow", "480")
    editor.page.get_by_role("button", name="Shrink the dock").click()
    expect(edge).to_have_attribute("aria-valuenow", str(height))


def test_the_first_tab_stop_leads_to_the_canvas_and_the_list_of_nodes_is_one(editor: Editor) -> None:
    page = editor.page
    rows = page.get_by_role("list", name="Nodes").get_by_role("button")

    page.locator("a[href], button, input, select, [tabindex='0']").first.focus()
    page.keyboard.press("Enter")
    expect(editor.canvas).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Keys", exact=True).focus()
    page.keyboard.press("Shift+Tab")

    expect(rows.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Keys", exact=True)).to_be_focused()


def test_a_node_is_renamed_and_deleted_from_its_row(editor: Editor) -> None:
    page = editor.page
    rows = page.get_by_role("list", name="Nodes").get_by_role("button")
    rows.nth(2).focus()
    page.keyboard.press("F2")
    expect(editor.field("Name")).to_be_focused()
    page.keyboard.type("bias")
    page.keyboard.press("Enter")
    expect(rows.nth(2)).to_contain_text("bias")

    rows.nth(2).focus()
    page.keyboard.press("Delete")
    expect(rows).to_have_count(8)
    expect(rows.nth(2)).to_be_focused()
    expect(rows.nth(2)).to_contain_text("w")
    rows.last.focus()
    page.keyboard.press("Delete")

    expect(rows).to_have_count(7)
    expect(rows.last).to_be_focused()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(9)


def audit(page: Page) -> list[str]:
    """Return what axe has to say against the page as it is now."""
    found: list[str] = page.evaluate(AUDIT)
    return found
