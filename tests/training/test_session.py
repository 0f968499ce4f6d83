"""The verbs of a session, held against the same lines typed into Python."""

import copy
import json
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from gradcanvas.training.failures import RunError
from gradcanvas.training.session import Session
from tests.training.scripts import Json, Network, article, article_script, network, text


def loaded(graph: Json) -> Session:
    session = Session(device="cpu")
    session.load(text(graph))
    return session


def edited(graph: Json, *path: str, value: Any) -> Json:
    changed = copy.deepcopy(graph)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def values(session: Session) -> dict[str, Any]:
    return {ref: leaf.tolist() for ref, leaf in session.state.leaves.items()}


def deposit(session: Session, ref: str) -> Any:
    grad = session.state.leaves[ref].grad
    return None if grad is None else grad.tolist()


def test_an_evaluation_shows_gradients_and_deposits_none() -> None:
    by_hand = Network()
    by_hand.loss().backward()  # type: ignore[no-untyped-call]
    assert by_hand.w1.grad is not None
    session = loaded(network())

    moment = session.evaluate()

    shown = moment.gradient("w1")
    assert shown is not None
    assert shown.equal(by_hand.w1.grad)
    assert deposit(session, "w1") is None
    assert not session.standing.is_dirty
    assert len(session.losses) == 0


def test_an_evaluation_leaves_gradients_ledger_optimizer_and_random_state_as_they_were() -> None:
    session = loaded(network({"op": "torch.optim.Adam", "args": {"lr": 0.01}}))
    session.step()
    session.backward()
    before = session.copy()

    session.evaluate()
    session.evaluate()

    assert session.copy() == before


def test_what_is_trained_does_not_depend_on_evaluations_or_on_who_watches() -> None:
    watched, alone = loaded(network()), loaded(network())

    torch.manual_seed(7)
    alone.reset()
    for _ in range(5):
        alone.step()
    watched.reset()
    watched.evaluate()
    for step in range(5):
        watched.step(watched=step % 2 == 0)
        watched.evaluate()

    assert values(watched) == values(alone)
    assert watched.losses.values() == alone.losses.values()


def test_backward_again_deposits_twice_as_much() -> None:
    session = loaded(network())
    session.backward()
    once = torch.tensor(deposit(session, "w2"))

    session.backward()

    assert torch.tensor(deposit(session, "w2")).equal(once + once)
    assert len(session.losses) == 0
    assert session.standing.is_dirty


def test_backward_after_an_update_runs_forward_anew_and_adds() -> None:
    by_hand = Network()
    optimizer = torch.optim.SGD(list(by_hand.leaves.values()), lr=0.05)
    by_hand.loss().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    by_hand.loss().backward()  # type: ignore[no-untyped-call]
    session = loaded(network())

    session.backward()
    session.update()
    session.backward()

    for ref, leaf in by_hand.leaves.items():
        assert leaf.grad is not None
        assert values(session)[ref] == leaf.tolist()
        assert deposit(session, ref) == leaf.grad.tolist()


def test_what_is_shown_of_the_second_backward_is_what_flowed_in_it_alone() -> None:
    session = loaded(article())
    session.backward()
    session.update()

    moment = session.backward()

    fresh, total = moment.gradient("w"), session.state.leaves["w"].grad
    assert fresh is not None
    assert total is not None
    edge = moment.edges[[record.edge for record in moment.records].index("wx.input")]
    assert edge is not None
    assert edge.equal(fresh)
    assert not total.equal(fresh)


def test_the_articles_loop_verb_by_verb_is_the_loop() -> None:
    losses, b, w = article_script(3)
    session = loaded(article())

    for _ in range(3):
        session.forward()
        session.backward()
        session.update()
        session.zero()

    assert values(session) == {"b": b.tolist(), "w": w.tolist()}
    assert deposit(session, "w") == [0.0]
    assert len(losses) == 3
    assert session.standing.step == 0


def test_zero_empties_as_the_optimizer_does() -> None:
    session = loaded(network())
    session.backward()

    session.zero()

    assert deposit(session, "w1") is None


def test_an_edit_before_training_makes_everything_anew_from_the_seed() -> None:
    session = loaded(article())
    session.forward()
    changed = edited(article(), "seed", value=9)

    session.load(text(changed))

    _, b, w = article_script(0, seed=9)
    assert values(session) == {"b": b.tolist(), "w": w.tolist()}


def test_moving_a_node_changes_and_recompiles_nothing() -> None:
    session = loaded(article())
    session.step()
    program, before = session.graph.program, session.copy()

    done = session.load(text(edited(article(), "nodes", "w", "at", value=[500, 500])))

    assert not done.is_changed
    assert session.graph.program is program
    assert session.copy() == before
    assert session.graph.graph.nodes["w"].at == (500, 500)


def test_an_edited_source_alone_is_remade_with_the_value_of_a_reset() -> None:
    session = loaded(article())
    for _ in range(5):
        session.step()
    trained_b = values(session)["b"]
    torch.manual_seed(42)
    torch.randn(1)
    fresh_w = torch.randn(2).tolist()
    changed = edited(article(), "nodes", "w", "args", "size", value=[2])

    done = session.load(text(changed))

    assert done.anew == ("w",)
    assert values(session) == {"b": trained_b, "w": fresh_w}
    assert session.standing.step == 5


def renamed_in(graph: Json, old: str, new: str) -> Json:
    """Call a node otherwise, in every reference too: its name stands nowhere else in the file."""
    written: Json = json.loads(json.dumps(graph).replace(f'"{old}"', f'"{new}"'))
    return written


@pytest.mark.parametrize("op", ["torch.optim.Adam", "gradcanvas.descent"])
def test_a_node_that_is_called_otherwise_keeps_its_state_and_the_optimizers(op: str) -> None:
    graph = article()
    graph["train"]["optimizer"] = {"op": op, "args": {"lr": 0.1}}
    session, untouched = loaded(graph), loaded(graph)
    for _ in range(3):
        session.step()
        untouched.step()

    done = session.load(text(renamed_in(graph, "w", "weight")))
    session.step()
    untouched.step()

    assert done.anew == ()
    assert values(session) == {"b": values(untouched)["b"], "weight": values(untouched)["w"]}


def test_a_module_that_is_called_otherwise_keeps_its_parameters() -> None:
    session = loaded(layered())
    session.step()
    trained = values(session)
    (name, *_) = [name for name, node in layered()["nodes"].items() if node["op"].startswith("torch.nn.")]

    done = session.load(text(renamed_in(layered(), name, "called_otherwise")))

    assert done.anew == ()
    assert list(values(session).values()) == list(trained.values())


def test_what_was_not_there_before_is_not_told_as_remade() -> None:
    session = loaded(article())
    session.step()
    grown = edited(article(), "nodes", "more", value={"op": "torch.randn", "args": {"size": [2]}})

    assert session.load(text(grown)).anew == ()


def test_a_changed_learning_rate_keeps_parameters_and_the_optimizers_state() -> None:
    by_hand = Network()
    optimizer = torch.optim.Adam(list(by_hand.leaves.values()), lr=0.01)
    for learning_rate in (0.01, 0.01, 0.5, 0.5):
        optimizer.param_groups[0]["lr"] = learning_rate
        by_hand.loss().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    session = loaded(network({"op": "torch.optim.Adam", "args": {"lr": 0.01}}))

    session.step()
    session.step()
    done = session.load(text(network({"op": "torch.optim.Adam", "args": {"lr": 0.5}})))
    session.step()
    session.step()

    assert done.is_changed
    assert done.anew == ()
    assert values(session) == {ref: leaf.tolist() for ref, leaf in by_hand.leaves.items()}


def test_another_optimizer_begins_with_an_empty_state_and_says_so() -> None:
    session = loaded(network({"op": "torch.optim.Adam", "args": {"lr": 0.01}}))
    session.step()
    before = values(session)

    done = session.load(text(network({"op": "torch.optim.RMSprop", "args": {"lr": 0.01}})))
    session.step()

    assert done.is_optimiser_new
    assert values(session) != before


def test_lbfgs_begins_anew_with_a_new_leaf_for_it_remembers_all_as_one_vector() -> None:
    optimizer: Json = {"op": "torch.optim.LBFGS", "args": {"lr": 0.1, "max_iter": 3}}
    by_hand = Network()
    leaves = list(by_hand.leaves.values())
    first, second = torch.optim.LBFGS(leaves, 0.1, 3), torch.optim.LBFGS([*leaves, torch.ones(1)], 0.1, 3)
    for each in (first, first, second, second):

        def closure(each: torch.optim.Optimizer = each) -> torch.Tensor:
            each.zero_grad()
            loss = by_hand.loss()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        each.step(closure)  # type: ignore[no-untyped-call]
    session = loaded(network(optimizer))
    session.step()
    session.step()
    more = network(optimizer)
    more["nodes"]["more"] = {"op": "torch.ones", "args": {"size": [1]}, "requires_grad": True}

    done = session.load(text(more))
    session.step()
    session.step()

    assert done.is_optimiser_new
    trained = values(session)
    assert {ref: trained[ref] for ref in by_hand.leaves} == {
        ref: leaf.tolist() for ref, leaf in by_hand.leaves.items()
    }


def test_turning_a_gradient_off_freezes_the_leaf_and_keeps_the_rest() -> None:
    session = loaded(article())
    session.step()
    before = values(session)
    changed = article()
    del changed["nodes"]["b"]["requires_grad"]

    session.load(text(changed))
    session.step()

    assert list(session.state.leaves) == ["w"]
    assert session.state.sources["b"].tolist() == before["b"]
    assert values(session)["w"] != before["w"]


def test_rewiring_keeps_every_parameter() -> None:
    session = loaded(article())
    session.step()
    before = values(session)

    session.load(text(edited(article(), "nodes", "loss", "op", value="torch.sum")))

    assert values(session) == before
    session.step()
    assert values(session) != before


def test_a_changed_seed_takes_effect_at_reset() -> None:
    session = loaded(article())
    session.step()
    before = values(session)

    session.load(text(edited(article(), "seed", value=5)))
    kept = values(session)
    session.reset()

    _, b, w = article_script(0, seed=5)
    assert kept == before
    assert values(session) == {"b": b.tolist(), "w": w.tolist()}
    assert session.standing.run == 2
    assert session.standing.step == 0
    assert len(session.losses) == 0


def test_random_numbers_after_an_edit_in_a_run_go_on_as_if_nothing_had_been_remade() -> None:
    one, other = loaded(network()), loaded(network())
    other.reset()
    other.step()
    other.load(text(edited(network(), "nodes", "b1", "args", "size", value=[1])))
    drawn = torch.rand(1)
    one.reset()
    one.step()

    assert torch.rand(1).equal(drawn)


def test_a_deposit_that_stood_before_training_is_part_of_the_first_step() -> None:
    session = loaded(article())
    session.backward()
    first = torch.tensor(deposit(session, "w"))
    start = torch.tensor(values(session)["w"])

    session.step(watched=True)

    assert torch.allclose(torch.tensor(values(session)["w"]), start - 0.1 * 2 * first)


def test_a_step_shows_values_before_the_update_and_leaves_after_it() -> None:
    graph = article()
    graph["nodes"]["view"] = {"op": "torch.reshape", "inputs": {"input": "w"}, "args": {"shape": [1, 1]}}
    session = loaded(graph)
    before = values(session)["w"]

    moment = session.step(watched=True)

    assert moment is not None
    assert moment.value("view").tolist() == [before]
    assert moment.value("w").tolist() == values(session)["w"] != before


def test_gradients_shown_are_those_before_clipping() -> None:
    graph = network(clip={"value": 1e-6})
    session = loaded(graph)

    moment = session.step(watched=True)

    assert moment is not None
    shown = moment.gradient("w2")
    assert shown is not None
    assert float(shown.abs().max()) > 1e-3


def test_losses_that_are_not_finite_are_kept() -> None:
    session = loaded(edited(article(), "train", "optimizer", "args", "lr", value=50.0))
    for _ in range(100):
        session.step()

    losses = session.losses.values()

    assert len(losses) == 100
    assert math.isnan(losses[-1])


@pytest.mark.parametrize(
    ("path", "code"), [(("train", "loss"), "no-loss"), (("train", "optimizer"), "no-optimizer")]
)
def test_a_step_that_makes_no_sense_is_refused_with_what_to_do(path: tuple[str, ...], code: str) -> None:
    graph = article()
    del graph[path[0]][path[1]]
    session = loaded(graph)

    with pytest.raises(RunError) as refused:
        session.step()

    assert refused.value.problem.code == code
    assert refused.value.problem.help


def test_an_optimiser_keeps_its_state_while_a_field_of_training_is_wrong() -> None:
    graph, mistyped = network({"op": "torch.optim.Adam"}), network({"op": "torch.optim.Adam"})
    mistyped["train"]["steps"] = -5
    never = loaded(graph)
    never.step()
    never.step()
    expected = values(never)
    once = loaded(graph)
    once.step()

    once.load(text(mistyped))
    with pytest.raises(RunError):
        once.step()
    back = once.load(text(graph))
    once.step()

    assert not back.is_optimiser_new
    assert values(once) == expected


def test_a_loss_that_cannot_be_differentiated_is_refused_with_its_own_problem() -> None:
    graph = article()
    for name in ("b", "w"):
        del graph["nodes"][name]["requires_grad"]
    session = loaded(graph)

    with pytest.raises(RunError) as refused:
        session.step()

    assert refused.value.problem.where == "/train/loss"
    assert "cannot be computed" not in refused.value.problem.message


def test_a_loss_that_something_is_missing_for_is_named() -> None:
    graph = article()
    del graph["nodes"]["square"]["inputs"]["input"]
    session = loaded(graph)

    with pytest.raises(RunError) as refused:
        session.step()

    assert refused.value.problem.code == "no-loss"
    assert "`loss`, the loss, cannot be computed" in refused.value.problem.message


def test_a_session_goes_on_after_a_failure() -> None:
    graph = article()
    graph["nodes"]["matrix"] = {"op": "torch.tensor", "args": {"data": [[-1.0]]}}
    graph["nodes"]["root"] = {"op": "torch.linalg.cholesky", "inputs": {"input": "matrix"}}
    graph["nodes"]["total"] = {"op": "torch.add", "inputs": {"input": "loss", "other": "total_root"}}
    graph["nodes"]["total_root"] = {"op": "torch.sum", "inputs": {"input": "root"}}
    graph["train"]["loss"] = "total"
    session = loaded(graph)
    with pytest.raises(RunError) as failed:
        session.step()
    assert failed.value.problem.where == "/nodes/root"

    session.load(text(edited(graph, "nodes", "matrix", "args", "data", value=[[4.0]])))
    session.step()

    assert len(session.losses) == 1


def test_lbfgs_takes_its_steps_by_closure() -> None:
    arguments: Json = {"lr": 0.5, "max_iter": 4}
    nodes = article()["nodes"]
    x, y = (torch.tensor(nodes[name]["args"]["data"]) for name in ("x", "y"))
    torch.manual_seed(42)
    b, w = torch.randn(1, requires_grad=True), torch.randn(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([b, w], **arguments)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = ((y - (b + w * x)) ** 2).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    losses = [float(optimizer.step(closure).detach()) for _ in range(3)]  # type: ignore[no-untyped-call]
    session = loaded(article())
    leaves = list(session.state.leaves.values())
    session.state.updates.optimiser = torch.optim.LBFGS(leaves, **arguments)  # type: ignore[assignment]

    for step in range(3):
        session.step(watched=step == 1)

    assert session.losses.values() == losses
    assert values(session) == {"b": b.tolist(), "w": w.tolist()}


def layered() -> Json:
    """A network of modules, with running statistics and dropout."""
    return {
        "gradcanvas": 1,
        "seed": 3,
        "device": "cpu",
        "nodes": {
            "x": {"op": "torch.randn", "args": {"size": [12, 4]}},
            "first": {
                "op": "torch.nn.Linear",
                "inputs": {"input": "x"},
                "args": {"in_features": 4, "out_features": 6},
            },
            "norm": {
                "op": "torch.nn.BatchNorm1d",
                "inputs": {"input": "first"},
                "args": {"num_features": 6},
            },
            "drop": {"op": "torch.nn.Dropout", "inputs": {"input": "norm"}, "args": {"p": 0.5}},
            "last": {
                "op": "torch.nn.Linear",
                "inputs": {"input": "drop"},
                "args": {"in_features": 6, "out_features": 1},
            },
            "squares": {"op": "torch.square", "inputs": {"input": "last"}},
            "loss": {"op": "torch.mean", "inputs": {"input": "squares"}},
        },
        "train": {
            "loss": "loss",
            "steps": 4,
            "optimizer": {"op": "torch.optim.SGD", "args": {"lr": 0.1, "momentum": 0.9}},
        },
    }


class Layered:
    """The same by hand."""

    def __init__(self) -> None:
        torch.manual_seed(3)
        self.x = torch.randn(12, 4)
        self.net = torch.nn.Sequential(
            torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6), torch.nn.Dropout(0.5), torch.nn.Linear(6, 1)
        )
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1, momentum=0.9)

    def step(self) -> float:
        """Make one step and return its loss."""
        loss = self.net(self.x).square().mean()
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return float(loss.detach())


def test_modules_train_like_the_script() -> None:
    by_hand, session = Layered(), loaded(layered())
    torch.manual_seed(3)
    session.reset()

    for step in range(4):
        session.step(watched=step == 2)
        session.evaluate()
    after = values(session)

    by_hand = Layered()
    losses = [by_hand.step() for _ in range(4)]
    assert session.losses.values() == losses
    assert list(after.values()) == [parameter.tolist() for parameter in by_hand.net.parameters()]
    running = session.state.modules["norm"].get_buffer("running_mean")
    assert running.equal(by_hand.net[1].get_buffer("running_mean"))


def test_a_module_goes_on_from_a_copy_with_its_buffers() -> None:
    session = loaded(layered())
    for _ in range(3):
        session.step()
    data = session.copy()
    session.step()

    other = loaded(layered())
    other.restore(data)
    other.step()

    assert other.copy() == session.copy()


def test_freezing_a_module_in_a_run_keeps_its_parameters() -> None:
    session = loaded(layered())
    session.step()
    before = values(session)

    session.load(text(edited(layered(), "nodes", "first", "requires_grad", value=False)))
    session.step()

    assert "first.weight" not in session.state.leaves
    assert session.state.modules["first"].get_parameter("weight").tolist() == before["first.weight"]
    assert values(session)["last.weight"] != before["last.weight"]


def shared() -> Json:
    """A graph whose leaves are used several times, broadcast, and whose gradients share memory."""
    return {
        "gradcanvas": 1,
        "seed": 4,
        "device": "cpu",
        "nodes": {
            "a": {"op": "torch.randn", "args": {"size": [3]}, "requires_grad": True},
            "b": {"op": "torch.randn", "args": {"size": [3]}, "requires_grad": True},
            "c": {"op": "torch.randn", "args": {"size": [2, 3]}, "requires_grad": True},
            "unused": {"op": "torch.randn", "args": {"size": [3]}, "requires_grad": True},
            "ab": {"op": "torch.add", "inputs": {"input": "a", "other": "b"}},
            "abc": {"op": "torch.mul", "inputs": {"input": "c", "other": "ab"}},
            "cc": {"op": "torch.mul", "inputs": {"input": "c", "other": "c"}},
            "flat": {"op": "torch.reshape", "inputs": {"input": "a"}, "args": {"shape": [3]}},
            "both": {"op": "torch.add", "inputs": {"input": "abc", "other": "cc"}},
            "more": {"op": "torch.add", "inputs": {"input": "both", "other": "flat"}},
            "squares": {"op": "torch.square", "inputs": {"input": "more"}},
            "loss": {"op": "torch.sum", "inputs": {"input": "squares"}},
        },
        "train": {"loss": "loss", "steps": 4},
    }


@pytest.mark.parametrize("clip", [{}, {"clip": {"norm": 0.5}}])
@pytest.mark.parametrize(
    "optimizer",
    [
        {"op": "gradcanvas.descent", "args": {"lr": 0.01}},
        {"op": "torch.optim.SGD", "args": {"lr": 0.01, "momentum": 0.9}},
        {"op": "torch.optim.Adam", "args": {"lr": 0.01}},
    ],
)
@pytest.mark.parametrize("graph", [article(), network(), layered(), shared()])
def test_watching_changes_no_bit_of_the_state(graph: Json, optimizer: Json, clip: Json) -> None:
    changed = copy.deepcopy(graph)
    changed["train"] |= {"optimizer": optimizer, **clip}
    alone = loaded(changed)
    for _ in range(6):
        alone.step()
    state = alone.copy()

    watched = loaded(changed)
    for step in range(6):
        watched.step(watched=step in (0, 1, 3, 5))
        watched.evaluate()

    assert watched.copy() == state
    assert watched.losses.values() == alone.losses.values()


def articles_first_attempt() -> str:
    """Do what the article tries first, and give torch's words."""
    b = torch.ones(1, requires_grad=True)
    (b * 2).sum().backward()  # type: ignore[no-untyped-call]
    with pytest.raises(RuntimeError) as refused:
        b -= 0.1 * b.grad  # type: ignore[operator]
    return str(refused.value)


@pytest.mark.parametrize("verb", ["update", "step", "watched step"])
def test_an_update_without_no_grad_fails_as_the_articles_first_attempt(verb: str) -> None:
    graph = article()
    graph["train"]["optimizer"] = {"op": "gradcanvas.descent", "args": {"lr": 0.1, "no_grad": False}}
    session = loaded(graph)
    before = [leaf.tolist() for leaf in session.state.leaves.values()]
    session.backward()

    with pytest.raises(RunError) as failed:
        session.update() if verb == "update" else session.step(watched=verb == "watched step")

    problem = failed.value.problem
    assert problem.message == articles_first_attempt()
    assert problem.where == "/train/optimizer"
    assert "`no_grad`" in problem.help
    assert [leaf.tolist() for leaf in session.state.leaves.values()] == before


def test_an_update_goes_on_when_no_grad_is_back() -> None:
    graph = article()
    graph["train"]["optimizer"] = {"op": "gradcanvas.descent", "args": {"lr": 0.1, "no_grad": False}}
    session = loaded(graph)
    session.backward()
    with pytest.raises(RunError):
        session.update()

    graph["train"]["optimizer"]["args"]["no_grad"] = True
    session.load(text(graph))
    session.update()

    plain = loaded(article())
    plain.step()
    assert [leaf.tolist() for leaf in session.state.leaves.values()] == [
        leaf.tolist() for leaf in plain.state.leaves.values()
    ]


def descending() -> Json:
    """Give leaves in two groups: one is −0.0, one gets a sparse gradient, one gets none.

    The rows change sign in every step, and with them the zero that the first leaf's own −0.0 gets.
    """
    rows = {"op": "torch.nn.functional.embedding", "args": {"sparse": True}}
    return {
        "gradcanvas": 1,
        "nodes": {
            "w": {
                "op": "torch.tensor",
                "args": {"data": [-0.0, 2.0]},
                "requires_grad": True,
                "group": "fast",
            },
            "zero": {"op": "torch.tensor", "args": {"data": [0.0, 0.0]}},
            "table": {"op": "torch.ones", "args": {"size": [4, 2]}, "requires_grad": True},
            "places": {"op": "torch.tensor", "args": {"data": [0, 2, 2]}},
            "idle": {"op": "torch.ones", "args": {"size": [2]}, "requires_grad": True},
            "rows": rows | {"inputs": {"input": "places", "weight": "table"}},
            "scaled": {"op": "torch.mul", "inputs": {"input": "w", "other": "zero"}},
            "both": {"op": "torch.add", "inputs": {"input": "rows", "other": "scaled"}},
            "squares": {"op": "torch.square", "inputs": {"input": "both"}},
            "loss": {"op": "torch.mean", "inputs": {"input": "squares"}},
        },
        "train": {
            "loss": "loss",
            "steps": 4,
            "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 3.5}, "groups": {"fast": {"lr": 0.7}}},
        },
    }


SLOW = {"loss": "loss", "optimizer": {"op": "gradcanvas.descent", "args": {"lr": 0.01}}}


@pytest.mark.parametrize("graph", [article(), shared() | {"train": SLOW}, descending()])
def test_steps_watched_one_after_the_other_have_the_bits_of_plain_ones(graph: Json) -> None:
    alone, watched = loaded(graph), loaded(graph)
    taken = []
    for _ in range(9):
        alone.step()
    for step in range(9):
        is_watched = step not in (4, 8)
        taken.append(is_watched and watched.state.updates.takes_gradients)
        watched.step(watched=is_watched)

    # The gradients are not deposited, but in the plain steps, and in the watched one right after such a step.
    assert taken == [step not in (4, 5, 8) for step in range(9)]
    assert watched.copy() == alone.copy()
    assert watched.losses.values() == alone.losses.values()


def test_deposits_before_training_count_whoever_watches() -> None:
    ends = []
    for watched in (False, True):
        session = loaded(shared() | {"train": article()["train"]})
        session.backward()
        session.backward()
        session.step(watched=watched)
        session.step(watched=watched)
        ends.append(values(session))

    assert ends[0] == ends[1]
