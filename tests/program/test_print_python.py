import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from gradcanvas.program.print_python import print_python
from tests.program import eager
from tests.program.running import bound, compiled, graph, is_same
from tests.program.test_control import LAYER, LOSS, leaf
from tests.program.test_observe import node

EXAMPLES = sorted((Path(__file__).parents[2] / "static" / "examples").glob("*.json"))


def executed(script: str) -> tuple[dict[str, Any], str]:
    """Run a script as a person would and give its variables and what it printed."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script, "script.py", "exec"), variables)
    return variables, printed.getvalue()


def trained(text: str, update: Any) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Run the loop with plain torch around the compiled step; `update` makes what follows the backward."""
    file = json.loads(text)
    program = compiled(text)
    torch.manual_seed(file.get("seed", 0))
    sources = program.make()
    leaves = program.leaves(sources)
    after_backward = update(leaves)
    loss = torch.zeros(())
    for _ in range(file["train"]["steps"]):
        loss = program.plain(*sources.values())[0]  # type: ignore[assignment]
        loss.backward()  # type: ignore[no-untyped-call]
        after_backward()
    return loss, leaves


def descent(leaves: dict[str, torch.Tensor], lr: float) -> Any:
    def update() -> None:
        with torch.no_grad():
            for tensor in leaves.values():
                if tensor.grad is not None:
                    tensor -= lr * tensor.grad
                    tensor.grad.zero_()

    return update


def test_without_no_grad_the_script_has_the_articles_first_attempt_and_fails_like_it() -> None:
    path = next(each for each in EXAMPLES if each.stem == "linear-regression")
    file = json.loads(path.read_text())
    file["train"]["optimizer"]["args"]["no_grad"] = False

    script = print_python(bound(json.dumps(file)), device="cpu")

    assert "no_grad" not in script
    assert "    b -= lr * b.grad\n    w -= lr * w.grad\n" in script
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"):
        executed(script)


def test_groups_with_and_without_no_grad_are_printed_as_they_are_updated() -> None:
    path = next(each for each in EXAMPLES if each.stem == "linear-regression")
    file = json.loads(path.read_text())
    file["nodes"]["w"]["group"] = "recorded"
    file["train"]["optimizer"]["groups"] = {"recorded": {"no_grad": False}}

    script = print_python(bound(json.dumps(file)), device="cpu")

    assert "    with torch.no_grad():\n        b -= lr * b.grad\n    w -= lr * w.grad\n" in script


@pytest.mark.parametrize(
    "path",
    [each for each in EXAMPLES if "gradcanvas.descent" in each.read_text()],
    ids=lambda path: path.stem,
)
def test_every_example_prints_a_script_that_gives_the_numbers_of_the_compiled_step(path: Path) -> None:
    file = json.loads(path.read_text())
    lr = file["train"]["optimizer"]["args"]["lr"]
    text = json.dumps({**file, "train": {**file["train"], "steps": 5}})

    variables, printed = executed(print_python(bound(text), device="cpu"))

    loss, leaves = trained(text, lambda leaves: descent(leaves, lr))
    assert printed.splitlines()[0] == f"loss: {loss.item()}"
    for name, tensor in leaves.items():
        assert is_same(variables[name], tensor)
        assert f"{name}: {tensor.tolist()}" in printed.splitlines()


def test_the_script_runs_on_its_own_and_prints_the_articles_numbers() -> None:
    text = next(path for path in EXAMPLES if path.stem == "linear-regression").read_text()

    script = print_python(bound(text), device="auto")

    ran = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    if not torch.cuda.is_available():
        assert ran.stdout.splitlines()[1:] == ["b: [1.0522773265838623]", "w: [1.9127354621887207]"]
    assert "b -= lr * b.grad" in script
    assert "b.grad.zero_()" in script


CONTROL = {
    "call": {"op": "gradcanvas.call", "inputs": {"h": "x"}, "args": {"function": "layer"}},
    "for": {"op": "gradcanvas.for", "inputs": {"h": "x"}, "args": {"body": "layer", "times": 3}},
    "if": {
        "op": "gradcanvas.if",
        "inputs": {"condition": "c", "h": "x"},
        "args": {"then": "layer", "else": "twice"},
    },
    "if without else": {
        "op": "gradcanvas.if",
        "inputs": {"condition": "c", "h": "x"},
        "args": {"then": "layer"},
    },
    "while": {
        "op": "gradcanvas.while",
        "inputs": {"h": "x"},
        "args": {"condition": "small", "body": "twice", "limit": 9},
    },
    "each": {
        "op": "gradcanvas.for",
        "inputs": {"row": "x", "h": "start"},
        "args": {"body": "cell", "each": {"row": 0}, "stack": {"seen": 0}},
    },
}
FUNCTIONS = {
    "layer": LAYER,
    "twice": {
        "inputs": ["h"],
        "nodes": {
            "inner": {"op": "gradcanvas.for", "inputs": {"h": "h"}, "args": {"body": "layer", "times": 2}},
            "d": {"op": "torch.add", "inputs": {"input": "inner", "other": "h"}},
        },
        "outputs": {"h": "d"},
    },
    "small": {
        "inputs": ["h"],
        "nodes": {
            "s": {"op": "torch.sum", "inputs": {"input": "h"}},
            "c": {"op": "torch.lt", "inputs": {"input": "s"}, "args": {"other": 12.0}},
        },
        "outputs": {"go": "c"},
    },
    "cell": {
        "inputs": ["row", "h", "index"],
        "nodes": {
            "g": {"op": "torch.mul", "inputs": {"input": "row", "other": "h"}},
            "n": {"op": "torch.add", "inputs": {"input": "g", "other": "index"}},
        },
        "outputs": {"h": "n", "seen": "g"},
    },
}


@pytest.mark.parametrize("kind", CONTROL)
@pytest.mark.parametrize("truth", [True, False])
def test_control_flow_prints_as_pythons_own(kind: str, truth: bool) -> None:
    text = graph(
        {
            "x": leaf(2, 3),
            "c": {"op": "torch.tensor", "args": {"data": truth}},
            "start": leaf(3),
            "y": CONTROL[kind],
            "loss": LOSS,
        },
        functions=FUNCTIONS,
        seed=4,
    )

    variables, _ = executed(print_python(bound(text), device="cpu"))

    expected = eager.run(text)
    assert is_same(variables["loss"], expected.loss)
    for name, tensor in expected.leaves.items():
        assert is_same(variables[name.replace("/", "_")].grad, tensor.grad), name


def test_ids_that_the_script_would_use_itself_stay_the_persons() -> None:
    names = ("device", "lr", "step", "optimizer", "parameter", "name", "start", "order", "layer")
    nodes: dict[str, Any] = {name: leaf(1) for name in names}
    total = names[0]
    for place, name in enumerate(names[1:]):
        nodes[f"t{place}"] = {"op": "torch.mul", "inputs": {"input": total, "other": name}}
        total = f"t{place}"
    train = {"loss": total, "steps": 3, "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.5}}}
    text = json.dumps({"gradcanvas": 1, "device": "auto", "nodes": nodes, "train": train})

    variables, _ = executed(print_python(bound(text), device="cpu"))

    _, leaves = trained(text, lambda leaves: descent(leaves, 0.5))
    assert all(is_same(variables[name], leaves[name]) for name in names)


def test_a_title_cannot_become_code() -> None:
    text = graph(
        {"x": leaf(1), "loss": {"op": "torch.sum", "inputs": {"input": "x"}}},
        title="a\nraise SystemExit\r\x0cb",
    )

    script = print_python(bound(text), device="cpu")

    assert script.startswith("# a raise SystemExit b\nimport torch\n")


@pytest.mark.parametrize(
    "op", ["torch.optim.SGD", "torch.optim.Adam", "torch.optim.AdamW", "torch.optim.RMSprop"]
)
def test_optimisers_groups_and_clipping_print_as_a_person_would_call_them(op: str) -> None:
    nodes = {
        "x": {"op": "torch.rand", "args": {"size": [4, 3]}},
        "w": {**leaf(3, 2), "group": "slow"},
        "b": leaf(2),
        "unused": leaf(2),
        "xw": {"op": "torch.matmul", "inputs": {"input": "x", "other": "w"}},
        "y": {"op": "torch.add", "inputs": {"input": "xw", "other": "b"}},
        "squared": {"op": "torch.square", "inputs": {"input": "y"}},
        "loss": {"op": "torch.mean", "inputs": {"input": "squared"}},
    }
    optimizer = {"op": op, "args": {"lr": 0.1}, "groups": {"slow": {"lr": 0.01}}}
    train = {"loss": "loss", "steps": 6, "optimizer": optimizer, "clip": {"norm": 0.2}}
    text = json.dumps({"gradcanvas": 1, "nodes": nodes, "train": train})

    variables, _ = executed(print_python(bound(text), device="cpu"))

    def update(leaves: dict[str, torch.Tensor]) -> Any:
        w, b, unused = leaves.values()
        made = getattr(torch.optim, op.rpartition(".")[2])(
            [{"params": [w], "lr": 0.01}, {"params": [b, unused]}], lr=0.1
        )

        def after() -> None:
            torch.nn.utils.clip_grad_norm_([w, b, unused], 0.2)
            made.step()
            made.zero_grad()

        return after

    loss, leaves = trained(text, update)
    assert is_same(variables["loss"], loss)
    assert all(is_same(variables[name], tensor) for name, tensor in leaves.items())


def test_batches_are_cut_as_the_loop_cuts_them() -> None:
    nodes = {
        "x": {"op": "torch.rand", "args": {"size": [7, 2]}},
        "w": leaf(2),
        "xw": {"op": "torch.matmul", "inputs": {"input": "x", "other": "w"}},
        "loss": {"op": "torch.sum", "inputs": {"input": "xw"}},
    }
    train = {
        "loss": "loss",
        "steps": 5,
        "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.1}},
        "batch": {"size": 3, "of": ["x"], "shuffle": True},
    }
    text = json.dumps({"gradcanvas": 1, "seed": 3, "nodes": nodes, "train": train})

    variables, _ = executed(print_python(bound(text), device="cpu"))

    torch.manual_seed(3)
    x, w = torch.rand(7, 2), torch.rand(2)
    for rows in (*torch.split(torch.randperm(7), 3), *torch.split(torch.randperm(7), 3)[:2]):
        w -= 0.1 * x[rows].sum(0)
    assert torch.allclose(variables["w"], w)
    assert list(variables["x_batch"].shape) == [3, 2]


def test_modules_several_outputs_indices_and_bypassed_nodes_print_as_they_run() -> None:
    text = graph(
        {
            "x": leaf(4, 2, 3),
            "rnn": node("nn.LSTM", {"input_size": 3, "hidden_size": 3}, input="x"),
            "fc": {
                **node("nn.Linear", {"in_features": 3, "out_features": 3}, input="rnn"),
                "init": {"weight": {"op": "torch.nn.init.xavier_uniform_", "args": {"gain": 2.0}}},
                "requires_grad": {"bias": False},
            },
            "again": {**node("nn.Linear", {"in_features": 3, "out_features": 3}, input="fc"), "share": "fc"},
            "drop": {**node("nn.Dropout", {"p": 0.5}, input="again"), "mode": "eval"},
            "skip": {**node("sin", input="drop"), "bypass": True},
            "m": node("max", {"dim": 2}, input="skip"),
            "p": node("split", {"split_size_or_sections": 2}, tensor="m.values"),
            "i": {"op": "torch.tensor", "args": {"data": [1, 0]}},
            "g": node("Tensor.__getitem__", {"index": "i, :1"}, self="p.1", i="i"),
            "d": {"op": "gradcanvas.detach", "inputs": {"input": "g"}},
            "gd": node("mul", input="g", other="d"),
            "e": node("einsum", {"equation": "ij,kl->"}, operands=["gd", "fc.weight"]),
            "c": node("Tensor.masked_fill", {"value": -0.0}, self="rnn.2", mask="over"),
            "over": node("gt", {"other": 0.1}, input="rnn.2"),
            "s": node("sum", {"dtype": "float64"}, input="c"),
            "loss": node("add", {"alpha": 2}, input="e", other="s"),
        },
        seed=9,
    )

    variables, printed = executed(print_python(bound(text), device="cpu"))

    expected = eager.run(text)
    assert is_same(variables["loss"], expected.loss)
    assert is_same(variables["x"].grad, expected.leaves["x"].grad)
    for name, module in expected.modules.items():
        for key, parameter in module.named_parameters():
            assert is_same(variables[name].get_parameter(key).grad, parameter.grad) or key == "bias"
            assert f"{name}.{key}: {parameter.tolist()}" in printed.splitlines()
    assert ".values" in print_python(bound(text), device="cpu")


def test_numbers_of_training_that_are_not_finite_and_functions_without_outputs_are_python() -> None:
    text = json.dumps(
        {
            "gradcanvas": 1,
            "device": "cpu",
            "functions": {"idle": {"inputs": ["a"], "nodes": {}, "outputs": {}}},
            "nodes": {
                "w": {"op": "torch.ones", "args": {"size": [2]}, "requires_grad": True, "group": "slow"},
                "nothing": {"op": "gradcanvas.call", "inputs": {"a": "w"}, "args": {"function": "idle"}},
                "loss": {"op": "torch.sum", "inputs": {"input": "w"}},
            },
            "train": {
                "loss": "loss",
                "steps": 1,
                "optimizer": {
                    "op": "torch.optim.SGD",
                    "args": {"lr": "inf"},
                    "groups": {"slow": {"lr": 0.5, "momentum": "nan"}},
                },
            },
        }
    )

    variables, _ = executed(print_python(bound(text), device="cpu"))

    assert variables["w"].shape == (2,)
