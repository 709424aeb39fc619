"""The desk: what may be asked of the recordings, the same for every face.

Knows no HTTP and no terminal. Answers are frozen values; what cannot be answered is a typed error
with a hint.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from earwitness.capture.status import RecorderStatus
from earwitness.desk import delivering, fetching, running
from earwitness.desk.grouping import Grouping
from earwitness.desk.recorded import Recorded
from earwitness.desk.redacting import Redacting
from earwitness.desk.telling import Telling
from earwitness.errors import InUse, InvalidInput, NotFound, StorageUnavailable
from earwitness.imports.layouts import Imported, Options, find, take
from earwitness.journal import recovery
from earwitness.journal.reader import is_live, leg_folders
from earwitness.model.conversation import Conversation, Status
from earwitness.pipeline.backup import Manifest, back_up, restore
from earwitness.pipeline.finish import finish, sweep, unmake
from earwitness.pipeline.follow import Follower
from earwitness.pipeline.ship import Shipping, require_keys
from earwitness.pipeline.understand import policies_of
from earwitness.privacy.access import Access, os_user
from earwitness.privacy.vault import is_locked, refuse_locked, scratch_of
from earwitness.recording import VARIABLE
from earwitness.settings import Encryption, Settings
from earwitness.store import legs
from earwitness.store.artifacts import FILES_VERSION
from earwitness.store.keys import Keys
from earwitness.store.lock import FolderLock
from earwitness.store.redaction_marks import RedactionMarks
from earwitness.store.sessions import Sessions
from earwitness.store.subjects import Subjects
from earwitness.store.users import Users

RECORDER_SILENT_S = 5.0  # a recorder that said nothing for so long is not to be trusted


def open_library(
    where: str | Path | Settings = "earwitness-data", *, workspace: str = "default"
) -> "Library":
    """The recordings of a data folder. What no server has taken in yet is taken in first.

    What is asked of it goes into the audit log, under the name of the user who runs the program. The master
    key of an encrypted folder is taken from the settings, else from where `EARWITNESS_ENCRYPTION__KEY` says.
    """
    if not isinstance(where, Settings):
        key = Encryption(key=os.environ.get(VARIABLE, ""))
        where = Settings(data_dir=str(where), encryption=key)
    settings = where
    library = Library(settings, workspace=workspace)
    actor = os_user("python")
    library.access = Access(library.audit, "read", workspace=workspace, actor=actor, is_repeated=True)
    library.catch_up()
    return library


class Library(Telling, Grouping, Redacting):
    """All recordings of one workspace in one data folder."""

    def __init__(self, settings: Settings, *, workspace: str = "default") -> None:
        super().__init__(settings, workspace=workspace)
        self.live_root = self.data_path / "live"
        self.scratch = scratch_of(settings)
        self.shipping: Shipping | None = None  # there is nothing to ship where files lie beside the journals
        if settings.object_store_url:
            kept = timedelta(hours=settings.object_store.keep_local_hours)
            self.shipping = Shipping(self.catalog, self.objects, self.journal_root, keep_local=kept)
        self.keys = Keys(self.catalog.database)
        self.users = Users(self.catalog.database)
        self.sessions = Sessions(self.catalog.database)
        self.subjects = Subjects(self.catalog.database)
        self._open_protection()
        self._open_lake()
        self._open_telling()
        self.marks = RedactionMarks(self.catalog.database)
        self.policies = policies_of(settings, self.marks.of)
        self.erasures.purgers.append(partial(delivering.purge, self.catalog.database, settings))
        self.recorder: RecorderStatus | None = None
        self.recorder_seen_s: float | None = None  # monotonic; None: no recorder reports to this desk
        self.trouble: Callable[[], str | None] = lambda: None  # of whoever follows the journals here

    # -- keeping in step ------------------------------------------------------------------------------

    def catch_up(self) -> int:
        """Take in what the journals hold beyond the catalog, unless a server is doing so. How many ended."""
        if not self.journal_root.is_dir() or is_locked(self.settings):
            return 0
        try:
            with FolderLock(self.data_path):
                return self._take_in()
        except InUse:
            return 0

    def reindex(self) -> int:
        """Throw away what can be rebuilt, rows and files, and make it again. How many conversations.

        Raises `InUse` while a server runs on the folder, `SettingsError` without the key of an encrypted one,
        and when all else is done `Denied` where the object store has journals whose keys are not here.
        """
        refuse_locked(self.settings)
        with FolderLock(self.data_path):
            locked = self.shipping.bring_back() if self.shipping else []
            legs.forget_all(self.catalog.database)
            self.clear_lake()
            count = self._take_in()
        require_keys(locked)
        return count

    def back_up(self, target: Path) -> Manifest:
        """Everything that cannot be made again, in one new file; calls may run meanwhile."""
        manifest = back_up(self.data_path, self.catalog.database, target, progress=self.progress)
        self.audit.note("backup", workspace="", facts=manifest.facts(), actor=self.actor)
        return manifest

    def restore(self, source: Path, *, signer: str = "") -> tuple[Manifest, int]:
        """Take a backup into this empty installation; what it was, and how many conversations there are.

        Raises what `pipeline.backup.restore` and `reindex` do.
        """
        with FolderLock(self.data_path):
            manifest = restore(source, self.data_path, self.catalog.database, self.vault, signer=signer)
            locked = self.shipping.bring_back() if self.shipping else []
            count = self._take_in()
        self.audit.note("restore", workspace="", facts=manifest.facts(), actor=self.actor)
        require_keys(locked)
        return manifest, count

    def _take_in(self) -> int:
        self.sweep()
        self.follower().tick()
        count = 0
        while due := self.due():
            for workspace, conversation_id in self.progress(due, "making files"):
                self.finish(workspace, conversation_id)
            count += len(due)
        return count

    def follower(self) -> Follower:
        """What keeps the catalog in step with the journals; one at a time on a folder."""
        what = (self.journal_root, self.catalog, self.policies, self.unmake)
        return Follower(*what, live_folder=self.live_folder, progress=self.progress)

    def unmake(self, workspace: str, conversation_id: str) -> None:
        """The files of a conversation are gone afterwards, to be made anew once it has ended."""
        if self.shipping:
            self.shipping.recall(workspace, conversation_id)
        unmake(workspace, conversation_id, self.catalog, self.objects, self.columns)

    def sweep(self) -> None:
        """Remove what work that was killed has left behind. Nobody may be at work on the folder."""
        sweep(self.scratch)
        sweep(self.live_root)
        self.settle_originals()
        with contextlib.suppress(StorageUnavailable):  # S3 may be away; it is seen to again and again
            self.erasures.obey()
            self.keep_house()

    def finished(self, link: str, *, give_up_at: float) -> Recorded | None:
        """The conversation with this link once all its files are made; None when it takes longer.

        `give_up_at` is on the monotonic clock, in seconds.
        """
        while time.monotonic() < give_up_at:
            for conversation_id in legs.linked(self.catalog.database, self.workspace, (link,)):
                recorded = self.conversation(conversation_id)
                if recorded.has_files:
                    return recorded
            time.sleep(0.1)
        return None

    def due(self) -> tuple[tuple[str, str], ...]:
        """(workspace, id) of conversations that have ended and whose files are still to be made."""
        return self.catalog.lacking(FILES_VERSION)

    def finish(self, workspace: str, conversation_id: str) -> Conversation:
        """Do the work after the call for one conversation."""
        folders = self.folders(workspace, conversation_id)
        how = self.settings.understanding
        made_from = (self.catalog, self.objects, self.scratch, self.policies, how, self.columns)
        done = finish(conversation_id, folders, *made_from, partial(self.seal, folders))
        if done.status is not Status.ACTIVE:
            (self.live_root / f"{conversation_id}.wav").unlink(missing_ok=True)
            self.tell_of(done)
        return done

    # -- running calls --------------------------------------------------------------------------------

    def tell(self, ref: str, verb: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Say something of a running call, wherever it runs; verbs and data as in `capture.verbs`. It holds
        when this returns. `ref` may also be what the application calls the conversation: one that awaits
        consent has no other name. Raises `Conflict` where it is over, and what `running.tell` raises.
        """
        try:
            recorded = self.conversation(ref)
        except NotFound:
            if self.subject is not None:
                raise
            return running.tell_by_name(self.data_path, self.workspace, ref, verb, dict(data or {}))
        told = running.tell(self.data_path, recorded, verb, dict(data or {}))
        why = (data or {}).get("reason")
        facts = {"verb": verb}
        self.audit.note(
            "tell",
            workspace=self.workspace,
            conversation=recorded.id,
            facts=facts,
            actor=self.actor,
            reason=why,
        )
        return told

    def carriers(self) -> list[delivering.Carrier]:
        """What takes whatever is due to other places. Raises as `delivering.carriers`."""
        found = delivering.carriers(self.settings, self.catalog.database, self.audit, self.any, self.scratch)
        found += fetching.fetchers(self.settings, self.catalog.database, self.any, self.spool)
        return [self.shipping, *found] if self.shipping else found

    def spool(self) -> Path:
        """Where what is on its way in may lie for a moment, if it is long."""
        if self.vault is None:
            return self.data_path
        self.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.scratch

    # -- taking in ------------------------------------------------------------------------------------

    def import_each(
        self, path: str | Path, *, layout: str | None = None, audio_format: str = "pcm16 24k"
    ) -> Iterator[Imported | InvalidInput]:
        """Take in every call of other recorders' files at or below the path; of each what became of it.

        A call that is here already stays as it is. One that cannot be read costs the others nothing. Raises
        `InvalidInput` where no call is found at all.
        """
        self._touch()
        options = Options(workspace=self.workspace, audio_format=audio_format)
        for reader, file in find(Path(path), layout):
            try:
                yield take(reader, file, options, self.journal_root)
            except InvalidInput as error:
                yield error
        self.catch_up()

    def import_path(
        self, path: str | Path, *, layout: str | None = None, audio_format: str = "pcm16 24k"
    ) -> list[Imported]:
        """As `import_each`, all at once. Raises the first `InvalidInput` after all others are taken in."""
        results = list(self.import_each(path, layout=layout, audio_format=audio_format))
        for result in results:
            if isinstance(result, InvalidInput):
                raise result
        return [result for result in results if isinstance(result, Imported)]

    # -- how it goes ----------------------------------------------------------------------------------

    def not_ready(self) -> list[str]:
        """Why this desk should not be trusted with calls just now; empty when it should."""
        reasons = [trouble] if (trouble := self.trouble()) else []
        if self.recorder_seen_s is not None:
            if time.monotonic() - self.recorder_seen_s > RECORDER_SILENT_S:
                reasons.append("the recorder is silent")
            elif self.recorder is None or self.recorder.is_red:
                what = f"loses data: {self.recorder.reason}" if self.recorder else "takes no calls yet"
                reasons.append(f"the recorder {what}")
        return reasons

    # -- trust ----------------------------------------------------------------------------------------

    def recover(self) -> dict[str, recovery.Recovery]:
        """Put every dead leg's journal in order, by leg id: torn tails are set aside, never deleted."""
        dead = [folder for folder in leg_folders(self.journal_root) if not is_live(folder)]
        return {folder.name: recovery.recover(folder) for folder in self.progress(dead, "journals")}

    def verify(self, ref: str | None = None) -> dict[str, recovery.Verification]:
        """Check every block of the journals of one conversation, or of all; by leg id."""
        folders = self.conversation(ref).folders if ref else list(leg_folders(self.journal_root))
        return {folder.name: recovery.verify(folder) for folder in self.progress(folders, "journals")}
