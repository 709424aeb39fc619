"""Keeping webhooks for the API: a journal of the desk's own, begun with the first delivery."""

import contextlib
import logging
import threading
from collections.abc import Iterable, Iterator

from earwitness.capture.webhooks import Deliveries
from earwitness.errors import StorageUnavailable
from earwitness.journal.writer import Journal
from earwitness.library import Library
from earwitness.server.saving import not_in_catalog
from earwitness.store import legs
from earwitness.store.types import clip

MOST_SPOOLED = 4  # long bodies that are taken in at once

log = logging.getLogger(__name__)


class Receiving:
    """Keeps deliveries, each once. Blocks: for worker threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._journal: Journal | None = None
        self._deliveries: Deliveries | None = None
        self._beginning = threading.Lock()
        self._spooled = threading.Semaphore(MOST_SPOOLED)

    def keep(
        self,
        provider: str,
        names: tuple[str, ...],
        body: bytes,
        *,
        is_form: bool,
        sound: Iterable[bytes] = (),
    ) -> bool:
        """As `Deliveries.keep`."""
        return self._begun()[1].keep(provider, names, body, is_form=is_form, sound=sound)

    def journal(self) -> Journal:
        """Where what follows from a webhook may be recorded too."""
        return self._begun()[0]

    @contextlib.contextmanager
    def room_for_a_long_body(self) -> Iterator[None]:
        """Raises `StorageUnavailable` where too many are on their way."""
        if not self._spooled.acquire(blocking=False):
            raise StorageUnavailable("too many long bodies at once", hint="Send it again.")
        try:
            yield
        finally:
            self._spooled.release()

    def close(self) -> None:
        """All that was taken is on disk."""
        if self._journal is not None:
            self._journal.close()

    def _begun(self) -> tuple[Journal, Deliveries]:
        with self._beginning:
            if self._journal is None or self._deliveries is None:
                root, database = self._library.journal_root, self._library.catalog.database
                workspace = self._library.settings.webhooks.workspace
                self._journal = Journal(root, on_alarm=lambda reason: log.error("webhooks: %s", reason))
                self._deliveries = Deliveries(
                    self._journal,
                    workspace,
                    lambda links: bool(legs.linked(database, workspace, tuple(clip(link) for link in links))),
                )
                self._deliveries.resume(not_in_catalog(root, database))
            return self._journal, self._deliveries
