"""Recorded figures are those of each step by itself."""

import numpy as np
import pytest

from gradcanvas.training.recording import Recorder
from gradcanvas.training.session import Session
from gradcanvas.training.statistics import figures
from tests.training.scripts import Json, article, network, text


def wide() -> Json:
    """A network some of whose gradients are large."""
    graph = network(batch={"size": 4, "of": ["x", "y"]})
    nodes = graph["nodes"]
    for name, size in (("w1", [1200, 4]), ("b1", [1200]), ("w2", [1, 1200])):
        nodes[name]["args"]["size"] = size
    return graph


@pytest.mark.parametrize("steps", [7, 150])
@pytest.mark.parametrize("graph", [article(), network(batch={"size": 4, "of": ["x", "y"]}), wide()])
def test_every_step_is_recorded_with_the_figures_of_its_edges(graph: Json, steps: int) -> None:
    session, recorder = Session(device="cpu"), Recorder()
    session.load(text(graph))
    expected = []

    for _ in range(steps):
        moment = session.step(watched=True)
        assert moment is not None
        recorder.add(moment)
        expected.append(figures(moment.edges))

    np.testing.assert_array_equal(np.concatenate(recorder.figures()), np.stack(expected))
