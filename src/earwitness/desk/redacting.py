"""The desk's part that takes out of recordings what somebody saw there, and in time the original."""

import time
from abc import abstractmethod
from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture import exchanging
from earwitness.desk.protected import Protected
from earwitness.errors import Conflict, InvalidInput
from earwitness.journal import recovery
from earwitness.journal.seal import keys_in
from earwitness.model.conversation import Conversation, Status
from earwitness.pipeline.abridge import abridge, is_abridged
from earwitness.pipeline.whole import tell_known
from earwitness.store.redaction_marks import NewMarks, RedactionMarks
from earwitness.store.rows import ConversationRow


class Redaction(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation stands after it was redacted again."""

    conversation_id: str
    state: str  # redacted; clear: nothing was taken out; quarantined: that failed, all is withheld
    masks: int  # in its words


class Redacting(Protected):
    """The part of the desk that redacts by hand, and lets originals go."""

    marks: RedactionMarks

    @abstractmethod
    def unmake(self, workspace: str, conversation_id: str) -> None:
        """As `Library.unmake`."""

    @abstractmethod
    def finish(self, workspace: str, conversation_id: str) -> Conversation:
        """As `Library.finish`."""

    def redact(self, ref: str, new: NewMarks | None = None) -> Redaction:
        """Take out what is marked, besides what the settings of today take out, and make rows, search,
        sound, waveform and documents anew. What was made before is gone first.

        Should it fail or be killed on the way, the files stay away until it is done: the next start goes on.
        Raises `Conflict` while the call runs, `InvalidInput` where a mark marks nothing.
        """
        new = new or NewMarks()
        row = self._row(ref)
        if row.status == Status.ACTIVE:
            raise Conflict(f"conversation {row.id} runs", hint="Redact it when it has ended.")
        new.check()
        missing = [words for words in new.words if not self._is_shown(row.id, words)]
        if missing:
            raise InvalidInput(
                f"{len(missing)} of the words are nowhere in it", hint="Name them as they are shown."
            )
        self.marks.add(row.workspace_id, row.id, new, self.actor)
        self.audit.note(
            "redact",
            workspace=row.workspace_id,
            conversation=row.id,
            facts={"words": len(new.words), "stretches": len(new.stretches)},
            actor=self.actor,
            reason=new.reason,
        )
        self.unmake(row.workspace_id, row.id)
        done = self.finish(row.workspace_id, row.id)
        self.catalog.database.scrub()
        return Redaction(conversation_id=done.id, state=done.redaction, masks=len(done.redactions))

    def _is_shown(self, conversation_id: str, words: str) -> bool:
        """Whether the words can be seen in it by everybody: what is masked already cannot be asked for."""
        recorded = self.conversation(conversation_id)
        shown: list[Any] = [recorded.document(), recorded.summary_document()]
        return _plain(words) in _plain(msgspec.json.encode(shown).decode())

    # -- the original ---------------------------------------------------------------------------------

    def abridge(self, row: ConversationRow) -> None:
        """Of this conversation, which was redacted, stays what is shown of it, and in its journals nothing
        else: what was taken out is nowhere any more, and no key opens a copy of it.

        Killed on the way and called again, it comes to the same. Raises `StorageUnavailable`.
        """
        folders = self.folders(row.workspace_id, row.id)
        told = tell_known(row, folders, self.policies, self.catalog)
        if told.conversation.redaction != "redacted" or told.conversation.status is Status.ACTIVE:
            return
        originals = [folder for folder in folders if not is_abridged(folder)]
        if originals:
            heads = {folder.name: recovery.verify(folder).head for folder in originals}
            self.audit.note(
                "abridge",
                workspace=row.workspace_id,
                conversation=row.id,
                facts={"originals": heads},
                actor=self.actor,
            )
        figures = self._recorded(row).figures()
        self.unmake(row.workspace_id, row.id)
        abridge(
            told,
            self.journal_root,
            at_ns=time.time_ns(),
            figures=None if figures is None else msgspec.to_builtins(figures),
        )
        for folder in folders:
            self._forget_original(folder)
        if self.shipping:  # what was sent meanwhile was of the original
            self.shipping.forget(row.workspace_id, row.id)
        self.marks.remove(row.workspace_id, row.id)
        self.finish(row.workspace_id, row.id)
        self.catalog.database.scrub()

    def settle_originals(self) -> None:
        """Let go of originals whose going was decided and interrupted. For the start."""
        for folder in exchanging.settle(self.journal_root):
            self._forget_original(folder)

    def _forget_original(self, folder: Path) -> None:
        """The keys of the leg's former journal are nowhere: it opens nowhere either, wherever a copy lies."""
        if self.vault:
            self.vault.destroy(folder.name, but=keys_in(folder))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
