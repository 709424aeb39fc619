"""How a verb reaches a running leg, wherever it runs: a socket of every process that records into the folder.

`<data folder>/control/<name>.sock` takes one `Command` a connection, as a line of JSON, and answers with a
`Reply` when it holds. Whoever may write the folder may speak; nobody else. A process that is gone leaves a
socket nobody answers at: it is removed.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from earwitness import errors
from earwitness.capture.verbs import Command, Reply
from earwitness.errors import EarwitnessError, StorageUnavailable

ANSWER_S = 5.0
LONGEST_LINE = 1 << 20
_LONGEST_PATH = 100  # of an address; the system's own bound is 108 on Linux, 104 elsewhere
_command, _reply = msgspec.json.Decoder(Command), msgspec.json.Decoder(Reply)

Obey = Callable[[Command], dict[str, dict[str, object]]]


class Control:
    """Listens for commands in a thread of its own. `obey` answers for the legs of this process it is for."""

    def __init__(self, data_path: Path, obey: Obey) -> None:
        self._folder = data_path / "control"
        self._obey = obey
        self._path = self._folder / f"{os.getpid()}-{os.urandom(4).hex()}.sock"
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Raises `OSError` where the folder does not take a socket."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._socket = listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        unready = self._path.with_suffix(".new")  # nobody may find it before it answers
        with _address(unready) as address:
            listener.bind(address)
        os.chmod(unready, 0o600)
        listener.listen(64)
        unready.rename(self._path)
        threading.Thread(target=self._run, args=(listener,), name="earwitness-control", daemon=True).start()

    def stop(self) -> None:
        listener = self._socket
        self.forget()
        self._path.unlink(missing_ok=True)
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in `accept`
            listener.close()

    def forget(self) -> None:
        """Answer no more, but leave the socket be: in the child of a fork it is its parent's."""
        self._socket = None

    def _run(self, listener: socket.socket) -> None:
        while self._socket is listener:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(ANSWER_S)
                connection.sendall(msgspec.json.encode(self._answer(_line(connection))) + b"\n")

    def _answer(self, line: bytes) -> Reply:
        try:
            return Reply(legs=self._obey(_command.decode(line)))
        except EarwitnessError as error:
            return Reply(error=type(error).__name__, message=str(error), hint=error.hint)
        except (msgspec.MsgspecError, TimeoutError) as error:
            return Reply(error="StorageUnavailable", message=f"the recorder did not obey: {error}")


def send(data_path: Path, command: Command) -> dict[str, dict[str, object]]:
    """State of every leg that obeyed, by its id; empty where no such leg runs anywhere.

    Raises what a recorder raised, or `StorageUnavailable` where one runs and does not answer.
    """
    found: dict[str, dict[str, object]] = {}
    for path in sorted((data_path / "control").glob("*.sock")):
        reply = _ask(path, msgspec.json.encode(command) + b"\n")
        if reply is None:
            continue
        if reply.error:
            kind = getattr(errors, reply.error, EarwitnessError)
            raise kind(reply.message, hint=reply.hint)
        found |= reply.legs
    return found


def _ask(path: Path, line: bytes) -> Reply | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_S)
        try:
            with _address(path) as address:
                connection.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):  # its process is gone
            path.unlink(missing_ok=True)
            return None
        try:
            connection.sendall(line)
            return _reply.decode(_line(connection))
        except (OSError, msgspec.MsgspecError) as error:
            raise StorageUnavailable(
                "a recorder did not answer: nobody can say whether it obeyed", hint="Ask again."
            ) from error


def _line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n") and len(data) <= LONGEST_LINE:
        if not (chunk := connection.recv(65_536)):
            break
        data += chunk
    return data


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """A name for the socket that is short enough, however deep its folder lies."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
