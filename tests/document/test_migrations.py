"""Migrations: numbered steps from an older format, in memory. Tested on formats that exist only here."""

from gradcanvas.document import Json, Number, Problem
from gradcanvas.document.migrations import STEPS, Step, migrate
from gradcanvas.document.model import FORMAT


def rename(old: str, new: str) -> Step:
    return lambda tree: {new if key == old else key: value for key, value in tree.items()}


def version(number: int) -> dict[str, Json]:
    return {"gradcanvas": Number(str(number)), "a": Number("1.50")}


def test_an_older_tree_goes_through_every_step_in_turn() -> None:
    steps = {1: rename("a", "b"), 2: rename("b", "c")}

    assert migrate(version(1), steps, newest=3) == {"gradcanvas": Number("3"), "c": Number("1.50")}
    assert migrate(version(2), steps, newest=3) == {"gradcanvas": Number("3"), "a": Number("1.50")}
    assert migrate(version(3), steps, newest=3) == version(3)


def test_the_tree_given_is_not_changed() -> None:
    tree = version(1)

    migrate(tree, {1: rename("a", "b")}, newest=2)

    assert tree == version(1)


def test_a_version_without_a_step_is_refused_with_both_numbers() -> None:
    problem = migrate(version(0), {1: rename("a", "b")}, newest=2)

    assert isinstance(problem, Problem)
    assert problem.code == "unsupported-version"
    assert "0" in problem.message
    assert "2" in problem.message


def test_a_newer_version_is_refused() -> None:
    problem = migrate(version(9), {}, newest=2)

    assert isinstance(problem, Problem)
    assert problem.code == "newer-version"


def test_there_is_a_step_from_every_format_there_has_been() -> None:
    assert sorted(STEPS) == list(range(1, FORMAT))
