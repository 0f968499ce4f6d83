"""Small worker functions for the engine's tests: real processes at the end of real pipes, without torch."""

import os
import signal
import time
from multiprocessing.connection import Connection

from gradcanvas.engine.messages import WorkerSettings, decode_json, encode_json


def echo(connection: Connection, settings: WorkerSettings) -> None:
    """Say ready, then answer every message with itself; obey a few words."""
    connection.send_bytes(encode_json({"type": "ready", "pid": os.getpid(), "session": settings.session}))
    kept: list[bytearray] = []
    while True:
        try:
            message = decode_json(connection.recv_bytes())
        except EOFError:
            return
        match message.get("do"):
            case "exit":
                raise SystemExit(message["status"])
            case "fault":
                os.kill(os.getpid(), signal.SIGFPE)
            case "grow":
                kept.append(bytearray(os.urandom(1 << 20) * int(message["mebibytes"])))
            case "hang":
                while True:
                    time.sleep(60)
        connection.send_bytes(encode_json(message))


def silent(connection: Connection, settings: WorkerSettings) -> None:
    """Never read nor say anything."""
    connection.send_bytes(encode_json({"type": "ready", "pid": os.getpid()}))
    while True:
        time.sleep(60)
