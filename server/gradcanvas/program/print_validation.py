"""Prints the evaluation at the end of an epoch: the lines of a step as a function of what is replaced.

Knows the names of sources and modules; knows nothing of what a step computes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradcanvas.program.print_names import Names
from gradcanvas.program.print_scope import INDENT


@dataclass(frozen=True, slots=True)
class PrintedValidation:
    """What the printed evaluation is made of.

    Attributes:
        given: what a source is called in a step → the expression that stands for it in validation.
        results: the expressions of the loss and of the metrics.
        modules: the variables of modules in training mode.
        takes_gradients: a step takes gradients itself, so that autograd must follow it here as well.
    """

    given: Mapping[str, str]
    results: Sequence[str]
    modules: Sequence[str]
    takes_gradients: bool = False


def validation_lines(
    validation: PrintedValidation, step: Sequence[str], counter: str, names: Names
) -> tuple[list[str], list[str]]:
    """Return the function that evaluates, and the lines that call it and print what it gives.

    The function's variables are its own, so that those of the last step stay what they are.

    Args:
        validation: what it is made of.
        step: the lines of a step.
        counter: the variable that counts steps.
        names: the names that are taken.
    """
    function, module = names.fresh("validation"), names.fresh("module")
    results = ", ".join(f"{result}.item()" for result in validation.results)
    body = [*step, f"return {results}," if len(validation.results) == 1 else f"return {results}"]
    defined = [
        f"def {function}({', '.join(validation.given)}):",
        *(INDENT + line if line else "" for line in body),
    ]
    given = ", ".join(validation.given.values())
    aside = "" if validation.takes_gradients else "torch.no_grad(), "
    called = [
        f"with {aside}torch.random.fork_rng():",
        f'{INDENT}print("validation after step", {counter} + 1, *{function}({given}))',
    ]
    if validation.modules:
        each = f"for {module} in [{', '.join(validation.modules)}]:"
        called = [each, f"{INDENT}{module}.eval()", *called, each, f"{INDENT}{module}.train()"]
    return ["", *defined, "", ""], called
