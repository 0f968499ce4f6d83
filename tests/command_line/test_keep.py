"""`run --keep`: the graph with the values that it ends with."""

import json
from pathlib import Path

from tests.command_line.test_command_line import BROKEN, LINEAR, gradcanvas


def test_a_graph_written_with_its_values_goes_on_where_the_run_ended(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    whole = json.loads(gradcanvas("run", LINEAR, "--steps", 20, "--json").stdout)

    first = gradcanvas("run", LINEAR, "--steps", 12, "--keep", kept, "--json")
    again = json.loads(gradcanvas("run", kept, "--steps", 8, "--json").stdout)

    assert first.returncode == 0, first.stderr
    assert "state" not in json.loads(first.stdout)
    assert again["loss"] == whole["loss"][12:]
    written, original = json.loads(kept.read_text()), json.loads(LINEAR.read_text())
    assert {key: value for key, value in written.items() if key != "state"} == original


def test_keeping_several_graphs_at_once_is_misuse(tmp_path: Path) -> None:
    done = gradcanvas("run", LINEAR, LINEAR, "--keep", tmp_path / "kept.json")

    assert done.returncode == 2
    assert "--keep goes with one FILE" in done.stderr


def test_nothing_is_written_for_what_is_no_graph(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"

    done = gradcanvas("run", "/dev/stdin", "--keep", kept, text="no graph")

    assert done.returncode == 1
    assert not kept.exists()


def test_what_runs_of_a_broken_graph_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"

    done = gradcanvas("run", "/dev/stdin", "--keep", kept, text=BROKEN)

    assert done.returncode == 1
    assert json.loads(kept.read_text())["nodes"] == json.loads(BROKEN)["nodes"]
