"""One session's state and its verbs: evaluate, forward, backward, update, zero, step, train.

Knows nothing of processes and sockets. `Session` is the state, `report` runs a whole graph once, `frames`
says what goes to a viewer.
"""

from gradcanvas.training.report import autograd_of, check_graph, python_of, run_graph

__all__ = ["autograd_of", "check_graph", "python_of", "run_graph"]
