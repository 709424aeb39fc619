"""One set of recorded calls for all tests that need real ones, made once in a test run.

Every scenario of a few providers goes through a real tap in real time, all at once, while a follower writes
rows. What changes the folder takes a `copy` of it.
"""

import asyncio
import atexit
import functools
import gc
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from earwitness.capture.tap import Tap
from earwitness.desk.recorded import Recorded
from earwitness.journal.writer import Journal
from earwitness.library import Library, open_library
from earwitness.settings import Route, Settings
from earwitness.settings import Tap as Listen
from earwitness.settings.redaction import Redaction
from earwitness.simulator.lines import encoded, lines
from earwitness.simulator.run import CallResult, Simulator, simulate
from earwitness.simulator.scenarios import scenarios_of

TICK_S = 0.1  # as the server looks
TAKES = 3  # of which one may be expected to be calm
CALM_MS = 100  # a machine that holds everything up for longer is no ground for measuring 20 ms
FORMATS = [
    ("pcm_s16le", 24_000),
    ("mulaw", 8_000),
    ("pcm_s16le", 16_000),
    ("pcm_s16le", 48_000),
    ("pcm_s16le", 8_000),
]
OPENAI = ("openai", "twilio")  # what most tests need
OTHERS = ("elevenlabs", "hume", "audiocodes", "relay")
ROUTES = {"openai": "openai", "twilio": "phone"} | {name: name for name in OTHERS}


def as_it_was(data_dir: Path) -> Settings:
    """Settings that take nothing out: what is recorded is held against what was said."""
    return Settings(data_dir=str(data_dir), redact=Redaction(enabled=False))


def plays_of(providers: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every scenario of these providers."""
    return [(provider, name) for provider in providers for name in scenarios_of(provider)]


PLAYS = plays_of(OPENAI)


@dataclass(frozen=True, slots=True)
class Recording:
    """`results` by provider and scenario; `rows_seen_ns`: when each message was first a finished row.

    `stall_ms`: for so long, at worst, this machine held everything up that ran in the recording process; the
    simulator's truth and the tap's record may be that far apart through no fault of either.
    """

    data_dir: Path
    results: dict[tuple[str, str], CallResult]
    rows_seen_ns: dict[str, int]
    stall_ms: float

    def library(self) -> Library:
        return Library(as_it_was(self.data_dir))

    def call(self, provider: str, scenario: str) -> Recorded:
        link = f"conversation:{self.results[provider, scenario].conversation}"
        recorded = self.library().finished(link, give_up_at=time.monotonic() + 1)
        assert recorded is not None
        return recorded


class Desk:
    """Follows the journals of a folder from a thread, as the server does, for as long as the block runs."""

    def __init__(self, data_dir: Path) -> None:
        self.rows_seen_ns: dict[str, int] = {}
        self._data_dir = data_dir
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._running = self._pool.submit(self._follow)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._running.result(60)
        self._pool.shutdown()

    def _follow(self) -> None:
        library = Library(as_it_was(self._data_dir))
        follower = library.follower()
        while not self._stop.wait(TICK_S):
            for conversation in follower.tick().changed:
                for row in library.catalog.messages(conversation.workspace, conversation.id):
                    if row.status != "open":
                        self.rows_seen_ns.setdefault(row.key, time.time_ns())
        library.catalog.close()


class Line:
    """Simulator, tap and journal on ports of this machine; `url(provider)` is where callers dial."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.simulator = Simulator()

    async def __aenter__(self) -> Self:
        await self.simulator.__aenter__()
        routes = {
            "openai": Route(provider="openai", upstream=self.simulator.openai_url),
            "phone": Route(provider="twilio", upstream=self.simulator.bot_url),
            "relay": Route(provider="twilio", upstream=self.simulator.url("relay")),
        }
        for name in ("elevenlabs", "hume", "audiocodes"):
            routes[name] = Route(provider=name, upstream=self.simulator.url(name))
        self.settings = Settings(data_dir=str(self.data_dir), tap=Listen(port=0), routes=routes)
        self.journal = Journal(self.data_dir / "journal")
        self.tap = Tap(self.settings, self.journal)
        await self.tap.start()
        self.simulator.bot.openai_url = self.url("openai")
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.tap.stop()
        await asyncio.to_thread(self.journal.close)
        await self.simulator.__aexit__(*error)

    def url(self, provider: str, scheme: str = "ws") -> str:
        return f"{scheme}://127.0.0.1:{self.tap.port}/{ROUTES[provider]}"

    async def play(self, provider: str, scenario: str, speed: float = 1.0) -> CallResult:
        url, bot = self.url(provider), self.simulator.bot if provider == "twilio" else None
        [result] = await simulate(
            provider,
            scenario,
            tap_url=url,
            bot=bot,
            speed=speed,
            labels=[scenario],
            metadata={"scenario": scenario},
            subject=f"RID-{scenario}",
        )
        return result


def recording(providers: tuple[str, ...] = OPENAI) -> Recording:
    """All scenarios of these providers, recorded, followed, finished.

    What fails is not tried again. What this machine held up is, and the calmest take counts.
    """
    return _made(providers).result()


@functools.cache
def _made(providers: tuple[str, ...]) -> "Future[Recording]":
    with ThreadPoolExecutor(1) as pool:  # a test's own loop may be running here
        return pool.submit(_calmest_take, plays_of(providers))


def _calmest_take(plays: list[tuple[str, str]]) -> Recording:
    takes: list[Recording] = []
    while len(takes) < TAKES and not any(take.stall_ms < CALM_MS for take in takes):
        data_dir = Path(tempfile.mkdtemp(prefix="earwitness-recorded-"))
        atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
        gc.collect()
        gc.freeze()  # what the tests before have left is not looked through meanwhile
        takes.append(asyncio.run(_record(data_dir, plays)))
    return min(takes, key=lambda take: take.stall_ms)


async def _record(data_dir: Path, plays: list[tuple[str, str]]) -> Recording:
    for name in lines():  # the first to say a line would hold up all the others
        for sound in FORMATS:
            encoded(name, *sound)
    with Desk(data_dir) as desk:
        async with Line(data_dir) as line:
            watch = Watch()
            results = await asyncio.gather(*(_later(n, line.play(*play)) for n, play in enumerate(plays)))
            stall_ms = watch.stop()
            await asyncio.sleep(3 * TICK_S)
    open_library(as_it_was(data_dir)).catalog.close()
    return Recording(data_dir, dict(zip(plays, results, strict=True)), desk.rows_seen_ns, stall_ms)


async def _later(number: int, call: Coroutine[Any, Any, CallResult]) -> CallResult:
    """Calls begin one after the other: all at once they would wait for each other's handshakes."""
    await asyncio.sleep(0.1 * number)
    return await call


class Watch:
    """How late this process gets to what is due, and through the turns of its loop that it takes.

    A line that is lost takes `TURNS`: one side drops its socket, the loop closes it, the other side is told.
    """

    TURNS = 3

    def __init__(self) -> None:
        self._worst_s = 0.0
        self._task = asyncio.create_task(self._watch())

    def stop(self) -> float:
        """The worst so far, in ms."""
        self._task.cancel()
        return self._worst_s * 1000

    async def _watch(self) -> None:
        while True:
            due = time.monotonic() + 0.005
            await asyncio.sleep(0.005)
            for _ in range(self.TURNS - 1):
                await asyncio.sleep(0)
            self._worst_s = max(self._worst_s, time.monotonic() - due)


def copied(folder: Path, target: Path) -> Path:
    """A data folder once more, to be changed.

    Another process copies it: SQLite's locks are the process's, and end with whatever handle on the file it
    closes first (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", folder, target], check=True)
    return target


def copy_of(recording: Recording, folder: Path) -> Path:
    return copied(recording.data_dir, folder / "data")
