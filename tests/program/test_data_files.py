"""Files in data URLs: CSV, NPY and safetensors as they come back, and everything hostile as a problem."""

import base64
import csv
import io
import json
import pickle
import struct
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gradcanvas import document as documents
from gradcanvas.document import Problem
from gradcanvas.program.check import check_document
from gradcanvas.program.data_urls import LARGEST_DATA_BYTES
from gradcanvas.program.print_python import print_python
from tests.program.running import bound, catalog, compiled, graph, is_same
from tests.program.test_data_sets import checked, data
from tests.program.test_print_python import executed

CSV, NPY, SAFETENSORS = "text/csv", "application/x-npy", "application/x-safetensors"


def url(content: bytes, media: str) -> str:
    return f"data:{media};base64,{base64.b64encode(content).decode()}"


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npy_header(text: str, content: bytes = b"") -> bytes:
    header = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def safetensors_header(header: Any, content: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


def read(source: str, **args: Any) -> dict[str, torch.Tensor]:
    """Give the outputs of a file by their references, as a run makes them."""
    nodes = {"d": data(source=source, **args)}
    assert checked(nodes).problems == ()
    return compiled(graph(nodes, None)).make()


def problem_of(source: str, **args: Any) -> Problem:
    """Give the one problem of a node of data, of which others refer to several outputs."""
    users = {name: {"op": "torch.neg", "inputs": {"input": ref}} for name, ref in USERS.items()}
    (problem,) = checked({"d": data(source=source, **args), **users}).problems
    return problem


USERS = {"first": "d", "named": "d.species", "numbered": "d.7"}


def printed(source: str, **args: Any) -> dict[str, Any]:
    """Give the variables of the script that is printed for a file."""
    text = graph({"d": data(source=source, **args)}, None)
    return executed(print_python(bound(text), device="cpu"))[0]


def test_every_column_of_a_csv_file_is_an_output() -> None:
    table = "sepal length (cm), Species ,n,n,2020x,\n5.1,setosa,1,0.5,7,a\n4.9,virginica,-2,,8,b\n"

    found = read(url(table.encode(), CSV))

    assert list(found) == ["d", "d.Species", "d.n", "d.n_2", "d.column_2020x", "d.column_5"]
    assert is_same(found["d"], torch.tensor([5.1, 4.9]))
    assert is_same(found["d.Species"], torch.tensor([0, 1]))
    assert is_same(found["d.n"], torch.tensor([1, -2]))
    assert found["d.n_2"][0] == 0.5
    assert found["d.n_2"][1].isnan()


@pytest.mark.parametrize(
    "source",
    [
        "data:text/csv," + quote("a;b\n1,5;x\n"),
        url("\ufeffa\tb\r\n1\tx\r\n".encode(), "text/tab-separated-values"),
        url(b"a,b\n\n1,x\n\n", "application/octet-stream"),
        url(b"a,b\n1,x\n", "text/csv;charset=utf-8;name=my%2Cfile.csv"),
        url(b'a,b\n1,"x, y\nz"\n', CSV),
    ],
)
def test_a_csv_file_may_come_in_any_of_its_forms(source: str) -> None:
    found = read(source)

    assert list(found) == ["d", "d.b"]
    assert [tensor.tolist() for tensor in found.values()] in ([[1], [0]], [[0], [0]])
    assert all(is_same(printed(source)[ref.replace(".", "_")], tensor) for ref, tensor in found.items())


def test_a_csv_file_without_names_numbers_its_outputs() -> None:
    found = read(url(b"5.1,setosa\n4.9,virginica\n", CSV))

    assert list(found) == ["d", "d.1"]


def test_wide_numbers_are_floating() -> None:
    found = read(url(b"a,b,c\n12345678901234567890,1e3,inf\n1,2,-nan\n1,2,nan\n".replace(b"-nan", b"1"), CSV))

    assert [tensor.dtype for tensor in found.values()] == [torch.float32] * 3


CELL = st.one_of(st.integers(-(10**20), 10**20), st.floats(width=64), st.none())
WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)


def is_word(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.strip() == text != ""
    return False


@st.composite
def tables(draw: st.DrawFn) -> list[list[Any]]:
    """Give columns of numbers or of words, as long as each other."""
    rows = draw(st.integers(1, 6))
    column = st.one_of(
        st.lists(CELL, min_size=rows, max_size=rows),
        st.lists(WORD.filter(is_word), min_size=rows, max_size=rows),
    )
    return draw(st.lists(column, min_size=1, max_size=4))


@settings(deadline=None, max_examples=60)
@given(columns=tables(), delimiter=st.sampled_from(",;\t"))
def test_a_csv_file_comes_back_as_it_was_written(columns: list[list[Any]], delimiter: str) -> None:
    stream = io.StringIO()
    # The first line of a single column shows no delimiter: cells that hold one stand in quotation marks.
    dialect = "unix" if len(columns) == 1 else "excel"
    writer = csv.writer(stream, dialect, delimiter=delimiter)
    writer.writerow([f"c{place}" for place in range(len(columns))])
    writer.writerows([["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True)])
    source = url(stream.getvalue().encode(), CSV)

    found = read(source, dtype="float64")

    for column, tensor in zip(columns, found.values(), strict=True):
        if isinstance(column[0], str):
            words = sorted(set(column))
            assert [words[place] for place in tensor.tolist()] == column
        else:
            numbers = [float("nan") if cell is None else float(cell) for cell in column]
            assert is_same(tensor.double(), torch.tensor(numbers, dtype=torch.float64))
    variables = printed(source, dtype="float64")
    assert all(is_same(variables[ref.replace(".", "_")], tensor) for ref, tensor in found.items())


DTYPES = st.one_of(
    arrays.floating_dtypes(sizes=(16, 32, 64), endianness="?"),
    arrays.integer_dtypes(endianness="?"),
    arrays.unsigned_integer_dtypes(sizes=(8, 16, 32), endianness="?"),
    arrays.boolean_dtypes(),
)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@settings(deadline=None, max_examples=60)
@given(array=DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)), is_fortran=st.booleans())
def test_an_npy_file_comes_back_as_it_was_written(array: Any, is_fortran: bool) -> None:
    written = np.asfortranarray(array) if is_fortran else array
    source = url(npy(written), NPY)

    (found,) = read(source, dtype="float64").values()

    kinds = {"f": torch.float64, "i": torch.int64, "u": torch.int64, "b": torch.bool}
    assert found.dtype is kinds[array.dtype.kind]
    assert found.is_contiguous()
    np.testing.assert_array_equal(found.numpy(), array)
    assert is_same(printed(source, dtype="float64")["d"], found)


TORCH = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
    torch.int8, torch.uint8, torch.bool, torch.complex64,
]  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(
    kinds=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda name: name[:2] != "__"),
        st.tuples(st.sampled_from(TORCH), SHAPES),
        min_size=1,
        max_size=4,
    )
)
def test_a_safetensors_file_comes_back_as_it_was_written(
    kinds: dict[str, tuple[torch.dtype, tuple[int, ...]]],
) -> None:
    tensors = {name: (torch.randn(shape) * 3).to(dtype) for name, (dtype, shape) in kinds.items()}
    source = url(safetensors.torch.save(tensors), SAFETENSORS)

    found = read(source)

    assert len(found) == len(tensors)
    variables = printed(source)
    for (ref, tensor), name in zip(found.items(), sorted(tensors), strict=True):
        written = tensors[name]
        is_kept = written.is_complex() or written.dtype is torch.bool
        dtype = torch.float32 if written.is_floating_point() else written.dtype if is_kept else torch.int64
        assert is_same(tensor, written.to(dtype))
        assert is_same(variables[ref.replace(".", "_")], tensor)


def test_a_file_is_divided_as_a_set_is() -> None:
    source = url(npy(np.arange(10)), NPY)

    (train,), (held,) = (
        read(source, part=part, rows=8, holdout=0.25).values() for part in ("train", "validation")
    )

    order = np.random.RandomState(0).permutation(8)
    assert held.tolist() == order[:2].tolist()
    assert train.tolist() == order[2:].tolist()
    assert is_same(printed(source, part="train", rows=8, holdout=0.25)["d"], train)


WIDE = b",".join(b"c%d" % place for place in range(300)) + b"\n" + b",".join([b"1"] * 300)
HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
HOSTILE = {
    "no comma": "data:text/csv;base64",
    "another kind": url(b"x", "image/png"),
    "not base64": "data:text/csv;base64,YSx*",
    "base64 cut short": "data:text/csv;base64,YSxiC",
    "base64 beyond ascii": "data:text/csv;base64,YSxié",
    "nothing": "data:text/csv,",
    "blank lines": url(b"\n\r\n\n", CSV),
    "names alone": url(b"a,b\n", CSV),
    "not utf-8": url(b"a,b\n1,\xff\n", CSV),
    "ragged": url(b"a,b\n1,2\n3\n", CSV),
    "open quote": url(b'a,b\n1,"2\n', CSV),
    "after a quote": url(b'a,b\n1,"2"3\n', CSV),
    "numbers and words": url(b"a,b\n1,x\ny,x\n", CSV),
    "empty among words": url(b"a,b\n1,x\n2,\n", CSV),
    "one enormous cell": url(b"a\n" + b"x" * 200_000, CSV),
    "too many columns": url(WIDE, CSV),
    "pickled": url(npy(np.array([{"a": 1}], dtype=object)), NPY),
    "a pickle": url(pickle.dumps([1, 2]), NPY),
    "a zip of arrays": url(b"PK\x03\x04" + b"\0" * 50, NPY),
    "words": url(npy(np.array(["a", "b"])), NPY),
    "times": url(npy(np.array(["2020-01-01"], dtype="datetime64[D]")), NPY),
    "structured": url(npy(np.zeros(2, dtype=[("a", "f4"), ("b", "i8")])), NPY),
    "unsigned beyond int64": url(npy(np.array([2**63], dtype=np.uint64)), NPY),
    "cut short": url(npy(np.zeros(5))[:-3], NPY),
    "more than its shape": url(npy(np.zeros(5)) + b"\0", NPY),
    "a shape of terabytes": url(npy_header(HUGE, b"\0" * 8), NPY),
    "a shape beyond all": url(npy_header(HUGE.replace("1000000000000", "9" * 60)), NPY),
    "a negative shape": url(npy_header(HUGE.replace("1000000000000", "-1")), NPY),
    "a header that calls": url(npy_header("__import__('os').system('true')"), NPY),
    "a header of brackets": url(npy_header("(" * 110), NPY),
    "no header": url(b"\x93NUMPY\x01\x00", NPY),
    "another version": url(b"\x93NUMPY\x09\x00" + b"\0" * 100, NPY),
    "safetensors cut short": url(safetensors.torch.save({"a": torch.ones(4)})[:-4], SAFETENSORS),
    "a header of exabytes": url(struct.pack("<Q", 2**62) + b"{}", SAFETENSORS),
    "a header that is no JSON": url(safetensors_header(b"{]"), SAFETENSORS),
    "offsets beyond": url(
        safetensors_header({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}), SAFETENSORS
    ),
    "overlapping": url(
        safetensors_header(
            {name: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for name in "ab"}, b"\0" * 4
        ),
        SAFETENSORS,
    ),
    "no tensors": url(safetensors_header({}), SAFETENSORS),
    "float8": url(
        safetensors.torch.save({"a": torch.ones(4).to(torch.float8_e5m2)}), SAFETENSORS
    ),
    "not safetensors": url(b"x,y\n1,2\n", SAFETENSORS),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_one_problem_that_says_what_to_do(name: str) -> None:
    problem = problem_of(HOSTILE[name])

    assert problem.where == "/nodes/d/args/source"
    assert problem.code in ("bad-data", "too-many-columns")
    assert 20 < len(problem.message) < 400
    assert problem.help


@settings(deadline=None, max_examples=150)
@given(
    content=st.binary(max_size=80), media=st.sampled_from([CSV, NPY, SAFETENSORS, ""]), cut=st.integers(0, 80)
)
def test_no_content_makes_a_check_raise(content: bytes, media: str, cut: int) -> None:
    starts = (b"", npy(np.zeros((2, 2)))[:cut], safetensors.torch.save({"a": torch.ones(2)})[:cut], b"a,b\n")

    for start in starts:
        nodes = {"d": data(source=url(start + content, media))}
        found = checked(nodes).problems
        assert all(each.where == "/nodes/d/args/source" for each in found)
        assert found or compiled(graph(nodes, None)).make()


@pytest.mark.parametrize("form", [";base64", ""])
def test_a_file_that_is_too_large_is_refused(form: str) -> None:
    body = "A" * (4 * LARGEST_DATA_BYTES)

    problem = problem_of(f"data:text/csv{form},{body}")

    assert problem.code == "data-too-large"
    assert f"{LARGEST_DATA_BYTES:,}" in problem.message


def test_rows_cannot_be_taken_of_arrays_that_differ_in_them() -> None:
    source = url(safetensors.torch.save({"a": torch.ones(4), "b": torch.ones(3)}), SAFETENSORS)

    assert problem_of(source, rows=2).where == "/nodes/d/args/rows"
    assert problem_of(source, part="train").where == "/nodes/d/args/part"
    assert problem_of(url(npy(np.float32(1)), NPY), rows=1).where == "/nodes/d/args/rows"


def test_what_a_file_holds_counts_against_the_memory_of_a_step() -> None:
    nodes = {"d": data(source=url(npy(np.zeros(300_000, dtype=np.uint8)), NPY))}
    document = documents.read(graph(nodes, None))

    found = check_document(document, catalog(), device="cpu", budget_bytes=1 << 20)

    assert [(each.where, each.code) for each in found.problems] == [("/nodes/d", "memory-budget")]


def test_an_output_that_a_file_has_not_is_a_problem_at_the_reference() -> None:
    nodes = {"d": data(source=url(b"a,b\n1,2\n", CSV)), "n": {"op": "torch.neg", "inputs": {"input": "d.c"}}}

    (problem,) = checked(nodes).problems

    assert (problem.where, problem.code) == ("/nodes/n/inputs/input", "unknown-output")
    assert problem.help == "It gives `d.a`, `d.b`."


def test_the_first_output_may_be_called_by_its_name() -> None:
    nodes = {
        "d": data(source=url(b"a,b\n1,2\n", CSV)),
        "n": {"op": "torch.add", "inputs": {"input": "d.a", "other": "d"}},
    }

    program = compiled(graph(nodes, None))

    assert program.observed(*program.make().values()).values["n"].tolist() == [2]


def test_an_abridged_script_holds_only_the_beginning_of_a_file() -> None:
    binding = bound(graph({"d": data(source=url(npy(np.zeros(10_000)), NPY))}, None))

    assert len(print_python(binding, device="cpu", is_abridged=True)) < 1000
    assert len(print_python(binding, device="cpu")) > 100_000
