"""The desk: what may be asked of the recordings, the same for every face.

Knows no HTTP and no terminal. Answers are frozen values; what cannot be answered is a typed error
with a hint.
"""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from earwitness.audio.waveform import waveform
from earwitness.capture.status import RecorderStatus
from earwitness.errors import Conflict, InUse, NotFound
from earwitness.journal import recovery
from earwitness.journal.reader import is_live, leg_folders, read_leg
from earwitness.journal.record import Record
from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import Event
from earwitness.pipeline import line
from earwitness.pipeline.finish import FILES_VERSION, LAST_MADE, finish
from earwitness.pipeline.follow import Follower, find_folder
from earwitness.pipeline.lock import FolderLock
from earwitness.pipeline.sound import Sound
from earwitness.pipeline.write import write_layout
from earwitness.projections import documents, health, transcript
from earwitness.projections.layouts import LAYOUTS, as_json
from earwitness.settings import Settings
from earwitness.store import legs
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery, Page
from earwitness.store.keys import Keys
from earwitness.store.objects import FolderObjects
from earwitness.store.rows import ArtifactRow, ConversationRow, MessageRow, ToolCallRow

TRANSCRIPT_FORMATS = ("text", "json", "srt", "vtt")


RECORDER_SILENT_S = 5.0  # a recorder that said nothing for so long is not to be trusted


def open_library(
    where: str | Path | Settings = "earwitness-data", *, workspace: str = "default"
) -> "Library":
    """The recordings of a data folder. What no server has taken in yet is taken in first."""
    settings = where if isinstance(where, Settings) else Settings(data_dir=str(where))
    library = Library(settings, workspace=workspace)
    library.catch_up()
    return library


class Library:
    """All recordings of one workspace in one data folder."""

    def __init__(self, settings: Settings, *, workspace: str = "default") -> None:
        self.settings = settings
        self.workspace = workspace
        self.data_path = settings.data_path
        self.journal_root = self.data_path / "journal"
        self.catalog = Catalog.open(settings.catalog_url)
        self.objects = FolderObjects(self.data_path / "objects")
        self.keys = Keys(self.catalog.database)
        self.recorder: RecorderStatus | None = None
        self.recorder_seen_s: float | None = None  # monotonic; None: no recorder reports to this desk
        self.trouble: Callable[[], str | None] = lambda: None  # of whoever follows the journals here

    def of_workspace(self, workspace: str) -> "Library":
        """The same recordings' desk for another workspace."""
        other = copy(self)
        other.workspace = workspace
        return other

    # -- finding --------------------------------------------------------------------------------------

    def page(self, query: ConversationQuery) -> Page:
        """One page of conversations, newest first unless the query sorts otherwise."""
        return self.catalog.find(msgspec.structs.replace(query, workspace=self.workspace))

    def conversations(self, **filters: Any) -> Iterator["Recorded"]:
        """All conversations that fit, newest first. Filters are the fields of `ConversationQuery`."""
        query = ConversationQuery(**filters)
        while True:
            page = self.page(query)
            yield from (Recorded(self, row) for row in page.items)
            if page.next_cursor is None:
                return
            query = msgspec.structs.replace(query, cursor=page.next_cursor)

    def conversation(self, ref: str) -> "Recorded":
        """By id, unique beginning of an id, recording id, or `latest`. Raises `NotFound`."""
        return Recorded(self, self.catalog.get(self.workspace, ref))

    # -- keeping in step ------------------------------------------------------------------------------

    def catch_up(self) -> int:
        """Take in what the journals hold beyond the catalog, unless a server is doing so. How many ended."""
        if not self.journal_root.is_dir():
            return 0
        try:
            with FolderLock(self.data_path):
                return self._take_in()
        except InUse:
            return 0

    def reindex(self) -> int:
        """Throw away what can be rebuilt, rows and files, and make it again. How many conversations.

        Raises `InUse` while a server runs on the folder.
        """
        with FolderLock(self.data_path):
            legs.forget_all(self.catalog.database)
            return self._take_in()

    def _take_in(self) -> int:
        follower = Follower(self.journal_root, self.catalog)
        follower.run_until_idle(lambda conversation: None)
        count = 0
        while due := self.due():
            for workspace, conversation_id in due:
                self.finish(workspace, conversation_id)
            count += len(due)
        return count

    def finished(self, link: str, *, give_up_at: float) -> "Recorded | None":
        """The conversation with this link once all its files are made; None when it takes longer.

        `give_up_at` is on the monotonic clock, in seconds.
        """
        while time.monotonic() < give_up_at:
            for conversation_id in legs.linked(self.catalog.database, self.workspace, (link,)):
                recorded = self.conversation(conversation_id)
                if any(artifact.name == LAST_MADE for artifact in recorded.artifacts()):
                    return recorded
            time.sleep(0.1)
        return None

    def due(self) -> tuple[tuple[str, str], ...]:
        """(workspace, id) of conversations that have ended and whose files are still to be made."""
        return self.catalog.lacking(LAST_MADE, FILES_VERSION)

    def finish(self, workspace: str, conversation_id: str) -> Conversation:
        """Do the work after the call for one conversation."""
        folders = self.folders(workspace, conversation_id)
        return finish(conversation_id, folders, self.catalog, self.objects, self.data_path / "scratch")

    def folders(self, workspace: str, conversation_id: str) -> list[Path]:
        """The journals of a conversation, one folder a leg."""
        ids = legs.of_conversation(self.catalog.database, workspace, conversation_id)
        return [find_folder(self.journal_root, leg) for leg in ids]

    # -- how it goes ----------------------------------------------------------------------------------

    def check(self) -> dict[str, Any]:
        """Is everything being saved? Counts by role and provider, the newest messages, problems."""
        seen = self.catalog.overview(self.workspace)
        by_role, by_provider = Counter[str](), Counter[str]()
        for tally in seen.messages:
            by_role[tally.role] += tally.count
            by_provider[tally.provider] += tally.count
        return {
            "conversations": seen.conversations,
            "messages_by_role": dict(by_role),
            "messages_by_provider": dict(by_provider),
            "tool_calls": seen.tool_calls,
            "gaps": seen.gaps,
            "newest_messages": [
                {"at": row.seen_at.isoformat(), "role": row.role, "provider": row.provider, "text": row.text}
                for row in seen.newest_messages
            ],
            "problems": [
                f"{row.recording_id} is {row.status}: {', '.join(row.reasons)}" for row in seen.problems
            ],
        }

    def not_ready(self) -> list[str]:
        """Why this desk should not be trusted with calls just now; empty when it should."""
        reasons = [trouble] if (trouble := self.trouble()) else []
        if self.recorder_seen_s is not None:
            if time.monotonic() - self.recorder_seen_s > RECORDER_SILENT_S:
                reasons.append("the recorder is silent")
            elif self.recorder and self.recorder.is_red:
                reasons.append(f"the recorder loses data: {self.recorder.reason}")
        return reasons

    # -- trust ----------------------------------------------------------------------------------------

    def recover(self) -> dict[str, recovery.Recovery]:
        """Put every dead leg's journal in order, by leg id: torn tails are set aside, never deleted."""
        dead = [folder for folder in leg_folders(self.journal_root) if not is_live(folder)]
        return {folder.name: recovery.recover(folder) for folder in dead}

    def verify(self, ref: str | None = None) -> dict[str, recovery.Verification]:
        """Check every block of the journals of one conversation, or of all; by leg id."""
        folders = self.conversation(ref).folders if ref else leg_folders(self.journal_root)
        return {folder.name: recovery.verify(folder) for folder in folders}


class Recorded:
    """One recorded conversation and all that can be asked of it. `row` is what the catalog says of it."""

    def __init__(self, library: Library, row: ConversationRow) -> None:
        self._library = library
        self.row = row
        self.id = row.id

    @cached_property
    def folders(self) -> list[Path]:
        return self._library.folders(self.row.workspace_id, self.id)

    @cached_property
    def conversation(self) -> Conversation:
        """The whole of it, told from the journals as they stand at the first asking."""
        return line.rebuild(self.id, self.folders)

    def shortcomings(self) -> list[str]:
        """What keeps this record from being complete and readable; empty when nothing does."""
        found = [] if self.row.status == Status.COMPLETE else [f"status {self.row.status}"]
        found += [reason["message"] for reason in self.health()["reasons"]]
        found += [p for v in self._library.verify(self.id).values() for p in v.problems]
        if not self.transcript().strip():
            found.append("no transcript")
        if not any(block.any() for block in self.audio().blocks()):
            found.append("no sound")
        return found

    # -- words and facts ------------------------------------------------------------------------------

    def messages(self, role: str | None = None) -> tuple[MessageRow, ...]:
        return self._library.catalog.messages(self.row.workspace_id, self.id, role=role)

    def tool_calls(self) -> tuple[ToolCallRow, ...]:
        return self._library.catalog.tool_calls(self.row.workspace_id, self.id)

    def artifacts(self) -> tuple[ArtifactRow, ...]:
        return self._library.catalog.artifacts(self.row.workspace_id, self.id)

    def events(self) -> Iterator[Event]:
        return line.events(self.folders)

    def records(self) -> Iterator[tuple[str, Record]]:
        """Every record of every leg as (leg id, record), leg after leg: the wire itself."""
        for folder in self.folders:
            for record in read_leg(folder):
                yield folder.name, record

    def document(self) -> dict[str, Any]:
        return documents.conversation_document(self.conversation)

    def health(self) -> dict[str, Any]:
        return health.document(self.conversation)

    def summary(self) -> str:
        return documents.summary_text(self.conversation)

    def transcript(self, form: str = "text") -> str:
        """In one of `TRANSCRIPT_FORMATS`."""
        makers: dict[str, Callable[[Conversation], str]] = {
            "text": transcript.text,
            "srt": transcript.srt,
            "vtt": transcript.vtt,
            "json": lambda conversation: as_json(transcript.document(conversation)),
        }
        if form not in makers:
            raise NotFound(f"no transcript format {form}", hint=f"Formats: {', '.join(TRANSCRIPT_FORMATS)}.")
        return makers[form](self.conversation)

    # -- sound ----------------------------------------------------------------------------------------

    def audio(self, track: str = "stereo", *, rate_hz: int = 16_000) -> Sound:
        """A track, to be written to a file or read in ranges; of a running call, as far as it has come."""
        return Sound(self.conversation, line.sound_of(self.folders), track, rate_hz)

    def waveform(self, most_points: int = 2000) -> dict[str, Any]:
        """Peaks of caller and agent, at the finest zoom with at most so many points (or the coarsest).

        As `waveform.json` has it, with one zoom: `low` and `high` by channel, -128 to 127.
        """
        try:
            size, read = self.stored("waveform.json")
        except NotFound:
            sound = self.audio("stereo")
            return waveform(sound.blocks(), rate_hz=sound.rate_hz, channels=2).as_dict(most_points)
        peaks: dict[str, Any] = msgspec.json.decode(b"".join(read(0, size)))
        fitting = [zoom for zoom in peaks["zooms"] if len(zoom["low"][0]) <= most_points]
        return {**peaks, "zooms": fitting[:1] or peaks["zooms"][-1:]}

    # -- out and away ---------------------------------------------------------------------------------

    def stored(self, name: str) -> tuple[int, Callable[[int, int], Iterator[bytes]]]:
        """A finished file: its size, and a way to read bytes of it. Raises `NotFound` before it is made."""
        artifact = next((artifact for artifact in self.artifacts() if artifact.name == name), None)
        if artifact is None:
            raise NotFound(
                f"{name} of conversation {self.id} is not made yet", hint="Ask for wav, which needs no file."
            )
        objects = self._library.objects
        return artifact.byte_count, lambda start, stop: objects.open(artifact.path, start, stop)

    def export(self, folder: str | Path, layout: str = "default") -> list[Path]:
        """Write the conversation's files in a named layout below `folder`. Existing files are replaced."""
        if layout not in LAYOUTS:
            raise NotFound(f"no layout is called {layout}", hint=f"Layouts: {', '.join(LAYOUTS)}.")
        return write_layout(LAYOUTS[layout], self.conversation, self.folders, Path(folder))

    def delete(self) -> None:
        """Remove rows, files and journals. Raises `Conflict` while the call runs."""
        if self.row.status == Status.ACTIVE or any(is_live(folder) for folder in self.folders):
            raise Conflict(f"conversation {self.id} is still running", hint="End the call first.")
        for artifact in self.artifacts():
            self._library.objects.delete(artifact.path)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._library.catalog.remove(self.row.workspace_id, self.id)
