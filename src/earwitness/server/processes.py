"""Two processes: the recorder carries the calls, the desk serves and finishes them.

The recorder is the parent. It starts the desk, tells it once a second how the recording goes, and starts
it again should it die; the calls never notice. When the recorder goes, the desk reads the end of its
standard input and goes too.
"""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import IO

import msgspec
import uvicorn

from earwitness.capture.tap import Tap
from earwitness.errors import EarwitnessError, InUse
from earwitness.journal.writer import Journal
from earwitness.library import Library, RecorderStatus
from earwitness.pipeline.lock import FolderLock
from earwitness.server.app import create_app
from earwitness.server.guard import Links
from earwitness.server.worker import Worker
from earwitness.settings import Settings
from earwitness.store.secret_file import ensure_secret

STATUS_EVERY_S = 1.0
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 30.0
READY = b"ready\n"
DESK_STOPS_IN_S = 10.0
ORPHAN_GOES_IN_S = 0.9  # a desk whose recorder was killed notices and lets go well within this

log = logging.getLogger(__name__)


# -- the recorder ------------------------------------------------------------------------------------


@asynccontextmanager
async def recording(settings: Settings, *, with_desk: bool = True) -> AsyncIterator[Tap]:
    """The tap records for as long as the block runs; with the desk beside it in a process of its own.

    Afterwards every call has ended in order and all of it is on disk. Raises `InUse` when a port or the
    data folder is taken.
    """
    journal = Journal(
        settings.data_path / "journal", on_alarm=lambda reason: log.error("recording: %s", reason)
    )
    tap = Tap(settings, journal, admit=Library(settings).admit)
    desk = _Desk(settings, journal, tap)
    keeper: asyncio.Task[None] | None = None
    try:
        if with_desk:
            await desk.start()
        await tap.start()
        if with_desk:
            keeper = asyncio.create_task(desk.keep())
        yield tap
    finally:
        if keeper:
            keeper.cancel()
        await tap.stop()
        await asyncio.to_thread(journal.close)
        await desk.stop()


async def until_told_to_stop() -> None:
    """Returns at the first SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


class _Desk:
    """The desk's process, as the recorder sees it."""

    def __init__(self, settings: Settings, journal: Journal, tap: Tap) -> None:
        self._settings = settings
        self._journal = journal
        self._tap = tap
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers. Raises what it could not start for."""
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "earwitness.server.desk"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the recorder; it tells the desk when all is written
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(msgspec.json.encode(self._settings) + b"\n")
        first = await process.stdout.readline()
        if first != READY:
            await process.wait()
            raise _told(first)

    async def keep(self) -> None:
        """Send the status every second; start the desk again when it is gone."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            await asyncio.sleep(STATUS_EVERY_S)
            process = self._process
            if process and process.returncode is None:
                with contextlib.suppress(ConnectionError):
                    self._send(process)
                    backoff_s = FIRST_BACKOFF_S
                continue
            log.error("the desk ended with status %s; starting it again", process and process.returncode)
            try:
                await self.start()
            except EarwitnessError as error:
                log.error("the desk cannot start: %s", error)
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, LONGEST_BACKOFF_S)

    def _send(self, process: asyncio.subprocess.Process) -> None:
        health = self._journal.health()
        status = RecorderStatus(
            live_legs=self._tap.live_legs,
            is_red=health.is_red,
            reason=health.reason,
            lost_records=health.lost_records,
            unsynced_age_ms=health.unsynced_age_ms,
            disk_free_bytes=health.disk_free_bytes,
        )
        if process.stdin:
            process.stdin.write(msgspec.json.encode(status) + b"\n")

    async def stop(self) -> None:
        """Let it take in the last records, then end it."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), DESK_STOPS_IN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


class Refusal(msgspec.Struct, frozen=True):
    """Why the desk could not start, told to the recorder in one line."""

    kind: str
    message: str
    hint: str


def _told(line: bytes) -> EarwitnessError:
    try:
        refusal = msgspec.json.decode(line, type=Refusal)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return EarwitnessError("the desk did not start", hint="Its own words are above, on standard error.")
    kinds = {kind.__name__: kind for kind in EarwitnessError.__subclasses__()}
    return kinds.get(refusal.kind, EarwitnessError)(refusal.message, hint=refusal.hint)


# -- the desk ----------------------------------------------------------------------------------------


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
