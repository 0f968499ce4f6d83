"""The process that workers are forked from: imports once, forks on request, reports ends; computes nothing.

It is a fork server of our own because three promises are made with it: a worker dies with the server even
when it hangs (this process kills its children when the control socket ends, and the kernel kills them when
this process dies), a signal never reaches a process id that was given to somebody else (only the parent of a
process signals it), and a worker does not import the server's main module.

The control socket carries pickled dicts: `{"spawn": id, "target": "module:function", "settings": …}` with the
worker's end of its pipe, `{"kill": id}`; back come `{"ready": True}`, `{"started": id, "pid": n}` and
`{"ended": id, "status": exit code, negative for a signal}`.
"""

import ctypes
import importlib
import os
import pickle
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

_LENGTH = struct.Struct("<I")
_PR_SET_PDEATHSIG = 1


def main(control_descriptor: int, preload: str) -> None:
    """Serve requests until the control socket ends.

    Args:
        control_descriptor: File descriptor of this process's end of the control socket.
        preload: "module:function" to call before the first fork; empty for nothing.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=control_descriptor)
    if preload:
        resolve(preload)()
    wake, wakened = os.pipe()
    os.set_blocking(wakened, False)
    signal.set_wakeup_fd(wakened, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    send_message(control, {"ready": True})
    Template(control, wake).serve()


class Template:
    """The request loop and its children."""

    def __init__(self, control: socket.socket, wake: int) -> None:
        self.control = control
        self.wake = wake
        self.children: dict[int, int] = {}

    def serve(self) -> None:
        """Fork and kill as asked, report every end; kill all children when the server is gone."""
        try:
            while True:
                readable, _, _ = select.select([self.control.fileno(), self.wake], [], [])
                if self.wake in readable:
                    os.read(self.wake, 4096)
                    self.reap()
                if self.control.fileno() in readable and not self.handle_request():
                    return
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            for pid in self.children:
                os.kill(pid, signal.SIGKILL)

    def handle_request(self) -> bool:
        """Do what one message asks; False when there will be no more."""
        request, descriptors = receive_message(self.control)
        if request is None:
            return False
        if "spawn" in request:
            self.spawn(request, descriptors[0])
        else:
            for pid, identifier in self.children.items():
                if identifier == request["kill"]:
                    os.kill(pid, signal.SIGKILL)
        return True

    def spawn(self, request: dict[str, Any], descriptor: int) -> None:
        """Fork one worker and tell its process id."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self.become_worker(request, descriptor, parent)
        os.close(descriptor)
        self.children[pid] = request["spawn"]
        send_message(self.control, {"started": request["spawn"], "pid": pid})

    def become_worker(self, request: dict[str, Any], descriptor: int, parent: int) -> None:
        """Run the target in the child; never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            os.close(self.wake)
            die_with(parent)
            resolve(request["target"])(Connection(descriptor), request["settings"])
            status = 0
        except SystemExit as exit_request:
            status = exit_request.code if isinstance(exit_request.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def reap(self) -> None:
        """Collect the children that ended and report them."""
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            identifier = self.children.pop(pid, None)
            if identifier is not None:
                send_message(self.control, {"ended": identifier, "status": os.waitstatus_to_exitcode(status)})


def resolve(name: str) -> Any:
    """Find a "module:function" that the engine itself named."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def send_message(control: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message; at most one sender at a time."""
    data = pickle.dumps(message)
    socket.send_fds(control, [_LENGTH.pack(len(data))], list(descriptors))
    control.sendall(data)


def receive_message(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Receive one message and the file descriptors that came with it; None at the end."""
    header, descriptors, _, _ = socket.recv_fds(control, _LENGTH.size, 1)
    data = bytearray()
    while header and len(data) < _LENGTH.unpack(header)[0]:
        part = control.recv(_LENGTH.unpack(header)[0] - len(data))
        if not part:
            return None, descriptors
        data += part
    return (pickle.loads(data) if header else None), descriptors


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; elsewhere than Linux the pipe's end must do."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
