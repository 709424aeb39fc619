"""Finding conversations and words in what is kept: the door for whoever only reads.

Everything here is answered from the catalog and from finished files, so that a face which asks no more loads
nothing of what decodes, hears and redacts.
"""

import contextlib
from collections.abc import Iterator
from copy import copy
from typing import Any, Self, TypeVar

import msgspec

from earwitness.desk import behind
from earwitness.desk.kept import Kept
from earwitness.errors import InUse, InvalidInput, NotFound, SettingsError, StorageUnavailable
from earwitness.privacy.access import Access
from earwitness.privacy.audit import Audit, AuditQuery, Entry
from earwitness.privacy.checkpoints import Checkpoints
from earwitness.privacy.sealed_objects import SealedObjects
from earwitness.privacy.vault import is_locked, open_vault, refuse_locked
from earwitness.settings import Settings
from earwitness.store import deliveries, overview
from earwitness.store.artifacts import LAST_MADE
from earwitness.store.catalog import Catalog
from earwitness.store.chosen import open_objects
from earwitness.store.finding import ConversationQuery, Page
from earwitness.store.lock import FolderLock
from earwitness.store.reading import LATEST
from earwitness.store.rows import ConversationRow
from earwitness.store.searching import Hit, Results, SearchQuery

_FIRST = 5  # conversations whose files are looked at: of one alone they may have been made again since
_Q = TypeVar("_Q", ConversationQuery, SearchQuery)


class Finding:
    """What is kept of one workspace in one data folder, perhaps of one subject alone."""

    subject: str | None = None  # of whom alone something may be asked here
    access: Access | None = None  # whoever asks; None: our own work, which leaves its own trace

    def __init__(self, settings: Settings, *, workspace: str = "default") -> None:
        self.settings = settings
        self.workspace = workspace
        self.data_path = settings.data_path
        self.journal_root = self.data_path / "journal"
        self.vault = open_vault(settings)
        cipher = self.vault.text_cipher() if self.vault else None
        self.catalog = Catalog.open(settings.catalog_url, cipher=cipher)
        self.objects = open_objects(settings)
        if self.vault is not None:
            self.objects = SealedObjects(self.objects, self.vault)
        database, where = self.catalog.database, settings.audit.where
        self.audit = Audit(database)
        self.checkpoints = Checkpoints(self.audit, database, self.data_path, where, objects=self.objects)

    def is_behind(self) -> bool:
        """Whether work waits that nobody is at, a journal, a file or an erasure: `Library.catch_up` is due.

        The log's head is signed here, if that is due and nobody else does it.
        """
        if not self.journal_root.is_dir() or is_locked(self.settings):
            return False
        try:
            with FolderLock(self.data_path):
                self.sign()
                return behind.is_any_due(self.data_path, self.catalog, self.objects)
        except InUse:
            return False

    def refuse_unsealed(self) -> None:
        """Raises `SettingsError` where encryption is on and files made before it still lie here in the open.

        A bucket is not asked: it may be away or slow, and calls wait for this answer.
        """
        if not isinstance(self.objects, SealedObjects) or self.settings.object_store_url:
            return
        with self.catalog.database.reading() as connection:
            paths = overview.first_files(connection, LAST_MADE, _FIRST)
        with contextlib.suppress(NotFound, StorageUnavailable):  # what cannot be read keeps nobody out
            if not all(map(self.objects.is_sealed, paths)):
                raise SettingsError(
                    f"{self.data_path} has files from before encryption, which lie in the open",
                    hint="Seal them: earwitness reindex, with no server running; then start again.",
                )

    def sign(self) -> list[str]:
        """The log's head is signed and handed out, if that is due. Says what went wrong with the latter."""
        self.checkpoints.make_if_due()
        return self.checkpoints.deliver()

    def of_workspace(self, workspace: str) -> Self:
        """The same recordings' desk for another workspace."""
        other = copy(self)
        other.workspace = workspace
        return other

    def of_subject(self, subject: str) -> Self:
        """The same desk for somebody who may know of this person's conversations only."""
        other = copy(self)
        other.subject = subject
        return other

    @property
    def actor(self) -> str:
        """Whoever asks, as the trail names them."""
        return self.access.actor if self.access else "system"

    def page(self, query: ConversationQuery) -> Page:
        """One page of conversations, newest first unless the query sorts otherwise."""
        own = self._own(query)
        return Page(()) if own is None else self.catalog.find(own)

    def _own(self, query: _Q) -> _Q | None:
        """The question as this desk may put it; None where it is of somebody else's."""
        if self.subject is not None and query.subject not in (None, self.subject):
            return None
        subject = query.subject if self.subject is None else self.subject
        self._touch(None, subject)
        return msgspec.structs.replace(query, workspace=self.workspace, subject=subject)

    def rows(self, **filters: Any) -> Iterator[ConversationRow]:
        """All conversations that fit, newest first. Filters are the fields of `ConversationQuery`."""
        query = ConversationQuery(**filters)
        while True:
            page = self.page(query)
            yield from page.items
            if page.next_cursor is None:
                return
            query = msgspec.structs.replace(query, cursor=page.next_cursor)

    def results(self, query: SearchQuery) -> Results:
        """One page of the texts in which it is found, the newest first unless the query sorts otherwise."""
        refuse_locked(self.settings)  # the index holds no words: nothing would be found
        own = self._own(query)
        return Results(()) if own is None else self.catalog.search(own)

    def search(self, q: str, **filters: Any) -> Iterator[Hit]:
        """Every text in which it is found: messages, tool calls, labels. Filters: fields of `SearchQuery`.

        All words must be there; `"a phrase"` as it stands; `insur*` any word that begins so; `a OR b`; `-c`.
        """
        query = SearchQuery(q=q, **filters)
        while True:
            page = self.results(query)
            yield from page.hits
            if page.next_cursor is None:
                return
            query = msgspec.structs.replace(query, cursor=page.next_cursor)

    def check(self) -> dict[str, Any]:
        """Is everything being saved? Counts by role and provider, the newest messages, problems."""
        self._touch()
        found = self.catalog.overview(self.workspace).document()
        late = [
            f"conversation {each.conversation_id} is not at {each.target}: {each.problem}"
            for each in deliveries.failing(self.catalog.database, self.workspace)
        ]
        return {**found, "problems": found["problems"] + late}

    def trail(self, query: AuditQuery) -> list[Entry]:
        """Who did what in this workspace, newest first. The question itself is noted after the answer."""
        found = self.audit.entries(msgspec.structs.replace(query, workspace=self.workspace))
        self._touch(query.conversation, query.subject)
        return found

    def conversation(self, ref: str) -> Kept:
        """By id, unique beginning of one, recording id, given name, or `latest`. Raises `NotFound`."""
        return Kept(self._row(ref), self.catalog, self.objects)

    def _touch(self, conversation: str | None = None, subject: str | None = None) -> None:
        if self.access is not None:
            self.access.touch(conversation, subject)

    def _row(self, ref: str) -> ConversationRow:
        try:
            row = self._find(ref)
        except NotFound:
            if self.access is not None:
                self.access.miss(ref)
            raise
        self._touch(row.id, row.subject)
        return row

    def _find(self, ref: str) -> ConversationRow:
        if self.subject is None:
            return self.catalog.get(self.workspace, ref)
        found: tuple[ConversationRow, ...] = ()
        if ref == LATEST:
            found = self.page(ConversationQuery(limit=1)).items
        else:
            with contextlib.suppress(NotFound, InvalidInput):  # of others not even a hint may be seen
                row = self.catalog.get(self.workspace, ref)
                found = (row,) if row.subject == self.subject else ()
        if not found:
            raise NotFound(f"no conversation {ref}", hint="See what there is: earwitness list.")
        return found[0]
