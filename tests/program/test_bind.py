import subprocess
import sys
from typing import Any

import pytest

from gradcanvas.document import Problem
from gradcanvas.program.binding import Binding, Reference
from tests.program.written import Json, bound, found, node, randn

ARTICLE: Json = {
    "x": randn(3, 1),
    "w": randn(1, requires_grad=True),
    "wx": node("torch.mul", {"other": "x", "input": "w"}),
    "loss": node("torch.mean", {"input": "wx"}),
}


def only(binding: Binding) -> Problem:
    assert len(binding.problems) == 1, binding.problems
    return binding.problems[0]


def test_every_name_of_a_right_graph_is_resolved() -> None:
    binding = bound(ARTICLE, train={"loss": "loss", "metrics": {"l": "loss"}, "steps": 3})

    assert binding.problems == ()
    assert list(binding.scope.nodes) == ["x", "w", "wx", "loss"]
    assert binding.scope.order == ("wx", "loss")
    assert binding.scope.nodes["wx"].wires == {"input": Reference("w"), "other": Reference("x")}
    assert list(binding.scope.nodes["wx"].wires) == ["input", "other"]
    assert binding.train is not None
    assert binding.train.loss == Reference("loss")


def test_binding_does_not_import_torch() -> None:
    code = "import sys, gradcanvas.program.bind; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


CALL = {"f": {"inputs": ["a"], "nodes": {"y": node("torch.relu", {"input": "a"})}, "outputs": {"a": "y"}}}
TWO = {
    **CALL,
    "g": {"inputs": ["a"], "nodes": {"z": node("torch.tanh", {"input": "a"})}, "outputs": {"b": "z"}},
    "c": {
        "inputs": ["a"],
        "nodes": {"p": node("torch.sum", {"input": "a"})},
        "outputs": {"p": "p", "q": "p"},
    },
}
X = {"x": randn(3, 1)}

WRONG: list[tuple[str, Json, dict[str, Any], str, str]] = [
    ("op", {"y": node("torch.mull", {"input": "x"})}, {}, "/nodes/y/op", "unknown-op"),
    ("op kind", {"y": node("torch.optim.SGD", {"params": "x"})}, {}, "/nodes/y/op", "wrong-kind"),
    (
        "argument",
        {"y": node("torch.relu", {"input": "x"}, {"dime": 1})},
        {},
        "/nodes/y/args/dime",
        "unknown-argument",
    ),
    (
        "device",
        {"y": node("torch.randn", {}, {"size": [1], "device": "cpu"})},
        {},
        "/nodes/y/args/device",
        "unknown-argument",
    ),
    (
        "input",
        {"y": node("torch.relu", {"input": "x", "i/n~": "x"})},
        {},
        "/nodes/y/inputs/i~1n~0",
        "unknown-argument",
    ),
    (
        "twice",
        {"y": node("torch.add", {"input": "x", "other": "x"}, {"other": 1})},
        {},
        "/nodes/y/args/other",
        "argument-twice",
    ),
    ("missing", {"y": node("torch.mul", {"input": "x"})}, {}, "/nodes/y", "missing-argument"),
    ("type", {"y": node("torch.sum", {"input": "x"}, {"dim": "a"})}, {}, "/nodes/y/args/dim", "wrong-type"),
    (
        "wire to a literal",
        {"y": node("torch.sum", {"input": "x", "dim": "x"})},
        {},
        "/nodes/y/inputs/dim",
        "not-wirable",
    ),
    (
        "literal at a tensor",
        {"y": node("torch.relu", {}, {"input": 1})},
        {},
        "/nodes/y/args/input",
        "wrong-type",
    ),
    ("list", {"y": node("torch.relu", {"input": ["x"]})}, {}, "/nodes/y/inputs/input", "wrong-type"),
    ("no list", {"y": node("torch.cat", {"tensors": "x"})}, {}, "/nodes/y/inputs/tensors", "wrong-type"),
    (
        "reference",
        {"y": node("torch.relu", {"input": "xx"})},
        {},
        "/nodes/y/inputs/input",
        "unknown-reference",
    ),
    (
        "reference in a list",
        {"y": node("torch.cat", {"tensors": ["x", "z"]})},
        {},
        "/nodes/y/inputs/tensors/1",
        "unknown-reference",
    ),
    ("output", {"y": node("torch.relu", {"input": "x.1"})}, {}, "/nodes/y/inputs/input", "unknown-output"),
    (
        "overload",
        {"y": node("torch.max", {"input": "x", "other": "x"}, {"keepdim": True})},
        {},
        "/nodes/y",
        "no-overload",
    ),
    (
        "gradient",
        {"y": node("torch.relu", {"input": "x"}, requires_grad=True)},
        {},
        "/nodes/y/requires_grad",
        "wrong-kind",
    ),
    (
        "gradient of parts",
        {"y": randn(1, requires_grad={"a": True})},
        {},
        "/nodes/y/requires_grad",
        "wrong-kind",
    ),
    ("mode", {"y": randn(1, mode="eval")}, {}, "/nodes/y/mode", "wrong-kind"),
    ("init", {"y": randn(1, init={"w": {"op": "torch.nn.init.ones_"}})}, {}, "/nodes/y/init", "wrong-kind"),
    (
        "init op",
        {
            "y": node(
                "torch.nn.Linear",
                {"input": "x"},
                {"in_features": 1, "out_features": 1},
                init={"weight": {"op": "torch.nn.init.nones_"}},
            )
        },
        {},
        "/nodes/y/init/weight/op",
        "unknown-op",
    ),
    (
        "init argument",
        {
            "y": node(
                "torch.nn.Linear",
                {"input": "x"},
                {"in_features": 1, "out_features": 1},
                init={"weight": {"op": "torch.nn.init.normal_", "args": {"mu": 0}}},
            )
        },
        {},
        "/nodes/y/init/weight/args/mu",
        "unknown-argument",
    ),
    ("group", {"y": node("torch.relu", {"input": "x"}, group="slow")}, {}, "/nodes/y/group", "wrong-kind"),
    ("share", {"y": randn(1, share="x")}, {}, "/nodes/y/share", "wrong-kind"),
    (
        "share with nobody",
        {"y": node("torch.nn.Linear", {"input": "x"}, {"in_features": 1, "out_features": 1}, share="zz")},
        {},
        "/nodes/y/share",
        "unknown-reference",
    ),
    (
        "share of another kind",
        {"y": node("torch.nn.Linear", {"input": "x"}, {"in_features": 1, "out_features": 1}, share="x")},
        {},
        "/nodes/y/share",
        "share-differs",
    ),
    ("bypass", {"y": randn(1, bypass=True)}, {}, "/nodes/y/bypass", "bypass-nothing"),
    (
        "index name",
        {"y": node("torch.Tensor.__getitem__", {"self": "x"}, {"index": "i, :"})},
        {},
        "/nodes/y/args/index",
        "missing-argument",
    ),
    (
        "index input",
        {"y": node("torch.Tensor.__getitem__", {"self": "x", "i": "x"}, {"index": "0"})},
        {},
        "/nodes/y/inputs/i",
        "unknown-argument",
    ),
    (
        "index",
        {"y": node("torch.Tensor.__getitem__", {"self": "x"}, {"index": "0)("})},
        {},
        "/nodes/y/args/index",
        "wrong-type",
    ),
    (
        "function",
        {"y": node("gradcanvas.call", {"a": "x"}, {"function": "ff"})},
        {"functions": CALL},
        "/nodes/y/args/function",
        "unknown-function",
    ),
    (
        "function input",
        {"y": node("gradcanvas.call", {"a": "x", "b": "x"}, {"function": "f"})},
        {"functions": CALL},
        "/nodes/y/inputs/b",
        "unknown-argument",
    ),
    (
        "function input missing",
        {"y": node("gradcanvas.call", {}, {"function": "f"})},
        {"functions": CALL},
        "/nodes/y",
        "missing-argument",
    ),
    (
        "function output",
        {
            "y": node("gradcanvas.call", {"a": "x"}, {"function": "f"}),
            "z": node("torch.relu", {"input": "y.c"}),
        },
        {"functions": CALL},
        "/nodes/z/inputs/input",
        "unknown-output",
    ),
    (
        "branches",
        {"y": node("gradcanvas.if", {"condition": "x", "a": "x"}, {"then": "f", "else": "g"})},
        {"functions": TWO},
        "/nodes/y/args/else",
        "branches-differ",
    ),
    (
        "pass-through",
        {"y": node("gradcanvas.if", {"condition": "x", "a": "x"}, {"then": "g"})},
        {"functions": TWO},
        "/nodes/y",
        "missing-argument",
    ),
    (
        "times and each",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "f"})},
        {"functions": CALL},
        "/nodes/y",
        "no-overload",
    ),
    (
        "times",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "f", "times": -1})},
        {"functions": CALL},
        "/nodes/y/args/times",
        "out-of-range",
    ),
    (
        "each",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "g", "each": {"q": 0}})},
        {"functions": TWO},
        "/nodes/y/args/each/q",
        "unknown-argument",
    ),
    (
        "each dimension",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "g", "each": {"a": "0"}})},
        {"functions": TWO},
        "/nodes/y/args/each/a",
        "wrong-type",
    ),
    (
        "each is nothing",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "g", "each": {}})},
        {"functions": TWO},
        "/nodes/y/args/each",
        "loop-length",
    ),
    (
        "each and carried",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "f", "each": {"a": 0}})},
        {"functions": CALL},
        "/nodes/y/args/each/a",
        "loop-each-output",
    ),
    (
        "stack",
        {"y": node("gradcanvas.for", {"a": "x"}, {"body": "f", "times": 1, "stack": {"y": 0}})},
        {"functions": CALL},
        "/nodes/y/args/stack/y",
        "unknown-output",
    ),
    (
        "condition",
        {"y": node("gradcanvas.while", {"a": "x"}, {"body": "f", "condition": "c", "limit": 3})},
        {"functions": TWO},
        "/nodes/y/args/condition",
        "condition-outputs",
    ),
    (
        "limit",
        {"y": node("gradcanvas.while", {"a": "x"}, {"body": "f", "condition": "f", "limit": 0})},
        {"functions": CALL},
        "/nodes/y/args/limit",
        "out-of-range",
    ),
    (
        "inside",
        {},
        {
            "functions": {
                "f": {"inputs": [], "nodes": {"y": node("torch.relu", {"input": "x"})}, "outputs": {}}
            }
        },
        "/functions/f/nodes/y/inputs/input",
        "unknown-reference",
    ),
    (
        "function's output",
        {},
        {"functions": {"f": {"inputs": ["a"], "nodes": {}, "outputs": {"y": "b"}}}},
        "/functions/f/outputs/y",
        "unknown-reference",
    ),
    ("loss", {}, {"train": {"loss": "xx"}}, "/train/loss", "unknown-reference"),
    ("metric", {}, {"train": {"metrics": {"m": "x.9"}}}, "/train/metrics/m", "unknown-output"),
    (
        "optimizer",
        {},
        {"train": {"optimizer": {"op": "torch.optim.SDG"}}},
        "/train/optimizer/op",
        "unknown-op",
    ),
    (
        "optimizer kind",
        {},
        {"train": {"optimizer": {"op": "torch.relu"}}},
        "/train/optimizer/op",
        "wrong-kind",
    ),
    (
        "optimizer argument",
        {},
        {"train": {"optimizer": {"op": "torch.optim.SGD", "args": {"lr": "fast"}}}},
        "/train/optimizer/args/lr",
        "wrong-type",
    ),
    (
        "optimizer lacks",
        {},
        {"train": {"optimizer": {"op": "gradcanvas.descent"}}},
        "/train/optimizer",
        "missing-argument",
    ),
    (
        "group arguments",
        {},
        {"train": {"optimizer": {"op": "torch.optim.SGD", "args": {"lr": 1}, "groups": {"a": {"lrr": 1}}}}},
        "/train/optimizer/groups/a/lrr",
        "unknown-argument",
    ),
    (
        "group name",
        {"y": randn(1, group="slow")},
        {"train": {"optimizer": {"op": "torch.optim.SGD"}}},
        "/nodes/y/group",
        "unknown-group",
    ),
    (
        "scheduler",
        {},
        {"train": {"scheduler": {"op": "torch.optim.lr_scheduler.StepL"}}},
        "/train/scheduler/op",
        "unknown-op",
    ),
    (
        "batch",
        {"y": node("torch.relu", {"input": "x"})},
        {"train": {"batch": {"size": 2, "of": ["y"]}}},
        "/train/batch/of/0",
        "not-a-source",
    ),
    (
        "batch twice",
        {},
        {"train": {"batch": {"size": 2, "of": ["x", "x"]}}},
        "/train/batch/of/1",
        "duplicate-reference",
    ),
    (
        "batch of nothing",
        {},
        {"train": {"batch": {"size": 2, "of": []}}},
        "/train/batch/of",
        "missing-argument",
    ),
    (
        "validation",
        {"y": node("torch.relu", {"input": "x"})},
        {"train": {"validation": {"y": [1.0]}}},
        "/train/validation/y",
        "not-a-source",
    ),
    (
        "validation data",
        {},
        {"train": {"validation": {"x": [[1.0], [1.0, 2.0]]}}},
        "/train/validation/x",
        "wrong-type",
    ),
    (
        "validation source",
        {},
        {"train": {"validation": {"x": "xx"}}},
        "/train/validation/x",
        "unknown-reference",
    ),
]


@pytest.mark.parametrize(
    ("nodes", "keys", "where", "code"), [row[1:] for row in WRONG], ids=[r[0] for r in WRONG]
)
def test_each_fault_is_told_at_its_place(nodes: Json, keys: dict[str, Any], where: str, code: str) -> None:
    binding = bound({**X, **nodes}, **keys)

    assert found(binding.problems) == [(where, code)]
    assert only(binding).message
    assert only(binding).help


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    binding = bound(
        {
            "data": randn(1),
            "a": node("torch.relu", {"input": "dat"}),
            "b": node("torch.nn.functional.rellu", {"input": "data"}),
            "c": node("torch.sum", {"input": "data"}, {"dimm": 0}),
        }
    )

    assert [problem.help for problem in binding.problems] == [
        "Did you mean `data`?",
        "Did you mean `torch.nn.functional.relu`?",
        "Did you mean `dim`?",
    ]


def test_a_cycle_names_its_way_and_the_rest_still_runs() -> None:
    binding = bound(
        {
            **X,
            "a": node("torch.add", {"input": "x", "other": "c"}),
            "b": node("torch.relu", {"input": "a"}),
            "c": node("torch.relu", {"input": "b"}),
            "after": node("torch.relu", {"input": "c"}),
            "free": node("torch.relu", {"input": "x"}),
        }
    )

    assert found(binding.problems) == [("/nodes/a", "cycle"), ("/nodes/b", "cycle"), ("/nodes/c", "cycle")]
    assert "a → b → c → a" in binding.problems[0].message
    assert list(binding.scope.nodes) == ["x", "free"]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    binding = bound(
        {
            "z": node("torch.nope"),
            "a": node("torch.relu", {"input": "gone"}, {"b": 1, "a": 1}),
            "m": node("torch.mul", {"input": "z"}),
        },
        functions={"f": {"inputs": [], "nodes": {"y": node("torch.nope")}, "outputs": {"o": "y"}}},
        train={"loss": "gone", "metrics": {"m": "gone"}},
    )

    assert found(binding.problems) == [
        ("/nodes/z/op", "unknown-op"),
        ("/nodes/a/inputs/input", "unknown-reference"),
        ("/nodes/a/args/b", "unknown-argument"),
        ("/nodes/a/args/a", "unknown-argument"),
        ("/nodes/m", "missing-argument"),
        ("/functions/f/nodes/y/op", "unknown-op"),
        ("/train/loss", "unknown-reference"),
        ("/train/metrics/m", "unknown-reference"),
    ]
    assert binding.scope.nodes == {}


def test_what_depends_on_a_fault_is_left_out_without_a_problem_of_its_own() -> None:
    binding = bound(
        {
            **X,
            "bad": node("torch.nope", {"input": "x"}),
            "after": node("torch.relu", {"input": "bad.7"}),
            "free": node("torch.relu", {"input": "x"}),
        },
        train={"loss": "after"},
    )

    assert found(binding.problems) == [("/nodes/bad/op", "unknown-op")]
    assert binding.scope.order == ("free",)
    assert binding.train is not None
    assert binding.train.loss is None


def test_the_arguments_given_choose_the_overload() -> None:
    binding = bound(
        {
            **X,
            "whole": node("torch.max", {"input": "x"}),
            "rows": node("torch.max", {"input": "x"}, {"dim": 0}),
            "pair": node("torch.max", {"input": "x", "other": "x"}),
            "both": node(
                "torch.nn.functional.max_pool1d", {"input": "x"}, {"kernel_size": 1, "return_indices": True}
            ),
            "number": node("torch.sub", {"other": "x"}, {"input": 1}),
        }
    )

    assert binding.problems == ()
    assert [each.name for each in binding.scope.nodes["rows"].outputs] == ["values", "indices"]
    assert len(binding.scope.nodes["both"].outputs) == 2
    assert {len(binding.scope.nodes[name].outputs) for name in ("whole", "pair", "number")} == {1}
    assert binding.scope.nodes["number"].values == {"input": 1}


def test_no_overload_lists_the_ways_of_calling() -> None:
    binding = bound({**X, "y": node("torch.max", {"input": "x", "other": "x"}, {"keepdim": True})})

    assert "`torch.max(input, other)`" in only(binding).help
    assert "keepdim=False" in only(binding).help


def test_outputs_are_found_by_name_and_by_number_and_written_shortest() -> None:
    binding = bound(
        {
            **X,
            "m": node("torch.max", {"input": "x"}, {"dim": 0}),
            "parts": node("torch.split", {"tensor": "x"}, {"split_size_or_sections": 1}),
            "joined": node("torch.cat", {"tensors": ["m", "m.0", "m.values", "m.1", "m.indices", "parts.2"]}),
        }
    )

    wire = binding.scope.nodes["joined"].wires["tensors"]

    assert isinstance(wire, tuple)
    assert [str(each) for each in wire] == ["m", "m", "m", "m.indices", "m.indices", "parts.2"]
    assert [each.index for each in wire] == [0, 0, 0, 1, 1, 2]
    assert [edge for edge, _, _ in binding.scope.nodes["joined"].edges()][-1] == "joined.tensors.5"


LINEAR = {"in_features": 1, "out_features": 2}


def test_a_parameter_is_referred_to_by_its_path_and_does_not_wait_for_the_call() -> None:
    binding = bound(
        {
            **X,
            "penalty": node("torch.sum", {"input": "fc.weight"}),
            "scaled": node("torch.mul", {"input": "x", "other": "penalty"}),
            "fc": node("torch.nn.Linear", {"input": "scaled"}, LINEAR),
        }
    )

    assert binding.problems == ()
    assert binding.scope.nodes["penalty"].wires["input"] == Reference("fc", "weight", "parameter")
    assert binding.scope.order == ("penalty", "scaled", "fc")


def test_sharing_takes_the_arguments_of_the_owner() -> None:
    binding = bound(
        {
            **X,
            "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR),
            "again": node("torch.nn.Linear", {"input": "x"}, share="fc"),
            "third": node("torch.nn.Linear", {"input": "x"}, LINEAR, share="again"),
        }
    )

    assert binding.problems == ()
    assert [binding.scope.nodes[name].owner for name in ("fc", "again", "third")] == ["fc", "fc", "fc"]
    assert binding.scope.nodes["again"].values == LINEAR
    assert [each.id for each in binding.scope.made] == ["x", "fc"]


def test_sharing_in_a_circle_or_with_other_arguments_is_a_problem() -> None:
    binding = bound(
        {
            **X,
            "a": node("torch.nn.Linear", {"input": "x"}, LINEAR, share="b"),
            "b": node("torch.nn.Linear", {"input": "x"}, LINEAR, share="a"),
            "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR),
            "c": node("torch.nn.Linear", {"input": "x"}, {"in_features": 1, "out_features": 3}, share="fc"),
        }
    )

    assert found(binding.problems) == [
        ("/nodes/a/share", "share-cycle"),
        ("/nodes/b/share", "share-cycle"),
        ("/nodes/c/args/out_features", "share-differs"),
    ]
    assert list(binding.scope.nodes) == ["x", "fc"]


@pytest.mark.parametrize(
    ("own", "shared"),
    [
        ({}, {"mode": "eval"}),
        ({"mode": "eval"}, {"mode": "train"}),
        ({}, {"requires_grad": False}),
        ({"requires_grad": {"bias": False}}, {"requires_grad": {"weight": False}}),
        ({}, {"init": {"bias": {"op": "torch.nn.init.zeros_"}}}),
        ({"group": "slow"}, {"group": "fast"}),
    ],
    ids=str,
)
def test_what_differs_from_the_owner_of_shared_parameters_is_a_problem(own: Json, shared: Json) -> None:
    (key,) = shared

    binding = bound(
        {
            **X,
            "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR, **own),
            "again": node("torch.nn.Linear", {"input": "x"}, share="fc", **shared),
        }
    )

    assert found(binding.problems) == [(f"/nodes/again/{key}", "share-differs")]
    assert "`fc`" in binding.problems[0].message
    assert "`fc`" in binding.problems[0].help
    assert list(binding.scope.nodes) == ["x", "fc"]


def test_what_is_said_of_shared_parameters_twice_alike_is_no_problem() -> None:
    said: Json = {
        "mode": "eval",
        "requires_grad": {"bias": False},
        "init": {"weight": {"op": "torch.nn.init.constant_", "args": {"val": 1.0}}},
        "group": "slow",
    }

    binding = bound(
        {
            **X,
            "fc": node("torch.nn.Linear", {"input": "x"}, LINEAR, **said),
            "again": node("torch.nn.Linear", {"input": "x"}, share="fc", **said),
            "third": node("torch.nn.Linear", {"input": "x"}, share="fc"),
            "own": node("torch.nn.Linear", {"input": "x"}, LINEAR),
            "fourth": node("torch.nn.Linear", {"input": "x"}, share="own", requires_grad=True, mode="train"),
        }
    )

    assert binding.problems == ()


def test_a_bypassed_node_passes_on_its_first_wired_tensor_of_the_signature() -> None:
    binding = bound(
        {
            **X,
            "y": randn(3),
            "total": node("torch.add", {"other": "y", "input": "x"}, bypass=True),
            "m": node("torch.max", {"input": "x"}, {"dim": 0}, bypass=True),
            "bad": node("torch.relu", {"input": "m.indices"}),
        }
    )

    assert binding.scope.nodes["total"].passes == Reference("x")
    assert found(binding.problems) == [("/nodes/bad/inputs/input", "unknown-output")]


def test_recursion_is_refused_on_every_call_of_the_circle() -> None:
    def calling(name: str) -> Json:
        call = node("gradcanvas.call", {"a": "a"}, {"function": name})
        return {"inputs": ["a"], "nodes": {"c": call}, "outputs": {"a": "c"}}

    binding = bound(
        {**X, "y": node("gradcanvas.call", {"a": "x"}, {"function": "f"})},
        functions={"f": calling("g"), "g": calling("h"), "h": calling("f"), "me": calling("me"), **CALL_OK},
    )

    assert found(binding.problems) == [
        (f"/functions/{name}/nodes/c/args/function", "recursion") for name in ("f", "g", "h", "me")
    ]
    assert "f → g → h → f" in binding.problems[0].message
    assert list(binding.functions) == ["ok"]
    assert list(binding.scope.nodes) == ["x"]


CALL_OK = {"ok": CALL["f"]}


def test_a_function_is_whole_if_its_outputs_are() -> None:
    functions = {
        "f": {
            "inputs": ["a"],
            "nodes": {"y": node("torch.relu", {"input": "a"}), "bad": node("torch.nope")},
            "outputs": {"y": "y"},
        },
        "g": {"inputs": [], "nodes": {"bad": node("torch.nope")}, "outputs": {"y": "bad"}},
    }

    binding = bound(
        {
            **X,
            "f": node("gradcanvas.call", {"a": "x"}, {"function": "f"}),
            "g": node("gradcanvas.call", {}, {"function": "g"}),
        },
        functions=functions,
    )

    assert found(binding.problems) == [
        ("/functions/f/nodes/bad/op", "unknown-op"),
        ("/functions/g/nodes/bad/op", "unknown-op"),
    ]
    assert list(binding.functions) == ["f"]
    assert list(binding.scope.nodes) == ["x", "f"]


def test_wires_of_a_call_follow_the_function_not_the_file() -> None:
    functions = {
        "f": {
            "inputs": ["p", "q"],
            "nodes": {"y": node("torch.sub", {"input": "p", "other": "q"})},
            "outputs": {"y": "y"},
        }
    }

    binding = bound(
        {**X, "y": node("gradcanvas.call", {"q": "x", "p": "x"}, {"function": "f"})}, functions=functions
    )

    assert list(binding.scope.nodes["y"].wires) == ["p", "q"]
    assert binding.functions["f"].nodes["y"].wires["other"] == Reference("q", "", "input")


def test_the_training_loop_is_bound() -> None:
    binding = bound(
        {**ARTICLE, "held_out": randn(2, 1)},
        train={
            "loss": "loss",
            "steps": 3,
            "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1}, "groups": {"slow": {"lr": 0.01}}},
            "scheduler": {"op": "torch.optim.lr_scheduler.StepLR", "args": {"step_size": 2}},
            "clip": {"norm": 1.0},
            "batch": {"size": 2, "of": ["x"], "shuffle": True},
            "metrics": {"l": "loss"},
            "validation": {"x": "held_out"},
        },
    )

    train = binding.train
    assert binding.problems == ()
    assert train is not None
    assert train.optimizer is not None
    assert train.optimizer.values == {"lr": 0.1}
    assert {name: group.values for name, group in train.optimizer.groups.items()} == {"slow": {"lr": 0.01}}
    assert train.scheduler is not None
    assert train.scheduler.operation.name == "torch.optim.lr_scheduler.StepLR"
    assert train.clip_norm == 1.0
    assert train.batch is not None
    assert train.batch.of == (Reference("x"),)
    assert train.validation[0].reference == Reference("held_out")


def test_hostile_names_are_names_that_are_not_there() -> None:
    binding = bound(
        {
            "a": node("torch.Tensor.__class__", {"self": "a.__dict__"}),
            "b": node("os.system", {}, {"command": "echo"}),
            "c": node("torch.nn.Linear", {"input": "c.weight.__class__.__init__"}, LINEAR),
            "d": node("torch.load", {}, {"f": "/etc/passwd"}),
            "e": node("torch.relu", {"input": "../../etc", "self": "a"}, {"__class__": 1}),
            "f": node("gradcanvas.call", {}, {"function": "__import__"}),
        }
    )

    assert {code for _, code in found(binding.problems)} <= {
        "unknown-op",
        "unknown-reference",
        "unknown-argument",
        "unknown-function",
        "unknown-output",
    }
    assert list(binding.scope.nodes) in ([], ["c"])


def chain(length: int, calls: int) -> Json:
    """Write functions of which each calls the next so many times."""
    functions: Json = {"f0": {"inputs": ["a"], "nodes": {}, "outputs": {"a": "a"}}}
    for place in range(1, length):
        nodes = {
            f"c{k}": node("gradcanvas.call", {"a": f"c{k - 1}" if k else "a"}, {"function": f"f{place - 1}"})
            for k in range(calls)
        }
        functions[f"f{place}"] = {"inputs": ["a"], "nodes": nodes, "outputs": {"a": f"c{calls - 1}"}}
    return functions


@pytest.mark.parametrize(("length", "calls", "code"), [(30, 2, "too-large"), (500, 1, "too-deep")])
def test_functions_that_grow_without_end_are_refused(length: int, calls: int, code: str) -> None:
    nodes = {**X, "y": node("gradcanvas.call", {"a": "x"}, {"function": f"f{length - 1}"})}

    binding = bound(nodes, functions=chain(length, calls))

    assert {each.code for each in binding.problems} == {code}
    assert list(binding.scope.nodes) == ["x"]


def test_a_long_chain_of_sharing_is_followed_once() -> None:
    nodes = {**X, "m0": node("torch.nn.Linear", {"input": "x"}, LINEAR)}
    nodes |= {f"m{k}": node("torch.nn.Linear", {"input": "x"}, share=f"m{k - 1}") for k in range(1, 500)}

    binding = bound(nodes)

    assert binding.problems == ()
    assert {each.owner for each in binding.scope.nodes.values()} == {"x", "m0"}


def test_many_unknown_names_are_told_quickly() -> None:
    nodes = {f"n{k}": node("torch.exp", {"input": f"m{k}"}) for k in range(2000)}

    assert len(bound(nodes).problems) == 2000


@pytest.mark.parametrize(
    ("op", "args", "name", "role"),
    [
        ("gradcanvas.if", {"then": "f"}, "condition", "then"),
        ("gradcanvas.for", {"body": "f", "times": 2}, "times", "body"),
        ("gradcanvas.while", {"body": "f", "condition": "g", "limit": 2}, "limit", "body"),
        ("gradcanvas.call", {"function": "f"}, "function", "function"),
    ],
)
def test_an_input_of_a_function_that_is_called_like_an_argument_of_its_caller_is_told(
    op: str, args: Json, name: str, role: str
) -> None:
    f = {"inputs": ["a", name], "nodes": {"y": node("torch.exp", {"input": "a"})}, "outputs": {"a": "y"}}
    g = {"inputs": ["a"], "nodes": {"y": node("torch.sum", {"input": "a"})}, "outputs": {"p": "y"}}
    inputs = {"a": "x", name: "x"}

    binding = bound({**X, "n": node(op, inputs, args)}, functions={"f": f, "g": g})

    assert found(binding.problems) == [(f"/nodes/n/args/{role}", "name-taken")]
    assert f"`n.{name}` is an argument of `{op}` itself" in binding.problems[0].message
    assert "Give the input of `f` another name" in binding.problems[0].help
