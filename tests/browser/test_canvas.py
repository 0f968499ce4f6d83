"""The canvas by mouse: what is drawn, where it is pointed at, and what every gesture leaves behind."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COUNT_COLOURS = """([x, y, width, height]) => {
  const canvas = document.querySelector("canvas.gradient-overlay");
  const scale = canvas.width / canvas.clientWidth;
  const corner = canvas.getBoundingClientRect();
  const area = [(x - corner.left) * scale, (y - corner.top) * scale, width * scale, height * scale];
  const { data } = canvas.getContext("2d").getImageData(...area.map(Math.round));
  let [blue, orange] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 200) continue;
    if (data[at + 2] - data[at] > 90) blue += 1;
    if (data[at] - data[at + 2] > 90) orange += 1;
  }
  return { blue, orange };
}"""


def test_ribbons_have_the_colour_of_their_sign_and_data_has_none(editor: Editor) -> None:
    negative = colours_around(editor, editor.edge("yhat.input"))
    positive = colours_around(editor, editor.edge("loss.input"))
    data = colours_around(editor, editor.edge("error.input"))

    assert negative["blue"] > 50
    assert negative["orange"] == 0
    assert positive["orange"] > 50
    assert positive["blue"] == 0
    assert data == {"blue": 0, "orange": 0}


def test_exact_numbers_are_shown_where_the_pointer_rests(editor: Editor) -> None:
    editor.edge("yhat.input").hover()

    mean = editor.edge("yhat.input").get_attribute("data-gradient-mean") or ""
    expect(editor.page.get_by_role("tooltip")).to_contain_text(mean.replace("-", "−"))


def test_an_edge_says_in_words_what_flows_or_why_nothing_does(editor: Editor) -> None:
    number = r"−?[\d.]+(e−?\d+)?"

    expect(editor.edge("yhat.input")).to_have_attribute(
        "aria-label", re.compile(rf"^gradient of yhat\.input: norm {number}, mean {number}$")
    )
    expect(editor.edge("wx.other")).to_have_attribute(
        "aria-label", re.compile("x does not require a gradient")
    )


def test_what_the_canvas_does_not_show_from_afar_the_list_says_and_each_once(editor: Editor) -> None:
    page, rows = editor.page, editor.page.get_by_role("list", name="Nodes")
    said = editor.edge("yhat.input").get_attribute("aria-label") or ""
    norm = editor.edge("yhat.input").get_attribute("data-gradient-norm") or ""
    expect(rows.locator("[data-edge], [data-node]")).to_have_count(0)

    for _ in range(8):
        page.get_by_role("button", name="Zoom out").click()

    expect(rows.locator("[data-edge]")).to_have_count(8)
    expect(rows.locator("[data-node]")).to_have_count(9)
    expect(rows.get_by_role("img", name=said)).to_have_attribute("data-gradient-norm", norm)
    page.get_by_role("button", name="Fit view").click()
    expect(editor.canvas.locator("[data-edge]")).to_have_count(8)
    expect(rows.locator("[data-edge], [data-node]")).to_have_count(0)


def test_a_dragged_card_takes_its_edges_along_as_one_undo_step(editor: Editor) -> None:
    before = middle(editor.node("yhat"))
    edge_before = middle(editor.edge("yhat.input"))

    drag(editor.page, before, (before[0] + 60, before[1] + 48))

    editor.page.wait_for_function(moved_by("yhat", before, 30))
    editor.page.keyboard.press("Control+z")
    editor.page.wait_for_function(stands_at("yhat", before))
    editor.page.wait_for_function(stands_at("yhat.input", edge_before, "edge"))


def test_a_rectangle_selects_and_delete_removes_the_selection_and_nothing_more(editor: Editor) -> None:
    page, box = editor.page, editor.node("b").bounding_box()
    assert box is not None

    page.keyboard.down("Shift")
    drag(page, (box["x"] - 12, box["y"] - 12), (box["x"] + 60, box["y"] + box["height"] + 40))
    page.keyboard.up("Shift")
    page.keyboard.press("Delete")

    expect(editor.node("b")).to_have_count(0)
    expect(editor.node("w")).to_have_count(0)
    expect(editor.canvas.locator("[data-node]")).to_have_count(7)


def test_a_wire_that_cannot_fit_is_refused_in_words(editor: Editor) -> None:
    source = editor.canvas.get_by_role("button", name="output of yhat", exact=True)
    target = editor.canvas.get_by_role("button", name="input other of wx", exact=True)

    drag(editor.page, middle(source), middle(target))

    expect(editor.page.get_by_role("status", name="Wire")).to_contain_text("circle")
    expect(editor.edge("wx.other")).to_have_attribute("aria-label", re.compile("x does not require"))


def test_a_wire_dropped_on_an_output_is_refused_and_replaces_nothing(editor: Editor) -> None:
    source = editor.canvas.get_by_role("button", name="output of b", exact=True)
    target = editor.canvas.get_by_role("button", name="output of wx", exact=True)

    drag(editor.page, middle(source), middle(target))

    expect(editor.page.get_by_role("status", name="Wire")).to_contain_text("drop it on an input")
    editor.node("wx").click(position={"x": 50, "y": 10})
    expect(editor.field("input").locator("option:checked")).to_have_text("w")


def test_a_wire_pulled_off_an_input_onto_an_output_begins_there(editor: Editor) -> None:
    pulled = editor.canvas.get_by_role("button", name="input other of wx", exact=True)
    source = editor.canvas.get_by_role("button", name="output of y", exact=True)

    drag(editor.page, middle(pulled), middle(source))

    expect(editor.edge("wx.other")).to_have_attribute("aria-label", re.compile("y does not require"))


def test_a_wire_dropped_on_empty_canvas_offers_what_fits_and_connects_it(editor: Editor) -> None:
    source = middle(editor.canvas.get_by_role("button", name="output of x", exact=True))
    box = editor.canvas.bounding_box()
    assert box is not None

    drag(editor.page, source, (source[0] + 60, box["y"] + box["height"] - 20))
    editor.page.keyboard.type("tanh")
    editor.page.keyboard.press("Enter")

    expect(editor.edge("tanh.input")).to_have_count(1)


def test_dragging_the_end_of_an_edge_off_its_socket_cuts_it(editor: Editor) -> None:
    x, y = middle(editor.canvas.get_by_role("button", name="input input of wx", exact=True))

    drag(editor.page, (x, y), (x - 10, y - 120))

    expect(editor.edge("wx.input")).to_have_count(0)


def test_copies_are_pasted_and_edges_come_along_when_asked(editor: Editor) -> None:
    editor.node("wx").click(position={"x": 50, "y": 10})

    editor.page.keyboard.press("Control+c")
    editor.page.keyboard.press("Control+v")
    expect(editor.node("wx_2")).to_have_count(1)
    editor.page.keyboard.press("Control+Shift+v")

    expect(editor.edge("wx_3.input")).to_have_count(1)
    expect(editor.edge("wx_2.input")).to_have_count(0)


def test_what_is_chosen_in_the_palette_goes_on_from_the_selection_and_comes_into_view(editor: Editor) -> None:
    palette = editor.page.get_by_role("complementary", name="Palette")
    editor.node("loss").click()

    for operation in ("add", "mul", "relu"):
        palette.get_by_role("button", name=operation, exact=True).click()
        expect(editor.node(operation)).to_be_in_viewport(ratio=0.9)

    expect(editor.canvas).to_be_focused()
    assert middle(editor.node("relu"))[0] > middle(editor.node("mul"))[0] + 150
    editor.page.keyboard.press("Delete")
    expect(editor.node("relu")).to_have_count(0)


def test_copies_cover_no_card(editor: Editor) -> None:
    editor.canvas.focus()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.press("Control+d")
    expect(editor.page.get_by_role("list", name="Nodes").get_by_role("listitem")).to_have_count(18)
    editor.page.get_by_role("button", name="Fit view").click()
    editor.node("w").click()
    editor.page.keyboard.press("Control+c")
    for _ in range(3):
        editor.page.keyboard.press("Control+v")

    expect(editor.canvas.locator("[data-node]")).to_have_count(21)
    assert_no_card_covers_another(editor)


def test_a_wire_dropped_on_a_card_whose_inputs_are_taken_is_refused_in_words(editor: Editor) -> None:
    source = editor.canvas.get_by_role("button", name="output of x", exact=True)
    card = middle(editor.node("yhat"))
    before = {name: editor.edge(name).get_attribute("aria-label") for name in ("yhat.input", "yhat.other")}

    drag(editor.page, middle(source), card)

    expect(editor.page.locator(".canvas-remark")).to_contain_text("All 2 inputs of yhat are taken")
    assert before == {name: editor.edge(name).get_attribute("aria-label") for name in before}
    expect(editor.page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_card_hides_the_figures_of_the_card_it_lies_on(editor: Editor) -> None:
    editor.node("wx").click(position={"x": 50, "y": 10})
    assert strong_colours(editor, editor.node("wx")) > 100

    editor.page.keyboard.press("Control+d")
    expect(editor.node("wx_2")).to_have_attribute("aria-description", re.compile("lacks"))
    below, copied = middle(editor.node("wx")), middle(editor.node("wx_2"))
    drag(editor.page, (copied[0], copied[1] - 30), (below[0], below[1] - 30))

    editor.page.wait_for_function(moved_by("wx_2", copied, 60))
    assert strong_colours(editor, editor.node("wx_2")) == 0


def test_the_whole_graph_stays_in_view_when_the_dock_takes_more_room(editor: Editor) -> None:
    editor.page.get_by_role("button", name="Enlarge the dock").click()

    editor.page.wait_for_function(
        """() => {
          const { top, bottom } = document.querySelector("[role=application]").getBoundingClientRect();
          const cards = [...document.querySelectorAll("[role=application] [data-node]")];
          const inside = ({ y, height }) => y >= top && y + height <= bottom;
          return cards.length === 9 && cards.every((card) => inside(card.getBoundingClientRect()));
        }"""
    )


def test_far_away_no_card_is_mounted_and_the_list_carries_the_numbers(editor: Editor) -> None:
    for _ in range(8):
        editor.page.get_by_role("button", name="Zoom out").click()

    expect(editor.canvas.locator("[data-node]")).to_have_count(0)
    nodes = editor.page.get_by_role("list", name="Nodes")
    expect(nodes.locator('[data-node="w"]')).to_have_attribute("data-gradient-norm", re.compile(r"\d"))


def test_the_whole_graph_is_arranged_without_overlaps(editor: Editor) -> None:
    before = middle(editor.node("wx"))

    editor.page.get_by_role("button", name="Arrange").click()

    editor.page.wait_for_function(moved_by("wx", before, 5))
    assert_no_card_covers_another(editor)


def assert_no_card_covers_another(editor: Editor) -> None:
    boxes = [card.bounding_box() for card in editor.canvas.locator("[data-node]").all()]
    corners = [
        (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]) for box in boxes if box
    ]
    for index, (left, top, right, bottom) in enumerate(corners):
        for other in corners[index + 1 :]:
            assert left >= other[2] or other[0] >= right or top >= other[3] or other[1] >= bottom


def colours_around(editor: Editor, edge: Locator) -> dict[str, int]:
    """Count the pixels of either sign on and around an edge's plate."""
    box = edge.bounding_box()
    assert box is not None
    counted: dict[str, int] = editor.page.evaluate(
        COUNT_COLOURS, [box["x"] - 6, box["y"] - 6, box["width"] + 12, box["height"] + 12]
    )
    return counted


def strong_colours(editor: Editor, card: Locator) -> int:
    """Count the pixels of either sign well inside a card."""
    box = card.bounding_box()
    assert box is not None
    inside = [box["x"] + 12, box["y"] + 4, box["width"] - 24, box["height"] - 8]
    return sum(editor.page.evaluate(COUNT_COLOURS, inside).values())


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def moved_by(node: str, place: tuple[float, float], least: float) -> str:
    return f"() => {distance(node, place)} > {least}"


def stands_at(name: str, place: tuple[float, float], kind: str = "node") -> str:
    return f"() => {distance(name, place, kind)} < 2"


def distance(name: str, place: tuple[float, float], kind: str = "node") -> str:
    return (
        "(({ x, y, width, height }) =>"
        f" Math.hypot(x + width / 2 - {place[0]}, y + height / 2 - {place[1]}))"
        f'(document.querySelector(\'[role="application"] [data-{kind}="{name}"]\').getBoundingClientRect())'
    )
