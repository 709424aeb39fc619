"""Feeds for the API: begun with the first event, known again after a restart."""

import contextlib
import threading

from earwitness.capture.feeding import Feeds, read_next
from earwitness.errors import StorageUnavailable
from earwitness.journal.segment import find_folder
from earwitness.library import Library
from earwitness.server.saving import TIDY_EVERY_S, not_in_catalog
from earwitness.store import legs
from earwitness.store.types import clip


class Feeding:
    """Keeps what applications send without a socket. Blocks: for worker threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._feeds: Feeds | None = None
        self._is_over = threading.Event()
        self._beginning = threading.Lock()

    def begun(self) -> Feeds:
        """The feeds; from now on those that rest are ended."""
        with self._beginning:
            if self._feeds is None:
                self._feeds = feeds = Feeds(self._library.data_path, self._next_of)
                threading.Thread(target=self._tidy, args=(feeds,), name="feeds-tidy", daemon=True).start()
            return self._feeds

    def close(self) -> None:
        """All that was taken is on disk, and every leg has ended."""
        self._is_over.set()
        if self._feeds is not None:
            self._feeds.close()

    def _next_of(self, workspace: str, feed: str) -> int:
        root, database = self._library.journal_root, self._library.catalog.database
        folders = set(not_in_catalog(root, database)) if root.is_dir() else set()
        for conversation in legs.linked(database, workspace, (clip(feed),)):
            ids = legs.of_conversation(database, workspace, conversation)
            folders |= {find_folder(root, leg) for leg in ids}
        return max((read_next(folder, feed) for folder in folders), default=0)

    def _tidy(self, feeds: Feeds) -> None:
        while not self._is_over.wait(TIDY_EVERY_S):
            with contextlib.suppress(StorageUnavailable):
                feeds.tidy()
