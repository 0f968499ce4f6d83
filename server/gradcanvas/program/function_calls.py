"""What a node that calls functions must give them, and what it gives on. Knows nothing of torch.

One row for each control operation; `check_call` reads it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradcanvas.catalog.model import Output
from gradcanvas.document import Function
from gradcanvas.document.problems import nearest
from gradcanvas.program.faults import Fault


@dataclass(frozen=True, slots=True)
class Call:
    """One node that calls functions.

    Attributes:
        id: of the node.
        functions: role → name, as the node gives them.
        bodies: role → function, those that there are.
        wired: names of the inputs it gives.
        values: its other literals.
    """

    id: str
    functions: Mapping[str, str]
    bodies: Mapping[str, Function]
    wired: tuple[str, ...]
    values: Mapping[str, object]


def call_outputs(bodies: Mapping[str, Function]) -> tuple[Output, ...]:
    """Name what a node that calls functions gives: the outputs of the one that decides."""
    for role in ("function", "then", "body"):
        if role in bodies:
            return tuple(Output(name) for name in bodies[role].outputs)
    return ()


def call_inputs(bodies: Mapping[str, Function], operation: str) -> tuple[str, ...]:
    """Name every input its functions take from the node, in the order in which the functions name them."""
    names: list[str] = []
    for role in ("function", "then", "else", "body", "condition"):
        if role in bodies:
            names += bodies[role].inputs
    if operation == "gradcanvas.if" and "then" in bodies and "else" not in bodies:
        names += bodies["then"].outputs
    if operation == "gradcanvas.for":
        names = [name for name in names if name != "index"]
    return tuple(dict.fromkeys(names))


def check_call(call: Call, operation: str) -> list[Fault]:
    """Say what is wrong between a control operation and the functions it calls."""
    faults = _input_faults(call, operation)
    more = _ROWS.get(operation)
    return faults + (more(call) if more else [])


def _input_faults(call: Call, operation: str) -> list[Fault]:
    taken = call_inputs(call.bodies, operation)
    called = " and ".join(f"`{name}`" for name in call.functions.values())
    faults = []
    for name in call.wired:
        if name not in taken:
            close = nearest(name, taken)
            takes = ", ".join(f"`{each}`" for each in taken) or "no inputs"
            if operation == "gradcanvas.for" and name == "index":
                help_text = "The loop itself gives `index`: take it out of `inputs`."
            else:
                help_text = f"Did you mean `{close}`?" if close else f"It takes {takes}."
            message = f"{called} has no input `{name[:80]}` (of `{call.id}`)."
            faults.append(Fault(("inputs", name), "unknown-argument", message, help_text))
    missing = [name for name in taken if name not in call.wired]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        faults.append(
            Fault((), "missing-argument", f"`{call.id}` lacks {names}.", f"{called} needs it: wire it.")
        )
    return faults


def _if(call: Call) -> list[Fault]:
    then, otherwise = call.bodies.get("then"), call.bodies.get("else")
    if then is None or otherwise is None or set(then.outputs) == set(otherwise.outputs):
        return []
    message = (
        f"`{call.functions['then']}` gives {_names(then.outputs)} and "
        f"`{call.functions['else']}` gives {_names(otherwise.outputs)}."
    )
    return [
        Fault(
            ("args", "else"), "branches-differ", message, "Both branches must give outputs of the same names."
        )
    ]


def _for(call: Call) -> list[Fault]:
    faults = []
    times, each = call.values.get("times"), call.values.get("each")
    if (times is None) == (each is None):
        what = "has neither `times` nor `each`" if times is None else "has `times` and `each`"
        faults.append(
            Fault((), "loop-length", f"`{call.id}` {what}.", "One of them says how often the body runs.")
        )
    if isinstance(times, int) and times < 0:
        faults.append(
            Fault(("args", "times"), "out-of-range", f"`{call.id}.times` is {times}.", "Write 0 or more.")
        )
    body = call.bodies.get("body")
    if body is None:
        return faults
    faults += _map_faults(call, "each", tuple(name for name in body.inputs if name != "index"), "input")
    faults += _map_faults(call, "stack", tuple(body.outputs), "output")
    if isinstance(each, dict):
        for name in each:
            if name in body.outputs:
                message = (
                    f"`{name}` is sliced by `{call.id}.each` and given out by `{call.functions['body']}`."
                )
                help_text = "An input that is sliced cannot be carried on: give the output another name."
                faults.append(Fault(("args", "each", name), "loop-each-output", message, help_text))
    return faults


def _map_faults(call: Call, argument: str, names: tuple[str, ...], what: str) -> list[Fault]:
    value = call.values.get(argument)
    if not isinstance(value, dict):
        return []
    faults = []
    if argument == "each" and not value:
        message = f"`{call.id}.each` is empty."
        faults.append(Fault(("args", "each"), "loop-length", message, 'Write for example {"x": 0}.'))
    for name, dimension in value.items():
        if name not in names:
            close = nearest(name, names)
            message = f"`{call.functions['body']}` has no {what} `{name[:80]}` (of `{call.id}.{argument}`)."
            listed = ", ".join(f"`{each}`" for each in names) or "none"
            help_text = f"Did you mean `{close}`?" if close else f"Its {what}s: {listed}."
            code = "unknown-argument" if what == "input" else "unknown-output"
            faults.append(Fault(("args", argument, name), code, message, help_text))
        elif not isinstance(dimension, int) or isinstance(dimension, bool):
            message = f"`{call.id}.{argument}.{name}` takes the number of a dimension."
            faults.append(
                Fault(("args", argument, name), "wrong-type", message, "Write an integer, such as 0.")
            )
    return faults


def _while(call: Call) -> list[Fault]:
    faults = []
    condition = call.bodies.get("condition")
    if condition is not None and len(condition.outputs) != 1:
        name = call.functions["condition"]
        message = f"`{name}` decides whether `{call.id}` goes on, and gives {_names(condition.outputs)}."
        faults.append(
            Fault(("args", "condition"), "condition-outputs", message, "Give it exactly one output.")
        )
    limit = call.values.get("limit")
    if isinstance(limit, int) and limit < 1:
        message = f"`{call.id}.limit` is {limit}."
        faults.append(Fault(("args", "limit"), "out-of-range", message, "Write 1 or more."))
    return faults


_ROWS: dict[str, Callable[[Call], list[Fault]]] = {
    "gradcanvas.if": _if,
    "gradcanvas.for": _for,
    "gradcanvas.while": _while,
}


def _names(names: Mapping[str, object]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"
