"""The command line: each verb reads the same graph file, prints for a person, or one JSON document.

It knows nothing of how a gradient is computed, and imports what a verb needs with that verb: torch for those
that compute, what prints tables for those that print.
"""

import json
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gradcanvas import __version__

VERBS = ("serve", "run", "check", "export", "ops")
DONE, FAILED, MISUSED = 0, 1, 2

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Draw a PyTorch graph, run it, and see the gradient on every edge. Without a verb: serve.",
)


class Record(StrEnum):
    """What `--record` may say."""

    NONE = "none"
    SAMPLED = "sampled"
    EVERY = "every"


class Format(StrEnum):
    """What `export --to` may say."""

    PYTHON = "python"
    DOT = "dot"
    SVG = "svg"


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
GraphFile = Annotated[str, typer.Argument(metavar="FILE", help="A graph file; - for standard input.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or cuda:N, instead of the file's.")]


def main() -> None:
    """Run the command line; a call without a verb serves."""
    arguments = sys.argv[1:]
    if not arguments or (arguments[0] not in VERBS and arguments[0] not in ("-h", "--help", "--version")):
        _refuse_mistyped_verb(arguments)
        arguments = ["serve", *arguments]
    app(args=arguments, prog_name="gradcanvas")


def _refuse_mistyped_verb(arguments: list[str]) -> None:
    """End here where a verb was meant: a bare word near to one that names no file, or more than one word."""
    word = arguments[0] if arguments else "-"
    if word.startswith("-") or not word.isalpha() or Path(word).exists():
        return
    close = get_close_matches(word.lower(), (*VERBS, "help"), n=1, cutoff=0.6)
    if close or (len(arguments) > 1 and not arguments[1].startswith("-")):
        meant = f"Did you mean `gradcanvas {close[0].replace('help', '--help')}`?" if close else ""
        verbs = meant or f"There is {', '.join(VERBS)}."
        typer.echo(f"gradcanvas: There is no verb or file `{word[:80]}`. {verbs}", err=True)
        sys.exit(MISUSED)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit(DONE)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Draw a PyTorch graph, run it, and see the gradient on every edge. Without a verb: serve."""


@app.command()
def serve(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Saving writes it back.")] = None,
    host: Annotated[
        str, typer.Option(help="Beyond loopback a token is needed; it is printed.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Default 5000, or the next free one.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="Where graphs are kept.")] = None,
) -> None:
    """Start the editor on FILE, or on the graph last worked on."""
    from gradcanvas.web import ServerError, ServeSettings
    from gradcanvas.web import serve as serve_page

    settings = ServeSettings(file=file, host=host, port=port, open_browser=open_browser, data=data)
    try:
        serve_page(settings)
    except ServerError as error:
        _refuse(str(error), FAILED)


@app.command()
def run(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Graph files; - for one graph a line.")],
    steps: Annotated[int | None, typer.Option(min=0, help="Instead of the file's; 0 evaluates once.")] = None,
    device: Device = None,
    seed: Annotated[
        int | None, typer.Option(min=-(2**63), max=2**64 - 1, help="Instead of the file's.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads of PyTorch.")] = None,
    record: Annotated[Record, typer.Option(help="Which steps to write besides the last.")] = Record.NONE,
    compiled: Annotated[bool, typer.Option("--compile", help="Run through torch.compile.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Largest tensor whose values are printed.")] = 1000,
    keep: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the graph with the values it ends with.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Forward and backward, or the training loop."""
    for option, given in (("--record", record is not Record.NONE), ("--compile", compiled)):
        if given:
            _refuse(f"{option} is not there yet in GradCanvas {__version__}: leave it out.", MISUSED)
    if device is not None and not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,3})?", device):
        _refuse(f"--device {device[:80]} is none. Choose auto, cpu, cuda or cuda:N.", MISUSED)
    many = len(files) > 1 or "-" in files
    if keep is not None and many:
        _refuse("--keep goes with one FILE: it writes one graph.", MISUSED)
    from gradcanvas.terminal import print_problems, print_run, show_progress
    from gradcanvas.training import run_graph

    failed = False
    for name, text in _named_texts(files):
        with show_progress() as progress:
            result = run_graph(
                text,
                steps=steps,
                device=device,
                seed=seed,
                threads=threads,
                limit=limit,
                is_kept=keep is not None,
                progress=progress,
            )
        if keep is not None and (state := result.pop("state", None)) is not None:
            _write_with_state(keep, text, state)
        failed |= bool(result.get("problems")) or "error" in result
        if as_json or many:
            typer.echo(_json(result, compact=many))
        else:
            print_run(result)
        print_problems(name, result.get("problems", []), result.get("error"))
    raise typer.Exit(FAILED if failed else DONE)


@app.command()
def check(file: GraphFile, as_json: AsJson = False) -> None:
    """Print every problem of FILE, and the shape and dtype of every output, computing no tensor."""
    from gradcanvas.terminal import print_check, print_problems
    from gradcanvas.training import check_graph

    result = check_graph(_text(file))
    if as_json:
        typer.echo(_json(result))
    else:
        print_check(result)
        print_problems(file, result["problems"])
    raise typer.Exit(FAILED if result["problems"] else DONE)


@app.command()
def export(
    file: GraphFile,
    to: Annotated[Format, typer.Option(help="A script that needs only torch, or a picture.")],
    autograd: Annotated[bool, typer.Option("--autograd", help="The autograd graph (dot, svg).")] = False,
    out: Annotated[Path | None, typer.Option("-o", metavar="OUT", help="Write there.")] = None,
) -> None:
    """Write FILE as a Python script with the same numbers, or as a picture of one of its two graphs."""
    if autograd and to is Format.PYTHON:
        _refuse("--autograd goes with --to dot or --to svg: a script has only the forward graph.", MISUSED)
    from gradcanvas.terminal import print_problems

    text, problems = _export(_text(file), to, autograd)
    if text is not None and out is not None:
        _write(out, text)
    elif text is not None:
        sys.stdout.write(text)
    print_problems(file, problems)
    raise typer.Exit(FAILED if problems else DONE)


@app.command()
def ops(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]", help="What to look for.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the catalogue, or what of it the words find."""
    from gradcanvas.catalog import load_catalog, operation_to_json, search
    from gradcanvas.terminal import print_operations

    catalog = load_catalog()
    found = search(catalog, " ".join(words)) if words else list(catalog.operations.values())
    if as_json:
        described = [operation_to_json(operation) for operation in found]
        typer.echo(_json({"torch": catalog.torch, "operations": described}))
    else:
        print_operations(found, catalog.torch)
    raise typer.Exit(DONE if found else FAILED)


def _export(text: bytes, to: Format, autograd: bool) -> tuple[str | None, list[dict[str, str]]]:
    """Return the exported text and the graph's problems; no text where the graph cannot be exported."""
    from gradcanvas.document import read
    from gradcanvas.exports import draw_autograd, draw_forward, write_dot, write_svg
    from gradcanvas.training import autograd_of, check_graph, python_of

    checked = check_graph(text)
    problems: list[dict[str, str]] = checked["problems"]
    if to is Format.PYTHON:
        return (None if problems else python_of(text)), problems
    graph = read(text).graph
    if autograd:
        drawing = draw_autograd(graph.title or "Graph", autograd_of(text))
    else:
        drawing = draw_forward(graph, checked["outputs"])
    return (write_dot if to is Format.DOT else write_svg)(drawing), problems


def _write_with_state(out: Path, text: bytes, state: str) -> None:
    """Write the graph with the values that it keeps; all else in it stays as it is."""
    from gradcanvas.document import read, write_tree

    _write(out, write_tree({**read(text).tree, "state": state}))


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        _refuse(f"{out}: {error.strerror}. Name a file that can be written.", FAILED)


def _named_texts(files: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield every graph in order; a file that cannot be read is refused before the first is run."""
    texts = {name: _text(name) for name in files if name != "-"}
    for name in files:
        if name != "-":
            yield name, texts[name]
            continue
        for number, line in enumerate(sys.stdin.buffer, 1):
            if line.strip():
                yield f"line {number}", line


def _text(name: str) -> bytes:
    """Read one graph file, or standard input."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        _refuse(f"{name}: {error.strerror}. Name a graph file that can be read.", MISUSED)


def _json(result: dict[str, Any], *, compact: bool = False) -> str:
    return json.dumps(result, ensure_ascii=False, allow_nan=False, indent=None if compact else 1)


def _refuse(message: str, status: int) -> NoReturn:
    typer.echo(f"gradcanvas: {message}", err=True)
    raise typer.Exit(status)
