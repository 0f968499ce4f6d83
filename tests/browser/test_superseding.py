"""An edit while an evaluation goes on and on: the newest graph is what is computed."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor
from tests.browser.test_states import make

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_an_edit_takes_the_place_of_an_evaluation_that_would_take_hours(page: Page, server: Server) -> None:
    editor = Editor(page, server.address)
    power = {"op": "torch.linalg.matrix_power", "inputs": {"input": "x"}, "args": {"n": 1}, "at": [220, 0]}
    nodes = {
        "x": {"op": "torch.ones", "args": {"size": [2500, 2500]}, "at": [0, 0]},
        "power": power,
        "loss": {"op": "torch.sum", "inputs": {"input": "power"}, "at": [440, 0]},
    }
    editor.open(f"/g/{make(page, server, {'gradcanvas': 1, 'nodes': nodes, 'train': {'loss': 'loss'}})}")
    editor.expect_value("loss", 6250000.0)
    editor.node("power").click(position={"x": 40, "y": 10})

    editor.field("n").fill(str(2**62 - 1))
    expect(editor.status).to_have_text("evaluating…")
    editor.field("n").fill("0")

    editor.expect_value("loss", 2500.0)
    expect(editor.status).to_contain_text("step 0")
