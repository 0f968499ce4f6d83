"""A document that names what is no operation runs nothing of it: each name is a problem, with a way out."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from gradcanvas.catalog import Catalog, callables, load_catalog, suggest, why_absent
from gradcanvas.document import read
from gradcanvas.program.check import check_document
from gradcanvas.training.report import run_graph

OUTSIDE = [
    "os.system", "os.popen", "subprocess.run", "subprocess.Popen", "builtins.eval", "builtins.exec", "eval",
    "exec", "open", "__import__", "importlib.import_module", "pickle.loads", "torch.hub.load",
    "torch.utils.cpp_extension.load", "torch.ops.aten.add", "torch.jit.load", "torch.serialization.load",
    "torch.os.system", "torch.sys.exit", "torch.Tensor.__class__.__mro__",
    "torch.nn.Module.register_forward_hook",
    "torch.nn.functional.torch.save", "torch.add.__globals__", "torch.__builtins__.eval",
    "torch._C._jit_set_profiling",
    "torch.optim.Optimizer", "torch.nn.Sequential", "gradcanvas.catalog.callables", "gradcanvas.__import__",
    "torch.add\u0000", "torch..add", ".torch.add", "torch.add ", "TORCH.ADD", "../torch.add",
    "torch.add()", "",
]  # fmt: skip
WATCHED = {
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "subprocess.Popen",
    "pickle.find_class",
    "socket.connect",
    "os.remove",
}

_heard: list[str] = []


def _hear(event: str, _: Any) -> None:
    if event in WATCHED:
        _heard.append(event)


sys.addaudithook(_hear)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    load_catalog()  # may put a file of an earlier catalogue away
    _heard.clear()
    yield _heard
    _heard.clear()


def names_of_torch() -> list[str]:
    homes = {"torch": torch, "torch.Tensor": torch.Tensor}
    return [f"{home}.{short}" for home, owner in homes.items() for short in dir(owner)]


def hostile(names: list[str]) -> dict[str, Any]:
    """A graph in which every name is a node three times: alone, on a tensor, and with a text."""
    nodes: dict[str, Any] = {"x": {"op": "torch.ones", "args": {"size": [2]}, "requires_grad": True}}
    for place, name in enumerate(names):
        nodes[f"n{place}"] = {"op": name}
        nodes[f"i{place}"] = {"op": name, "inputs": {"input": "x"}}
        nodes[f"t{place}"] = {"op": name, "args": {"input": "touch /tmp/hostile", "f": "x"}}
    return {"gradcanvas": 1, "device": "cpu", "nodes": nodes}


def test_every_name_outside_is_a_problem_and_nothing_of_it_runs(heard: list[str]) -> None:
    catalog = load_catalog()
    names = [name for name in [*names_of_torch(), *OUTSIDE] if name not in catalog.operations]
    document = read(json.dumps(hostile(names)))

    checked = check_document(document, catalog)

    places = {problem.where.removesuffix("/op") for problem in checked.problems}
    unsaid = [
        name for place, name in enumerate(names) for kind in "nit" if f"/nodes/{kind}{place}" not in places
    ]
    assert len(names) > 900
    assert unsaid == []
    assert set(checked.binding.scope.nodes) == {"x"}
    assert heard == []


def test_running_such_a_document_computes_what_is_in_the_catalogue_and_nothing_else(heard: list[str]) -> None:
    catalog = load_catalog()
    names = [name for name in [*names_of_torch(), *OUTSIDE] if name not in catalog.operations]
    before = (torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled())

    result = run_graph(json.dumps(hostile(names)))

    assert set(result["tensors"]) == {"x"}
    assert "error" not in result
    assert before == (torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled())
    assert heard == []


def test_each_problem_has_a_help_and_the_nearest_right_name(catalog: Catalog) -> None:
    names = [name for name in names_of_torch() if name not in catalog.operations]
    document = read(
        json.dumps({"gradcanvas": 1, "nodes": {f"n{i}": {"op": name} for i, name in enumerate(names)}})
    )

    told = {problem.where: problem for problem in check_document(document, catalog).problems}

    for place, name in enumerate(names):
        problem = told[f"/nodes/n{place}/op"]
        meant = re.findall(r"Did you mean `([^`]*)`", problem.help)
        assert problem.code == "unknown-op", name
        assert problem.help, name
        assert all(each in catalog.operations for each in meant), name
        plain = name.removesuffix("_")
        if plain in catalog.operations and not name.endswith("__") and len(plain.rpartition(".")[2]) > 1:
            assert meant == [plain], name


def test_a_name_outside_stays_outside_as_optimiser_schedule_filling_and_part(heard: list[str]) -> None:
    for name in OUTSIDE:
        graph = hostile([])
        graph["nodes"]["net"] = {
            "op": "torch.nn.Linear",
            "inputs": {"input": "x"},
            "args": {"in_features": 2, "out_features": 1},
            "init": {"weight": {"op": name, "args": {"a": 1}}},
        }
        graph["nodes"]["encoder"] = {
            "op": "torch.nn.TransformerEncoder",
            "inputs": {"src": "x"},
            "args": {"encoder_layer": {"op": name}, "num_layers": 1},
        }
        graph["train"] = {
            "loss": "x",
            "steps": 1,
            "optimizer": {"op": name},
            "scheduler": {
                "op": "torch.optim.lr_scheduler.ChainedScheduler",
                "args": {"schedulers": [{"op": name}]},
            },
        }

        result = run_graph(json.dumps(graph))

        places = {problem["where"] for problem in result["problems"]}
        assert {"/nodes/encoder/args/encoder_layer", "/train/scheduler/args/schedulers/0/op"} <= places
        assert any(where.startswith("/nodes/net/init/weight") for where in places)
        assert any(where.startswith("/train/optimizer") for where in places)
    assert heard == []


def test_callables_are_those_of_the_catalogue_and_no_more() -> None:
    assert set(callables()) <= set(load_catalog().operations)


def test_a_misspelt_or_shortened_name_is_told_the_right_one(catalog: Catalog) -> None:
    shorts = [name for name in catalog.operations if re.fullmatch(r"torch\.\w\w+", name)]

    assert [name for name in shorts if suggest(catalog, f"{name}_") is None] == []
    assert [name for name in shorts if suggest(catalog, name.removeprefix("torch.")) is None] == []


@pytest.mark.parametrize(
    ("name", "words", "right"),
    [
        ("torch.symeig", "torch had it until 1.13", "torch.linalg.eigh"),
        ("torch.rfft", "torch had it until 1.7", "torch.fft.rfft"),
        ("torch.range", "deprecated in favour of arange", "torch.arange"),
        ("torch.add_", "works in place", "torch.add"),
        ("torch.Tensor.__reduce_ex__", "it is private", None),
        ("torch.nn.Sequential", "a container", None),
        ("torch.save", "touches files", None),
    ],
)
def test_a_problem_says_why_an_operation_is_not_there(name: str, words: str, right: str | None) -> None:
    text = json.dumps({"gradcanvas": 1, "nodes": {"n": {"op": name}}})

    problem = check_document(read(text), load_catalog()).problems[0]

    assert words in problem.message
    assert problem.help == f"Did you mean `{right}`?" if right else problem.help


def test_an_operation_of_a_newer_torch_says_since_when() -> None:
    assert why_absent("torch.optim.Muon", "2.8.0") == ("torch has it since 2.9, and this is 2.8.0", None)
