import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcanvas.web.data_directory import DataDirectory
from gradcanvas.web.errors import ServerError
from gradcanvas.web.store import REVISIONS_KEPT, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "graphs.sqlite")
    store.create("g", "title", b"snapshot")
    yield store
    store.close()


def test_a_graph_is_its_snapshot_and_the_updates_since(store: Store) -> None:
    numbers = [store.append("g", update) for update in (b"1", b"2", b"3")]

    assert numbers == [1, 2, 3]
    assert store.load("g") == [b"snapshot", b"1", b"2", b"3"]


def test_a_new_snapshot_takes_the_place_of_the_updates_and_the_numbers_go_on(store: Store) -> None:
    store.append("g", b"1")

    store.compact("g", b"newer")
    number = store.append("g", b"2")

    assert store.load("g") == [b"newer", b"2"]
    assert number == 2


def test_graphs_do_not_mix(store: Store) -> None:
    store.create("h", "other", b"other snapshot")
    store.append("g", b"of g")
    store.append("h", b"of h")
    store.compact("h", b"compact")

    assert store.load("g") == [b"snapshot", b"of g"]
    assert store.load("h") == [b"compact"]
    assert [row.id for row in store.graphs()] == ["h", "g"]


def test_edits_from_many_threads_are_all_kept(store: Store) -> None:
    def write(first: int) -> None:
        for number in range(20):
            store.append("g", bytes([first, number]))

    threads = [threading.Thread(target=write, args=[first]) for first in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    row = store.find("g")
    assert row is not None
    assert row.edits == 100
    assert len(set(store.load("g"))) == 101


def test_a_store_is_the_same_after_it_was_closed(store: Store, tmp_path: Path) -> None:
    store.append("g", b"1")
    store.remember("last-graph", "g")
    store.set_file("g", "/some/file", "digest")
    store.close()

    again = Store(tmp_path / "graphs.sqlite")

    assert again.load("g") == [b"snapshot", b"1"]
    assert again.fact("last-graph") == "g"
    found = again.find_path("/some/file")
    assert found is not None
    assert (found.id, found.digest) == ("g", "digest")
    again.close()


def test_a_file_is_bound_to_one_graph_only(store: Store) -> None:
    store.create("h", "other", b"")
    store.set_file("g", "/file", "1")

    store.set_file("h", "/file", "2")

    first, second = store.find("g"), store.find("h")
    assert first is not None
    assert second is not None
    assert (first.path, second.path) == (None, "/file")


def test_revisions_are_kept_each_once_and_not_without_end(store: Store) -> None:
    for number in range(REVISIONS_KEPT + 10):
        store.add_revision("g", f"text {number // 2}")
    for number in range(REVISIONS_KEPT + 10):
        store.add_revision("g", f"more {number}")

    numbers = [number for number, _ in store.revisions("g")]
    assert len(numbers) == REVISIONS_KEPT
    assert numbers == sorted(numbers, reverse=True)
    assert store.revision("g", numbers[0]) == f"more {REVISIONS_KEPT + 9}"
    assert store.revision("g", 1) is None


def test_what_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "graphs.sqlite"
    file.write_bytes(b"this is no database at all, but long enough to look like a file of one" * 20)

    with pytest.raises(ServerError, match="cannot be used"):
        Store(file)


def test_a_newer_database_is_refused_with_both_versions(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "graphs.sqlite")
    connection.execute("PRAGMA user_version = 7")
    connection.close()

    with pytest.raises(ServerError, match="version is 7, this one reads 1"):
        Store(tmp_path / "graphs.sqlite")


def test_a_data_directory_is_one_servers_at_a_time(tmp_path: Path) -> None:
    first = DataDirectory(tmp_path / "new" / "data")
    first.tell_address("http://127.0.0.1:5000/")

    with pytest.raises(ServerError, match=r"process \d+, http://127.0.0.1:5000/"):
        DataDirectory(tmp_path / "new" / "data")

    first.close()
    DataDirectory(tmp_path / "new" / "data").close()


def test_a_data_directory_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ServerError, match="--data"):
        DataDirectory(tmp_path / "file" / "data")
