"""Python programs in processes forked from one that has imported torch, which takes longer than they run.

The process they are forked from has imported modules and run nothing: a program finds what `python` would
give it, sooner. What depends on how a process starts is tested with a process that starts.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "torch",
        "torch._dynamo",
        "torch._subclasses.fake_tensor",
        "gradcanvas.cli",
        "gradcanvas.training.report",
        "tests.forked",
    ]
)
_STREAMS = (("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))
_SECONDS = 300.0


def python(
    *arguments: object, text: str = "", threads: int | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `python ARGUMENTS…` to its end, as `subprocess.run` would, and capture what it says.

    Args:
        arguments: `-m MODULE …` or `SCRIPT …`.
        text: its standard input.
        threads: how many threads torch takes, where it is not told; none for its own choice.
        environment: set beside what this process has.
    """
    given = [str(each) for each in arguments]
    with TemporaryDirectory() as folder:
        for name, _ in _STREAMS:
            Path(folder, name).write_text(text if name == "in" else "")
        process = _CONTEXT.Process(
            target=_become, args=(folder, given, os.getcwd(), {**os.environ, **environment}, threads)
        )
        process.start()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(given, _SECONDS)
        out, err = (Path(folder, name).read_text() for name in ("out", "err"))
    return subprocess.CompletedProcess(given, process.exitcode, out, err)


def _become(
    folder: str, arguments: list[str], directory: str, environment: dict[str, str], threads: int | None
) -> None:
    """Be the program, in a forked process."""
    for number, (name, flags) in enumerate(_STREAMS):
        opened = os.open(Path(folder, name), flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path.insert(0, str(Path(arguments[0]).parent))
        runpy.run_path(arguments[0], run_name="__main__")
