"""How leaves are updated, set in the page: schedule, clipping, groups, frozen parameters, their filling."""

import json
from typing import Any

import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch import nn
from torch.nn import functional

from tests.browser.building import Builder, Fields
from tests.browser.conftest import Server
from tests.browser.editor import Editor
from tests.oracle.article import article_data

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

X, Y = [[0.1], [0.5], [0.9]], [[1.2], [2.0], [2.8]]
STEPS = 30


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    return Editor(page, server.address)


def test_a_schedule_clipping_a_group_and_a_filled_module_train_as_the_script_does(editor: Editor) -> None:
    builder = Builder(editor, "Regression", "An offset that learns slowly.")
    builder.add("torch.tensor", "x", (0, 0), data=json.dumps(X))
    builder.add("torch.tensor", "y", (0, 300), data=json.dumps(Y))
    builder.add("torch.nn.Linear", "fc", (260, 0), in_features="1", out_features="1")
    builder.add("torch.randn", "b", (260, 300), size="1", requires_grad=True)
    builder.add("torch.add", "yhat", (520, 120))
    builder.add("torch.nn.functional.mse_loss", "loss", (780, 200))
    builder.wire("x", "fc.input")
    builder.wire("fc", "yhat.input")
    builder.wire("b", "yhat.other")
    builder.wire("yhat", "loss.input")
    builder.wire("y", "loss.target")
    builder.settings({"loss": "loss", "steps": str(STEPS), "optimizer": "SGD", "lr": "0.1"})
    unfold(editor, "Schedule, clipping, groups")
    builder.set({"scheduler": "StepLR", "step_size": "12", "gamma": "0.5", "clip": "norm", "limit": "0.75"})
    choose_new_group(editor, "b", "slow")
    builder.settings({})
    fill_group(editor, "slow", {"lr": "0.01", "momentum": "0.9"})
    select(editor, "fc")
    unfold(editor, "Parameters")
    builder.set({"init of weight": "normal_", "std": "0.5", "requires_grad of bias": False})
    builder.settings({})

    editor.train(STEPS)

    expected = script()
    assert float(editor.loss_chart.get_attribute("data-last") or "nan") == expected[-1]
    saved = builder.saved()
    assert saved["train"] == {
        "loss": "loss",
        "steps": STEPS,
        "optimizer": {
            "op": "torch.optim.SGD",
            "args": {"lr": 0.1},
            "groups": {"slow": {"lr": 0.01, "momentum": 0.9}},
        },
        "scheduler": {"op": "torch.optim.lr_scheduler.StepLR", "args": {"gamma": 0.5, "step_size": 12}},
        "clip": {"norm": 0.75},
    }
    assert saved["nodes"]["b"]["group"] == "slow"
    assert saved["nodes"]["fc"]["requires_grad"] == {"bias": False}
    filling = {"op": "torch.nn.init.normal_", "args": {"std": 0.5}}
    assert saved["nodes"]["fc"]["init"] == {"weight": filling}


def test_a_schedule_and_clipping_are_set_by_keyboard_and_taken_back(editor: Editor) -> None:
    keyboard = editor.page.keyboard
    editor.open_example("linear-regression")
    editor.field("loss").focus()

    tab_to(editor.field("optimizer"))
    keyboard.type("SGD")
    tab_to(fold(editor, "Schedule, clipping, groups"))
    keyboard.press("Enter")
    tab_to(editor.field("scheduler"))
    keyboard.type("Exp")
    tab_to(editor.field("gamma"))
    keyboard.type("0.95")
    tab_to(editor.field("clip"))
    keyboard.type("value")
    tab_to(editor.field("limit"))
    keyboard.type("0.5")
    keyboard.press("Enter")
    editor.train(200)

    assert float(editor.loss_chart.get_attribute("data-last") or "nan") == article_script()[-1]
    keyboard.press("Escape")
    editor.canvas.focus()
    keyboard.press("Control+z")
    expect(editor.field("limit")).to_have_value("1.0")
    keyboard.press("Control+z")
    expect(editor.field("limit")).to_have_count(0)


def test_what_is_wrong_with_a_schedule_stands_at_its_field(editor: Editor) -> None:
    editor.open_example("linear-regression")
    editor.field("optimizer").select_option(label="SGD")
    unfold(editor, "Schedule, clipping, groups")
    editor.field("scheduler").select_option(label="StepLR")
    schedule = editor.inspector.get_by_role("group", name="Schedule", exact=True)

    editor.field("step_size").fill("")
    editor.field("step_size").press("Tab")
    expect(schedule).to_contain_text("step_size.")
    editor.field("optimizer").select_option(label="descent")

    expect(schedule).to_contain_text("no schedule can set")


def script() -> list[float]:
    """Train as a plain script does and return the losses."""
    torch.manual_seed(0)
    x, y = torch.tensor(X), torch.tensor(Y)
    fc = nn.Linear(1, 1)
    nn.init.normal_(fc.weight, std=0.5)
    fc.bias.requires_grad_(False)
    b = torch.randn(1, requires_grad=True)
    groups: list[dict[str, Any]] = [{"params": [fc.weight]}, {"params": [b], "lr": 0.01, "momentum": 0.9}]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=12, gamma=0.5)
    losses = []
    for _ in range(STEPS):
        loss = functional.mse_loss(fc(x) + b, y)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([fc.weight, b], 0.75)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def article_script() -> list[float]:
    """Train the article's line with a schedule and clipped values."""
    torch.manual_seed(42)
    b, w = torch.randn(1, requires_grad=True), torch.randn(1, requires_grad=True)
    x, y = article_data()
    optimizer = torch.optim.SGD([b, w], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
    losses = []
    for _ in range(200):
        loss = (y - (b + w * x)).pow(2).mean()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_value_([b, w], 0.5)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def fold(editor: Editor, heading: str) -> Locator:
    """Return what unfolds a part of the inspector."""
    return editor.inspector.locator("summary").filter(has_text=heading)


def unfold(editor: Editor, heading: str) -> None:
    """Unfold a part of the inspector."""
    fold(editor, heading).click()


def select(editor: Editor, node: str) -> None:
    """Select a node in the list."""
    editor.page.get_by_role("list", name="Nodes").get_by_text(node, exact=True).click()


def choose_new_group(editor: Editor, node: str, name: str) -> None:
    """Put a node into a group that is not there yet."""
    select(editor, node)
    editor.field("group").select_option(label="a new one…")
    editor.field("new group").fill(name)
    editor.field("new group").press("Enter")
    expect(editor.field("group")).to_have_value(name)


def fill_group(editor: Editor, name: str, arguments: Fields) -> None:
    """Let a group differ from the optimiser in these arguments."""
    group = editor.inspector.get_by_role("group", name=f"Group {name}", exact=True)
    for argument, value in arguments.items():
        group.get_by_label("differs in").select_option(label=argument)
        group.get_by_label(argument, exact=True).fill(str(value))
        group.get_by_label(argument, exact=True).press("Enter")


def tab_to(field: Locator) -> None:
    """Walk to a field by Tab alone."""
    for _ in range(40):
        if field.count() and field.evaluate("element => element === document.activeElement"):
            return
        field.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {field}")
