"""People who may log in to save messages and read their own: registered by an id, per workspace."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from earwitness.clock import Clock, SystemClock
from earwitness.errors import InvalidInput
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import Row
from earwitness.store.types import moment, storable_text
from earwitness.store.writing import ensure_workspace

LONGEST_ID = 240  # letters; longer ones would be clipped in the catalog, and no longer be told apart


class Subject(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "subjects"
    workspace_id: str
    id: str
    created_at: datetime


class Subjects:
    """The registered subjects of all workspaces."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def add(self, workspace: str, ids: Iterable[str]) -> tuple[str, ...]:
        """They are registered afterwards; says which were not before. Raises `InvalidInput`, adding none."""
        wanted = list(dict.fromkeys(ids))
        for name in wanted:
            if not name.strip() or len(name) > LONGEST_ID or storable_text(name) != name:
                raise InvalidInput(
                    f"not an id: {name[:40]!r}", hint=f"1 to {LONGEST_ID} letters of any kind."
                )
        table = schema.subjects
        now = moment(self._clock.now().wall_ns)
        with self._database.writing() as connection:
            ensure_workspace(connection, workspace)
            new = [name for name in wanted if not connection.scalar(_counted(workspace, name))]
            if new:
                rows = [{"workspace_id": workspace, "id": name, "created_at": now} for name in new]
                connection.execute(sa.insert(table), rows)
        return tuple(new)

    def remove(self, workspace: str, subject: str) -> bool:
        """It is not registered afterwards; says whether it was."""
        c = schema.subjects.c
        mine = (c.workspace_id == workspace) & (c.id == subject)
        with self._database.writing() as connection:
            return bool(connection.execute(sa.delete(schema.subjects).where(mine)).rowcount)

    def has(self, workspace: str, subject: str) -> bool:
        """Is it registered?"""
        with self._database.reading() as connection:
            return bool(connection.scalar(_counted(workspace, subject)))

    def list(self, workspace: str) -> tuple[Subject, ...]:
        """All of the workspace, by id."""
        table = schema.subjects
        wanted = sa.select(*columns(Subject)).where(table.c.workspace_id == workspace).order_by(table.c.id)
        with self._database.reading() as connection:
            return tuple(to_row(Subject, row) for row in connection.execute(wanted))


def _counted(workspace: str, subject: str) -> sa.Select[int]:
    c = schema.subjects.c
    return sa.select(sa.func.count()).where(c.workspace_id == workspace, c.id == subject)
