"""Builds graphs as a person does by mouse: drags operations from the palette, fills fields, draws wires."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.editor import Editor

Fields = Mapping[str, str | bool]
CARD_ANCHOR = (66, 46)
"""Where on a new card the pointer stands that dropped it."""


class Builder:
    """Builds one graph from nothing."""

    def __init__(self, editor: Editor, title: str, notes: str, *, is_wide: bool = False) -> None:
        """Begin an empty graph.

        Args:
            editor: the page.
            title: of the graph.
            notes: what is to be seen in it.
            is_wide: it needs more room than the canvas has at half its size.
        """
        self.editor, self.page = editor, editor.page
        editor.open()
        self.page.get_by_role("button", name="New", exact=True).click()
        expect(editor.canvas.locator("[data-node]")).to_have_count(0)
        expect(editor.status).to_contain_text("step", timeout=60_000)
        self._is_wide, self._is_empty = is_wide, True
        self.page.get_by_label("Title", exact=True).fill(title)
        self.fill("notes", notes)

    def add(
        self, op: str, name: str, at: tuple[int, int], first: Fields | None = None, **fields: str | bool
    ) -> None:
        """Look an operation up in the palette, drag it to a place, name it and fill its fields.

        Args:
            op: its full name.
            name: the node's.
            at: where its upper left corner is to stand.
            first: fields whose names are no words of Python, set before the others.
            fields: what its fields get.
        """
        palette = self.page.get_by_role("complementary", name="Palette")
        palette.get_by_role("searchbox", name="Add a node").fill(op)
        found = palette.get_by_role("option", name=op, exact=True)
        found.drag_to(self.editor.canvas, target_position=self._pixels(at))
        palette.get_by_role("searchbox", name="Add a node").fill("")
        self.fill("Name", name)
        expect(self.editor.node(name)).to_have_count(1)
        self.set(first or {})
        self.set(fields)
        if self._is_empty:
            self._step_back()
            self._is_empty = False

    def set(self, fields: Fields) -> None:
        """Fill fields of what is selected: text, a choice, or a switch."""
        for name, content in fields.items():
            if isinstance(content, bool):
                self.switch(name, content)
            else:
                self.fill(name, content)

    def fill(self, name: str, text: str) -> None:
        """Type into a field of the inspector and leave it, or choose."""
        field = self.editor.field(name)
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=text)
            return
        field.fill(text)
        field.press("Tab")
        if not name.startswith("name of "):  # its label has gone with the name before
            expect(field).to_have_value(text)

    def switch(self, name: str, on: bool) -> None:
        """Put a switch on or off."""
        switch = self.editor.inspector.get_by_role("switch", name=name, exact=True)
        if (switch.get_attribute("aria-checked") == "true") != on:
            switch.click()

    def wire(self, source: str, *sockets: str) -> None:
        """Draw wires from an output (`node` or `node.output`) to arguments (`node.argument`)."""
        for socket in sockets:
            target, _, argument = socket.partition(".")
            self.socket(source).drag_to(
                self.page.get_by_role("button", name=f"input {argument} of {target}", exact=True)
            )
            expect(self.editor.edge(socket)).to_have_count(1)

    def socket(self, source: str) -> Locator:
        """An output's socket."""
        node, _, output = source.partition(".")
        name = f"output {output} of {node}" if output else f"output of {node}"
        return self.page.get_by_role("button", name=name, exact=True)

    def pan(self, right: int, down: int) -> None:
        """Drag the empty canvas."""
        box = self.editor.canvas.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 500, box["y"] + 60)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 500 + right, box["y"] + 60 + down, steps=4)
        self.page.mouse.up()

    def settings(self, fields: Fields) -> None:
        """Fill fields of the graph as a whole."""
        self.editor.canvas.click(position={"x": 300, "y": 12})
        self.set(fields)

    def saved(self) -> dict[str, Any]:
        """Press Save and return the file that comes."""
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="Save", exact=True).click()
        document: dict[str, Any] = json.loads(Path(download.value.path()).read_text())
        return document

    def _step_back(self) -> None:
        """Go far enough away that all of the graph has room."""
        for _ in range(4 if self._is_wide else 3):
            self.page.get_by_role("button", name="Zoom out", exact=True).click()
        if self._is_wide:
            self.pan(-210, 0)

    def _pixels(self, at: tuple[int, int]) -> Any:
        """Where on the canvas the pointer drops a card that is to stand there."""
        x, y, zoom = self.page.evaluate(
            """() => { const m = new DOMMatrix(getComputedStyle(
                document.querySelector(".react-flow__viewport")).transform); return [m.e, m.f, m.a] }"""
        )
        left, top = (place + anchor for place, anchor in zip(at, CARD_ANCHOR, strict=True))
        return {"x": left * zoom + x, "y": top * zoom + y}
