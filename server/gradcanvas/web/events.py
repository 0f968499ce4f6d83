"""What each Socket.IO event does; the events themselves are listed in `app`.

Every answer is `{"ok": true, …}` or `{"ok": false, "error": {code, message, help}}`.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, TypeAdapter, ValidationError

from gradcanvas.engine.questions import WorkerError
from gradcanvas.web import messages
from gradcanvas.web.errors import Refused, malformed
from gradcanvas.web.rooms import Rooms

Model = TypeVar("Model", bound=BaseModel)
Answer = dict[str, Any]

_query = TypeAdapter[BaseModel](messages.Query)
_log = logging.getLogger(__name__)


class Events:
    """The events, given the rooms."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def join(self, data: Any) -> Answer:
        """Enter a graph."""
        return self._rooms.join(_sid(), _read(messages.Join, data))

    def edit(self, data: Any) -> Answer:
        """Take a Yjs update; it is durable when this is answered."""
        if not isinstance(data, bytes):
            raise Refused(
                "malformed", f"An edit is bytes, a Yjs update, but {_kind(data)} came.", "Reload the page."
            )
        return {"edit": self._rooms.session_of(_sid()).edit(_sid(), data)}

    def command(self, data: Any) -> Answer:
        """Have the worker do something."""
        self._rooms.session_of(_sid()).command(_read(messages.Command, data).verb)
        return {}

    def watch(self, data: Any) -> Answer:
        """Take note of the pace the page wants."""
        self._rooms.session_of(_sid()).watch(_sid(), _read(messages.Watch, data).rate)
        return {}

    def received(self, data: Any) -> Answer:
        """Take note of the newest frame that the page drew."""
        drawn = _read(messages.Received, data).frame
        self._rooms.session_of(_sid()).broadcast.received(_sid(), drawn)
        return {}

    def query(self, data: Any) -> Answer:
        """Ask the worker."""
        try:
            question = _query.validate_python(data)
        except ValidationError as error:
            raise malformed("The question", error) from None
        return {"result": self._rooms.session_of(_sid()).query(question.model_dump())}

    def disconnect(self, *_: Any) -> None:
        """Take the page out of its graph."""
        self._rooms.leave(_sid())


def answering(event: Callable[[Any], Answer]) -> Callable[..., Answer]:
    """Wrap an event so that it is always answered, whatever came and whatever happened."""

    def answer(*arguments: Any) -> Answer:
        try:
            if len(arguments) != 1:
                raise Refused(
                    "malformed", f"One argument was expected, but {len(arguments)} came.", "Reload the page."
                )
            return {"ok": True, **event(arguments[0])}
        except (Refused, WorkerError) as error:
            refusal = {"code": error.code, "message": error.message, "help": error.help}
        except Exception:
            _log.exception("An event failed")
            refusal = {
                "code": "internal",
                "message": "The server failed at this.",
                "help": "Its own output says more; the graph is intact.",
            }
        return {"ok": False, "error": refusal}

    return answer


def unknown_event(name: Any, *_: Any) -> Answer:
    """Refuse an event that there is not."""
    refusal = Refused("malformed", f"There is no event {str(name)[:40]!r}.", "Reload the page.")
    return {"ok": False, "error": refusal.to_json()}


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _read(model: type[Model], data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise malformed(f"`{model.__name__.lower()}`", error) from None


def _kind(data: Any) -> str:
    return "nothing" if data is None else f"a {type(data).__name__}"
