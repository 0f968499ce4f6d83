import json
from typing import Any

import pytest

from gradcanvas.program.check import OutputMeta
from gradcanvas.training.report import run_graph
from tests.program.written import Json, checked, found, node, randn

X = {"x": randn(5, 3), "h": node("torch.zeros", args={"size": [3]}), "w": randn(3, requires_grad=True)}
CELL = {
    "inputs": ["x", "h", "w"],
    "nodes": {
        "t": node("torch.add", {"input": "x", "other": "h"}),
        "y": node("torch.mul", {"input": "t", "other": "w"}),
    },
    "outputs": {"h": "y", "y": "y"},
}


def function(inputs: list[str], nodes: Json, **outputs: str) -> Json:
    return {"inputs": inputs, "nodes": nodes, "outputs": outputs}


def shape(seen: Any, name: str) -> Any:
    return seen.outputs[name].shape


def test_what_runs_in_a_call_is_known_by_its_path() -> None:
    seen = checked(
        {**X, "c": node("gradcanvas.call", {"x": "h", "h": "h", "w": "w"}, {"function": "cell"})},
        functions={"cell": CELL},
    )

    assert seen.problems == ()
    assert list(seen.outputs) == ["x", "h", "w", "c", "c.y", "c/t", "c/y"]
    assert seen.outputs["c/t"].requires_grad is False
    assert seen.outputs["c.y"] == OutputMeta((3,), "float32", True)


def test_a_loop_takes_slices_carries_and_stacks() -> None:
    args = {"body": "cell", "each": {"x": 0}, "stack": {"y": 1}}

    seen = checked(
        {**X, "l": node("gradcanvas.for", {"x": "x", "h": "h", "w": "w"}, args)}, functions={"cell": CELL}
    )

    assert seen.problems == ()
    assert seen.outputs["l"] == OutputMeta((3,), "float32", True)
    assert shape(seen, "l.y") == (3, 5)
    assert shape(seen, "l/t") == (3,)


GROWING = function(["a"], {"g": node("torch.cat", {"tensors": ["a", "a"]})}, a="g")


@pytest.mark.parametrize(("times", "expected"), [(0, (3,)), (1, (6,)), (3, (24,)), (50, None)])
def test_a_loop_is_gone_through_until_its_shapes_settle(times: int, expected: object) -> None:
    args = {"body": "grow", "times": times}

    seen = checked({**X, "l": node("gradcanvas.for", {"a": "h"}, args)}, functions={"grow": GROWING})

    assert seen.problems == ()
    assert shape(seen, "l") == expected


def test_a_loop_gives_its_body_the_number_of_the_iteration() -> None:
    body = function(["a", "index"], {"g": node("torch.add", {"input": "a", "other": "index"})}, a="g")

    seen = checked(
        {**X, "l": node("gradcanvas.for", {"a": "h"}, {"body": "f", "times": 2})}, functions={"f": body}
    )

    assert seen.problems == ()
    assert shape(seen, "l") == (3,)


def test_each_input_of_a_loop_has_as_many_slices() -> None:
    args = {"body": "cell", "each": {"x": 0, "w": 0}}

    seen = checked(
        {**X, "l": node("gradcanvas.for", {"x": "x", "h": "h", "w": "w"}, args)}, functions={"cell": CELL}
    )

    assert found(seen.problems) == [("/nodes/l/args/each", "shape-mismatch")]


@pytest.mark.parametrize(
    ("args", "where"),
    [
        ({"each": {"x": 2}}, "/nodes/l/args/each/x"),
        ({"each": {"x": 0}, "stack": {"y": 2}}, "/nodes/l/args/stack/y"),
    ],
)
def test_a_dimension_that_is_not_there_is_told(args: Json, where: str) -> None:
    nodes = {**X, "l": node("gradcanvas.for", {"x": "x", "h": "h", "w": "w"}, {"body": "cell", **args})}

    assert found(checked(nodes, functions={"cell": CELL}).problems) == [(where, "out-of-range")]


THEN = function(["a"], {"y": node("torch.exp", {"input": "a"})}, a="y")
ELSE = function(["a"], {"z": node("torch.cat", {"tensors": ["a", "a"]})}, a="z")


def test_branches_of_one_shape_give_it_and_others_are_unknown() -> None:
    nodes = {
        **X,
        "c": node("torch.tensor", args={"data": True}),
        "same": node("gradcanvas.if", {"condition": "c", "a": "h"}, {"then": "then"}),
        "other": node("gradcanvas.if", {"condition": "c", "a": "h"}, {"then": "then", "else": "else_"}),
        "grad": node("gradcanvas.if", {"condition": "c", "a": "w"}, {"then": "then"}),
        "after": node("torch.exp", {"input": "other"}),
    }

    seen = checked(nodes, functions={"then": THEN, "else_": ELSE})

    assert seen.problems == ()
    assert seen.outputs["same"] == OutputMeta((3,), "float32", False)
    assert seen.outputs["other"] == OutputMeta((None,), "float32", False)
    assert seen.outputs["grad"].requires_grad is True
    assert seen.outputs["after"] == OutputMeta(None, None, None)


def test_each_branch_is_checked() -> None:
    bad = function(["a", "x"], {"z": node("torch.matmul", {"input": "a", "other": "x"})}, a="z")
    nodes = {
        **X,
        "c": node("torch.tensor", args={"data": True}),
        "y": node("gradcanvas.if", {"condition": "c", "a": "h", "x": "x"}, {"then": "then", "else": "bad"}),
        "after": node("torch.exp", {"input": "y"}),
    }

    seen = checked(nodes, functions={"then": THEN, "bad": bad})

    assert found(seen.problems) == [("/functions/bad/nodes/z", "shape-mismatch")]
    assert "`y/z.input`" in seen.problems[0].message
    assert list(seen.binding.scope.nodes) == ["x", "h", "w", "c"]


def test_a_condition_is_one_element() -> None:
    decide = function(["a"], {"p": node("torch.gt", {"input": "a"}, {"other": 0})}, p="p")
    nodes = {
        **X,
        "y": node("gradcanvas.if", {"condition": "x", "a": "h"}, {"then": "then"}),
        "z": node("gradcanvas.while", {"a": "h"}, {"condition": "decide", "body": "then", "limit": 3}),
    }

    seen = checked(nodes, functions={"then": THEN, "decide": decide})

    assert found(seen.problems) == [
        ("/nodes/y/inputs/condition", "condition-not-one-element"),
        ("/nodes/z/args/condition", "condition-not-one-element"),
    ]


def test_a_while_gives_what_its_body_settles_on() -> None:
    decide = function(["a"], {"s": node("torch.sum", {"input": "a"})}, p="s")
    nodes = {
        **X,
        "y": node("gradcanvas.while", {"a": "h"}, {"condition": "decide", "body": "then", "limit": 3}),
        "z": node("gradcanvas.while", {"a": "h"}, {"condition": "decide", "body": "else_", "limit": 3}),
    }

    seen = checked(nodes, functions={"then": THEN, "else_": ELSE, "decide": decide})

    assert seen.problems == ()
    assert shape(seen, "y") == (3,)
    assert shape(seen, "z") == (None,)


def test_modules_in_a_function_are_owned_by_the_call() -> None:
    linear = node("torch.nn.Linear", {"input": "a"}, {"in_features": 3, "out_features": 2})
    nodes = {
        **X,
        "one": node("gradcanvas.call", {"a": "x"}, {"function": "f"}),
        "two": node("gradcanvas.call", {"a": "h"}, share="one"),
    }

    seen = checked(nodes, functions={"f": function(["a"], {"fc": linear}, y="fc")})

    assert seen.problems == ()
    assert shape(seen, "one/fc.weight") == (2, 3)
    assert shape(seen, "two") == (2,)


DECIDE = function(["a"], {"s": node("torch.sum", {"input": "a"})}, p="s")
NEEDS_3 = function(
    ["a"],
    {
        "k": node("torch.ones", args={"size": [3]}),
        "m": node("torch.dot", {"input": "a", "tensor": "k"}),
        "g": node("torch.cat", {"tensors": ["a", "a"]}),
        "r": node("torch.add", {"input": "g", "other": "m"}),
    },
    a="r",
)
NEEDS_6 = function(
    ["a"],
    {
        "k": node("torch.ones", args={"size": [6]}),
        "m": node("torch.mul", {"input": "a", "other": "k"}),
    },
    a="m",
)


def test_an_iteration_that_may_never_happen_refuses_nothing() -> None:
    loop = node("gradcanvas.while", {"a": "h"}, {"condition": "decide", "body": "needs_3", "limit": 9})

    seen = checked({**X, "l": loop}, functions={"needs_3": NEEDS_3, "decide": DECIDE})

    assert seen.problems == ()
    assert shape(seen, "l") == (None,)
    assert list(seen.binding.scope.nodes) == [*X, "l"]


def test_iterations_beyond_the_limit_tell_nothing() -> None:
    loop = node("gradcanvas.while", {"a": "h"}, {"condition": "decide", "body": "once", "limit": 1})
    once = function(["a"], {"g": node("torch.outer", {"input": "a", "vec2": "a"})}, a="g")

    seen = checked({**X, "l": loop}, functions={"once": once, "decide": DECIDE})

    assert seen.problems == ()
    assert shape(seen, "l/g") == (3, 3)
    assert shape(seen, "l") is None


def test_a_body_that_can_never_run_is_refused() -> None:
    loop = node("gradcanvas.while", {"a": "h"}, {"condition": "decide", "body": "needs_6", "limit": 9})
    nodes = {**X, "l": loop, "after": node("torch.exp", {"input": "l"})}

    seen = checked(nodes, functions={"needs_6": NEEDS_6, "decide": DECIDE})

    assert found(seen.problems) == [("/functions/needs_6/nodes/m", "shape-mismatch")]
    assert list(seen.binding.scope.nodes) == list(X)


def test_an_iteration_that_must_happen_is_refused() -> None:
    loop = node("gradcanvas.for", {"a": "h"}, {"body": "needs_3", "times": 2})

    seen = checked({**X, "l": loop}, functions={"needs_3": NEEDS_3})

    assert found(seen.problems) == [("/functions/needs_3/nodes/m", "shape-mismatch")]


FIRST_OR_LATER = {
    "needs_3": NEEDS_3,
    "needs_6": NEEDS_6,
    "body": function(
        ["a", "index"],
        {
            "first": node("torch.eq", {"input": "index"}, {"other": 0}),
            "b": node(
                "gradcanvas.if", {"condition": "first", "a": "a"}, {"then": "needs_3", "else": "needs_6"}
            ),
        },
        a="b",
    ),
}


def test_a_branch_is_refused_only_if_it_fits_no_iteration() -> None:
    loop = node("gradcanvas.for", {"a": "h"}, {"body": "body", "times": 4})

    seen = checked({**X, "l": loop}, functions=FIRST_OR_LATER)

    assert seen.problems == ()
    assert shape(seen, "l") == (6,)


def test_a_loop_is_refused_where_no_branch_fits_an_iteration_that_must_happen() -> None:
    loop = node("gradcanvas.for", {"a": "x0"}, {"body": "body", "times": 2})
    nodes = {"x0": node("torch.zeros", args={"size": [4]}), "l": loop}

    seen = checked(nodes, functions=FIRST_OR_LATER)

    assert found(seen.problems) == [
        ("/functions/needs_3/nodes/m", "shape-mismatch"),
        ("/functions/needs_6/nodes/m", "shape-mismatch"),
    ]


def test_what_differs_between_iterations_is_joined() -> None:
    grow = function(["a"], {"g": node("torch.cat", {"tensors": ["a", "a"]})}, a="g")
    half = function(["a"], {"d": node("torch.Tensor.double", {"self": "a"})}, a="d")
    loop = node("gradcanvas.for", {"a": "h"}, {"body": "grow", "times": 2})
    cast = node("gradcanvas.for", {"a": "h"}, {"body": "cast", "times": 2})
    body = function(
        ["a"],
        {
            "n": node("torch.neg", {"input": "a"}),
            "c": node("gradcanvas.call", {"a": "n"}, {"function": "half"}),
        },
        a="c",
    )

    seen = checked({**X, "l": loop, "c": cast}, functions={"grow": grow, "half": half, "cast": body})

    assert seen.problems == ()
    assert seen.outputs["l/g"] == OutputMeta((None,), "float32", False)
    assert seen.outputs["l"] == OutputMeta((12,), "float32", False)
    assert seen.outputs["c/n"] == OutputMeta((3,), None, False)
    assert seen.outputs["c"] == OutputMeta((3,), "float64", False)


def test_a_chain_longer_than_the_passages_is_followed_to_its_end() -> None:
    names = [f"a{place}" for place in range(10)]
    grow = node("torch.cat", {"tensors": ["a0", "a0"]})
    body = function(names, {"g": grow}, a0="g", **{f"a{place}": f"a{place - 1}" for place in range(1, 10)})
    loop = node("gradcanvas.for", dict.fromkeys(names, "h"), {"body": "body", "times": 30})

    seen = checked({**X, "l": loop}, functions={"body": body})

    assert seen.problems == ()
    assert shape(seen, "l.a9") != (3,)


def test_a_module_in_a_loop_is_counted_once() -> None:
    linear = node("torch.nn.Linear", {"input": "a"}, {"in_features": 100, "out_features": 100})
    loop = node("gradcanvas.for", {"a": "x100"}, {"body": "body", "times": 1000})
    nodes = {"x100": randn(100, requires_grad=True), "l": loop}

    seen = checked(nodes, functions={"body": function(["a"], {"fc": linear}, a="fc")}, budget_bytes=2_000_000)

    assert seen.problems == ()


def test_a_lazy_module_takes_its_size_once() -> None:
    lazy = node("torch.nn.LazyLinear", {"input": "s"}, {"out_features": 2})
    nodes = {
        "s": node("torch.sum", {"input": "a"}, {"dim": 0, "keepdim": True}),
        "fc": lazy,
        "g": node("torch.cat", {"tensors": ["a", "a"]}),
        "r": node("torch.add", {"input": "g", "other": "f"}),
        "f": node("torch.sum", {"input": "fc"}),
    }
    loop = node("gradcanvas.for", {"a": "h"}, {"body": "body", "times": 20})

    seen = checked({**X, "l": loop}, functions={"body": function(["a"], nodes, a="r")})

    assert seen.problems == ()
    assert shape(seen, "l/fc.weight") == (2, 1)


@pytest.mark.parametrize(
    ("args", "where", "words"),
    [
        ({"times": 0, "stack": {"s": 0}}, "/nodes/l/args/times", "`s` there is nothing to stack"),
        ({"times": 0, "stack": {"a": 0}}, "/nodes/l/args/times", "`a` there is nothing to stack"),
        ({"times": 0}, "/nodes/l/args/times", "`s` is none of its inputs"),
        ({"each": {"x": 0}}, "/nodes/l/args/each", "what `each` names has no slices"),
    ],
)
def test_a_loop_without_an_iteration_gives_only_what_it_was_given(args: Json, where: str, words: str) -> None:
    nodes = {"y": node("torch.exp", {"input": "a"}), "z": node("torch.exp", {"input": "x"})}
    body = function(["a", "x"], nodes, a="y", s="z")
    loop = node("gradcanvas.for", {"a": "h", "x": "none"}, {"body": "body", **args})
    after = node("torch.exp", {"input": "l.s"})

    seen = checked({**X, "none": randn(0, 3), "l": loop, "after": after}, functions={"body": body})

    assert found(seen.problems) == [(where, "loop-length")]
    assert words in seen.problems[0].message


def test_a_loop_whose_slices_the_data_decide_says_when_there_are_none() -> None:
    body = function(["x"], {"y": node("torch.exp", {"input": "x"})}, s="y")
    nodes = {
        "x": node("torch.zeros", args={"size": [3]}),
        "places": node("torch.nonzero", {"input": "x"}),
        "l": node("gradcanvas.for", {"x": "places"}, {"body": "body", "each": {"x": 0}, "stack": {"s": 0}}),
    }
    graph = {"gradcanvas": 1, "nodes": nodes, "functions": {"body": body}}

    error = run_graph(json.dumps(graph), device="cpu")["error"]

    assert error["where"] == "/nodes/l"
    assert "of `s` there is nothing to stack" in error["message"]
