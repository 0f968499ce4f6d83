"""What moves the view, how far the loss chart goes, and what the inspector shows to be read."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

VIEW = "() => document.querySelector('.react-flow__viewport').style.transform"

CURVE_WIDTH = """() => {
  const chart = document.querySelector(".loss-plot");
  const canvas = chart.querySelector("canvas");
  const over = chart.querySelector(".u-over").getBoundingClientRect();
  const corner = canvas.getBoundingClientRect();
  const scale = canvas.width / corner.width;
  const area = [over.left - corner.left, over.top - corner.top, over.width, over.height];
  const pixels = area.map((side) => Math.round(side * scale));
  const { data, width } = canvas.getContext("2d").getImageData(...pixels);
  const probe = document.createElement("i");
  probe.style.color = "var(--loss)";
  chart.append(probe);
  const colour = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  let last = 0;
  for (let at = 0; at < data.length; at += 4)
    if (colour.every((part, index) => Math.abs(data[at + index] - part) < 24))
      last = Math.max(last, (at / 4) % width);
  return last / width;
}"""
"""How far to the right the present run's curve reaches, as a part of the chart."""


def test_what_is_seen_already_moves_nothing_when_the_list_or_a_key_chooses_it(editor: Editor) -> None:
    rows = editor.page.get_by_role("list", name="Nodes")
    before = editor.page.evaluate(VIEW)

    for name in ("b", "loss", "y", "square"):
        rows.get_by_text(name, exact=True).click()
        expect(editor.field("Name")).to_have_value(name)
    editor.canvas.focus()
    for _ in range(5):
        editor.page.keyboard.press("ArrowRight")

    assert editor.page.evaluate(VIEW) == before


def test_a_copy_that_is_seen_moves_nothing(editor: Editor) -> None:
    for _ in range(3):
        editor.page.get_by_role("button", name="Zoom out").click()
    editor.node("w").click()
    before = editor.page.evaluate(VIEW)

    editor.page.keyboard.press("Control+d")

    expect(editor.node("w_2")).to_be_in_viewport(ratio=0.99)
    expect(editor.field("Name")).to_have_value("w_2")
    assert editor.page.evaluate(VIEW) == before


def test_what_is_not_seen_wholly_comes_in_no_further_than_it_must(editor: Editor) -> None:
    for _ in range(2):
        editor.page.get_by_role("button", name="Zoom in").click()
    pane = editor.canvas.bounding_box()
    assert pane is not None

    editor.page.get_by_role("list", name="Nodes").get_by_text("loss", exact=True).click()

    expect(editor.node("loss")).to_be_in_viewport(ratio=0.99)
    card = editor.node("loss").bounding_box()
    assert card is not None
    assert 15 < pane["x"] + pane["width"] - card["x"] - card["width"] < 60


def test_the_curve_of_a_run_after_reset_fills_the_chart(editor: Editor) -> None:
    editor.field("steps").fill("1000")
    editor.field("steps").press("Enter")
    editor.train(1000)
    assert editor.page.evaluate(CURVE_WIDTH) > 0.97

    editor.verb("Reset").click()
    for count in range(1, 6):
        editor.verb("Step").click()
        expect(editor.loss_chart).to_have_attribute("data-points", str(count))
    expect(editor.page.get_by_role("button", name="Forget earlier runs")).to_be_visible()
    editor.page.wait_for_function(f"({CURVE_WIDTH})() > 0.4")

    assert editor.page.evaluate(CURVE_WIDTH) < 0.6


def test_a_loss_at_rest_that_is_no_number_is_told(editor: Editor) -> None:
    editor.node("w").click(position={"x": 50, "y": 10})
    editor.field("size").fill("0")
    editor.field("size").press("Enter")

    expect(editor.status).to_have_text("step 0 of 200, loss nan")
    editor.field("size").fill("1")
    editor.field("size").press("Enter")
    expect(editor.status).to_have_text(re.compile(r"^step 0 of 200, loss [\d.]+$"))


def test_the_derivative_of_a_mean_is_seen_to_its_end(editor: Editor) -> None:
    editor.node("loss").click(position={"x": 50, "y": 10})
    derivative = editor.page.get_by_role("region", name="Derivative")
    formula = derivative.locator(".formula-display").first

    expect(formula).to_have_attribute("data-broken", "true")
    assert formula.evaluate("(line) => line.scrollWidth <= line.clientWidth")
    ends = formula.evaluate(
        """(line) => [...line.querySelectorAll(".katex-base")].map((part) => part.getBoundingClientRect())
          .map(({ left, right, top }) => ({ left, right, top }))"""
    )
    room = formula.bounding_box()
    assert room is not None
    assert all(part["right"] <= room["x"] + room["width"] + 1 for part in ends)
    assert ends[-1]["top"] > ends[0]["top"] + 10
    assert ends[0]["left"] < ends[-1]["left"]


def test_what_unfolds_has_the_same_sign_everywhere(editor: Editor) -> None:
    editor.page.get_by_role("list", name="Nodes").get_by_text("x", exact=True).click()
    elements = editor.inspector.locator("summary", has_text="80 elements")
    others = editor.inspector.locator("summary", has_text="Documentation")

    sign = """(line) => {
      const { width, height, borderRightWidth, borderColor, transform } = getComputedStyle(line, "::before");
      const { listStyleType } = getComputedStyle(line);
      return { width, height, borderRightWidth, borderColor, transform, listStyleType };
    }"""

    assert elements.evaluate(sign) == others.evaluate(sign)


def test_notes_are_read_with_their_code_as_code_and_written_as_they_are(editor: Editor) -> None:
    notes = editor.field("notes")
    shown = editor.inspector.locator(".prose-shown")
    notes.fill("See how `w` and `b` move.")
    expect(shown).to_be_hidden()

    notes.press("Enter")
    editor.field("steps").focus()

    expect(shown).to_be_visible()
    expect(shown.locator("code")).to_have_text(["w", "b"])
    expect(shown).to_have_text("See how w and b move.")
    expect(notes).to_have_value("See how `w` and `b` move.")
    shown.click(force=True)
    expect(notes).to_be_focused()
    expect(shown).to_be_hidden()
