"""What is pressed after an edit acts on what was edited, however late the server acknowledges it."""

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_train_waits_for_the_edits_before_it(page: Page, server: Server) -> None:
    acknowledgements = Acknowledgements(page)
    editor = Editor(page, server.address)
    editor.open_example("linear-regression")
    editor.expect_gradient("wx.input")

    acknowledgements.are_held = True
    for field, text in [("seed", "7"), ("steps", "50")]:
        editor.field(field).fill(text)
        editor.field(field).press("Tab")
    editor.verb("Train").click()
    acknowledgements.release()

    expect(editor.loss_chart).to_have_attribute("data-points", "50")
    expect(editor.status).to_contain_text("step 50 of 50")


class Acknowledgements:
    """Stands between page and server, and holds what acknowledges an edit."""

    def __init__(self, page: Page) -> None:
        self.are_held = False
        self._held: list[str] = []
        self._page: WebSocketRoute | None = None
        page.route_web_socket("**/socket.io/**", self._connect)

    def release(self) -> None:
        """Let everything through."""
        self.are_held = False
        assert self._page is not None
        for message in self._held:
            self._page.send(message)

    def _connect(self, page: WebSocketRoute) -> None:
        self._page = page
        page.connect_to_server().on_message(self._pass)

    def _pass(self, message: str | bytes) -> None:
        assert self._page is not None
        if self.are_held and isinstance(message, str) and '"edit":' in message and message.startswith("43"):
            self._held.append(message)
        else:
            self._page.send(message)
