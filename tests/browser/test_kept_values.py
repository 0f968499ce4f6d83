"""Keeping values in the graph, and forgetting them, by mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor, number_pattern

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TRAINED = 1.9127354621887207
"""The article's `w` after 200 steps, as tests/oracle computes it."""


def test_kept_values_are_where_a_reset_begins(server: Server, page: Page) -> None:
    editor = Editor(page, server.address)
    editor.open_example("linear-regression")
    editor.train(200)
    editor.expect_value("w", TRAINED)

    editor.inspector.get_by_role("button", name="Keep these values").click()
    forget = editor.inspector.get_by_role("button", name="Forget kept values")
    expect(forget).to_be_visible()
    editor.verb("Reset").click()
    expect(editor.status).to_contain_text("step 0 of")
    editor.expect_value("w", TRAINED)
    forget.click()
    expect(forget).to_have_count(0)
    editor.verb("Reset").click()

    expect(editor.node("w")).not_to_have_attribute("data-value", number_pattern(TRAINED))
