"""Saving messages for the API: the desk's own journal, begun with the first message."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from earwitness.capture.ingest import IDLE_S, Ingest
from earwitness.capture.settling import Settler
from earwitness.capture.talk import Entry, Kept, Saved, TalkKey, draft
from earwitness.errors import StorageUnavailable
from earwitness.journal.segment import leg_folders_of, segment_paths
from earwitness.journal.writer import Journal
from earwitness.library import Library
from earwitness.store import legs, saved
from earwitness.store.database import Database

TIDY_EVERY_S = 5.0
_ATTEMPTS = 3  # a conversation may be closed between its opening and the first message; not often in a row

log = logging.getLogger(__name__)


class CatalogArchive:
    """What the catalog knows of saved messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kept(self, key: TalkKey) -> Iterable[Kept]:
        return [Kept(*row) for row in saved.of_conversation(self._database, *key)]

    def highest_number(self) -> int:
        return saved.highest_number(self._database)

    def has(self, numbers: Iterable[int]) -> set[int]:
        return saved.having(self._database, numbers)


class Saving:
    """Keeps messages: `save` answers when the message is on disk."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._journal: Journal | None = None
        self._ingest: Ingest | None = None
        self._settler = Settler()
        self._beginning = asyncio.Lock()
        self._is_over = threading.Event()
        self._tidier = threading.Thread(target=self._tidy, name="ingest-tidy", daemon=True)

    async def save(self, message: Saved) -> int:
        """Keep it, unless it is kept already; the number it has, for good.

        Raises `Conflict` where other words have its id, `StorageUnavailable` where it is not known to be on
        disk: it may be sent again, as often as needed.
        """
        return await self.settle(await self.take(message))

    async def take(self, message: Saved) -> Entry:
        """The first half of `save`: the message has its number and its place, but may not be on disk."""
        ingest = self._ingest or await self._begin()
        made = draft(message)
        for _ in range(_ATTEMPTS):
            entry = ingest.take(made)
            if entry is not None:
                return entry
            await asyncio.to_thread(ingest.open, made.key)
        raise StorageUnavailable("too many conversations at once", hint="Send it again.")

    async def settle(self, entry: Entry) -> int:
        """The second half."""
        if entry.writer is None or await self._settler.settled(entry):
            return entry.number
        assert self._ingest
        self._ingest.doubt(entry)
        raise StorageUnavailable("the message is not known to be on disk", hint="Send it again.")

    def close(self) -> None:
        """All that was taken is on disk, and every leg has ended. For the end, from any thread."""
        self._is_over.set()
        self._settler.stop()
        if self._ingest is not None and self._journal is not None:
            self._ingest.close()
            self._journal.close()

    async def _begin(self) -> Ingest:
        async with self._beginning:
            if self._ingest is None:
                self._settler.start()
                self._ingest = await asyncio.to_thread(self._read_back)
                self._tidier.start()
            return self._ingest

    def _read_back(self) -> Ingest:
        database = self._library.catalog.database
        self._journal = Journal(
            self._library.journal_root, on_alarm=lambda reason: log.error("saving: %s", reason)
        )
        ingest = Ingest(self._journal, CatalogArchive(database))
        ingest.resume(not_in_catalog(self._library.journal_root, database))
        return ingest

    def _tidy(self) -> None:
        while not self._is_over.wait(TIDY_EVERY_S):
            with contextlib.suppress(StorageUnavailable):  # then a little later
                if self._ingest is not None:
                    self._ingest.tidy()


def not_in_catalog(root: Path, database: Database) -> Iterator[Path]:
    """Legs the catalog may not know to their end, or that were written just now; oldest first."""
    for day in sorted(root.glob("????-??-??")):
        closed = legs.closed_on(database, day.name)
        for folder in leg_folders_of(day):
            if folder.name not in closed or time.time() - _written_s(folder) < IDLE_S:
                yield folder


def _written_s(folder: Path) -> float:
    return max((path.stat().st_mtime for path in segment_paths(folder)), default=0.0)
