"""The page as a person uses it, in the names of docs/page.md: what the browser tests speak."""

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


class Editor:
    """One open page on one graph."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, path: str = "/") -> None:
        """Go there and wait until the graph has been evaluated."""
        self.page.goto(self.address + path)
        expect(self.status).to_contain_text("step", timeout=60_000)

    def open_example(self, name: str) -> None:
        """Make a graph from an example and open it."""
        answer = self.page.request.post(
            f"{self.address}/api/graphs",
            data={"example": name},
            headers={"Origin": self.address},
        )
        assert answer.ok, answer.text()
        self.open(f"/g/{answer.json()['id']}")

    @property
    def canvas(self) -> Locator:
        """The canvas."""
        return self.page.get_by_role("application", name="Graph canvas")

    @property
    def status(self) -> Locator:
        """Where the run stands."""
        return self.page.get_by_role("status", name="Run", exact=True)

    @property
    def inspector(self) -> Locator:
        """The fields."""
        return self.page.get_by_role("region", name="Inspector")

    def node(self, node_id: str) -> Locator:
        """A card on the canvas."""
        return self.canvas.locator(f'[data-node="{node_id}"]')

    def edge(self, edge_id: str) -> Locator:
        """An edge on the canvas."""
        return self.canvas.locator(f'[data-edge="{edge_id}"]')

    def verb(self, name: str) -> Locator:
        """A button of the tool bar."""
        return self.page.get_by_role("toolbar", name="Run").get_by_role("button", name=name, exact=True)

    def field(self, name: str) -> Locator:
        """A field of the inspector."""
        return self.inspector.get_by_label(name, exact=True)

    @property
    def loss_chart(self) -> Locator:
        """The loss chart in the dock."""
        return self.page.get_by_role("img", name="Loss curve")

    def value(self, node_id: str) -> Any:
        """Return the only element of a node, from its attribute."""
        return json.loads(self.node(node_id).get_attribute("data-value") or "null")

    def expect_value(self, node_id: str, value: float) -> None:
        """Wait until a node's only element is exactly this number."""
        expect(self.node(node_id)).to_have_attribute("data-value", number_pattern(value))

    def expect_no_gradient(self, edge_id: str) -> None:
        """Wait until an edge shows that nothing flows back along it."""
        expect(self.edge(edge_id)).to_have_attribute("data-gradient-norm", "")

    def expect_gradient(self, edge_id: str) -> float:
        """Wait until an edge has a gradient, and return its norm."""
        expect(self.edge(edge_id)).to_have_attribute("data-gradient-norm", re.compile(r"\d"))
        return float(self.edge(edge_id).get_attribute("data-gradient-norm") or "nan")

    def train(self, points: int) -> None:
        """Press Train and wait until the chart holds so many losses and the run has ended."""
        self.verb("Train").click()
        expect(self.loss_chart).to_have_attribute("data-points", str(points), timeout=60_000)
        expect(self.verb("Train")).to_be_enabled()


def number_pattern(value: float) -> re.Pattern[str]:
    """Match a number's JSON however it is spelled (1, 1.0): whole numbers may lose their point."""
    text = re.escape(repr(value).removesuffix(".0"))
    return re.compile(rf"^{text}(\.0)?$")
