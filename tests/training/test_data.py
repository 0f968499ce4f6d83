"""Training on a node of data: its outputs in batches and validation, as in a script by hand."""

import base64
import contextlib
import io
import json
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn import functional

from gradcanvas.training.report import python_of, run_graph
from gradcanvas.training.session import Session
from gradcanvas.training.showing import Display

STEPS = 70
SIZE = 64

NODES = {
    "digits": {"op": "gradcanvas.data", "args": {"source": "digits", "part": "train", "rows": 500}},
    "held": {"op": "gradcanvas.data", "args": {"source": "digits", "part": "validation", "rows": 500}},
    "pixels": {"op": "torch.flatten", "inputs": {"input": "digits"}, "args": {"start_dim": 1}},
    "fc": {
        "op": "torch.nn.Linear",
        "inputs": {"input": "pixels"},
        "args": {"in_features": 64, "out_features": 10},
    },
    "loss": {
        "op": "torch.nn.functional.cross_entropy",
        "inputs": {"input": "fc", "target": "digits.labels"},
    },
    "best": {"op": "torch.argmax", "inputs": {"input": "fc"}, "args": {"dim": 1}},
    "hits": {"op": "torch.eq", "inputs": {"input": "best", "other": "digits.labels"}},
    "counted": {"op": "torch.Tensor.float", "inputs": {"self": "hits"}},
    "accuracy": {"op": "torch.mean", "inputs": {"input": "counted"}},
}
TRAIN = {
    "loss": "loss",
    "steps": STEPS,
    "optimizer": {"op": "torch.optim.Adam", "args": {"lr": 0.01}},
    "batch": {"size": SIZE, "of": ["digits", "digits.labels"], "shuffle": True},
    "metrics": {"accuracy": "accuracy"},
    "validation": {"digits": "held", "digits.labels": "held.labels"},
}


def file(nodes: dict[str, Any], **train: Any) -> str:
    return json.dumps(
        {"gradcanvas": 1, "seed": 5, "device": "cpu", "nodes": nodes, **({"train": train} if train else {})}
    )


def test_batches_and_validation_of_one_node_are_those_of_a_script() -> None:
    found = load_digits()
    images = torch.tensor(found.images[:500, None] / 16, dtype=torch.float32)
    labels = torch.tensor(found.target[:500])
    order = np.random.RandomState(0).permutation(500)
    held, train = order[:100], order[100:]
    torch.manual_seed(5)
    fc = torch.nn.Linear(64, 10)
    optimizer = torch.optim.Adam(fc.parameters(), lr=0.01)
    losses, accuracies, ends, validated = [], [], [], []
    rows = torch.empty(0)
    start = 0
    for step in range(STEPS):
        if start == 0:
            rows = torch.randperm(400)
        chosen = rows[start : start + SIZE]
        scores = fc(images[train][chosen].flatten(1))
        loss = functional.cross_entropy(scores, labels[train][chosen])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        accuracies.append((scores.argmax(1) == labels[train][chosen]).float().mean().item())
        start = start + SIZE if start + SIZE < 400 else 0
        if start == 0:
            ends.append(step + 1)
            with torch.no_grad():
                validated.append(functional.cross_entropy(fc(images[held].flatten(1)), labels[held]).item())

    result = run_graph(file(NODES, **TRAIN))

    assert "problems" not in result
    assert result["loss"] == losses
    assert result["metrics"]["accuracy"] == accuracies
    assert result["validation"]["step"] == ends
    assert result["validation"]["loss"] == validated
    assert result["tensors"]["fc.weight"]["value"] == fc.weight.tolist()


def test_the_printed_script_gives_the_numbers_of_the_run() -> None:
    text = file(NODES, **TRAIN)
    variables: dict[str, Any] = {}

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(python_of(text), "script.py", "exec"), variables)

    result = run_graph(text)
    validation = result["validation"]
    rows = zip(validation["step"], validation["loss"], validation["accuracy"], strict=True)
    expected = [f"validation after step {step} {loss} {accuracy}" for step, loss, accuracy in rows]
    expected += [f"loss: {result['loss'][-1]}", f"accuracy: {result['metrics']['accuracy'][-1]}"]
    assert printed.getvalue().splitlines()[: len(expected)] == expected
    assert variables["fc"].weight.tolist() == result["tensors"]["fc.weight"]["value"]


def test_batches_of_outputs_that_differ_in_rows_are_a_problem() -> None:
    text = file(NODES, **{**TRAIN, "batch": {"size": 8, "of": ["digits", "held.labels"]}})

    (problem,) = [each for each in run_graph(text, steps=0)["problems"] if each["where"].startswith("/train")]

    assert (problem["where"], problem["code"]) == ("/train/batch/of/1", "batch-size")


def test_an_edited_node_of_data_alone_is_made_anew_while_training_goes_on() -> None:
    session = Session(device="cpu")
    session.load(file(NODES, **TRAIN))
    session.step()
    weight = session.state.leaves["fc.weight"].clone()
    edited = {**NODES, "digits": {"op": "gradcanvas.data", "args": {**NODES["digits"]["args"], "seed": 1}}}  # type: ignore[dict-item]

    loaded = session.load(file(edited, **TRAIN))

    assert set(loaded.anew) == {"digits", "digits.labels"}
    assert torch.equal(session.state.leaves["fc.weight"], weight)
    labels = torch.tensor(load_digits().target[:500])
    order = np.random.RandomState(1).permutation(500)
    assert torch.equal(session.state.sources["digits.labels"], labels[order[100:]])


def test_another_file_changes_the_outputs_of_a_compiled_graph() -> None:
    session = Session(device="cpu")

    for columns in ("a,b\n1,2\n", "a,b,c\n1,2,3\n", "b\n4\n"):
        source = "data:text/csv;base64," + base64.b64encode(columns.encode()).decode()
        nodes = {
            "d": {"op": "gradcanvas.data", "args": {"source": source}},
            "n": {"op": "torch.neg", "inputs": {"input": "d"}},
        }
        session.load(file(nodes))
        session.evaluate()
        message = Display(session).layout([])

        names = columns.partition("\n")[0].split(",")
        assert message is not None
        assert message["data"] == {"d": names}
        assert [row["output"] for row in message["outputs"] if row["node"] == "d"] == ["0", *names[1:]]


def test_a_copy_of_the_state_holds_every_output() -> None:
    session = Session(device="cpu")
    session.load(file(NODES, **TRAIN))
    session.step()
    copy = session.copy()
    another = Session(device="cpu")
    another.load(file(NODES, **TRAIN))

    missing = another.restore(copy)

    assert missing == ()
    assert torch.equal(another.state.leaves["fc.weight"], session.state.leaves["fc.weight"])
