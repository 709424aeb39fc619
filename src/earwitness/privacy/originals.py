"""How long the original of a redacted conversation is kept: what was taken out of it is still in its journal.

Counted from the end of the call, by the shortest period of the routes it came over.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from earwitness.privacy.retention import Due, after
from earwitness.settings.redaction import Redaction
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import ConversationRow

RULE = "redact.keep_raw"


class Originals:
    """The periods of the settings, and what they let go."""

    def __init__(
        self, database: Database, common: Redaction, by_route: Mapping[str, Redaction | None]
    ) -> None:
        self._database = database
        self._common = common.keep_raw
        self._by_route = {name: own.keep_raw for name, own in by_route.items() if own is not None}

    def due(self, now: datetime) -> tuple[Due, ...]:
        """Redacted conversations, of all workspaces, whose originals are to go now; oldest first."""
        periods = [period for period in (self._common, *self._by_route.values()) if period]
        if not periods:
            return ()
        c = schema.conversations.c
        shortest = min(after(now, period) - now for period in periods)
        fitting = (c.redaction == "redacted") & ~c.is_abridged & (c.ended_at <= now - shortest)
        wanted = sa.select(*columns(ConversationRow)).where(fitting).order_by(c.ended_at, c.id)
        with self._database.reading() as connection:
            rows = [to_row(ConversationRow, row) for row in connection.execute(wanted)]
            found = [(row, self._due_at(connection, row)) for row in rows]
        return tuple(_due(row, due_at) for row, due_at in found if due_at is not None and due_at <= now)

    def _due_at(self, connection: sa.Connection, row: ConversationRow) -> datetime | None:
        """None: its original stays as long as it does."""
        c = schema.legs.c
        routes = connection.scalars(sa.select(c.route).where(c.conversation_id == row.id))
        periods = {self._by_route.get(route, self._common) for route in routes}
        ends = [after(row.ended_at, period) for period in periods if period and row.ended_at]
        return min(ends, default=None)


def _due(row: ConversationRow, due_at: datetime) -> Due:
    return Due(
        id=row.id,
        workspace=row.workspace_id,
        recording_id=row.recording_id,
        ended_at=row.ended_at or due_at,
        due_at=due_at,
        rule=RULE,
    )
