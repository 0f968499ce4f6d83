"""How the schedule of a learning rate is made, and how the same is printed. Knows nothing of graphs or steps.

Combined schedules hold others; a schedule that torch takes as a function of the step is a list of its values.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from gradcanvas.program.binding import BoundScheduler
from gradcanvas.program.calling import literal_arguments
from gradcanvas.program.values import python_text

Callables = Mapping[str, Callable[..., Any]]


def make_schedule(bound: BoundScheduler, optimizer: object, callables: Callables) -> Any:
    """Return the scheduler of torch, those that it combines made first.

    Args:
        bound: what the graph says.
        optimizer: whose learning rates it sets.
        callables: the catalogue's.
    """
    _, keywords = literal_arguments(bound.overload, bound.values)
    if bound.parts:
        keywords["schedulers"] = [make_schedule(part, optimizer, callables) for part in bound.parts]
    if "lr_lambda" in keywords:
        keywords["lr_lambda"] = _factor_of(keywords["lr_lambda"])
    return callables[bound.operation.name](optimizer=optimizer, **keywords)


def schedule_text(bound: BoundScheduler, optimizer: str) -> str:
    """Return the expression that makes it, with the optimiser's variable."""
    _, keywords = literal_arguments(bound.overload, bound.values)
    texts = {name: python_text(value) for name, value in keywords.items()}
    if bound.parts:
        texts["schedulers"] = f"[{', '.join(schedule_text(part, optimizer) for part in bound.parts)}]"
    if "lr_lambda" in keywords:
        last = len(keywords["lr_lambda"]) - 1
        texts["lr_lambda"] = f"lambda step: {texts['lr_lambda']}[min(step, {last})]"
    arguments = [f"optimizer={optimizer}", *(f"{name}={text}" for name, text in texts.items())]
    return f"{bound.operation.name}({', '.join(arguments)})"


def schedule_state(scheduler: Any) -> dict[str, Any]:
    """Return what changes of a schedule as it goes on; milestones stand in the graph."""
    return _without_milestones(scheduler.state_dict())


def _without_milestones(state: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in state.items() if not isinstance(value, Counter)}
    if "_schedulers" in kept:
        kept["_schedulers"] = [_without_milestones(part) for part in kept["_schedulers"]]
    return kept


def _factor_of(factors: list[float]) -> Callable[[int], float]:
    last = len(factors) - 1
    return lambda step: factors[min(step, last)]
