"""The article's script, as a person would write it, on the example's own data: the oracle."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

EXAMPLES = Path(__file__).parents[2] / "static" / "examples"


@dataclass(frozen=True)
class ArticleRun:
    """What the script ends with: lists as `Tensor.tolist()` gives them."""

    losses: list[float]
    b: list[float]
    w: list[float]
    b_gradient: list[float]
    w_gradient: list[float]


def article_data() -> tuple[torch.Tensor, torch.Tensor]:
    """Return x and y of the example, float32 of shape (80, 1)."""
    nodes = json.loads((EXAMPLES / "linear-regression.json").read_text())["nodes"]
    return torch.tensor(nodes["x"]["args"]["data"]), torch.tensor(nodes["y"]["args"]["data"])


def run_article(steps: int = 200, lr: float = 0.1, device: str = "cpu") -> ArticleRun:
    """Run the article's loop; the gradients are those of the last step, taken before they are zeroed."""
    x_train_tensor, y_train_tensor = (data.to(device) for data in article_data())
    torch.manual_seed(42)
    b = torch.randn(1, requires_grad=True, dtype=torch.float, device=device)
    w = torch.randn(1, requires_grad=True, dtype=torch.float, device=device)
    losses, gradients = [], ([0.0], [0.0])

    for _ in range(steps):
        yhat = b + w * x_train_tensor
        error = y_train_tensor - yhat
        loss = (error**2).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
        assert b.grad is not None
        assert w.grad is not None
        gradients = b.grad.tolist(), w.grad.tolist()
        with torch.no_grad():
            b -= lr * b.grad
            w -= lr * w.grad
        b.grad.zero_()
        w.grad.zero_()

    return ArticleRun(losses, b.tolist(), w.tolist(), *gradients)
