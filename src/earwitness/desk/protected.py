"""The desk's part that protects people and evidence: holds, erasure, the trail."""

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from earwitness.desk.asking import Asking
from earwitness.desk.bundle import write_bundle, write_person
from earwitness.desk.recorded import Recorded
from earwitness.errors import InvalidInput, NotFound
from earwitness.journal import recovery
from earwitness.journal.segment import find_folder
from earwitness.model.conversation import Conversation, Status
from earwitness.privacy.audit import MAX_LIMIT, AuditQuery, Entry
from earwitness.privacy.erasure import Erasures
from earwitness.privacy.holds import Hold, Holds
from earwitness.privacy.originals import Originals
from earwitness.privacy.proving import problems_of_log
from earwitness.privacy.requests import Erasure
from earwitness.privacy.retaining import Retention
from earwitness.privacy.retention import Rules
from earwitness.privacy.vault import is_locked
from earwitness.store.checking import differences
from earwitness.store.finding import ConversationQuery
from earwitness.store.objects import ObjectInfo
from earwitness.store.rows import ConversationRow
from earwitness.store.subjects import Subjects


class Protected(Asking):
    """The part of the desk that protects; all of it is noted in the audit log."""

    subjects: Subjects

    def _open_protection(self) -> None:
        database = self.catalog.database
        self.holds = Holds(database)
        self.erasures = Erasures(
            self.catalog,
            self.objects,
            self.audit,
            self.subjects,
            folder_of=partial(find_folder, self.journal_root),
            keyring=self.vault,
        )
        routes = {name: route.redact for name, route in self.settings.routes.items()}
        self.retention = Retention(
            Rules(self.settings.retention),
            self.catalog,
            self.erasures,
            self.data_path,
            originals=Originals(database, self.settings.redact, routes),
            abridge=self.abridge,
        )

    @abstractmethod
    def abridge(self, row: ConversationRow) -> None:
        """As `Redacting.abridge`."""

    # -- holds ----------------------------------------------------------------------------------------

    def hold(self, ref: str, *, reason: str) -> Hold:
        """The conversation stays from now on, whoever asks for its end. Raises `Conflict` when too late."""
        row = self._row(ref)
        hold = self.holds.add(self.workspace, row.id, by=self.actor, reason=reason)
        self.audit.note(
            "hold",
            workspace=self.workspace,
            conversation=row.id,
            facts={"step": "placed"},
            actor=self.actor,
            reason=hold.reason,
        )
        return hold

    def hold_on(self, ref: str) -> Hold | None:
        """The hold on this conversation; None where there is none. Raises `NotFound`."""
        return self.holds.of(self.workspace, self._row(ref).id)

    def release(self, ref: str) -> list[Erasure]:
        """It is held no more; what was deferred for its sake is done now. Raises `NotFound`."""
        row = self._row(ref)
        self.holds.remove(self.workspace, row.id)
        facts = {"step": "released"}
        self.audit.note("hold", workspace=self.workspace, conversation=row.id, facts=facts, actor=self.actor)
        return self.erasures.go_on()

    # -- erasure --------------------------------------------------------------------------------------

    def erase(self, ref: str, *, reason: str = "") -> Erasure:
        """Nothing of the conversation is anywhere afterwards, but for its certificate and tombstone.

        Where a hold or a statutory minimum stands against it the request is kept: its state is `deferred`.
        Raises `Conflict` while the call runs.
        """
        return self.erasures.erase(self._row(ref), reason=reason, by=self.actor)

    def erase_subject(self, subject: str, *, reason: str = "") -> list[Erasure]:
        """Erase all conversations of this person in the workspace, and then their name.

        What cannot go now is deferred, and goes when nothing stands against it any more.
        """
        if not subject:
            raise InvalidInput("whose conversations?", hint="Name the subject.")
        self._touch(None, subject)
        rows = self._all_of(subject)
        if not rows:
            self.erasures.forget(self.workspace, subject, by=self.actor)
        ask = partial(self.erasures.ask, reason=reason, by=self.actor, for_subject=True)
        return self.erasures.finish([ask(row) for row in rows])

    def export_subject(self, subject: str, folder: Path) -> Path:
        """Everything that is kept of this person, below `folder`: of each conversation sound, transcript,
        events and documents; in `access.json` who looked; in `manifest.json` all files with their hashes.

        Raises `NotFound` where nothing of theirs is here, `Conflict` where something is there already.
        """
        rows = self._all_of(subject)
        if not rows:
            raise NotFound(f"nothing of {subject} is here", hint="Is it spelt as in `earwitness list`?")
        self._touch(None, subject)
        about = {row.id: AuditQuery(conversation=row.id, limit=MAX_LIMIT) for row in rows}
        about[""] = AuditQuery(subject=subject, limit=MAX_LIMIT)
        whose = {
            entry.number: entry.document()
            for query in about.values()
            for entry in self.audit.entries(msgspec.structs.replace(query, workspace=self.workspace))
        }
        return write_person(map(self._recorded, rows), [whose[n] for n in sorted(whose)], folder)

    def _all_of(self, subject: str) -> list[ConversationRow]:
        query = ConversationQuery(workspace=self.workspace, subject=subject, limit=1000)
        rows: list[ConversationRow] = []
        while True:
            page = self.catalog.find(query)
            rows += page.items
            if page.next_cursor is None:
                return rows
            query = msgspec.structs.replace(query, cursor=page.next_cursor)

    def keep_house(self) -> list[str]:
        """What is due now and then, for all workspaces: erasures go on, the log's head is signed and handed
        out. Says what went wrong with the latter."""
        self.erasures.go_on()
        return self.sign()

    # -- proof ----------------------------------------------------------------------------------------

    def seal(self, folders: list[Path], conversation: Conversation, last: dict[str, str]) -> None:
        """What was recorded and made of a call that ended becomes a leaf of the log: its journals' heads and
        its files' hashes, with that of the last one."""
        heads = {folder.name: recovery.verify(folder).head for folder in folders}
        artifacts = self.catalog.artifacts(conversation.workspace, conversation.id)
        facts = {"journals": heads, "files": {a.name: a.sha256 for a in artifacts} | last}
        before = self._entries(conversation, "seal")
        if not before or before[0].facts != facts:
            self.audit.note(
                "seal", workspace=conversation.workspace, conversation=conversation.id, facts=facts
            )

    def _entries(self, of: Recorded | Conversation, action: str) -> list[Entry]:
        """What was noted of it under this name, newest first."""
        workspace = of.row.workspace_id if isinstance(of, Recorded) else of.workspace
        return self.audit.entries(
            AuditQuery(workspace=workspace, conversation=of.id, action=action, limit=1000)
        )

    def prove(self, ref: str | None = None, *, checkpoint: str | None = None) -> list[str]:
        """What of the recordings, or of one, is not as it was: in journals, files, rows and the audit log.

        `checkpoint` is a signed head that was kept elsewhere. Nothing: all is as it was written.
        """
        chosen = [self.conversation(ref)] if ref else list(self.conversations())
        looked_at = self.progress(chosen, "conversations")
        problems = [problem for recorded in looked_at for problem in self._problems(recorded)]
        notes, key = self.checkpoints.stored(), self.checkpoints.public_key
        return [*problems, *problems_of_log(self.audit, notes, key, checkpoint)]

    def _problems(self, recorded: Recorded) -> Iterator[str]:
        sealed = self._entries(recorded, "seal")
        abridged = self._entries(recorded, "abridge")
        for folder in recorded.folders:
            found = recovery.verify(folder)
            yield from (f"journal {folder.name}: {problem}" for problem in found.problems)
            if not found.problems and not _is_sealed(folder.name, found.head, sealed, abridged):
                yield f"journal {folder.name} is not the one that was sealed: it was written anew or cut"
        if is_locked(self.settings):
            return  # files and rows are sealed, and the key is not here
        for artifact in recorded.artifacts():
            info = ObjectInfo(path=artifact.path, byte_count=artifact.byte_count, sha256=artifact.sha256)
            if not self.objects.exists(artifact.path) or not self.objects.holds(info):
                yield f"file {artifact.name} of conversation {recorded.id} was changed or is gone"
            elif sealed and sealed[0].facts["files"].get(artifact.name) not in (None, artifact.sha256):
                yield f"file {artifact.name} of conversation {recorded.id} is not the one that was sealed"
        if recorded.row.status != Status.ACTIVE:  # rows of a running call are a moment behind
            yield from differences(self.catalog.database, recorded.conversation)

    def bundle(self, ref: str, folder: Path) -> Path:
        """Write one conversation with all that proves it below a folder: its files, its journals as they lie,
        the log's entries about it with their proofs, a signed checkpoint, and a program that checks all this
        and needs nothing of ours. Returns where it is. Raises `Conflict` where a bundle is there already.
        """
        return write_bundle(self.conversation(ref), folder, self.audit, self.checkpoints, actor=self.actor)


def _is_sealed(leg: str, head: str, sealed: list[Entry], abridged: list[Entry]) -> bool:
    """Whether its journal, which ends with `head`, is the one of every seal; of those before its original was
    let go, whether that was. Entries come newest first."""
    passed = list(abridged)
    for entry in sealed:
        while passed and passed[0].number > entry.number:
            head = passed.pop(0).facts["originals"].get(leg, head)
        if entry.facts["journals"].get(leg, head) != head:
            return False
    return True
