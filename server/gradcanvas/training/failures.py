"""What went wrong while a graph ran, as a problem at its place in the file; knows no session."""

import torch

from gradcanvas.document import Problem
from gradcanvas.program.errors import LimitError, NodeError

_OF_A_LEAF = "a leaf Variable that requires grad is being used in an in-place operation"


class RunError(Exception):
    """A verb could not be carried out; `problem` says where and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def failure(error: BaseException, where: str = "") -> RunError:
    """Turn whatever was raised while running into a `RunError`.

    Args:
        error: what was raised; a `NodeError` names its node itself.
        where: the place in the file if the error names none.
    """
    if isinstance(error, RunError):
        return error
    original = error
    message = str(error).strip() or type(error).__name__
    if isinstance(error, NodeError):
        where, message, original = error.where, error.message, error.original
    if is_out_of_memory(original):
        help_text = "There is not enough memory for it: make the tensors or the batch smaller."
        return RunError(Problem(where=where, code="out-of-memory", message=message, help=help_text))
    help_text = "These are PyTorch's own words. Change what stands there, or what leads to it."
    if _OF_A_LEAF in message:
        help_text = "Autograd records whatever is done to a leaf, and refuses this: switch `no_grad` on."
    if isinstance(original, LimitError):
        help_text = "Raise `limit`, or change the body so that the condition ceases to hold."
    return RunError(Problem(where=where, code="run-failed", message=message, help=help_text))


def refusal(where: str, code: str, message: str, help_text: str) -> RunError:
    """Say that a verb makes no sense for this graph."""
    return RunError(Problem(where=where, code=code, message=message, help=help_text))


def not_differentiable(loss: torch.Tensor, error: BaseException) -> RunError:
    """Say that `backward()` cannot begin at the loss, in PyTorch's words, or that it failed on the way."""
    if is_out_of_memory(error):
        return failure(error, "/train/loss")
    if loss.numel() == 1 and loss.requires_grad and not loss.is_complex():
        return failure(error, "/train/loss")
    if loss.numel() != 1:
        shape = tuple(loss.shape)
        help_text = (
            f"A loss has one element, this one has shape {shape}: put torch.mean or torch.sum after it."
        )
    elif loss.is_complex():
        help_text = "A loss is real: take torch.abs or torch.real of it."
    else:
        help_text = "Set requires_grad on a source that the loss depends on."
    return refusal("/train/loss", "loss-not-differentiable", str(error), help_text)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on the host or on a device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in words or "can't allocate memory" in words)
