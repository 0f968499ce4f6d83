"""Holds the code to the map and the invariants of docs/architecture.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "server" / "gradcanvas"
ROOMS = ["document", "catalog", "program", "training", "engine", "exports", "web", "cli"]
"""In the order of the map: each imports only from rooms before it."""

TORCH_FREE = ["document", "exports", "web"]


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room a file belongs to; how the command line prints is part of the command line."""
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "cli" if name == "terminal" else name


def imported_modules(path: Path) -> Iterator[str]:
    """Every module a file names in an import, at any depth of its functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                package = ["gradcanvas", *path.relative_to(PACKAGE).parts[: -node.level]]
                yield ".".join([*package, *([node.module] if node.module else [])])
            elif node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top_level_imports(path: Path) -> set[str]:
    """The modules of ours that a file needs in order to be imported; of `from room import module` that."""
    tree = ast.parse(path.read_text())
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {
                name
                for name in named
                if (ROOT / "server" / name.replace(".", "/")).with_suffix(".py").exists()
            }
            names |= modules if modules == named else {node.module, *modules}
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name for name in names if name.startswith("gradcanvas")}


def importers_of(library: str) -> set[str]:
    pattern = re.compile(rf"{library}(\.|$)")
    return {
        str(path.relative_to(PACKAGE))
        for path in sources()
        if any(pattern.match(module) for module in imported_modules(path))
    }


def test_every_room_of_the_map_exists_and_no_other() -> None:
    rooms = {room_of(path) for path in sources()} - {"__init__", "__main__"}

    assert rooms == set(ROOMS)


def test_the_map_in_the_document_has_the_rooms_in_this_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `([a-z.]+)` \|", text.split("## Rooms")[1], flags=re.MULTILINE)

    assert [row.removesuffix(".py") for row in rows] == ROOMS


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_above_it(path: Path) -> None:
    room = room_of(path)
    if room not in ROOMS:
        return
    allowed = set(ROOMS[: ROOMS.index(room) + 1]) | {"__version__"}

    rooms = {
        "cli" if module.split(".")[1] == "terminal" else module.split(".")[1]
        for module in imported_modules(path)
        if module.startswith("gradcanvas.") and module.count(".") >= 1
    }

    assert rooms <= allowed, f"{room} imports from {rooms - allowed}"


def test_no_import_cycles() -> None:
    modules = {
        ".".join(["gradcanvas", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(
            ".__init__"
        ): path
        for path in sources()
    }
    graph = {name: top_level_imports(path) & modules.keys() - {name} for name, path in modules.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name in done:
            return
        for other in sorted(graph[name]):
            visit(other, (*trail, name))
        done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_only_order_imports_networkx() -> None:
    assert importers_of("networkx") == {"program/order.py"}


def test_only_web_imports_flask() -> None:
    for library in ("flask", "flask_socketio", "socketio", "sqlalchemy"):
        assert all(name.startswith("web/") for name in importers_of(library)), library


def test_rooms_of_the_web_process_never_import_torch() -> None:
    rooms = {name.split("/")[0] for name in importers_of("torch")}

    assert not rooms & set(TORCH_FREE)


def test_the_folders_of_the_page_are_those_of_the_map() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    paragraph = text.split("`frontend/src/` — ")[1].split("\n\n")[0]

    folders = {path.name for path in (ROOT / "frontend" / "src").iterdir() if path.is_dir()}

    assert set(re.findall(r"`([a-z]+)/`", paragraph)) == folders


def test_only_wire_imports_socket_io_in_the_page() -> None:
    page = ROOT / "frontend" / "src"
    importers = {
        path.relative_to(page).parts[0]
        for path in page.rglob("*.ts*")
        if re.search(r"""from ["']socket\.io""", path.read_text())
    }

    assert importers <= {"wire"}


def test_every_module_says_first_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_nothing_evaluates_text_or_reads_a_pickle() -> None:
    forbidden = re.compile(
        r"(?<![\w.])(eval|exec|__import__)\(|import_module\(|pickle\.loads?\(|(?<![\w.])torch\.load\("
    )
    found = {
        str(path.relative_to(PACKAGE)): forbidden.findall(path.read_text())
        for path in sources()
        if forbidden.search(path.read_text()) and room_of(path) != "engine"
    }

    assert found == {}
