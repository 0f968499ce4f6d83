"""The graph file: its model, references, problems, canonical writing, migrations and its Yjs form.

Knows nothing of torch: whether an operation, an argument or a reference exists is asked elsewhere.
"""

from gradcanvas.document.json_text import Json, Number
from gradcanvas.document.literal import Literal
from gradcanvas.document.model import (
    FORMAT,
    Batch,
    Clip,
    Frame,
    Function,
    Graph,
    Init,
    Node,
    Optimizer,
    Scheduler,
    Train,
)
from gradcanvas.document.names import edge_id, id_fault, parse_reference, shortest_reference, suggest_id
from gradcanvas.document.problems import Problem, describe, nearest, pointer, quote
from gradcanvas.document.reading import LARGEST_FILE_BYTES, Document, interpret, read
from gradcanvas.document.writing import write, write_tree

__all__ = [
    "FORMAT",
    "LARGEST_FILE_BYTES",
    "Batch",
    "Clip",
    "Document",
    "Frame",
    "Function",
    "Graph",
    "Init",
    "Json",
    "Literal",
    "Node",
    "Number",
    "Optimizer",
    "Problem",
    "Scheduler",
    "Train",
    "describe",
    "edge_id",
    "id_fault",
    "interpret",
    "nearest",
    "parse_reference",
    "pointer",
    "quote",
    "read",
    "shortest_reference",
    "suggest_id",
    "write",
    "write_tree",
]
