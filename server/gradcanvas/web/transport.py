"""Socket.IO as this server needs it: bounded in both directions, in order, uncompressed, JSON without NaN.

What the libraries do as they come, and what is done about it here: the queue of a client that stops reading
grows without end (it is disconnected), a message's size is checked when all of it is in memory (it is checked
as it comes), events of one client run in threads of their own and overtake each other (they run in order;
only questions to a worker wait aside), two threads that send binary events mix their parts (they take turns).
"""

import json
import math
import queue
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import simple_websocket
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO
from socketio.packet import Packet

from gradcanvas.web.settings import Settings

STALL_SECONDS = 15
MOST_ATTACHMENTS = 4
_PACKET_BYTES = 256
_RECEIVE_BYTES = 1 << 16
_KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


def make_socketio(settings: Settings) -> SocketIO:
    """Make the Socket.IO server; `adapt` bends it when it has met its app."""
    return SocketIO(
        async_mode="threading",
        transports=["websocket"],
        async_handlers=False,
        manage_session=False,
        cors_allowed_origins=[],
        max_http_buffer_size=settings.message_bytes,
        json=WireJson,
        serializer=BoundedPacket,
        ping_interval=20,
        ping_timeout=20,
    )


def adapt(socketio: SocketIO, settings: Settings, aside: frozenset[str]) -> "SocketOutgoing":
    """Bend a Socket.IO server to what the first lines of this module say.

    Args:
        socketio: A server that has been given its app.
        settings: The bounds.
        aside: Events that may take long and are answered aside.
    """
    server, outgoing = socketio.server, SocketOutgoing(socketio)
    engine = server.eio
    engine._async = engine._async | {
        "queue": lambda: BoundedQueue(settings.outgoing_bytes),
        "websocket": lambda handler, _: BoundedWebSocket(handler, settings.message_bytes),
    }
    send_packet, handle_internal = server._send_packet, server._handle_event_internal

    def send_in_turn(eio_sid: str, packet: Packet) -> None:
        with outgoing.turn:
            send_packet(eio_sid, packet)

    def handle(eio_sid: str, namespace: str | None, identifier: int | None, data: Any) -> None:
        namespace = namespace or "/"
        sid = server.manager.sid_from_eio_sid(eio_sid, namespace)
        if not server.manager.is_connected(sid, namespace):
            return
        if not (isinstance(data, list) and data and isinstance(data[0], str)):
            data = [""]
        arguments = (server, sid, eio_sid, data, namespace, identifier)
        if data[0] in aside:
            server.start_background_task(handle_internal, *arguments)
        else:
            handle_internal(*arguments)
            outgoing.answered()

    server._send_packet = send_in_turn
    server._handle_event = handle
    return outgoing


class SocketOutgoing:
    """Brings messages to pages; never blocks."""

    def __init__(self, socketio: SocketIO) -> None:
        self._server = socketio.server
        self.turn = threading.RLock()
        self._local = threading.local()

    def send(self, sids: Sequence[str], event: str, data: Any) -> None:
        """Send one event to each of these sockets, encoded once."""
        with self.turn:
            self._server.emit(event, data, to=list(sids))

    def waiting_bytes(self, sid: str) -> int:
        """Return how much waits to be written to this socket."""
        eio_sid = self._server.manager.eio_sid_from_sid(sid, "/")
        connection = self._server.eio.sockets.get(eio_sid)
        return connection.queue.waiting_bytes if connection is not None else 0

    def is_connected(self, sid: str) -> bool:
        """Whether this socket is still there."""
        return bool(self._server.manager.is_connected(sid, "/"))

    def after_answer(self, action: Callable[[], None]) -> None:
        """Do something when the request in hand has been answered."""
        self._local.__dict__.setdefault("actions", []).append(action)

    def answered(self) -> None:
        """Do what waited for the answer."""
        actions, self._local.actions = self._local.__dict__.get("actions", []), []
        for action in actions:
            action()


class WireJson:
    """JSON as browsers read it: what is not finite becomes null."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """Encode."""
        try:
            return json.dumps(value, allow_nan=False, **options)
        except ValueError:
            return json.dumps(_finite(value), allow_nan=False, **options)

    @staticmethod
    def loads(text: str | bytes, **options: Any) -> Any:
        """Decode; brackets without end are malformed, not a fault of ours."""
        try:
            return json.loads(text, **options)
        except RecursionError:
            raise ValueError("too deep") from None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class BoundedPacket(Packet):  # type: ignore[misc]
    """A packet that does not promise attachments without end."""

    def decode(self, encoded_packet: str | bytes) -> int:
        """Decode, and say how many attachments follow."""
        count = int(super().decode(encoded_packet))
        if count > MOST_ATTACHMENTS:
            raise ValueError("too many attachments")
        return count


class BoundedQueue(queue.Queue[Any]):
    """What waits to be written to one client; when it is too much, the client is disconnected.

    The largest packet does not count: a graph may be larger than what may wait, and is sent whole.
    """

    def __init__(self, limit_bytes: int) -> None:
        super().__init__()
        self.waiting_bytes = 0
        self.abort: Callable[[], None] = lambda: None
        self._limit_bytes = limit_bytes

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put a packet, or None for the end."""
        if item is not None and self.waiting_bytes > self._limit_bytes and self._is_too_much():
            self.abort()
            return
        super().put(item, block, timeout)

    def _is_too_much(self) -> bool:
        with self.mutex:
            sizes = [_size(item) for item in self.queue]
        return sum(sizes) - max(sizes, default=0) > self._limit_bytes

    def _put(self, item: Any) -> None:
        self.waiting_bytes += _size(item)
        super()._put(item)

    def _get(self) -> Any:
        item = super()._get()
        self.waiting_bytes -= _size(item)
        return item


def _size(packet: Any) -> int:
    data = getattr(packet, "data", None)
    return _PACKET_BYTES + (len(data) if isinstance(data, str | bytes) else 0)


class BoundedWebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]
    """A websocket whose messages are bounded as they come, and whose writes do not wait for ever."""

    def __init__(self, handler: Callable[..., Any], message_bytes: int) -> None:
        super().__init__(handler, None, max_message_size=message_bytes, receive_bytes=_RECEIVE_BYTES)
        self._queue: BoundedQueue = handler.__self__.queue  # type: ignore[attr-defined]
        self._message_bytes = message_bytes
        self._wire: Wire | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve the socket until it ends."""
        name = next((name for name in ("werkzeug.socket", "gunicorn.socket") if name in environ), None)
        if name is None:
            raise RuntimeError("This WSGI server gives no access to its sockets.")
        self._wire = environ[name] = Wire(environ[name], self._waiting_bytes, self._message_bytes)
        self._queue.abort = self._wire.shut
        answer: Iterable[bytes] = super().__call__(environ, start_response)
        return answer

    def close(self) -> None:
        """Close it, and wake whoever reads from it."""
        try:
            super().close()
        except (OSError, simple_websocket.ConnectionClosed):
            pass
        finally:
            if self._wire is not None:
                self._wire.shut()

    def _waiting_bytes(self) -> int:
        connection = getattr(self, "ws", None)
        return sum(map(len, connection.input_buffer)) if connection is not None else 0


class Wire:
    """The socket under a websocket: writes are whole and not for ever, reading waits for whoever reads."""

    def __init__(self, wire: socket.socket, waiting_bytes: Callable[[], int], limit_bytes: int) -> None:
        self._socket, self._waiting_bytes, self._limit_bytes = wire, waiting_bytes, limit_bytes
        self._writing = threading.Lock()
        self._is_shut = threading.Event()
        wire.settimeout(None)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", STALL_SECONDS, 0))
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def send(self, data: bytes) -> int:
        """Send all of it, or end the connection."""
        with self._writing:
            if self._is_shut.is_set():
                raise BrokenPipeError
            try:
                self._socket.sendall(data)
            except OSError:
                self.shut()
                raise BrokenPipeError from None
        return len(data)

    def recv(self, count: int) -> bytes:
        """Receive, but not before what came earlier was taken."""
        while self._waiting_bytes() > self._limit_bytes and not self._is_shut.wait(0.01):
            pass
        return self._socket.recv(count)

    def shut(self) -> None:
        """End the connection and wake who waits for it."""
        self._is_shut.set()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
