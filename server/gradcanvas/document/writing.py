"""From a document to the text of a graph file: canonical, so that two saves of one graph are the same bytes.

A key of the graph a line, a node a line; the file ends with one newline.
"""

from gradcanvas.document.canonical import canonical
from gradcanvas.document.json_text import Json, text_of
from gradcanvas.document.reading import Document


def write(document: Document) -> str:
    """Return the canonical text of a document, what is wrong with it included."""
    return write_tree(document.tree)


def write_tree(tree: dict[str, Json]) -> str:
    """Return the canonical text of the tree of a graph file."""
    members = [_top_level(key, value) for key, value in canonical(tree).items()]
    return _block("{", members, 0, "}") + "\n"


def _top_level(key: str, value: Json) -> str:
    if key == "nodes" and isinstance(value, dict):
        return _member(key, _nodes(value, 1))
    if key == "functions" and isinstance(value, dict):
        functions = [_member(name, _function(item)) for name, item in value.items()]
        return _member(key, _block("{", functions, 1, "}"))
    if key == "frames" and isinstance(value, list):
        return _member(key, _block("[", [text_of(item) for item in value], 1, "]"))
    return _member(key, text_of(value))


def _function(value: Json) -> str:
    if not isinstance(value, dict):
        return text_of(value)
    members = [
        _member(key, _nodes(item, 2) if key == "nodes" and isinstance(item, dict) else text_of(item))
        for key, item in value.items()
    ]
    return "{" + ", ".join(members) + "}"


def _nodes(nodes: dict[str, Json], indent: int) -> str:
    return _block("{", [_member(key, text_of(value)) for key, value in nodes.items()], indent, "}")


def _member(key: str, text: str) -> str:
    return f"{text_of(key)}: {text}"


def _block(opening: str, members: list[str], indent: int, closing: str) -> str:
    """Return the members a line each, one space deeper than the line the block begins on."""
    if not members:
        return opening + closing
    inner = ",\n".join(" " * (indent + 1) + member for member in members)
    return f"{opening}\n{inner}\n{' ' * indent}{closing}"
