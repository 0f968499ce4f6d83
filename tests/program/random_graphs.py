"""Random graphs over the catalogue: fan-out, one source twice in a node, lists, broadcasting, dropout."""

import json
from typing import Any

from hypothesis import strategies as st

Nodes = dict[str, Any]

SHAPES: tuple[list[int], ...] = ([3, 3], [3, 3], [3], [1, 3], [3, 1], [1], [])
"""All broadcast to (3, 3)."""

UNARY = (
    *("sin", "tanh", "exp", "abs", "square", "sigmoid", "relu", "neg", "erf", "softmax", "log_softmax"),
    *("cumsum", "sort", "logcumsumexp", "logsumexp", "mean", "var", "std", "sum", "amax", "clone", "detach"),
)
OF_LAST = ("softmax", "log_softmax", "cumsum", "sort", "logcumsumexp")
KEEPING = ("logsumexp", "mean", "var", "std", "sum", "amax")
BINARY = ("add", "sub", "mul", "atan2", "maximum", "hypot", "minimum")
SQUARE = ("matmul", "mm", "inner", "cdist", "kron", "outer")
COMPOSED = (
    *("normalize", "softsign", "tanhshrink", "dropout", "alpha_dropout", "gelu", "layer_norm", "rms_norm"),
    *("softmin", "silu", "mish", "logsigmoid"),
)


@st.composite
def graphs(draw: st.DrawFn, gradients: bool = False) -> str:
    """Draw a graph file whose loss is the sum of everything in it that can be differentiated.

    Args:
        draw: hypothesis's.
        gradients: some of its nodes are gradients of others.
    """
    nodes: Nodes = {}
    for place in range(draw(st.integers(2, 4))):
        shape = [3, 3] if place == 0 else draw(st.sampled_from(SHAPES))
        grows = place == 0 or draw(st.booleans())
        source = {"op": "torch.randn", "args": {"size": shape}}
        nodes[f"s{place}"] = {**source, "requires_grad": True} if grows else source
    full = ["s0"]
    loose = list(nodes)
    for place in range(draw(st.integers(3, 12))):
        name = f"n{place}"
        kind = draw(st.sampled_from((*_KINDS, *3 * (_gradient,)) if gradients else _KINDS))
        added, given = kind(draw, name, full, loose)
        if gradients:
            _train(added)
        nodes.update(added)
        full += given
        loose += given
    seed = draw(st.integers(0, 1000))
    return json.dumps({"gradcanvas": 1, "seed": seed, **_with_loss(draw, nodes, full)})


def _train(nodes: Nodes) -> None:
    """Let no dropout pass its input on as it is."""
    for node in nodes.values():
        if "training" in node.get("args", {}):
            node["args"]["training"] = True


def _with_loss(draw: st.DrawFn, nodes: Nodes, full: list[str]) -> dict[str, Any]:
    ends = draw(st.lists(st.sampled_from(full), min_size=1, max_size=5))
    total = "s0"
    for place, end in enumerate(ends):
        nodes[f"t{place}"] = {"op": "torch.add", "inputs": {"input": end, "other": total}}
        total = f"t{place}"
    nodes["loss"] = {"op": "torch.mean", "inputs": {"input": total}}
    return {"nodes": nodes, "train": {"loss": "loss"}}


def _unary(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    short = draw(st.sampled_from(UNARY))
    args: dict[str, Any] = {}
    if short in OF_LAST:
        args = {"dim": -1}
    if short in KEEPING:
        args = {"dim": [1] if short != "logcumsumexp" else 1, "keepdim": True}
    node = {"op": f"torch.{short}", "inputs": {"input": draw(st.sampled_from(full))}, "args": args}
    if short in KEEPING:
        spread = {"op": "torch.Tensor.expand", "inputs": {"self": name}, "args": {"size": [3, 3]}}
        return {name: node, f"{name}e": spread}, [f"{name}e"]
    return {name: node}, [name]


def _binary(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    one, other = draw(st.sampled_from(full)), draw(st.sampled_from(loose))
    if draw(st.booleans()):
        one, other = other, one
    if one not in full and other not in full:
        other = "s0"
    op = f"torch.{draw(st.sampled_from(BINARY))}"
    return {name: {"op": op, "inputs": {"input": one, "other": other}}}, [name]


def _square(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    short = draw(st.sampled_from(SQUARE))
    one = draw(st.sampled_from(full))
    other = one if draw(st.booleans()) else draw(st.sampled_from(full))
    names = {"mm": ("input", "mat2"), "cdist": ("x1", "x2"), "outer": ("input", "vec2")}.get(
        short, ("input", "other")
    )
    wires = dict(zip(names, (one, other), strict=True))
    if short == "outer":
        row = {"op": "torch.Tensor.__getitem__", "inputs": {"self": one}, "args": {"index": "0"}}
        made = {"op": "torch.outer", "inputs": {"input": f"{name}r", "vec2": f"{name}r"}}
        return {f"{name}r": row, name: made}, [name]
    if short == "kron":
        cut = {"op": "torch.Tensor.__getitem__", "inputs": {"self": name}, "args": {"index": "::3, :3"}}
        return {name: {"op": "torch.kron", "inputs": wires}, f"{name}c": cut}, [f"{name}c"]
    return {name: {"op": f"torch.{short}", "inputs": wires}}, [name]


def _composed(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    short = draw(st.sampled_from(COMPOSED))
    wires = {"input": draw(st.sampled_from(full))}
    args: dict[str, Any] = {}
    if short in ("layer_norm", "rms_norm"):
        args = {"normalized_shape": [3]}
        if draw(st.booleans()):
            rows = {
                "op": "torch.Tensor.__getitem__",
                "inputs": {"self": wires["input"]},
                "args": {"index": "0"},
            }
            node = {
                "op": f"torch.nn.functional.{short}",
                "inputs": {**wires, "weight": f"{name}w"},
                "args": args,
            }
            return {f"{name}w": rows, name: node}, [name]
    if short in ("softmin", "normalize"):
        args = {"dim": 1}
    if "dropout" in short:
        args = {"p": 0.4, "training": draw(st.booleans())}
    return {name: {"op": f"torch.nn.functional.{short}", "inputs": wires, "args": args}}, [name]


def _listed(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    parts = draw(st.lists(st.sampled_from(full), min_size=1, max_size=4))
    if draw(st.booleans()):
        joined = {"op": "torch.cat", "inputs": {"tensors": parts}, "args": {"dim": 0}}
        cut = {"op": "torch.Tensor.__getitem__", "inputs": {"self": name}, "args": {"index": "-3:"}}
        return {name: joined, f"{name}c": cut}, [f"{name}c"]
    stacked = {"op": "torch.stack", "inputs": {"tensors": parts}, "args": {"dim": 1}}
    summed = {"op": "torch.sum", "inputs": {"input": name}, "args": {"dim": [1]}}
    return {name: stacked, f"{name}s": summed}, [f"{name}s"]


def _several(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    one = draw(st.sampled_from(full))
    kind = draw(st.sampled_from(("split", "sort", "svd")))
    if kind == "split":
        made = {
            "op": "torch.split",
            "inputs": {"tensor": one},
            "args": {"split_size_or_sections": 1, "dim": 1},
        }
        used = draw(st.permutations([name, f"{name}.1", f"{name}.2"]))[: draw(st.integers(2, 3))]
        back = {"op": "torch.cat", "inputs": {"tensors": [*used, used[0]][:3]}, "args": {"dim": 1}}
        return {name: made, f"{name}b": back}, [f"{name}b"]
    if kind == "sort":
        made = {"op": "torch.sort", "inputs": {"input": one}, "args": {"dim": 1}}
        again = {
            "op": "torch.gather",
            "inputs": {"input": name, "index": f"{name}.indices"},
            "args": {"dim": 1},
        }
        return {name: made, f"{name}g": again}, [name, f"{name}g"]
    made = {"op": "torch.linalg.qr", "inputs": {"A": one}}
    both = {"op": "torch.matmul", "inputs": {"input": name, "other": f"{name}.R"}}
    return {name: made, f"{name}m": both}, [f"{name}m"]  # `torch.kron` refuses what lies by columns


def _fan(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    """Use one tensor in three consumers, one of them twice."""
    one = draw(st.sampled_from(full))
    nodes = {
        name: {"op": "torch.mul", "inputs": {"input": one, "other": one}},
        f"{name}a": {"op": "torch.sin", "inputs": {"input": one}},
        f"{name}b": {"op": "torch.nn.functional.normalize", "inputs": {"input": one}},
        f"{name}c": {"op": "torch.addcmul", "inputs": {"input": name, "tensor1": f"{name}a", "tensor2": one}},
    }
    return nodes, list(nodes)


_TWICE = (
    "sin",
    "exp",
    "tanh",
    "sigmoid",
    "square",
    "softmax",
    "logsumexp",
    "cumsum",
    "mul",
    "matmul",
    "atan2",
)


def _gradient(draw: st.DrawFn, name: str, full: list[str], loose: list[str]) -> tuple[Nodes, list[str]]:
    """Take the gradient with respect to a tensor of what is computed from it, and use both after it."""
    begin = f"{name}m"
    nodes: Nodes = {
        begin: {"op": "torch.add", "inputs": {"input": draw(st.sampled_from(full)), "other": "s0"}}
    }
    chain = [begin]
    for place in range(draw(st.integers(1, 3))):
        short = draw(st.sampled_from(_TWICE))
        wires = {"input": draw(st.sampled_from(chain))}
        if short in ("mul", "matmul", "atan2"):
            wires["other"] = draw(st.sampled_from(chain + full))
        args = {"dim": 1} if short in ("softmax", "logsumexp", "cumsum") else {}
        nodes[f"{name}c{place}"] = {"op": f"torch.{short}", "inputs": wires, "args": args}
        if short == "logsumexp":
            nodes[f"{name}c{place}"]["args"]["keepdim"] = True
            wide = {"input": f"{name}c{place}", "other": begin}
            nodes[f"{name}e{place}"] = {"op": "torch.mul", "inputs": wide}
        chain.append(f"{name}e{place}" if short == "logsumexp" else f"{name}c{place}")
    wires = {"outputs": chain[-1], "inputs": begin, "grad_outputs": draw(st.sampled_from(full))}
    if draw(st.booleans()):
        nodes[f"{name}s"] = {"op": "torch.sum", "inputs": {"input": chain[-1]}}
        wires = {"outputs": f"{name}s", "inputs": begin}
    zeros = {"materialize_grads": True, "allow_unused": True}
    nodes[name] = {"op": "gradcanvas.grad", "inputs": wires, "args": zeros}
    return nodes, [name, *chain]


_KINDS = (_unary, _binary, _binary, _square, _composed, _composed, _listed, _several, _fan)
