"""The catalogue on the disk: read without torch, whole or not at all, built again when it is damaged."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcanvas.catalog import (
    Catalog,
    from_json,
    load_catalog,
    read_cache,
    to_json,
)
from gradcanvas.catalog.json_form import read_documentation, write_documentation
from gradcanvas.catalog.storage import cache_path, write_cache


def test_json_gives_the_same_catalogue_back(catalog: Catalog) -> None:
    assert from_json(to_json(catalog), write_documentation(catalog)) == catalog


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"torch": "2", "rules": 1, "operations": []}', b"\xff"]
)
def test_what_is_no_catalogue_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"catalogue|Expecting|utf-8"):
        from_json(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"operations": {}}', b"\xff"])
def test_what_is_no_documentation_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"documentation|Expecting|utf-8"):
        read_documentation(data)


def test_arguments_and_texts_that_are_alike_are_written_once(catalog: Catalog) -> None:
    arguments = [json.dumps(row) for row in json.loads(to_json(catalog))["arguments"]]
    texts = read_documentation(write_documentation(catalog)).texts

    assert len(set(arguments)) == len(arguments)
    assert len(set(texts)) == len(texts)
    assert set(texts) == {operation.documentation for operation in catalog.operations.values()}


def test_the_catalogue_is_small_enough_for_a_page(catalog: Catalog) -> None:
    assert len(gzip.compress(to_json(catalog))) <= 60_000


def test_there_is_no_catalogue_before_one_was_built(empty_cache: Path) -> None:
    assert read_cache() is None


def test_the_first_load_builds_and_keeps_what_the_second_reads(empty_cache: Path) -> None:
    built = load_catalog()
    load_catalog.cache_clear()
    read = load_catalog()

    assert read == built
    assert read is not built
    cached = read_cache()
    assert cached is not None
    assert json.loads(cached[0])["torch"] == built.torch
    told = read_documentation(cached[1])
    row = told.operations["torch.add"]
    assert "other" in told.texts[row["text"]]
    assert row["derivatives"] == ["add.Tensor", "add.Scalar"]
    assert told.derivatives["sin"] == {
        "function": "SinBackward0",
        "formulas": {"self": "grad * self.cos().conj()"},
    }
    assert [path.name for path in cache_path().parent.iterdir()] == [cache_path().name]


def test_the_cache_is_read_without_importing_torch(empty_cache: Path) -> None:
    load_catalog()
    script = (
        "import sys; from gradcanvas.catalog import load_catalog, read_cache, search, suggest\n"
        "assert read_cache(); catalog = load_catalog(); assert search(catalog, 'mm')\n"
        "assert suggest(catalog, 'torch.ad') == 'torch.add'; assert 'torch' not in sys.modules"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": "server"}, check=False
    )

    assert done.returncode == 0


@pytest.mark.parametrize("damage", [b"", b"\n", b"0" * 64 + b"\n{}\n{}"])
def test_a_damaged_file_is_built_again(empty_cache: Path, damage: bytes) -> None:
    built = load_catalog()
    path = cache_path()
    path.write_bytes(damage or path.read_bytes()[:1000])
    load_catalog.cache_clear()

    assert read_cache() is None
    assert load_catalog() == built
    assert read_cache() is not None


def test_a_whole_file_of_another_form_is_built_again(empty_cache: Path) -> None:
    write_cache(b'{"operations": {"torch.save": {}}}', b"{}")

    assert "torch.save" not in load_catalog().operations


def test_a_cache_that_cannot_be_written_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))

    write_cache(b"{}", b"{}")

    assert read_cache() is None


def test_files_of_earlier_rules_are_removed(empty_cache: Path) -> None:
    path = cache_path()
    path.parent.mkdir(parents=True)
    other_torch = path.with_name("catalog-1.0-0123.json")
    for each in (other_torch, path.with_name(f"{path.name.rpartition('-')[0]}-0123.json")):
        each.write_text("old")

    write_cache(b"{}", b"{}")

    assert set(path.parent.iterdir()) == {path, other_torch}
