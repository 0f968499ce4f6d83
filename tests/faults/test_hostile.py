"""A hostile document that comes by HTTP, and hostile edits over the wire, run nothing in a real worker."""

import json
from typing import Any

import torch
from pycrdt import Map

from gradcanvas.catalog import load_catalog
from tests.catalog.test_hostile import OUTSIDE, hostile
from tests.web.running_server import Client, Server

GOOD: dict[str, Any] = {
    "w": {"op": "torch.ones", "args": {"size": [2]}, "requires_grad": True},
    "loss": {"op": "torch.sum", "inputs": {"input": "w"}},
}


def names_outside() -> list[str]:
    """Return what can be brought in as text: no graph holds an op that is empty or has control characters."""
    homes = {"torch": torch, "torch.Tensor": torch.Tensor}
    names = [f"{home}.{short}" for home, owner in homes.items() for short in dir(owner)]
    return [
        name for name in (*names, *OUTSIDE) if name.isprintable() and name not in load_catalog().operations
    ]


def test_a_hostile_document_is_opened_and_each_name_in_it_is_a_problem(server: Server) -> None:
    names = names_outside()
    graph = hostile([])
    graph["nodes"] |= GOOD | {
        f"n{place}": {"op": name, "inputs": {"input": "w"}} for place, name in enumerate(names)
    }
    graph["train"] = {
        "loss": "loss",
        "steps": 2,
        "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.1}},
    }

    made = server.json("/api/graphs", {"file": json.dumps(graph)})
    client = Client(server, str(made["id"]))
    layout = client.next("layout", 60)

    told = {problem["where"] for problem in layout["problems"]}
    assert [name for place, name in enumerate(names) if f"/nodes/n{place}/op" not in told] == []
    assert [output["ref"] for output in layout["outputs"]] == ["x", "w", "loss"]


def test_a_hostile_edit_is_a_problem_and_the_graph_still_trains(server: Server) -> None:
    graph = {
        "gradcanvas": 1,
        "nodes": GOOD | {"y": {"op": "torch.sin", "inputs": {"input": "w"}}},
        "train": {"loss": "loss", "steps": 2, "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.1}}},
    }
    made = server.json("/api/graphs", {"file": json.dumps(graph)})
    client = Client(server, str(made["id"]))
    client.next("layout", 60)
    before = client.doc.get_state()
    nodes = client.doc.get("nodes", type=Map)
    (y,) = [node for node in nodes.values() if node["id"] == "y"]

    y["op"] = "torch.os.system"
    assert client.call("edit", client.doc.get_update(before))["ok"]
    layout = client.until("layout", lambda told: bool(told["problems"]))

    assert [(each["where"], each["code"]) for each in layout["problems"]] == [("/nodes/y/op", "unknown-op")]
    assert client.call("command", {"verb": "train"}) == {"ok": True}
    assert client.until("status", lambda status: status["step"] == 2)["problem"] is None
