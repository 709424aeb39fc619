"""Waiting for the disk, many together: tasks wait for one sync, and none of them holds a thread."""

import asyncio
import threading
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from earwitness.capture.talk import Entry
from earwitness.journal.writer import LegWriter

PATIENCE_S = 5.0  # a disk that takes longer is told of as one that does not answer


class _Waiting(NamedTuple):
    writer: LegWriter
    record: int
    done: asyncio.Future[bool]


class Settler:
    """One thread that asks for a sync on behalf of all that wait; whoever comes meanwhile is in the next."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._waiting: deque[_Waiting] = deque()
        self._wanted = threading.Event()
        self._is_stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="ingest-settle", daemon=True)

    def start(self) -> None:
        """Begin; from the thread of the event loop whose tasks will wait."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Who still waits is answered first."""
        self._is_stopped = True
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    async def settled(self, entry: Entry) -> bool:
        """True: the entry is on disk. False: not in time, or lost."""
        if entry.writer is None:
            return True
        waiting = _Waiting(entry.writer, entry.record, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._wanted.set()
        if is_on_disk := await waiting.done:
            entry.writer = None
        return is_on_disk

    def _run(self) -> None:
        while not (self._is_stopped and not self._waiting):
            self._wanted.wait()
            self._wanted.clear()
            group = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if group and self._loop is not None:
                self._loop.call_soon_threadsafe(_tell, list(self._sync(group)))

    def _sync(self, group: list[_Waiting]) -> Iterable[tuple[asyncio.Future[bool], bool]]:
        """One sync for each leg, and the first of them serves all."""
        of_leg: dict[LegWriter, list[_Waiting]] = {}
        for waiting in group:
            of_leg.setdefault(waiting.writer, []).append(waiting)
        for writer, here in of_leg.items():
            is_on_disk = writer.sync(self._patience_s, since=min(waiting.record for waiting in here))
            for waiting in here:
                yield waiting.done, is_on_disk


def _tell(answers: list[tuple[asyncio.Future[bool], bool]]) -> None:
    for future, is_on_disk in answers:
        if not future.done():  # else whoever waited went away
            future.set_result(is_on_disk)
