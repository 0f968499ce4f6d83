"""A worker's side of the pipe: a thread that hears Stop while a step runs, and the messages in their order.

Knows nothing of what the messages ask for.
"""

import os
import threading
import time
from collections import deque
from multiprocessing.connection import Connection
from typing import Any

from gradcanvas.engine.evaluation import Evaluation
from gradcanvas.engine.messages import decode_json, encode_json

Message = dict[str, Any]


class Inbox:
    """What has been asked and not been done yet.

    Attributes:
        stopping: Stop has been heard and not been answered.
        evaluation: what is being evaluated; ended where Stop, or a graph with other numbers, is heard.
    """

    def __init__(self, connection: Connection, heartbeat_seconds: float) -> None:
        self._connection = connection
        self._heartbeat_seconds = heartbeat_seconds
        self._messages: deque[Message] = deque()
        self._arrived = threading.Condition()
        self._sending = threading.Lock()
        self.stopping = threading.Event()
        self.evaluation = Evaluation(self.send_json)

    def __bool__(self) -> bool:
        """Whether something waits."""
        return bool(self._messages)

    def listen(self) -> None:
        """Begin to read the pipe in a thread of its own; when the pipe ends, the process ends at once."""
        self.evaluation.listen()
        threading.Thread(target=self._listen, name="gradcanvas-control", daemon=True).start()

    def send(self, data: bytes) -> None:
        """Send a message; when nobody is there to take it, the process ends."""
        try:
            with self._sending:
                self._connection.send_bytes(data)
        except OSError:
            os._exit(0)

    def send_json(self, message: Message) -> None:
        """Send a JSON message."""
        self.send(encode_json(message))

    def take(self, timeout: float | None = 0.0) -> Message | None:
        """Take the next message, waiting for it at most so long (None: for ever).

        A `load` that a later one overtakes, with no command between them, is left out.
        """
        with self._arrived:
            if not self._messages and timeout != 0.0:
                self._arrived.wait_for(lambda: bool(self._messages), timeout)
            if not self._messages:
                return None
            message = self._messages.popleft()
            while message["type"] == "load" and self._is_overtaken():
                message = self._messages.popleft()
            return message

    def _is_overtaken(self) -> bool:
        for place, later in enumerate(self._messages):
            if later["type"] == "load":
                self._messages.rotate(-place)
                overtaking = self._messages.popleft()
                self._messages.rotate(place)
                self._messages.appendleft(overtaking)
                return True
            if later["type"] not in ("watch", "query"):
                return False
        return False

    def _listen(self) -> None:
        try:
            due = time.monotonic() + self._heartbeat_seconds
            while True:
                if self._connection.poll(max(0.0, due - time.monotonic())):
                    self._hear(decode_json(self._connection.recv_bytes()))
                if time.monotonic() >= due:
                    self.send_json({"type": "heartbeat"})
                    due = time.monotonic() + self._heartbeat_seconds
        except (EOFError, OSError):
            os._exit(0)

    def _hear(self, message: Message) -> None:
        if message["type"] in ("stop", "release"):
            self.evaluation.stop()
        elif message["type"] == "load":
            self.evaluation.supersede(message["text"])
        with self._arrived:
            if message["type"] == "stop":
                self._messages = deque(each for each in self._messages if each["type"] != "command")
                self.stopping.set()
            self._messages.append(message)
            self._arrived.notify_all()
