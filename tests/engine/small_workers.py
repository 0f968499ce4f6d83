"""Small worker functions for the engine's tests: real processes at the end of real pipes, without torch."""

import os
import signal
import time
from multiprocessing.connection import Connection
from typing import Any

from gradcanvas.engine.messages import WorkerSettings, decode_json, encode_json, write_copy


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


def counting(connection: Connection, settings: WorkerSettings) -> None:
    """Behave like a session's worker that only counts: tell what came, answer, obey or ignore Stop."""
    connection.send_bytes(encode_json({"type": "ready", "pid": os.getpid()}))
    while True:
        try:
            message = decode_json(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(encode_json({"type": "notice", "heard": message}))
        match message["type"]:
            case "command":
                _obey(message["verb"], settings)
            case "load" if "fault" in message["text"]:
                os.kill(os.getpid(), signal.SIGFPE)
            case "stop":
                connection.send_bytes(encode_json({"type": "stopped"}))
            case "release":
                write_copy(settings.copy_path, b"the state")
                return
            case "query" if message["what"] != "nothing":
                connection.send_bytes(encode_json(_answer(message)))


def engrossed(connection: Connection, settings: WorkerSettings) -> None:
    """Behave like a worker that, once a graph says "long", is in one operation without end."""
    connection.send_bytes(encode_json({"type": "ready", "pid": os.getpid()}))
    is_long = False
    while True:
        try:
            message = decode_json(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(encode_json({"type": "notice", "heard": message}))
        evaluates = message.get("evaluate", False)
        if is_long and message["type"] == "load":
            connection.send_bytes(encode_json({"type": "superseding", "seconds": 60.0}))
        elif message["type"] == "load" and evaluates:
            is_long = "long" in message["text"]
            connection.send_bytes(encode_json({"type": "evaluating", "edit": message["edit"]}))
            if not is_long:
                connection.send_bytes(encode_json({"type": "evaluated"}))


def _obey(verb: str, settings: WorkerSettings) -> None:
    match verb:
        case "deaf":
            time.sleep(60)
        case "copy":
            write_copy(settings.copy_path, b"the state")


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    answer = {"type": "result", "id": question["id"]}
    if question["what"] == "mistake":
        error = {"code": "unknown-reference", "message": "There is no such thing.", "help": "Look."}
        return answer | {"error": error}
    return answer | {"result": question["what"]}
