from gradcanvas.web.generate import TARGET, generate


def test_the_pages_types_of_messages_are_those_of_the_server() -> None:
    assert TARGET.read_text() == generate(), "stale: run python -m gradcanvas.web.generate"
