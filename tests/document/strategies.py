"""Random graph files for property tests: sound ones, broken ones, and trees that are hardly graphs at all."""

from hypothesis import strategies as st

from gradcanvas.document import Json, Number

NUMBERS = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "-0",
        "1.0",
        "-0.0",
        "1e-3",
        "1E5",
        "0.10",
        "2.50",
        "1152921504606846976",
        "1e999",
        "9" * 30,
    ]
).map(Number)
TEXTS = st.one_of(
    st.sampled_from(
        ["", "!", "!x", "[x", "@x", "=x", "é", "😀", "\u2028", "a\nb", "x.0", "id", "order", "name"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
)
NAMES = st.one_of(
    st.sampled_from(["x", "y", "z", "w", "relu", "relu_2", "lambda", "a.b", "index", "!"]), TEXTS
)
REFERENCES = st.one_of(st.sampled_from(["x", "y", "z.0", "x.values", "y.1", "gone", "gone.2"]), TEXTS)

_LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
JSON: st.SearchStrategy[Json] = st.recursive(
    _LEAVES,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(TEXTS, below, max_size=3)),
    max_leaves=6,
)


def _or_anything(strategy: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Mostly what the place asks for, sometimes anything."""
    return st.integers(0, 9).flatmap(lambda dice: JSON if dice == 0 else strategy)


def _fields(known: dict[str, st.SearchStrategy[Json]]) -> st.SearchStrategy[Json]:
    sound = st.fixed_dictionaries({}, optional={key: _or_anything(value) for key, value in known.items()})
    unknown = st.integers(0, 3).flatmap(
        lambda dice: st.dictionaries(TEXTS, JSON, max_size=2 if dice == 0 else 0)
    )
    return st.tuples(sound, unknown).map(lambda both: {**both[1], **both[0]})


def _map(values: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.dictionaries(NAMES, _or_anything(values), max_size=3)


OPS: st.SearchStrategy[Json] = st.sampled_from(["torch.add", "torch.randn", "!odd"])
ARGS = _map(JSON)
WIRES = st.one_of(REFERENCES, st.lists(_or_anything(REFERENCES), max_size=3))
PAIRS: st.SearchStrategy[Json] = st.tuples(NUMBERS, NUMBERS).map(list)

NODES = _fields(
    {
        "op": OPS,
        "inputs": _map(WIRES),
        "args": ARGS,
        "requires_grad": st.one_of(st.booleans(), _map(st.booleans())),
        "mode": st.sampled_from(["train", "eval"]),
        "init": _map(_fields({"op": OPS, "args": ARGS})),
        "group": TEXTS,
        "share": REFERENCES,
        "label": TEXTS,
        "at": PAIRS,
        "size": PAIRS,
        "collapsed": st.booleans(),
        "bypass": st.booleans(),
    }
)
FUNCTIONS = _fields(
    {"inputs": st.lists(NAMES, max_size=2), "nodes": _map(NODES), "outputs": _map(REFERENCES)}
)
CALLS = _fields({"op": OPS, "args": ARGS, "groups": _map(ARGS)})
TRAINS = _fields(
    {
        "loss": REFERENCES,
        "steps": NUMBERS,
        "optimizer": CALLS,
        "scheduler": CALLS,
        "clip": _fields({"norm": NUMBERS, "value": NUMBERS}),
        "batch": _fields({"size": NUMBERS, "of": st.lists(REFERENCES, max_size=2), "shuffle": st.booleans()}),
        "metrics": _map(REFERENCES),
        "validation": st.dictionaries(REFERENCES, st.one_of(REFERENCES, JSON), max_size=2),
    }
)
FRAMES = _fields({"title": TEXTS, "at": PAIRS, "size": PAIRS, "color": TEXTS})
FILES = _fields(
    {
        "gradcanvas": st.just(Number("1")),
        "title": TEXTS,
        "notes": TEXTS,
        "seed": NUMBERS,
        "device": st.sampled_from(["auto", "cpu", "cuda:1", "tpu"]),
        "nodes": _map(NODES),
        "functions": _map(FUNCTIONS),
        "train": TRAINS,
        "frames": st.lists(_or_anything(FRAMES), max_size=2),
        "state": TEXTS,
    }
)
"""Trees of graph files, broken more often than not."""
