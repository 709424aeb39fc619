"""Requests to erase, as the catalog keeps them: what was asked, what stands against it, what came of it."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa

from earwitness.store import trail
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import ConversationRow, Row

_table = trail.erasures


class Erasure(Row, frozen=True, kw_only=True):
    """One request to erase one conversation, and what came of it."""

    TABLE: ClassVar[str] = "erasures"
    id: str
    workspace_id: str
    conversation_id: str
    requested_at: datetime
    done_at: datetime | None
    state: str
    reason: str
    deferred_because: str
    certificate: dict[str, Any]  # until it is done: what is to go

    def document(self) -> dict[str, Any]:
        """As everybody may see it who may ask for one: no certificate before it is done, nobody's name."""
        told = super().document()
        certificate = self.certificate if self.state == "done" else {}
        told["certificate"] = {name: value for name, value in certificate.items() if name != "subject"}
        return told


def of(database: Database, workspace: str, conversation: str) -> tuple[Erasure, ...]:
    """Every request about this conversation, oldest first."""
    c = _table.c
    return _rows(database, c.workspace_id == workspace, c.conversation_id == conversation)


def in_state(database: Database, workspace: str, state: str | None) -> tuple[Erasure, ...]:
    """Every request of the workspace, or those in this state, oldest first."""
    where = [_table.c.workspace_id == workspace]
    return _rows(database, *where, *([_table.c.state == state] if state else []))


def waiting(database: Database) -> tuple[Erasure, ...]:
    """Every request that is not done, of all workspaces."""
    return _rows(database, _table.c.state != "done")


def open_one(connection: sa.Connection, row: ConversationRow) -> Erasure | None:
    """The request about this conversation that is not done."""
    c = _table.c
    mine = (c.workspace_id == row.workspace_id) & (c.conversation_id == row.id)
    found = connection.execute(sa.select(*columns(Erasure)).where(mine, c.state != "done")).first()
    return to_row(Erasure, found) if found else None


def put(connection: sa.Connection, erasure: Erasure) -> None:
    """It stands so in the catalog."""
    row = {name: getattr(erasure, name) for name in erasure.__struct_fields__}
    connection.execute(sa.delete(_table).where(_table.c.id == erasure.id))
    connection.execute(sa.insert(_table), row)


def _rows(database: Database, *where: sa.ColumnElement[bool]) -> tuple[Erasure, ...]:
    wanted = sa.select(*columns(Erasure)).where(*where).order_by(_table.c.id)
    with database.reading() as connection:
        return tuple(to_row(Erasure, row) for row in connection.execute(wanted))
