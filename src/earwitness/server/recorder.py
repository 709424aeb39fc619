"""The recorder: the process that carries the calls, and starts the desk beside it.

The recorder is the parent. It tells the desk once a second how the recording goes, and starts it again
should it die; the calls never notice. When the recorder goes, the desk reads the end of its standard
input and goes too. Nothing heavy is loaded here: no web framework, no audio.
"""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from msgspec.structs import replace

from earwitness.capture.control import Control
from earwitness.capture.status import RecorderStatus
from earwitness.capture.tap import Tap
from earwitness.errors import Denied, EarwitnessError
from earwitness.journal.writer import Journal
from earwitness.privacy.vault import open_vault
from earwitness.server.bond import Ready, Refusal
from earwitness.settings import Settings
from earwitness.store.database import Database
from earwitness.store.keys import Keys, Scope

STATUS_EVERY_S = 1.0
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 30.0
DESK_STOPS_IN_S = 10.0
OBEY_S = 4.0  # for opening a journal, at most

log = logging.getLogger(__name__)


class Admission:
    """Which workspace a leg is recorded for. The catalog is opened when the first key comes, not before."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.catalog_url
        self._keys: Keys | None = None

    def __call__(self, key: str | None) -> str | None:
        """The workspace of a key that may record; None: refuse the leg."""
        if key is None:
            return None
        self._keys = self._keys or Keys(Database(self._url))
        try:
            holder = self._keys.check(key)
        except Denied:
            return None
        return holder.workspace_id if holder.allows(Scope.CAPTURE) else None


@asynccontextmanager
async def recording(settings: Settings, *, with_desk: bool = True) -> AsyncIterator[Settings]:
    """The tap records for as long as the block runs; with the desk beside it in a process of its own.

    Gives the settings with the ports that were really taken. Afterwards every call has ended in order and
    all of it is on disk. Raises `InUse` when a port or the data folder is taken.
    """
    open_vault(settings)
    journal = Journal(
        settings.data_path / "journal", on_alarm=lambda reason: log.error("recording: %s", reason)
    )
    tap = Tap(settings, journal, admit=Admission(settings))
    desk = DeskProcess(settings, journal, tap)
    loop = asyncio.get_running_loop()
    control = Control(
        settings.data_path,
        lambda command: asyncio.run_coroutine_threadsafe(tap.obey(command), loop).result(OBEY_S),
    )
    keeper: asyncio.Task[None] | None = None
    try:
        if with_desk:
            settings = await desk.start()
        await tap.start()
        control.start()
        if with_desk:
            keeper = asyncio.create_task(desk.keep())
        yield replace(settings, tap=replace(settings.tap, port=tap.port))
    finally:
        if keeper:
            keeper.cancel()
        control.stop()
        await tap.stop()
        await asyncio.to_thread(journal.close)
        await desk.stop()


async def until_told_to_stop() -> None:
    """Returns at the first SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


class DeskProcess:
    """The desk's process, as the recorder sees it."""

    def __init__(self, settings: Settings, journal: Journal, tap: Tap) -> None:
        self._settings = settings
        self._journal = journal
        self._tap = tap
        self._process: asyncio.subprocess.Process | None = None
        self._printing: asyncio.Task[None] | None = None

    async def start(self) -> Settings:
        """Start it and wait until it answers; the settings with its port, which it keeps when started again.

        Raises what it could not start for.
        """
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
        word = _told(await process.stdout.readline())
        if not isinstance(word, Ready):
            await process.wait()
            raise word
        self._printing = asyncio.create_task(print_on(process.stdout))
        self._settings = replace(self._settings, api=replace(self._settings.api, port=word.port))
        return self._settings

    async def keep(self) -> None:
        """Send the status every second; start the desk again when it is gone."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            process = self._process
            if process and process.returncode is None:
                with contextlib.suppress(ConnectionError):
                    self._send(process)
                    backoff_s = FIRST_BACKOFF_S
                await asyncio.sleep(STATUS_EVERY_S)
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
            tap_port=self._tap.port,
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


async def print_on(lines: asyncio.StreamReader) -> None:
    """What the desk prints after its first word, such as metrics for CloudWatch, is printed here; in a
    thread, for whoever reads us may be slow, and no call is to wait for that."""
    async for line in lines:
        await asyncio.to_thread(_print, line)


def _print(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _told(line: bytes) -> Ready | EarwitnessError:
    try:
        word = msgspec.json.decode(line, type=Ready | Refusal)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return EarwitnessError("the desk did not start", hint="Its own words are above, on standard error.")
    if isinstance(word, Ready):
        return word
    kinds = {kind.__name__: kind for kind in EarwitnessError.__subclasses__()}
    return kinds.get(word.kind, EarwitnessError)(word.message, hint=word.hint)
