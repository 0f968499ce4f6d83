"""Everything the article tells, done by a person on the page, with the article's own numbers."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor
from tests.oracle.article import article_data, run_article

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
EDGES_WITH_GRADIENT = ["wx.input", "yhat.input", "yhat.other", "error.other", "square.input", "loss.input"]

WIRES = [
    ("w", "wx.input"),
    ("x", "wx.other"),
    ("b", "yhat.input"),
    ("wx", "yhat.other"),
    ("y", "error.input"),
    ("yhat", "error.other"),
    ("error", "square.input"),
    ("square", "loss.input"),
]


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    return Editor(page, server.address)


def test_the_first_page_is_the_articles_example_already_evaluated(page: Page, first_server: Server) -> None:
    expected = run_article(steps=1)
    editor = Editor(page, first_server.address)

    editor.open()

    for edge in EDGES_WITH_GRADIENT:
        editor.expect_gradient(edge)
    for edge in ["wx.other", "error.input"]:
        editor.expect_no_gradient(edge)
    assert (
        float(editor.edge("wx.input").get_attribute("data-gradient-mean") or "nan") == expected.w_gradient[0]
    )


def test_training_ends_at_the_numbers_of_the_script(editor: Editor) -> None:
    expected = run_article()

    editor.open_example("linear-regression")
    before = editor.expect_gradient("wx.input")
    editor.train(200)

    editor.expect_value("b", expected.b[0])
    editor.expect_value("w", expected.w[0])
    expect(editor.loss_chart).to_have_attribute("data-last", str(expected.losses[-1]))
    expect(editor.status).to_contain_text("step 200 of 200")
    assert editor.expect_gradient("wx.input") < before


def test_backward_twice_deposits_twice_and_zero_empties(editor: Editor) -> None:
    editor.open_example("gradient-accumulation")

    editor.verb("Backward").click()
    expect(editor.node("w")).to_have_attribute("data-grad-norm", "6.583853244781494")
    editor.verb("Backward").click()
    expect(editor.node("w")).to_have_attribute("data-grad-norm", str(2 * 6.583853244781494))
    editor.verb("Zero gradients").click()

    expect(editor.node("w")).not_to_have_attribute("data-grad-norm", str(2 * 6.583853244781494))


def test_without_requires_grad_the_edge_empties_and_the_box_vanishes(editor: Editor) -> None:
    editor.open_example("linear-regression")
    editor.expect_gradient("yhat.input")
    editor.page.get_by_role("tab", name="Autograd graph").click()
    graph = editor.page.get_by_role("tabpanel")
    expect(graph.get_by_text("AddBackward0")).to_be_visible()
    expect(graph.get_by_text("b", exact=True)).to_be_visible()

    editor.node("b").click()
    editor.inspector.get_by_role("switch", name="requires_grad").click()

    editor.expect_no_gradient("yhat.input")
    expect(graph.get_by_text("b", exact=True)).to_have_count(0)
    expect(graph.get_by_text("w", exact=True)).to_be_visible()


def test_two_pages_on_one_graph_stay_equal_and_a_reload_keeps_everything(
    editor: Editor, context: BrowserContext
) -> None:
    expected = run_article()
    editor.open_example("linear-regression")
    other = Editor(context.new_page(), editor.address)
    other.open(editor.page.url.removeprefix(editor.address))

    editor.train(200)
    editor.page.reload()

    for seen in (editor, other):
        seen.expect_value("w", expected.w[0])
        expect(seen.loss_chart).to_have_attribute("data-points", "200")
        expect(seen.status).to_contain_text("step 200 of 200")


def test_an_edit_in_one_page_is_seen_in_the_other_and_survives_a_reload(
    editor: Editor, context: BrowserContext
) -> None:
    editor.open_example("linear-regression")
    other = Editor(context.new_page(), editor.address)
    other.open(editor.page.url.removeprefix(editor.address))
    before = other.value("loss")

    editor.node("square").click()
    editor.field("exponent").fill("4")
    editor.field("exponent").press("Enter")

    expect(other.node("loss")).not_to_have_attribute("data-value", str(before))
    editor.page.reload()
    editor.node("square").click()
    expect(editor.field("exponent")).to_have_value("4")


def test_the_regression_is_built_by_mouse_on_an_empty_canvas(editor: Editor) -> None:
    expected = run_article()
    x, y = (json.dumps(data.tolist()) for data in article_data())
    editor.open()
    editor.page.get_by_role("button", name="New", exact=True).click()
    expect(editor.canvas.locator("[data-node]")).to_have_count(0)

    places = {
        "b": ("randn", 80, 50, {"size": "1"}),
        "w": ("randn", 80, 160, {"size": "1"}),
        "x": ("tensor", 80, 270, {"data": x}),
        "y": ("tensor", 80, 380, {"data": y}),
        "wx": ("mul", 270, 180, {}),
        "yhat": ("add", 430, 60, {}),
        "error": ("sub", 430, 300, {}),
        "square": ("pow", 600, 420, {"exponent": "2"}),
        "loss": ("mean", 680, 200, {}),
    }
    chips = editor.page.get_by_role("complementary", name="Palette")
    for node, (chip, left, top, fields) in places.items():
        chips.get_by_role("button", name=chip, exact=True).drag_to(
            editor.canvas, target_position={"x": left, "y": top}
        )
        set_field(editor, "Name", node)
        for name, text in fields.items():
            set_field(editor, name, text)
    for leaf in ("b", "w"):
        editor.node(leaf).click(position={"x": 20, "y": 20})
        editor.inspector.get_by_role("switch", name="requires_grad").click()
    for source, socket in WIRES:
        target, argument = socket.split(".")
        editor.page.get_by_role("button", name=f"output of {source}", exact=True).drag_to(
            editor.page.get_by_role("button", name=f"input {argument} of {target}", exact=True)
        )
        expect(editor.edge(socket)).to_have_count(1)
    editor.canvas.click(position={"x": 200, "y": 20})
    editor.field("loss").select_option("loss")
    editor.field("seed").fill("42")
    editor.field("seed").press("Enter")

    for edge in EDGES_WITH_GRADIENT:
        editor.expect_gradient(edge)
    editor.field("steps").fill("200")
    editor.field("steps").press("Enter")
    editor.train(200)
    editor.expect_value("b", expected.b[0])
    editor.expect_value("w", expected.w[0])


def test_the_regression_is_built_by_keyboard_alone(editor: Editor) -> None:
    expected = run_article()
    x, y = (json.dumps(data.tolist()) for data in article_data())
    editor.open()
    keyboard = Keyboard(editor)
    keyboard.tab_to("New")
    keyboard.press("Enter")
    expect(editor.canvas.locator("[data-node]")).to_have_count(0)
    keyboard.tab_to("Graph canvas")

    keyboard.add("torch.randn", "b", {"size": "1"}, ["requires_grad"])
    keyboard.add("torch.randn", "w", {"size": "1"}, ["requires_grad"])
    keyboard.add("torch.tensor", "x", {"data": x})
    keyboard.add("torch.tensor", "y", {"data": y})
    keyboard.add("torch.mul", "wx", {})
    keyboard.add("torch.add", "yhat", {})
    keyboard.add("torch.sub", "error", {})
    keyboard.add("torch.pow", "square", {"exponent": "2"})
    keyboard.add("torch.mean", "loss", {}, ["is the loss"])
    for source, socket in WIRES:
        keyboard.connect(source, socket)
    keyboard.press("Escape")
    keyboard.tab_to("seed")
    keyboard.type("42")
    keyboard.press("Enter")
    keyboard.tab_to("steps", back=True)
    keyboard.type("200")
    keyboard.press("Enter")
    keyboard.tab_to("Graph canvas", back=True)
    keyboard.press("Shift+1")

    for edge in EDGES_WITH_GRADIENT:
        editor.expect_gradient(edge)
    keyboard.press("Control+Enter")
    expect(editor.loss_chart).to_have_attribute("data-points", "200")
    editor.expect_value("b", expected.b[0])
    editor.expect_value("w", expected.w[0])


class Keyboard:
    """Does everything by keys; the mouse stays where it is."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.page = editor.page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Replace what stands in the field."""
        self.press("Control+a")
        self.page.keyboard.insert_text(text)

    def focused(self) -> str:
        """Return the accessible name of what has the focus."""
        name = self.page.evaluate(
            """() => { const e = document.activeElement;
                return e.getAttribute("aria-label") ?? (e.labels?.[0] ?? e).textContent }"""
        )
        return str(name).strip()

    def tab_to(self, name: str, *, back: bool = False) -> None:
        """Press Tab until something of this name has the focus."""
        for _ in range(200):
            if self.focused() == name:
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab never comes to {name}")

    def add(self, op: str, name: str, fields: dict[str, str], switches: Sequence[str] = ()) -> None:
        """Search for an operation, place it, name it and fill its fields; end on the canvas."""
        self.press("/")
        expect(self.page.get_by_role("option").first).to_be_attached()
        self.page.keyboard.type(op)
        expect(self.page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_attribute(
            "aria-label", op
        )
        self.press("Enter")
        expect(self.editor.canvas).to_be_focused()
        self.press("F2")
        self.type(name)
        self.press("Enter")
        expect(self.editor.node(name)).to_have_count(1)
        for field, text in fields.items():
            self.tab_to(field)
            self.type(text)
            self.press("Tab")
        for switch in switches:
            self.tab_to(switch)
            self.press("Space")
        self.press("Escape")
        expect(self.editor.canvas).to_be_focused()

    def connect(self, source: str, socket: str) -> None:
        """Find a node, start a wire from it and end it in a socket."""
        self.press("Control+f")
        self.page.keyboard.type(source)
        self.press("Enter")
        self.press("c")
        self.page.keyboard.type(f"{source} → {socket}")
        self.press("Enter")
        expect(self.editor.edge(socket)).to_have_count(1)


def set_field(editor: Editor, name: str, text: str) -> None:
    """Type into a field of the inspector and leave it."""
    editor.field(name).fill(text)
    editor.field(name).press("Tab")


def test_control_flow_decides_which_way_the_gradient_takes(editor: Editor) -> None:
    editor.open_example("control-flow")
    boxes = editor.page.locator("[data-autograd]")
    both_ways = editor.expect_gradient("total.w")
    editor.page.get_by_role("tab", name="Autograd graph").click()
    expect(boxes).to_have_count(11)

    editor.node("positive").click(position={"x": 40, "y": 10})
    editor.field("other").fill("100")

    editor.expect_no_gradient("total.w")
    assert both_ways > 0
    assert editor.expect_gradient("total.loss") == 1
    expect(boxes.filter(has_text="total/yhat2")).to_have_count(0)
