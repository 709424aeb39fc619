"""Finding conversations and words: what may be asked of the recordings, and by whom."""

import contextlib
from collections.abc import Iterable, Iterator
from copy import copy
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import msgspec

from earwitness.desk.recorded import Recorded
from earwitness.errors import InvalidInput, NotFound
from earwitness.exports.formats import Format
from earwitness.exports.recording import Options
from earwitness.journal.segment import find_folder
from earwitness.pipeline.ship import Shipping
from earwitness.pipeline.watch import Watch, WatchAll
from earwitness.privacy.access import Access
from earwitness.redaction.policies import Policies, Untouched
from earwitness.settings import Settings
from earwitness.store import legs
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery, Page
from earwitness.store.objects import Objects
from earwitness.store.reading import LATEST
from earwitness.store.rows import ConversationRow
from earwitness.store.searching import Hit, Results, SearchQuery

_Q = TypeVar("_Q", ConversationQuery, SearchQuery)
_T = TypeVar("_T")


class Progress(Protocol):
    """How a face shows what long work goes through: it gives back the same items, one after the other."""

    def __call__(self, items: Iterable[_T], what: str) -> Iterable[_T]: ...


def unseen(items: Iterable[_T], what: str) -> Iterable[_T]:
    """Nobody looks on."""
    return items


class Asking:
    """The part of the desk that answers questions: within one workspace, perhaps of one subject alone."""

    settings: Settings
    workspace: str
    subject: str | None = None  # of whom alone something may be asked here
    access: Access | None = None  # whoever asks; None: our own work, which leaves its own trace
    catalog: Catalog
    objects: Objects
    journal_root: Path
    shipping: Shipping | None = None
    live_root: Path
    policies: Policies
    progress: Progress = staticmethod(unseen)

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

    def unredacted(self, reason: str) -> Self:
        """The same desk for somebody who may see and hear what redaction takes out for all others.

        Why they want to goes into the audit log. What is kept in files is redacted; the raw view is made from
        the journals when it is asked for.
        """
        other = copy(self)
        other.policies = Untouched()
        if self.access is not None:
            other.access = self.access.of_raw(reason)
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

    def conversations(self, **filters: Any) -> Iterator[Recorded]:
        """All conversations that fit, newest first. Filters are the fields of `ConversationQuery`."""
        query = ConversationQuery(**filters)
        while True:
            page = self.page(query)
            yield from (self._recorded(row) for row in page.items)
            if page.next_cursor is None:
                return
            query = msgspec.structs.replace(query, cursor=page.next_cursor)

    def export(self, form: Format, options: Options, **filters: Any) -> Iterator[bytes]:
        """All conversations that fit in one format, newest first, read while they are taken.

        Filters as of `conversations`. Raises `InvalidInput` before the first byte.
        """
        fitting = iter(self.progress(self.handed_out(**filters), "conversations"))
        first = next(fitting, None)
        return form.of_many(chain([first] if first else [], fitting), options)

    def handed_out(self, **filters: Any) -> Iterator[Recorded]:
        """As `conversations`, to be taken away: each leaves a trace of its own."""
        for recorded in self.conversations(**{"limit": 1000, **filters}):
            if self.access is not None:
                self.access.hand_out(recorded.id, recorded.row.subject)
            yield recorded

    def watch(self, ref: str) -> Watch:
        """A look at one conversation while it runs: what has changed since the last look."""
        recorded = self.conversation(ref)
        file = self.live_root / f"{recorded.id}.wav"
        return Watch(self.catalog, recorded.row.workspace_id, recorded.id, file)

    def watch_all(self) -> WatchAll:
        """The same at all that run."""
        self._touch(None, None)
        return WatchAll(self.catalog, self.workspace, self.live_root)

    def results(self, query: SearchQuery) -> Results:
        """One page of the texts in which it is found, the newest first unless the query sorts otherwise."""
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

    def conversation(self, ref: str) -> Recorded:
        """By id, unique beginning of one, recording id, given name, or `latest`. Raises `NotFound`."""
        return self._recorded(self._row(ref))

    def any(self, workspace: str, conversation: str) -> Recorded:
        """One of any workspace; for our own work alone."""
        return self.of_workspace(workspace).conversation(conversation)

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

    def _recorded(self, row: ConversationRow) -> Recorded:
        is_gone = row.is_abridged and isinstance(self.policies, Untouched)
        folders = partial(_gone, row.id) if is_gone else partial(self.folders, row.workspace_id, row.id)
        schema = self.settings.understanding.schema
        return Recorded(row, folders, self.catalog, self.objects, self.policies, schema=schema)

    def folders(self, workspace: str, conversation_id: str) -> list[Path]:
        """The journals of a conversation, one folder a leg; those that lie elsewhere are fetched."""
        if self.shipping:
            self.shipping.fetch(workspace, conversation_id)
        ids = legs.of_conversation(self.catalog.database, workspace, conversation_id)
        return [find_folder(self.journal_root, leg) for leg in ids]


def _gone(conversation_id: str) -> list[Path]:
    """What the journals told of this conversation is not in them any more. Raises `NotFound`."""
    raise NotFound(
        f"what was taken out of conversation {conversation_id} is not kept any more",
        hint="redact.keep_raw says how long it is. Ask without the raw view.",
    )
