"""Handing over to a server what a program recorded by itself: whole legs, each once.

The journals in the program's own folder are the spool: they are there whatever happens to the program, the
server or the line. A leg that is over, also one whose program was killed, is sent; once the server says that
it is on its disk, the leg here goes. One program at a time sends from a folder.
"""

import contextlib
import fcntl
import http.client
import logging
import os
import shutil
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from earwitness.errors import EarwitnessError, InvalidInput
from earwitness.journal.block import pack_record_header
from earwitness.journal.reader import is_live, leg_folders, read_leg

EVERY_S = 1.0  # how often it looks for legs that are over
LONGEST_WAIT_S = 60.0  # between attempts on a server that is not there
ANSWER_S = 30.0
PATH = "/api/v1/legs/"
MEDIA_TYPE = "application/vnd.earwitness.records"
_PIECE_BYTES = 64 * 1024

log = logging.getLogger("earwitness")


class Server(NamedTuple):
    """Where to, and with which key."""

    url: str
    key: str = ""


NOWHERE = Server("")


def from_environment() -> Server:
    """As the settings of that name; a program that only records reads no configuration file."""
    return Server(
        os.environ.get("EARWITNESS_HANDOVER__URL", ""), os.environ.get("EARWITNESS_HANDOVER__KEY", "")
    )


class Result(NamedTuple):
    """What one pass over the spool came to, in legs."""

    handed_over: int
    refused: int  # the server does not want them: they stay
    waiting: int  # not yet, or not reached


class Handover:
    """Sends from one folder, in a thread of its own."""

    def __init__(self, data_dir: Path, server: Server) -> None:
        self.handed_over = 0
        self._data_dir = data_dir
        self._server = server
        self._refused: set[str] = set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="earwitness-handover", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, within_s: float) -> None:
        """One more pass, as far as the time goes; what is left waits for the next program."""
        self._is_over.set()
        self._thread.join(within_s)

    def once(self) -> Result:
        """Send every leg that is over. Raises `OSError` where the server cannot be reached."""
        sent, waiting = 0, 0
        with _alone(self._data_dir) as is_alone:
            for folder in sorted(leg_folders(self._data_dir / "journal")):
                if not is_alone or is_live(folder):
                    waiting += 1
                elif folder.name not in self._refused:
                    sent += self._hand_over(folder)
        self.handed_over += sent
        return Result(sent, len(self._refused), waiting)

    def _hand_over(self, folder: Path) -> bool:
        status, words = send(self._server, folder)
        if status in (200, 201):
            shutil.rmtree(folder)
            return True
        if status >= 500 or status in (408, 425, 429):
            raise OSError(f"the server answers {status}: {words}")
        self._refused.add(folder.name)
        log.warning(
            "leg %s stays in %s: the server answers %s: %s", folder.name, folder.parent, status, words
        )
        return False

    def _run(self) -> None:
        wait_s = EVERY_S
        while True:
            is_last = self._is_over.is_set()
            try:
                self.once()
                wait_s = EVERY_S
            except (OSError, http.client.HTTPException, EarwitnessError) as error:
                if wait_s == EVERY_S:
                    log.warning("what is recorded waits in %s: %s", self._data_dir, error)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            if is_last:
                return
            self._is_over.wait(wait_s)


def send(server: Server, folder: Path) -> tuple[int, str]:
    """Send one leg that is over; the answer's status and its words. Raises `OSError`, `InvalidInput`."""
    parts = urlsplit(server.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(f"{server.url} is no server", hint="Write http://host:port or https://host.")
    far: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        far = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=ANSWER_S, context=context)
    else:
        far = http.client.HTTPConnection(parts.hostname, parts.port, timeout=ANSWER_S)
    headers = {"Content-Type": MEDIA_TYPE}
    if server.key:
        headers["Authorization"] = f"Bearer {server.key}"
    path = f"{parts.path.rstrip('/')}{PATH}{folder.name}"
    try:
        far.request("PUT", path, _pieces(folder), headers, encode_chunked=True)
        answer = far.getresponse()
        return answer.status, answer.read(2000).decode("utf-8", "replace")
    finally:
        far.close()


def _pieces(folder: Path) -> Iterator[bytes]:
    """Header, payload, header, payload, as a block has them, in pieces of a good size."""
    held = bytearray()
    for record in read_leg(folder):
        size = len(record.payload)
        held += pack_record_header(size, record.monotonic_ns, record.wall_ns, record.origin, record.kind)
        held += record.payload
        if len(held) >= _PIECE_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


@contextlib.contextmanager
def _alone(data_dir: Path) -> Iterator[bool]:
    """True for the one program that may send from the folder now. Where a server follows it, nobody may: its
    legs have arrived."""
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        is_alone = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_alone = False
        yield is_alone
    finally:
        os.close(descriptor)
