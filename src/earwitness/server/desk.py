"""The desk: the process that serves the API, follows the journals and does the work after the call.

`python -m earwitness.server.desk` is started by the recorder; see `bond` for what they say to each other.
"""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import IO

import msgspec
import uvicorn

from earwitness.capture.status import RecorderStatus
from earwitness.errors import EarwitnessError, InUse
from earwitness.library import Library
from earwitness.pipeline.lock import FolderLock
from earwitness.server.app import create_app
from earwitness.server.bond import READY, Refusal
from earwitness.server.guard import Links
from earwitness.server.worker import Worker
from earwitness.settings import Settings
from earwitness.store.secret_file import ensure_secret

ORPHAN_GOES_IN_S = 0.9  # a desk whose recorder was killed notices and lets go well within this


def run_desk(settings: Settings, recorder: IO[bytes] | None, *, on_ready: Callable[[], None]) -> None:
    """Serve the API and do the work after the call, until told to stop, or until `recorder` ends.

    `recorder` brings one `RecorderStatus` a line. Raises `InUse` when the folder or the port is taken.
    """
    with FolderLock(settings.data_path, patience_s=ORPHAN_GOES_IN_S):
        library = Library(settings)
        worker = Worker(library)
        library.trouble = worker.trouble
        app = create_app(library, Links(ensure_secret(settings.data_path, "links")))
        config = uvicorn.Config(
            app, host=settings.api.host, port=settings.api.port, log_level="warning", lifespan="off"
        )
        server = _Server(config, on_ready)
        if recorder is not None:
            library.recorder_seen_s = time.monotonic()
            threading.Thread(target=_listen, args=(recorder, library, server), daemon=True).start()
        worker.start()
        try:
            server.serve_or_raise()
        finally:
            worker.stop()


class _Server(uvicorn.Server):
    """Says when it listens, and why when it cannot."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()

    def serve_or_raise(self) -> None:
        try:
            sock = self.config.bind_socket()
        except SystemExit as error:
            host, port = self.config.host, self.config.port
            raise InUse(
                f"port {port} on {host} is taken", hint="Stop what holds it, or set api.port to another."
            ) from error
        self.run(sockets=[sock])


def _listen(recorder: IO[bytes], library: Library, server: uvicorn.Server) -> None:
    for line in recorder:
        with contextlib.suppress(msgspec.ValidationError, msgspec.DecodeError):
            library.recorder = msgspec.json.decode(line, type=RecorderStatus)
            library.recorder_seen_s = time.monotonic()
    server.should_exit = True


def main() -> int:
    settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings)

    def say(line: bytes) -> None:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()

    try:
        run_desk(settings, sys.stdin.buffer, on_ready=lambda: say(READY))
    except EarwitnessError as error:
        say(msgspec.json.encode(Refusal(type(error).__name__, str(error), error.hint)) + b"\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
