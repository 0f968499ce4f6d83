"""The cases of the Yjs form that both languages are tested against, and how `yjs-cases.json` is made of them.

Run `python tests/document/yjs_cases.py` from the root of the repository after a change of the form.
"""

# ruff: noqa: E501  # the cases are easier to read as the files they are

import json
from collections.abc import Iterator
from pathlib import Path

from gradcanvas.document import read, write, write_tree
from gradcanvas.document.yjs_records import MakeUid, from_records, to_records

CASES = Path(__file__).with_name("yjs-cases.json")

FILES = {
    "an empty graph": '{"gradcanvas": 1}',
    "a regression": """{"gradcanvas": 1, "title": "Line", "seed": 42, "device": "auto", "nodes": {
        "x": {"op": "torch.tensor", "args": {"data": [[0.1], [0.5]]}, "at": [0, 160]},
        "b": {"op": "torch.randn", "args": {"size": [1]}, "requires_grad": true, "at": [0, 0]},
        "wx": {"op": "torch.mul", "inputs": {"input": "b", "other": "x"}},
        "loss": {"op": "torch.mean", "inputs": {"input": "wx"}}},
        "train": {"loss": "loss", "steps": 200, "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1}}}}""",
    "numbers to the letter": """{"gradcanvas": 1, "seed": 1152921504606846976, "nodes": {"x": {"op": "torch.tensor",
        "args": {"data": [1, 1.0, -0.0, -0, 1e-3, 1E5, 1152921504606846976, 0.10, 100000000000000000000.0]}}}}""",
    "outputs, lists and unknown references": """{"gradcanvas": 1, "nodes": {
        "m": {"op": "torch.max", "inputs": {"input": "missing.values"}, "args": {"dim": 0}},
        "c": {"op": "torch.cat", "inputs": {"tensors": ["m.values", "m", "missing", "m.1"]}},
        "s": {"op": "torch.stack", "inputs": {"tensors": []}}}}""",
    "text of every kind": """{"gradcanvas": 1, "title": "Größe \\"π\\" \\u2028 😀", "notes": "a\\nb\\\\c\\u0001", "nodes": {
        "x": {"op": "torch.zeros", "args": {"size": [], "dtype": "float32", "é": {"complex": [1, -2.5]}},
              "label": "!not wrong", "color": "#fff", "collapsed": true, "size": [120, 80.5]}}}""",
    "modules that share": """{"gradcanvas": 1, "nodes": {
        "fc": {"op": "torch.nn.Linear", "inputs": {"input": "x"}, "args": {"in_features": 2, "out_features": 1},
               "requires_grad": {"bias": false}, "mode": "eval", "group": "slow",
               "init": {"weight": {"op": "torch.nn.init.zeros_"}}},
        "x": {"op": "torch.zeros", "args": {"size": [1, 2]}},
        "again": {"op": "torch.nn.Linear", "inputs": {"input": "x"}, "share": "fc", "bypass": true}}}""",
    "all of train": """{"gradcanvas": 1, "nodes": {"x": {"op": "torch.zeros"}, "v": {"op": "torch.ones"}},
        "train": {"loss": "x.0", "steps": 5, "optimizer": {"op": "torch.optim.Adam", "args": {"lr": 1e-3},
        "groups": {"slow": {"lr": 0.0001}}}, "scheduler": {"op": "torch.optim.lr_scheduler.StepLR",
        "args": {"step_size": 10}}, "clip": {"norm": 1.0}, "batch": {"size": 2, "of": ["x"], "shuffle": true},
        "metrics": {"b": "x", "accuracy": "gone"}, "validation": {"x": "v", "gone": [[1.0]]}, "later": [1]}}""",
    "an empty train": '{"gradcanvas": 1, "train": {}}',
    "functions": """{"gradcanvas": 1, "functions": {"f": {"inputs": ["x", "w"], "nodes": {
        "wx": {"op": "torch.mul", "inputs": {"input": "w", "other": "x"}},
        "y": {"op": "torch.neg", "inputs": {"input": "wx"}}}, "outputs": {"out": "y", "same": "x"}},
        "g": {"inputs": []}},
        "nodes": {"call": {"op": "gradcanvas.call", "args": {"function": "f"}}}}""",
    "frames": """{"gradcanvas": 1, "frames": [{"title": "Data", "at": [0, 0], "size": [200, 100], "color": "teal"},
        {"title": "Model", "at": [300, 0], "size": [200, 100]}], "state": "data:,"}""",
    "unknown keys": """{"gradcanvas": 1, "later": {"a": [1.50]}, "nodes": {"x": {"op": "torch.zeros", "id": 7,
        "order": "a", "!": null, "!!x": 1, "then": {"b": 2}}}, "train": {"present": false},
        "frames": [{"order": 1}], "functions": {"f": {"name": 1, "order": 2}}}""",
    "wrong types": """{"gradcanvas": "one", "nodes": {"x": {"op": 3, "inputs": [], "args": "none", "share": 1},
        "y": 5, "z": {"op": "!a", "inputs": {"input": 3, "other": ["x", null, "!b"], "weight": "[x", "bias": "!x"}}},
        "functions": {"f": [], "g": {"inputs": "x", "nodes": 1, "outputs": 2}}, "frames": [null, 1],
        "train": {"loss": 1, "optimizer": "sgd", "scheduler": {"op": 1, "args": []}, "batch": {"of": 5},
        "metrics": [], "validation": 0}}""",
    "wrong types at the top": '{"gradcanvas": 1, "nodes": [], "functions": 1, "frames": {}, "train": null}',
}
"""Graph files, each read into the form and back."""

MERGES = {
    "two nodes of one id": {
        "graph": {"gradcanvas": "1"},
        "nodes": {
            "uidA": {
                "id": "relu",
                "order": "a1",
                "op": "torch.relu",
                "inputs": {"input": "@uidB"},
                "args": {},
            },
            "uidB": {"id": "relu", "order": "a0", "op": "torch.relu", "inputs": {}, "args": {}},
            "uidC": {
                "id": "relu_2",
                "order": "a2",
                "op": "torch.neg",
                "inputs": {"input": "@uidA"},
                "args": {},
            },
            "uidD": {
                "id": "relu",
                "order": "a3",
                "op": "torch.neg",
                "inputs": {"input": "@uidC"},
                "args": {},
            },
        },
    },
    "order keys that are equal": {
        "graph": {"gradcanvas": "1"},
        "nodes": {
            "uidB": {"id": "b", "order": "a1", "op": "torch.zeros", "inputs": {}, "args": {}},
            "uidA": {"id": "a", "order": "a1", "op": "torch.zeros", "inputs": {}, "args": {}},
            "uidZ": {"id": "z", "order": "a0V", "op": "torch.zeros", "inputs": {}, "args": {}},
            "uidN": {"id": "n", "op": "torch.zeros"},
        },
    },
    "a wire to a node that was deleted": {
        "graph": {"gradcanvas": "1"},
        "nodes": {
            "uidA": {
                "id": "a",
                "order": "a0",
                "op": "torch.cat",
                "inputs": {"tensors": '["@gone", "@uidA.1"]', "dim": "@gone.values"},
                "args": {},
            }
        },
        "train": {"loss": "@gone"},
    },
    "a name and a text reference to it": {
        "graph": {"gradcanvas": "1"},
        "nodes": {
            "uidA": {"id": "new", "order": "a0", "op": "torch.zeros", "inputs": {}, "args": {}},
            "uidB": {"id": "b", "order": "a1", "op": "torch.neg", "inputs": {"input": "new"}, "args": {}},
            "uidC": {"id": "c", "order": "a2", "op": "torch.neg", "inputs": {"input": "@uidA"}, "args": {}},
        },
    },
    "text that is no literal": {
        "graph": {"gradcanvas": "1", "title": "plain", "seed": "1."},
        "nodes": {
            "uidA": {"id": "a", "order": "a0", "op": "torch.zeros", "inputs": {}, "args": {"size": "[1"}}
        },
    },
}
"""Forms as a merge or a careless hand leaves them, and how they are read."""


def numbered_uids() -> MakeUid:
    """Return a source of uids that counts: `uid000000001`, `uid000000002`, …"""
    numbers: Iterator[int] = iter(range(1, 10**6))
    return lambda: f"uid{next(numbers):09d}"


def make_cases() -> list[dict[str, object]]:
    """Return all cases: `way` is "both", or "read" where the form is read into a file but not made of one."""
    both: list[dict[str, object]] = []
    for name, text in FILES.items():
        file = write(read(text))
        records = to_records(read(file).tree, numbered_uids())
        both.append({"name": name, "way": "both", "file": file, "yjs": records})
    merges: list[dict[str, object]] = [
        {"name": name, "way": "read", "file": write_tree(from_records(roots)), "yjs": roots}
        for name, roots in MERGES.items()
    ]
    return both + merges


def text_of_cases() -> str:
    """Return the text of `yjs-cases.json`."""
    return json.dumps(make_cases(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    CASES.write_text(text_of_cases(), encoding="utf-8")
