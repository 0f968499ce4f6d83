from gradcanvas.program.errors import LimitError, NodeError
from gradcanvas.training.failures import failure


def test_a_loop_at_its_limit_is_told_what_to_do_and_not_that_pytorch_said_so() -> None:
    reached = LimitError("The condition still held after 3 iterations, which is this loop's `limit`.")

    problem = failure(NodeError("/nodes/loop", str(reached), reached)).problem

    assert (problem.where, problem.code) == ("/nodes/loop", "run-failed")
    assert "Raise `limit`" in problem.help
    assert "PyTorch" not in problem.help
