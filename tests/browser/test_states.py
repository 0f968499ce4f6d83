"""What stands on the page where its graph is unknown, has no places yet, or cannot run."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server, start_server, stop_server
from tests.browser.editor import Editor
from tests.oracle.article import EXAMPLES

ARTICLE = EXAMPLES / "linear-regression.json"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def make(page: Page, server: Server, file: object) -> str:
    """Make a graph of a file and return its id."""
    answer = page.request.post(
        f"{server.address}/api/graphs", data={"file": json.dumps(file)}, headers={"Origin": server.address}
    )
    assert answer.ok, answer.text()
    made: str = answer.json()["id"]
    return made


def chain(**train: object) -> dict[str, object]:
    """Give a graph of three nodes whose file names no places."""
    return {
        "gradcanvas": 1,
        "title": "A chain",
        "nodes": {
            "x": {"op": "torch.ones", "args": {"size": [3]}, "requires_grad": True},
            "grown": {"op": "torch.exp", "inputs": {"input": "x"}},
            "loss": {"op": "torch.sum", "inputs": {"input": "grown"}},
        },
        "train": {"loss": "loss", "steps": 9, **train},
    }


def test_an_unknown_graph_says_so_and_leads_to_those_there_are(
    context: BrowserContext, server: Server
) -> None:
    page = context.new_page()
    known = make(page, server, chain())

    page.goto(f"{server.address}/g/nowhere")

    expect(page.get_by_role("heading", name="This graph cannot be opened")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    page.get_by_role("region", name="Your graphs").get_by_text("A chain").first.click()
    expect(page).to_have_url(f"{server.address}/g/{known}")


def test_nodes_without_places_are_spread_out(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)

    editor.open(f"/g/{make(page, server, chain())}")

    expect(editor.node("x")).to_be_visible()
    page.wait_for_function(
        """() => {
          const cards = [...document.querySelectorAll("[role=application] [data-node]")];
          return new Set(cards.map((card) => Math.round(card.getBoundingClientRect().x))).size === 3;
        }"""
    )
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_device_that_is_not_there_is_told_on_the_canvas_and_the_numbers_stay(
    page: Page, server: Server
) -> None:
    editor = Editor(page, server.address)
    editor.open(f"/g/{make(page, server, chain())}")
    shown = editor.node("loss").get_attribute("data-value")

    editor.page.get_by_label("Device").select_option("cuda")
    told = editor.page.get_by_role("button", name="The file asks for cuda")
    told.click()

    expect(editor.page.get_by_role("tab", name="Problems")).to_have_attribute("aria-selected", "true")
    expect(editor.node("loss")).to_have_attribute("data-value", shown or "none")


def test_what_is_wrong_with_the_whole_graph_covers_no_card_and_can_be_closed(
    page: Page, server: Server
) -> None:
    editor = Editor(page, server.address)
    graph = chain()
    del graph["train"]
    graph["nodes"] = {
        f"x{number}": {"op": "torch.ones", "args": {"size": [3]}, "at": [0, 120 * number]}
        for number in range(9)
    }
    editor.open(f"/g/{make(page, server, graph)}")
    banner = page.locator(".graph-problem")

    page.get_by_label("Device").select_option("cuda")
    expect(banner).to_contain_text("The file asks for cuda")
    page.wait_for_function(
        """() => {
          const { bottom } = document.querySelector(".graph-problem").getBoundingClientRect();
          const cards = [...document.querySelectorAll("[role=application] [data-node]")];
          return cards.length === 9 && cards.every((card) => card.getBoundingClientRect().top >= bottom);
        }"""
    )
    page.get_by_role("button", name="Close the problem").click()

    expect(banner).to_have_count(0)
    page.get_by_role("tab", name="Problems").click()
    expect(page.get_by_role("list", name="Problems")).to_contain_text("The file asks for cuda")


def test_a_notice_covers_neither_search_nor_legend_and_goes_when_somebody_goes_on(
    page: Page, server: Server
) -> None:
    editor = Editor(page, server.address)
    editor.open_example("linear-regression")
    notices = page.get_by_role("log", name="Announcements")
    field = page.locator(".popup").get_by_role("searchbox", name="Add a node")

    editor.field("optimizer").select_option(label="none")
    editor.verb("Train").click()
    expect(notices).to_contain_text("optimi")
    toast, legend = notices.bounding_box(), page.locator(".legend").bounding_box()
    assert toast is not None
    assert legend is not None
    assert toast["y"] + toast["height"] <= legend["y"]
    place = toast["x"] + toast["width"] - 40, toast["y"] + 20
    page.mouse.dblclick(place[0] - 60, toast["y"] - 12)
    expect(field).to_be_focused()
    page.keyboard.type("sum")
    expect(page.get_by_role("option", name="torch.sum", exact=True)).to_be_visible()
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('.popup') !== null", place)
    page.keyboard.press("Escape")

    page.evaluate("{ const now = Date.now; Date.now = () => now() + 60_000 }")
    editor.field("steps").fill("7")

    expect(notices).to_have_text("")


def test_a_loss_that_is_no_number_is_told(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)
    optimizer = {"op": "gradcanvas.descent", "args": {"lr": "nan"}}

    editor.open(f"/g/{make(page, server, chain(optimizer=optimizer))}")
    editor.train(9)

    expect(editor.status).to_have_text(re.compile(r"^step 9 of 9, loss nan since step 2$"))
    expect(editor.page.locator(".loss-broken")).to_contain_text("No finite loss since step 2.")
    expect(editor.loss_chart).to_have_attribute("data-last", "NaN")


def test_an_evaluation_that_takes_long_is_told_and_stop_ends_it(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)
    graph = chain()
    graph["nodes"] = {
        "x": {"op": "torch.ones", "args": {"size": [2500, 2500]}, "at": [0, 0]},
        "power": {
            "op": "torch.linalg.matrix_power",
            "inputs": {"input": "x"},
            "args": {"n": 1},
            "at": [220, 0],
        },
        "loss": {"op": "torch.sum", "inputs": {"input": "power"}, "at": [440, 0]},
    }
    editor.open(f"/g/{make(page, server, graph)}")
    editor.expect_value("loss", 6250000.0)

    editor.node("power").click(position={"x": 40, "y": 10})
    editor.field("n").fill(str(2**62 - 1))
    expect(editor.status).to_have_text("evaluating…")
    editor.verb("Stop").click()
    expect(editor.status).to_contain_text("step 0")
    editor.field("n").fill("1")

    editor.expect_value("loss", 6250000.0)


def test_earlier_runs_stand_in_the_legend_by_their_rate_until_they_are_forgotten(
    page: Page, server: Server
) -> None:
    editor = Editor(page, server.address)
    optimizer = {"op": "gradcanvas.descent", "args": {"lr": 0.5}}
    editor.open(f"/g/{make(page, server, chain(optimizer=optimizer))}")
    tools = page.get_by_role("button", name="Forget earlier runs")
    dock = page.get_by_role("tabpanel", name="Loss")
    editor.train(9)
    expect(tools).to_have_count(0)

    editor.verb("Reset").click()
    expect(editor.status).to_contain_text("step 0")
    editor.field("lr").fill("0.02")
    editor.train(9)
    expect(dock.get_by_text(re.compile(r"^run \d+, lr 0\.5$"))).to_be_visible()
    expect(dock.get_by_text("lr 0.02")).to_have_count(0)
    tools.click()

    expect(dock.get_by_text(re.compile(r"^run \d"))).to_have_count(0)
    expect(tools).to_have_count(0)
    expect(editor.loss_chart).to_have_attribute("data-points", "9")


def test_a_bypassed_node_says_that_its_gradient_passes(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)
    editor.open(f"/g/{make(page, server, chain())}")
    derivative = editor.inspector.get_by_role("region", name="Derivative")

    editor.node("grown").click()
    expect(derivative).to_contain_text("Derivative of exp at grown")
    editor.inspector.get_by_role("switch", name="bypass").click()

    expect(derivative).to_contain_text("Bypassed: the gradient passes unchanged.")
    expect(derivative).not_to_contain_text("at grown")


def test_the_inspector_can_be_folded_wherever_its_fields_are_scrolled(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)
    page.set_viewport_size({"width": 1280, "height": 500})
    editor.open_example("linear-regression")

    fold = page.get_by_role("button", name="Fold the inspector")
    expect(fold).to_be_in_viewport(ratio=1)
    fold.click()

    expect(editor.inspector).to_have_count(0)


def test_the_tool_bar_stays_whatever_the_title_and_the_status_say(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)
    optimizer = {"op": "gradcanvas.descent", "args": {"lr": 0.0001}}
    graph = chain(optimizer=optimizer, steps=1_000_000)
    editor.open(f"/g/{make(page, server, graph)}")
    place = editor.verb("Train").bounding_box()

    page.get_by_label("Title").fill("A title that is longer than all the room which the page has for it")
    editor.verb("Train").click()
    expect(editor.status).to_have_text(re.compile(r"^step \d{4,} of 1000000, loss"))

    assert editor.verb("Train").bounding_box() == place
    line = editor.status.evaluate(
        "(line) => [line.clientHeight, parseFloat(getComputedStyle(line).lineHeight)]"
    )
    assert line[0] == line[1]
    editor.verb("Stop").click()
    expect(editor.status).to_have_text(re.compile(r"^step \d+ of 1000000, loss \S+, stopped$"))


def test_an_autograd_graph_that_cannot_be_laid_out_is_told(page: Page, server: Server) -> None:
    failing = 'self.onmessage = () => self.postMessage({ failure: "the stack is too small" })'
    page.route(
        re.compile("autograd-layout-worker"),
        lambda route: route.fulfill(body=failing, content_type="text/javascript"),
    )
    editor = Editor(page, server.address)
    editor.open_example("linear-regression")

    page.get_by_role("tab", name="Autograd graph").click()

    expect(page.get_by_role("tabpanel")).to_contain_text("could not be laid out: the stack is too small.")


def test_a_box_of_the_autograd_graph_leads_to_its_node_by_enter_and_by_space(
    page: Page, server: Server
) -> None:
    editor = Editor(page, server.address)
    editor.open_example("linear-regression")
    page.get_by_role("tab", name="Autograd graph").click()
    boxes = page.get_by_role("tabpanel").get_by_role("button")

    for key, operation, node in (("Enter", "MulBackward0", "wx"), ("Space", "SubBackward0", "error")):
        boxes.filter(has_text=operation).focus()
        page.keyboard.press(key)
        expect(editor.field("Name")).to_have_value(node)


def test_the_buttons_of_the_view_leave_the_curve_of_a_loss_that_is_walked_to_in_the_corner(
    page: Page, server: Server
) -> None:
    editor = Editor(page, server.address)
    graph = chain()
    for at, node in zip(([0, 0], [300, 300], [600, 800]), graph["nodes"].values(), strict=True):  # type: ignore[attr-defined]
        node["at"] = at
    editor.open(f"/g/{make(page, server, graph)}")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("list", name="Nodes").get_by_text("loss", exact=True).click()

    page.wait_for_function(
        """(plate) => {
            const box = (selector) => document.querySelector(selector)?.getBoundingClientRect();
            const [card, buttons] = [box("[role=application] [data-node=loss]"), box(".canvas-controls")];
            return card !== undefined && (buttons.top - card.bottom) / card.width >= plate;
        }""",
        arg=(18 + 58) / 132,
    )


def test_a_loss_that_is_no_reference_is_none_and_a_problem(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)

    editor.open(f"/g/{make(page, server, chain(loss=None))}")

    expect(editor.field("loss")).to_have_value("")
    expect(editor.field("loss")).not_to_contain_text("null")
    expect(editor.inspector).to_contain_text('"loss" must be a reference, but it is null.')
    editor.field("loss").select_option("loss")
    expect(editor.inspector).not_to_contain_text("must be a reference")


def test_all_graphs_of_before_can_be_come_to(page: Page, first_server: Server) -> None:
    for number in range(14):
        make(page, first_server, {"gradcanvas": 1, "title": f"Attempt {number}"})
    editor = Editor(page, first_server.address)
    editor.open(f"/g/{make(page, first_server, chain())}")
    graphs = page.get_by_role("region", name="Your graphs").get_by_role("link")

    page.get_by_role("button", name="Examples").click()
    expect(graphs).to_have_count(12)
    page.get_by_role("button", name="Show all 14").click()

    expect(graphs).to_have_count(14)
    expect(graphs.nth(12)).to_be_focused()
    expect(graphs.last).to_contain_text("Attempt 0")


def test_a_graph_of_before_is_deleted_where_somebody_says_so_twice(page: Page, first_server: Server) -> None:
    for title in ("kept", "of no use", "older"):
        make(page, first_server, {"gradcanvas": 1, "title": title})
    editor = Editor(page, first_server.address)
    editor.open(f"/g/{make(page, first_server, chain())}")
    page.get_by_role("button", name="Examples").click()
    graphs = page.get_by_role("region", name="Your graphs")
    question = graphs.get_by_role("group", name="Delete of no use?")

    graphs.get_by_role("link", name="of no use").hover()
    graphs.get_by_role("button", name="Delete of no use").click()
    expect(question.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Escape")
    expect(graphs.get_by_role("button", name="Delete of no use")).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Enter")
    question.get_by_role("button", name="Delete").click()

    expect(graphs.get_by_role("link", name="of no use")).to_have_count(0)
    expect(graphs.get_by_role("link", name="kept")).to_be_focused()
    page.reload()
    page.get_by_role("button", name="Examples").click()
    expect(graphs.get_by_role("link")).to_have_count(2)


def test_a_graph_that_another_page_shows_is_not_deleted_and_says_why(
    page: Page, first_server: Server
) -> None:
    Editor(page, first_server.address).open(
        f"/g/{make(page, first_server, {'gradcanvas': 1, 'title': 'shown'})}"
    )
    other = page.context.new_page()  # whose console tells of the refusal
    Editor(other, first_server.address).open(f"/g/{make(page, first_server, chain())}")
    other.get_by_role("button", name="Examples").click()
    graphs = other.get_by_role("region", name="Your graphs")

    graphs.get_by_role("button", name="Delete shown").click()
    question = graphs.get_by_role("group", name="Delete shown?")
    question.get_by_role("button", name="Delete").click()

    expect(question.get_by_role("alert")).to_contain_text("open in a page")
    question.get_by_role("button", name="Keep").click()
    expect(graphs.get_by_role("link", name="shown")).to_be_visible()
    other.close()


def test_a_server_that_is_started_again_says_that_what_was_trained_is_gone(
    context: BrowserContext, tmp_path: Path
) -> None:
    server = start_server(tmp_path)
    page = context.new_page()  # whose console tells of the server that is not there
    editor = Editor(page, server.address)
    try:
        editor.open(f"/g/{make(page, server, json.loads(ARTICLE.read_text()))}")
        page.get_by_role("button", name="Step", exact=True).click()
        expect(page.get_by_role("status", name="Run")).to_contain_text("step 1")
        editor.node("w").click(position={"x": 50, "y": 10})
        ledger = page.get_by_role("region", name="Gradient ledger")
        expect(ledger).to_contain_text("step 1 via wx.input")
    finally:
        stop_server(server)
    expect(page.locator(".header-saved")).to_have_text("not connected")
    expect(ledger).to_contain_text("step 1 via wx.input")
    editor.node("b").click(position={"x": 50, "y": 10})
    expect(ledger).to_contain_text("known once the server answers again")
    server = start_server(tmp_path, "--port", server.address.rpartition(":")[2])
    try:
        notices = page.get_by_role("log", name="Announcements")
        expect(notices).to_contain_text("no longer has what was trained")
        expect(page.get_by_role("status", name="Run")).to_contain_text("step 0")
    finally:
        stop_server(server)
