"""Legal holds: what is held stays, whoever asks for its end, until the hold is taken away."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from earwitness.clock import Clock, SystemClock
from earwitness.errors import Conflict, InvalidInput, NotFound
from earwitness.store import trail
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import Row
from earwitness.store.types import moment, storable_text

_table, _erasures = trail.holds, trail.erasures
LONGEST_REASON = 500


class Hold(Row, frozen=True, kw_only=True):
    """One conversation that must stay."""

    TABLE: ClassVar[str] = "holds"
    workspace_id: str
    conversation_id: str
    placed_at: datetime
    placed_by: str
    reason: str


class Holds:
    """The holds of all workspaces."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def add(self, workspace: str, conversation: str, *, by: str, reason: str) -> Hold:
        """It is held from now on; one that is held already stays as it was.

        Raises `Conflict` where its erasure has begun: it is never held with parts missing.
        """
        if not 0 < len(reason.strip()) <= LONGEST_REASON:
            raise InvalidInput("a hold needs a reason", hint=f"1 to {LONGEST_REASON} letters.")
        hold = Hold(
            workspace_id=workspace,
            conversation_id=conversation,
            placed_at=moment(self._clock.now().wall_ns),
            placed_by=storable_text(by),
            reason=storable_text(reason),
        )
        begun = _erasures.c.state == "under_way"
        with self._database.writing() as connection:
            take_turns(connection)
            if connection.scalar(
                sa.select(_erasures.c.id).where(begun, _erasures.c.conversation_id == conversation)
            ):
                raise Conflict(
                    f"conversation {conversation} is being erased", hint="It is too late for a hold."
                )
            found = connection.execute(_one(workspace, conversation)).one_or_none()
            if found is not None:
                return to_row(Hold, found)
            connection.execute(
                sa.insert(_table), {name: getattr(hold, name) for name in hold.__struct_fields__}
            )
        return hold

    def remove(self, workspace: str, conversation: str) -> None:
        """It is held no more. Raises `NotFound` where it was not."""
        mine = (_table.c.workspace_id == workspace) & (_table.c.conversation_id == conversation)
        with self._database.writing() as connection:
            if not connection.execute(sa.delete(_table).where(mine)).rowcount:
                raise NotFound(f"conversation {conversation} is not held", hint="See: earwitness hold list.")

    def of(self, workspace: str, conversation: str) -> Hold | None:
        """The hold on this conversation, if there is one."""
        with self._database.reading() as connection:
            found = connection.execute(_one(workspace, conversation)).one_or_none()
        return None if found is None else to_row(Hold, found)

    def list(self, workspace: str) -> tuple[Hold, ...]:
        """All of the workspace, oldest first."""
        wanted = (
            sa.select(*columns(Hold))
            .where(_table.c.workspace_id == workspace)
            .order_by(_table.c.placed_at, _table.c.conversation_id)
        )
        with self._database.reading() as connection:
            return tuple(to_row(Hold, row) for row in connection.execute(wanted))


def take_turns(connection: sa.Connection) -> None:
    """Holding and erasing never run at once; to be called first in either's transaction."""
    if connection.dialect.name == "postgresql":  # on SQLite every writer is alone
        connection.execute(sa.text("LOCK TABLE holds IN SHARE ROW EXCLUSIVE MODE"))


def is_held(connection: sa.Connection, workspace: str, conversation: str) -> bool:
    """Asked within the transaction that begins an erasure."""
    return connection.execute(_one(workspace, conversation)).one_or_none() is not None


def _one(workspace: str, conversation: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(*columns(Hold)).where(
        _table.c.workspace_id == workspace, _table.c.conversation_id == conversation
    )
