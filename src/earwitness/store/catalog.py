"""The catalog: every conversation as rows, written while it runs, asked by every face."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Self, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import exc

from earwitness.clock import Clock, SystemClock
from earwitness.errors import NotFound, StorageUnavailable
from earwitness.model.conversation import Conversation
from earwitness.projections.doubts import Reason
from earwitness.projections.figures import Figures
from earwitness.store import (
    annotations,
    entries,
    finding,
    migrate,
    overview,
    own,
    reading,
    schema,
    searching,
    writing,
)
from earwitness.store.database import BUSY_TIMEOUT_S, Database
from earwitness.store.entries import with_entries
from earwitness.store.finding import ConversationQuery, Page
from earwitness.store.measured import judged, measured, put_reasons
from earwitness.store.objects import ObjectInfo
from earwitness.store.rows import (
    ArtifactRow,
    ConversationRow,
    DigitRow,
    FindingRow,
    GapRow,
    InterruptionRow,
    LegRow,
    MessageRow,
    Row,
    SnapshotRow,
    ToolCallRow,
)
from earwitness.store.searching import Results, SearchQuery
from earwitness.store.secrecy import Cipher
from earwitness.store.tabulate import Tabulated, numbering, tabulate
from earwitness.store.types import moment

_REMEMBERED = 128  # conversations whose rows are kept in memory for comparing: those that run
_ATTEMPTS = 5
_R = TypeVar("_R", bound=Row)
_c = schema.conversations.c


class _Written(NamedTuple):
    """What this process knows to stand in the catalog."""

    revision: int
    rows: Tabulated


class Catalog:
    """One database of conversations. Safe to use from several threads."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self.database = database
        self._clock = clock or SystemClock()
        self._written: OrderedDict[str, _Written] = OrderedDict()
        self._one_writer = threading.Lock()

    @classmethod
    def open(cls, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, cipher: Cipher | None = None) -> Self:
        """Open it, make it where it is not, and bring its schema up to date.

        `url`: `sqlite:////absolute/path` or `postgresql://user@host/database`. Raises `SettingsError`,
        `StorageUnavailable`, or `Damaged` for a file that is no database any more. With a cipher what people
        said lies sealed in it, see `secrecy`.
        """
        database = Database(url, busy_timeout_s=busy_timeout_s, cipher=cipher)
        try:
            migrate.ensure_head(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        self.database.close()

    # -- writing ---------------------------------------------------------------------------------

    def put(self, conversation: Conversation, *, of_legs: Collection[str] | None = None) -> bool:
        """The catalog holds exactly this of the conversation afterwards; says whether a row changed.

        All in one transaction; rows that are already right are not touched, rows that have no
        counterpart any more go. A leg that stood in another conversation of the workspace moves here.
        Artifacts stay. Raises `StorageUnavailable`: put it again later, nothing is half written. With
        `of_legs` raises `Conflict`, and writes nothing, unless those are its legs.
        """
        with self._one_writer:
            for attempt in range(_ATTEMPTS):
                try:
                    return self._put(conversation, of_legs, is_alone=attempt > 0)
                except exc.IntegrityError as error:  # another process took the same message id
                    cause = error
                    self._written.pop(conversation.id, None)
        raise StorageUnavailable(
            f"conversation {conversation.id} cannot be written: {cause.orig}", hint="Put it again."
        ) from cause

    def _put(self, conversation: Conversation, of_legs: Collection[str] | None, *, is_alone: bool) -> bool:
        known = self._written.get(conversation.id)
        before = known.rows if known else None
        with self.database.reading() as connection:
            conversation = own.with_own(connection, conversation)
            notes = annotations.notes(connection, conversation.workspace, conversation.id)
        rows = with_entries(tabulate(conversation, before), before, notes)
        new = rows.sheets
        if known is not None and not writing.differs(known.rows.sheets, new):
            with self.database.asking() as connection:
                if writing.revision(connection, conversation.workspace, conversation.id) == known.revision:
                    return False
        with self.database.writing() as connection:
            if is_alone:
                writing.keep_others_out(connection)
            writing.require_legs(connection, conversation.workspace, conversation.id, of_legs)
            was = writing.revision(connection, conversation.workspace, conversation.id)
            old: writing.Sheets = {}
            if was is not None:
                if known is not None and known.revision == was:
                    old = known.rows.sheets
                else:
                    old = writing.read_sheets(connection, conversation.id)
            writing.adopt_legs(connection, old, new)
            writing.give_ids(connection, old.get("messages", {}), new["messages"], *numbering(conversation))
            entries.give_ids(connection, old.get(entries.TABLE, {}), new[entries.TABLE])
            has_changed = was is None or writing.differs(old, new)
            now = writing.write(connection, old, new, was) if has_changed else int(was or 0)
        self._written[conversation.id] = _Written(now, rows)
        self._written.move_to_end(conversation.id)
        while len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
        return has_changed

    def remove(self, workspace: str, conversation: str) -> None:
        """Nothing of the conversation is in the catalog afterwards. Raises `NotFound`."""
        with self._one_writer, self.database.writing() as connection:
            where = (_c.workspace_id == workspace) & (_c.id == conversation)
            if not connection.execute(sa.delete(schema.conversations).where(where)).rowcount:
                raise NotFound(f"no conversation {conversation}")
            own.forget(connection, workspace, conversation)
            self._written.pop(conversation, None)

    def put_artifact(
        self,
        workspace: str,
        conversation: str,
        name: str,
        info: ObjectInfo,
        *,
        media_type: str,
        version: int = 1,
        is_last: bool = False,
        of_legs: Collection[str] | None = None,
    ) -> None:
        """The file counts as an artifact of the conversation; one of the same name is replaced. With the last
        one all its files are made. Raises `NotFound` where the conversation is not in the catalog, `Conflict`
        unless `of_legs` are its legs.
        """
        table = schema.artifacts
        row = {
            "workspace_id": workspace,
            "conversation_id": conversation,
            "name": name,
            "media_type": media_type,
            **msgspec.structs.asdict(info),
            "version": version,
            "made_at": moment(self._clock.now().wall_ns),
        }
        with self.database.writing() as connection:
            reading.require(connection, workspace, conversation)
            writing.require_legs(connection, workspace, conversation, of_legs)
            its = (table.c.conversation_id == conversation) & (table.c.name == name)
            connection.execute(sa.delete(table).where(its))
            connection.execute(sa.insert(table), row)
            if is_last:
                self._set(connection, workspace, conversation, {"files_version": version})

    def remove_artifacts(self, workspace: str, conversation: str) -> None:
        """No file counts as one of the conversation's afterwards, nor is anything measured on its sound. The
        caller deletes the files."""
        c = schema.artifacts.c
        where = (c.workspace_id == workspace) & (c.conversation_id == conversation)
        with self.database.writing() as connection:
            connection.execute(sa.delete(schema.artifacts).where(where))
            self._set(connection, workspace, conversation, {**measured(None), "files_version": 0})

    def put_figures(
        self, workspace: str, conversation: str, figures: Figures, *, reasons: Sequence[Reason]
    ) -> None:
        """Figures, and the health that `reasons` leave, stand in the row. Raises `NotFound`: no such one."""
        with self.database.writing() as connection:
            reading.require(connection, workspace, conversation)
            self._set(connection, workspace, conversation, measured(figures) | judged(reasons))
            put_reasons(connection, workspace, conversation, reasons)

    def note_failed_save(self, workspace: str, conversation: str) -> None:
        """Its files could not be stored this time."""
        with self.database.writing() as connection:
            self._set(connection, workspace, conversation, {"failed_saves": _c.failed_saves + 1})

    def _set(
        self, connection: sa.Connection, workspace: str, conversation: str, values: dict[str, Any]
    ) -> None:
        """These columns of a conversation; whoever remembers its rows has to read them again."""
        where = (_c.workspace_id == workspace) & (_c.id == conversation)
        values = {**values, "revision": _c.revision + 1}
        connection.execute(sa.update(schema.conversations).where(where).values(values))
        self._written.pop(conversation, None)

    # -- asking ----------------------------------------------------------------------------------

    def find(self, query: ConversationQuery) -> Page:
        """A page of conversations. Raises `InvalidInput` for what is no filter, order or cursor."""
        with self.database.reading() as connection:
            return finding.find(connection, query)

    def search(self, query: SearchQuery) -> Results:
        """A page of texts in which it is found. Raises `InvalidInput` for what is no search or cursor."""
        with self.database.asking() as connection:
            return searching.search(connection, query)

    def get(self, workspace: str, reference: str) -> ConversationRow:
        """One conversation; `reference` as in `reading.get`. Raises `NotFound` or `InvalidInput`."""
        with self.database.reading() as connection:
            return reading.get(connection, workspace, reference)

    def last_put(self, conversation: str) -> Conversation | None:
        """As this process put it last, with what people said of it; None where it did not, or long ago."""
        known = self._written.get(conversation)
        return known.rows.conversation if known else None

    def messages(self, workspace: str, conversation: str, role: str | None = None) -> tuple[MessageRow, ...]:
        filters = [] if role is None else [schema.messages.c.role == role]
        return self._rows(MessageRow, workspace, conversation, *filters)

    def legs(self, workspace: str, conversation: str) -> tuple[LegRow, ...]:
        return self._rows(LegRow, workspace, conversation)

    def tool_calls(self, workspace: str, conversation: str) -> tuple[ToolCallRow, ...]:
        return self._rows(ToolCallRow, workspace, conversation)

    def interruptions(self, workspace: str, conversation: str) -> tuple[InterruptionRow, ...]:
        return self._rows(InterruptionRow, workspace, conversation)

    def snapshots(self, workspace: str, conversation: str) -> tuple[SnapshotRow, ...]:
        return self._rows(SnapshotRow, workspace, conversation)

    def digits(self, workspace: str, conversation: str) -> tuple[DigitRow, ...]:
        return self._rows(DigitRow, workspace, conversation)

    def gaps(self, workspace: str, conversation: str) -> tuple[GapRow, ...]:
        return self._rows(GapRow, workspace, conversation)

    def findings(self, workspace: str, conversation: str) -> tuple[FindingRow, ...]:
        return self._rows(FindingRow, workspace, conversation)

    def artifacts(self, workspace: str, conversation: str) -> tuple[ArtifactRow, ...]:
        return self._rows(ArtifactRow, workspace, conversation, order_by="name")

    def _rows(
        self,
        kind: type[_R],
        workspace: str,
        conversation: str,
        *filters: sa.ColumnElement[bool],
        order_by: str = "position",
    ) -> tuple[_R, ...]:
        with self.database.reading() as connection:
            return reading.rows_of(connection, kind, workspace, conversation, *filters, order_by=order_by)

    # -- over all of them ------------------------------------------------------------------------

    def overview(self, workspace: str, newest: int = 10) -> overview.Overview:
        """Is everything being saved? Counts, the newest messages, the conversations with problems."""
        with self.database.reading() as connection:
            return overview.look(connection, workspace, newest)

    def lacking(self, version: int, limit: int = 100) -> tuple[tuple[str, str], ...]:
        """(workspace, id) of ended conversations without all files in this version: without any first."""
        with self.database.reading() as connection:
            return overview.lacking(connection, version, limit)

    def dump(self) -> str:
        """All rows that a rebuild must bring back, as text; without artifacts, keys and revisions."""
        with self.database.reading() as connection:
            return overview.dump(connection)
