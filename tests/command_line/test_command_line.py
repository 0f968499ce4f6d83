import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests import forked
from tests.oracle.article import EXAMPLES, run_article

LINEAR = EXAMPLES / "linear-regression.json"
BROKEN = (
    '{"gradcanvas": 1, "nodes": {"a": {"op": "torch.rleu", "inputs": {"input": "z"}},'
    ' "b": {"op": "torch.ones", "args": {"size": [2]}}}}'
)


def gradcanvas(*arguments: object, text: str = "") -> subprocess.CompletedProcess[str]:
    return forked.python("-m", "gradcanvas", *arguments, text=text, COLUMNS="160")


def test_run_prints_the_numbers_of_the_articles_script() -> None:
    expected = run_article()
    command = [
        str(Path(sys.executable).parent / "gradcanvas"),
        "run",
        str(LINEAR),
        "--json",
        "--threads",
        "2",
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)
    result = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert result["loss"] == expected.losses
    assert result["tensors"]["b"]["value"] == expected.b == [1.0522773265838623]
    assert result["tensors"]["w"]["value"] == expected.w == [1.9127354621887207]
    assert result["tensors"]["b"]["grad"] == expected.b_gradient
    assert result["edges"]["wx.other"] == {
        "from": "x",
        "gradient": None,
        "why": "x does not require a gradient",
    }
    assert result["edges"]["wx.input"]["gradient"]["value"] == expected.w_gradient


def test_the_exported_script_prints_the_same_numbers(tmp_path: Path) -> None:
    script = tmp_path / "article.py"
    expected = run_article()

    exported = gradcanvas("export", LINEAR, "--to", "python", "-o", script)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert exported.returncode == 0, exported.stderr
    assert done.returncode == 0, done.stderr
    assert str(expected.b[0]) in done.stdout
    assert str(expected.w[0]) in done.stdout
    assert "gradcanvas" not in script.read_text()


def test_several_files_and_lines_give_one_result_a_line_in_order() -> None:
    line = json.dumps(json.loads(LINEAR.read_text()))

    done = gradcanvas("run", LINEAR, "-", "--steps", 3, text=f"{line}\n\n{line}\n")
    results = [json.loads(row) for row in done.stdout.splitlines()]

    assert done.returncode == 0, done.stderr
    assert [len(result["loss"]) for result in results] == [3, 3, 3]
    assert results[0]["loss"] == results[1]["loss"] == results[2]["loss"]


def test_zero_steps_is_one_evaluation_without_an_update() -> None:
    result = json.loads(gradcanvas("run", LINEAR, "--steps", 0, "--json").stdout)

    assert result["loss"] == run_article(steps=1).losses
    assert result["tensors"]["w"]["grad"] == run_article(steps=1).w_gradient


def test_a_graph_with_problems_exits_with_1_names_all_and_runs_the_rest() -> None:
    done = gradcanvas("run", "-", text=BROKEN)
    result = json.loads(done.stdout)

    assert done.returncode == 1
    assert {problem["where"] for problem in result["problems"]} >= {"/nodes/a/op"}
    assert result["tensors"]["b"]["value"] == [1.0, 1.0]
    assert "torch.relu" in done.stderr


def test_check_gives_shapes_and_status() -> None:
    good, bad = gradcanvas("check", LINEAR, "--json"), gradcanvas("check", "-", "--json", text=BROKEN)

    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["problems"] == []
    yhat = json.loads(good.stdout)["outputs"]["yhat"]
    assert yhat == {"shape": [80, 1], "dtype": "float32", "requires_grad": True}
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["problems"]


@pytest.mark.parametrize("verb", ["run", "check"])
def test_what_a_person_reads_has_the_tensors(verb: str) -> None:
    done = gradcanvas(verb, LINEAR)

    assert done.returncode == 0, done.stderr
    assert "yhat" in done.stdout
    assert "float32" in done.stdout


@pytest.mark.parametrize("arguments", [("--to", "dot"), ("--to", "svg"), ("--to", "dot", "--autograd")])
def test_pictures_are_exported(arguments: tuple[str, ...]) -> None:
    done = gradcanvas("export", LINEAR, *arguments)

    assert done.returncode == 0, done.stderr
    assert ("MulBackward0" in done.stdout) == ("--autograd" in arguments)
    assert ("yhat" in done.stdout) or "--autograd" in arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "no-such-file.json"),
        ("run", str(LINEAR), "--compile"),
        ("run", str(LINEAR), "--record", "every"),
        ("run", str(LINEAR), "--steps", "-1"),
        ("run", str(LINEAR), "--device", "gpu"),
        ("rnu", str(LINEAR)),
        ("help",),
        ("export", str(LINEAR)),
        ("export", str(LINEAR), "--to", "python", "--autograd"),
        ("check", "--nonsense"),
    ],
)
def test_wrong_use_exits_with_2_and_says_how(arguments: tuple[str, ...]) -> None:
    done = gradcanvas(*arguments)

    assert done.returncode == 2
    assert done.stderr.strip()


def test_a_bar_on_a_terminal_shows_how_many_steps_are_done_and_nothing_elsewhere() -> None:
    leader, follower = os.openpty()
    command = [sys.executable, "-m", "gradcanvas", "run", str(LINEAR), "--steps", "3000", "--json"]

    on_terminal = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    drawn = b""
    with suppress(OSError):
        while chunk := os.read(leader, 4096):
            drawn += chunk
    os.close(leader)
    piped = gradcanvas("run", LINEAR, "--steps", "3", "--json")

    assert on_terminal.wait() == 0
    assert b"/3000" in drawn
    assert piped.stderr == ""


def test_a_mistyped_verb_is_no_file_to_be_made() -> None:
    done = gradcanvas("chek")

    assert done.returncode == 2
    assert "Did you mean `gradcanvas check`?" in done.stderr


def test_a_script_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    done = gradcanvas("export", LINEAR, "--to", "dot", "-o", tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith(f"gradcanvas: {tmp_path}: ")
    assert "Traceback" not in done.stderr


def test_ops_finds_what_people_mean() -> None:
    done = gradcanvas("ops", "matrix", "multiply", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["operations"][0]["name"] == "torch.matmul"


def test_a_person_is_told_where_metrics_and_validation_began_and_ended(tmp_path: Path) -> None:
    graph = json.loads(LINEAR.read_text())
    graph["train"] |= {
        "steps": 4,
        "metrics": {"slope": "w"},
        "batch": {"size": 40, "of": ["x", "y"]},
        "validation": {"x": [[0.0]], "y": [[1.0]]},
    }
    file = tmp_path / "graph.json"
    file.write_text(json.dumps(graph))

    done = gradcanvas("run", file)

    lines = done.stdout.splitlines()
    assert [line.rsplit(" ", 3)[0] for line in lines[1:4]] == ["slope", "validation loss", "validation slope"]


@pytest.mark.parametrize(
    ("option", "value"), [("--threads", "99999999999"), ("--seed", "99999999999999999999999")]
)
def test_numbers_that_torch_cannot_hold_are_a_wrong_use(option: str, value: str) -> None:
    done = gradcanvas("run", LINEAR, option, value)

    assert done.returncode == 2
    assert option in done.stderr
