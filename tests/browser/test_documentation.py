"""Documentation and the formulas of derivatives, set as mathematics, under the page's own strict policy."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.editor import Editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def leaf(*size: int) -> dict[str, Any]:
    return {"op": "torch.randn", "args": {"size": list(size)}, "requires_grad": True}


GRAPH = {
    "gradcanvas": 1,
    "nodes": {
        "w": leaf(1),
        "A": leaf(3, 4),
        "B": leaf(4, 2),
        "C": {"op": "torch.matmul", "inputs": {"input": "A", "other": "B"}},
        "scaled": {"op": "torch.mul", "inputs": {"input": "w", "other": "C"}},
        "p": {"op": "torch.softmax", "inputs": {"input": "scaled"}, "args": {"dim": 1}},
        "loss": {"op": "torch.sum", "inputs": {"input": "p"}},
    },
    "train": {"loss": "loss", "optimizer": {"op": "torch.optim.Adam", "args": {"lr": 0.01}}},
}


@pytest.fixture
def editor(page: Page, server: Server) -> Editor:
    """The graph, open; the page's fixture holds that its console tells of no refusal."""
    opened = Editor(page, server.address)
    answer = page.request.post(
        f"{server.address}/api/graphs",
        data={"file": json.dumps(GRAPH)},
        headers={"Origin": server.address},
    )
    opened.open(f"/g/{answer.json()['id']}")
    return opened


def select(editor: Editor, node: str) -> None:
    editor.page.get_by_role("list", name="Nodes").get_by_text(node, exact=True).click()


def mathematics(place: Locator) -> list[str]:
    """Return the LaTeX of every formula that is set, from what a screen reader is given."""
    expect(place.locator("math annotation").first).to_be_attached()
    return [text.replace(" ", "") for text in place.locator("math annotation").all_text_contents()]


def test_the_derivative_stands_at_its_node_with_the_names_of_the_graph(editor: Editor) -> None:
    select(editor, "C")
    derivative = editor.inspector.get_by_role("region", name="Derivative")

    shown = mathematics(derivative)

    assert shown == [
        r"\gradient{A}=\gradient{C}\;{B}^{\adjoint}",
        r"\gradient{B}={A}^{\adjoint}\;\gradient{C}",
    ]
    derivative.get_by_text("as PyTorch has it").click()
    expect(derivative.get_by_text("matmul_backward(grad, self, other")).to_be_visible()


def test_a_broadcast_argument_has_the_sum_of_what_comes_back(editor: Editor) -> None:
    select(editor, "scaled")
    derivative = editor.inspector.get_by_role("region", name="Derivative")

    shown = mathematics(derivative)

    assert shown[0] == r"\gradient{w}=\sum\gradient{\mathrm{scaled}}\cdot\conjugate{C}"
    expect(derivative.get_by_text("(1) is broadcast to (3, 2)")).to_be_visible()


def test_documentation_is_read_where_it_is_wanted(editor: Editor) -> None:
    asked: list[str] = []
    editor.page.on("request", lambda request: asked.append(request.url))
    select(editor, "p")
    editor.inspector.get_by_text("Documentation", exact=True).click()
    text = editor.inspector.locator(".prose")

    expect(text.get_by_role("heading", name="Arguments")).to_be_visible()
    assert any("exp(x_i)" in formula for formula in mathematics(text))
    assert text.get_by_role("link").count() == 0
    fonts = [address for address in asked if "KaTeX" in address]
    assert fonts != []
    assert all(address.endswith(".woff2") and address.startswith(editor.address) for address in fonts)


def test_what_an_optimiser_does_is_read_beside_its_fields(editor: Editor) -> None:
    editor.inspector.get_by_text("What Adam does").click()
    text = editor.inspector.locator(".prose")

    assert any("amsgrad" in formula for formula in mathematics(text))
    expect(text.get_by_text("weight decay (L2 penalty)")).to_be_visible()


def test_nothing_of_it_comes_before_it_is_needed(page: Page, editor: Editor) -> None:
    came: list[str] = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")

    assert [name for name in came if "KaTeX" in name or "documentation" in name or "derivative" in name] == []
