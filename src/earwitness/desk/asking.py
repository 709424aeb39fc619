"""What may be asked of the recordings: what is kept of them, and what their journals tell."""

from collections.abc import Iterable, Iterator
from copy import copy
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from earwitness.desk.finding import Finding
from earwitness.desk.recorded import Recorded
from earwitness.errors import NotFound
from earwitness.exports.formats import Format
from earwitness.exports.recording import Options
from earwitness.journal.segment import find_folder
from earwitness.pipeline.ship import Shipping
from earwitness.pipeline.watch import Watch, WatchAll
from earwitness.redaction.policies import Policies, Untouched
from earwitness.store import legs
from earwitness.store.rows import ConversationRow

_T = TypeVar("_T")


class Progress(Protocol):
    """How a face shows what long work goes through: it gives back the same items, one after the other."""

    def __call__(self, items: Iterable[_T], what: str) -> Iterable[_T]: ...


def unseen(items: Iterable[_T], what: str) -> Iterable[_T]:
    """Nobody looks on."""
    return items


class Asking(Finding):
    """The part of the desk that answers questions, from the journals too."""

    shipping: Shipping | None = None
    live_root: Path
    policies: Policies
    progress: Progress = staticmethod(unseen)

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

    def conversations(self, **filters: Any) -> Iterator[Recorded]:
        """All conversations that fit, newest first. Filters are the fields of `ConversationQuery`."""
        return map(self._recorded, self.rows(**filters))

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

    @property
    def live_folder(self) -> Path | None:
        """Where every running call has a growing stereo file; None where `record.live_stereo` is off.

        Such files lie in the open, so in an encrypted folder there are none.
        """
        return self.live_root if self.settings.record.live_stereo and self.vault is None else None

    def watch(self, ref: str) -> Watch:
        """A look at one conversation while it runs: what has changed since the last look."""
        recorded = self.conversation(ref)
        file = self.live_root / f"{recorded.id}.wav"
        return Watch(self.catalog, recorded.row.workspace_id, recorded.id, file)

    def watch_all(self) -> WatchAll:
        """The same at all that run."""
        self._touch(None, None)
        return WatchAll(self.catalog, self.workspace, self.live_root)

    def conversation(self, ref: str) -> Recorded:
        """By id, unique beginning of one, recording id, given name, or `latest`. Raises `NotFound`."""
        return self._recorded(self._row(ref))

    def any(self, workspace: str, conversation: str) -> Recorded:
        """One of any workspace; for our own work alone."""
        return self.of_workspace(workspace).conversation(conversation)

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
