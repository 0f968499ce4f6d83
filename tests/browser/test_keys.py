"""Whose the keys are after a button was off, beside the canvas and over text; what a double-click finds."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("by", ["mouse", "Enter", "Space"])
def test_after_a_run_its_button_has_the_focus_again_and_single_keys_go_to_the_canvas(
    editor: Editor, by: str
) -> None:
    page, train = editor.page, editor.verb("Train")
    rows = page.get_by_role("list", name="Nodes").get_by_role("listitem")
    editor.node("w").click()

    if by == "mouse":
        train.click()
    else:
        train.focus()
        page.keyboard.press(by)
    expect(editor.loss_chart).to_have_attribute("data-points", "200", timeout=60_000)

    expect(train).to_be_focused()
    assert train.evaluate("button => button.matches(':focus-visible')") == (by != "mouse")
    page.keyboard.press("F2")
    expect(editor.field("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(editor.canvas).to_be_focused()
    editor.verb("Reset").click()
    expect(editor.loss_chart).to_have_attribute("data-points", "0")
    train.focus()
    page.keyboard.press("Control+Enter")
    expect(editor.loss_chart).to_have_attribute("data-points", "200", timeout=60_000)
    expect(train).to_be_focused()
    page.keyboard.press("Delete")
    expect(rows).to_have_count(8)
    expect(editor.canvas).to_be_focused()


def test_a_button_that_was_off_is_pressed_again_by_enter(editor: Editor) -> None:
    step = editor.verb("Step")
    editor.node("w").click()
    step.focus()

    for number in (1, 2, 3):
        editor.page.keyboard.press("Enter")
        expect(editor.status).to_contain_text(f"step {number} ")
        expect(step).to_be_focused()

    expect(editor.node("w")).to_have_count(1)


def test_the_keys_that_press_a_button_are_not_the_canvas_s_while_it_is_off(editor: Editor) -> None:
    page = editor.page
    undo = page.get_by_role("button", name="Undo")
    editor.node("w").click()
    page.keyboard.press("Shift+ArrowRight")
    undo.focus()
    page.keyboard.press("Enter")
    expect(undo).to_be_disabled()
    page.wait_for_function("document.activeElement === document.body")

    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Control+y")

    expect(undo).to_be_focused()
    page.keyboard.press("Delete")
    expect(editor.node("w")).to_have_count(0)


def test_the_focus_stays_where_somebody_went_while_a_button_was_off(editor: Editor) -> None:
    title = editor.page.get_by_role("textbox", name="Title")
    editor.verb("Train").click()
    title.focus()

    expect(editor.loss_chart).to_have_attribute("data-points", "200", timeout=60_000)
    expect(editor.verb("Train")).to_be_enabled()

    expect(title).to_be_focused()


def test_a_button_that_somebody_chose_leaves_single_keys_alone(editor: Editor) -> None:
    page = editor.page
    editor.node("w").click()
    page.get_by_role("tab", name="Code").click()

    for key in ("Delete", "F2", "/", "c"):
        page.keyboard.press(key)

    expect(page.get_by_role("tab", name="Code")).to_be_focused()
    expect(page.locator(".popup")).to_have_count(0)
    expect(editor.node("w")).to_have_count(1)


@pytest.mark.parametrize("button", ["Code", "Fit view", "Train"])
def test_combinations_of_the_canvas_act_while_a_button_has_the_focus(editor: Editor, button: str) -> None:
    page = editor.page
    rows = page.get_by_role("list", name="Nodes").get_by_role("listitem")
    pressed = page.get_by_role("tab" if button == "Code" else "button", name=button, exact=True)
    editor.node("wx").click(position={"x": 50, "y": 10})
    if button == "Train":
        pressed.focus()
    else:
        pressed.click()
    expect(pressed).to_be_focused()

    page.keyboard.press("Control+b")
    expect(editor.inspector.get_by_role("switch", name="bypass")).to_be_checked()
    page.keyboard.press("Control+d")
    expect(rows).to_have_count(10)
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(9)
    editor.node("wx").click(position={"x": 50, "y": 10})
    pressed.focus()
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(rows).to_have_count(10)
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(9)
    pressed.focus()
    page.keyboard.press("Control+a")
    assert page.evaluate("getSelection().toString()") == ""
    expect(pressed).to_be_focused()
    page.keyboard.press("Control+g")
    expect(page.get_by_role("group", name="frame")).to_have_count(1)
    expect(page.get_by_role("textbox", name="Title of the frame")).to_be_focused()
    pressed.focus()
    page.keyboard.press("Control+f")

    expect(page.get_by_role("searchbox", name="Find a node")).to_be_focused()


def test_combinations_are_the_browser_s_over_text_in_lists_and_in_dialogs(editor: Editor) -> None:
    page = editor.page
    rows = page.get_by_role("list", name="Nodes").get_by_role("listitem")
    editor.node("w").click()
    page.get_by_role("tab", name="Code").click()
    code = page.get_by_role("tabpanel")
    expect(code).to_contain_text("torch.manual_seed")
    code.locator("pre").dblclick(position={"x": 40, "y": 15})
    assert page.evaluate("getSelection().toString()").strip() != ""

    page.keyboard.press("Control+d")
    page.keyboard.press("Control+a")
    assert "torch.manual_seed" in page.evaluate("getSelection().toString()")
    page.evaluate("getSelection().removeAllRanges()")
    page.get_by_role("combobox", name="Device").focus()
    page.keyboard.press("Control+d")
    page.get_by_role("textbox", name="Title").focus()
    for key in ("Control+d", "Control+g", "Control+b"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Keys", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Control+d")

    expect(rows).to_have_count(9)
    expect(page.get_by_role("group", name="frame")).to_have_count(0)
    expect(page.get_by_role("searchbox", name="Find a node")).to_have_count(0)


def test_selected_text_is_copied_and_not_the_nodes(editor: Editor) -> None:
    page = editor.page
    editor.node("w").click()
    page.get_by_role("tab", name="Code").click()
    code = page.get_by_role("tabpanel").locator("pre")
    expect(code).to_contain_text("torch.manual_seed")
    code.dblclick(position={"x": 40, "y": 15})
    selected = page.evaluate("getSelection().toString()")
    title = page.get_by_role("textbox", name="Title")

    page.keyboard.press("Control+c")
    title.fill("")
    title.press("Control+v")

    assert selected.strip()
    expect(title).to_have_value(selected.strip())


@pytest.mark.parametrize("mark", ["loss plate", "legend", "edge"])
def test_a_double_click_on_what_is_drawn_over_the_canvas_searches_for_nothing(
    editor: Editor, mark: str
) -> None:
    page, search = editor.page, editor.page.locator(".popup").get_by_role("searchbox", name="Add a node")
    editor.train(200)
    card, legend = editor.node("loss").bounding_box(), page.locator(".legend").bounding_box()
    canvas = editor.canvas.bounding_box()
    assert card
    assert legend
    assert canvas
    scale = card["width"] / 132
    below = card["y"] + card["height"] + (18 + 29) * scale

    if mark == "edge":
        ends = [
            editor.canvas.locator(f'[data-socket="{socket}"] .socket-dot').bounding_box()
            for socket in ("square", "loss.input")
        ]
        places = [(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2) for end in ends if end]
        assert len(places) == 2
        (left, top), (right, bottom) = places
        page.mouse.dblclick((left + right) / 2, (top + bottom) / 2)
        expect(editor.inspector).to_contain_text("loss.input")
    elif mark == "legend":
        page.mouse.dblclick(legend["x"] + legend["width"] / 2, legend["y"] + legend["height"] / 2)
    else:
        page.mouse.dblclick(card["x"] + card["width"] / 2, below)
    expect(editor.canvas).to_be_focused()
    expect(search).to_have_count(0)
    page.mouse.dblclick(canvas["x"] + 30, canvas["y"] + 30)

    expect(search).to_be_focused()


def test_each_button_of_the_view_has_a_whole_ring_and_no_border_of_its_own(editor: Editor) -> None:
    buttons = editor.page.get_by_role("group", name="View").get_by_role("button")
    editor.canvas.focus()

    for name in ("Zoom in", "Zoom out", "Fit view", "Arrange"):
        editor.page.keyboard.press("Tab")
        expect(buttons.and_(editor.page.get_by_role("button", name=name))).to_be_focused()
        assert editor.page.evaluate(WHOLE_RING) == "whole"
        editor.page.get_by_role("button", name=name).hover()
        assert editor.page.evaluate("getComputedStyle(document.activeElement).borderWidth") == "0px"


WHOLE_RING = """() => {
  const button = document.activeElement;
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(button);
  if (outlineStyle === "none") return "none";
  const reach = parseFloat(outlineWidth) + parseFloat(outlineOffset);
  const { left, top, right, bottom } = button.getBoundingClientRect();
  for (let box = button.parentElement; box !== null; box = box.parentElement) {
    if (getComputedStyle(box).overflow === "visible") continue;
    const room = box.getBoundingClientRect();
    if (room.left > left - reach || room.right < right + reach) return `cut by ${box.className}`;
    if (room.top > top - reach || room.bottom < bottom + reach) return `cut by ${box.className}`;
  }
  const inside = (x, y) => document.elementFromPoint(x, y) === button;
  return inside(left + 1, top + 14) && inside(right - 1, top + 14) ? "whole" : "covered";
}"""
