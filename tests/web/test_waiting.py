"""What may wait for one client before it is disconnected."""

from types import SimpleNamespace

from gradcanvas.web.transport import BoundedQueue

LIMIT = 10_000


def packet(size: int) -> SimpleNamespace:
    return SimpleNamespace(data=b"0" * size)


def queue() -> tuple[BoundedQueue, list[str]]:
    made, ended = BoundedQueue(LIMIT), list[str]()
    made.abort = lambda: ended.append("aborted")
    return made, ended


def test_a_graph_larger_than_what_may_wait_is_sent_whole() -> None:
    waiting, ended = queue()

    waiting.put(packet(3 * LIMIT))
    for _ in range(10):
        waiting.put(packet(10))

    assert ended == []
    assert waiting.qsize() == 11


def test_whoever_does_not_read_is_disconnected() -> None:
    waiting, ended = queue()

    for _ in range(100):
        waiting.put(packet(3 * LIMIT))

    assert ended
    assert waiting.qsize() == 2
