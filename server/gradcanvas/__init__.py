"""GradCanvas: draw a PyTorch graph, run it, and see the gradient on every edge."""

__version__ = "0.1.0"
