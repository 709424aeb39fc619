"""The desk: the process that serves the API, follows the journals and does the work after the call.

`python -m earwitness.server.desk` is started by the recorder; see `bond` for what they say to each other.
"""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import IO

import msgspec
import uvicorn
from fastapi import FastAPI

from earwitness.capture.listening import cannot_listen
from earwitness.capture.status import RecorderStatus
from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.privacy.vault import refuse_locked
from earwitness.server.app import create_app
from earwitness.server.bond import Ready, Refusal
from earwitness.server.links import Links
from earwitness.server.shipper import Shipper
from earwitness.server.worker import Worker
from earwitness.settings import Settings
from earwitness.store.lock import FolderLock
from earwitness.store.secret_file import ensure_secret

ORPHAN_GOES_IN_S = 0.9  # a desk whose recorder was killed notices and lets go well within this


def run_desk(settings: Settings, recorder: IO[bytes] | None, *, on_ready: Callable[[int], None]) -> None:
    """Serve the API and do the work after the call, until told to stop, or until `recorder` ends.

    `recorder` brings one `RecorderStatus` a line. `on_ready` is told the port of the API. Raises `InUse`
    when the folder or the port is taken.
    """
    refuse_locked(settings)
    with FolderLock(settings.data_path, patience_s=ORPHAN_GOES_IN_S):
        library = Library(settings)
        library.refuse_unsealed()
        worker = Worker(library)
        library.trouble = worker.trouble
        app = create_app(library, Links(ensure_secret(settings.data_path, "links")))
        server = _Server(
            _config(app, settings), on_ready, app.state.stopping, has_recorder=recorder is not None
        )
        if recorder is not None:
            library.recorder_seen_s = time.monotonic()
            threading.Thread(target=_listen, args=(recorder, library, server), daemon=True).start()
        worker.start()
        shippers = [Shipper(carrier) for carrier in library.carriers()]
        for shipper in shippers:
            shipper.start()
        try:
            server.serve_or_raise()
        finally:
            app.state.saving.close()
            app.state.feeding.close()
            app.state.receiving.close()
            for shipper in shippers:
                shipper.stop()
            worker.stop()


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.api.host,
        port=settings.api.port,
        ssl_certfile=settings.api.tls_cert or None,
        ssl_keyfile=settings.api.tls_key or None,
        proxy_headers=bool(settings.api.proxies),
        forwarded_allow_ips=list(settings.api.proxies),
        log_level="warning",
        server_header=False,
        lifespan="off",
    )


class _Server(uvicorn.Server):
    """Says when it listens, and why when it cannot."""

    def __init__(
        self,
        config: uvicorn.Config,
        on_ready: Callable[[int], None],
        stopping: asyncio.Event,
        *,
        has_recorder: bool,
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._stopping = stopping
        self._has_recorder = has_recorder

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Told to stop, it ends in order, with status 0. With a recorder it is the recorder that is told.

        A service manager tells both; the desk then stays until the last records are taken in.
        """
        act = _pass_over if self._has_recorder else self.handle_exit
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, act)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and sockets:
            self._on_ready(sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()  # streams without an end would hold it up
        await super().shutdown(sockets=sockets)

    def serve_or_raise(self) -> None:
        host, port = self.config.host, self.config.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            sock = socket.create_server((host, port), family=family, backlog=self.config.backlog)
        except OSError as error:
            raise cannot_listen(error, "api", host, port) from error
        self.run(sockets=[sock])


def _pass_over(number: int, frame: FrameType | None) -> None:
    """Not `SIG_IGN`: that would be inherited by the processes which make files, and they are to go."""


def _listen(recorder: IO[bytes], library: Library, server: uvicorn.Server) -> None:
    for line in recorder:
        with contextlib.suppress(msgspec.ValidationError, msgspec.DecodeError):
            library.recorder = msgspec.json.decode(line, type=RecorderStatus)
            library.recorder_seen_s = time.monotonic()
    server.should_exit = True


def main() -> int:
    # Unbuffered: a thread waits in it, and Python cannot end while that thread holds a buffer's lock.
    recorder = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115
    settings = msgspec.json.decode(recorder.readline(), type=Settings)

    def say(word: Ready | Refusal) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
        sys.stdout.buffer.flush()

    try:
        run_desk(settings, recorder, on_ready=lambda port: say(Ready(port)))
    except EarwitnessError as error:
        say(Refusal(type(error).__name__, str(error), error.hint))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
