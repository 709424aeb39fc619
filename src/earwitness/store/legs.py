"""Which legs the catalog knows, and which conversation each stands in: what following journals needs."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from earwitness.store import schema, trail
from earwitness.store.database import Database

_legs = schema.legs.c


def closed_on(database: Database, day: str) -> set[str]:
    """Ids of legs that opened around this day (`YYYY-MM-DD`, UTC) and are closed, or were erased.

    Leg ids are UUIDv7: their order is that of time, so a day is a stretch of ids.
    """
    first, last = _day_of_ids(day)
    of_that_day = (_legs.id >= first) & (_legs.id <= last)
    wanted = sa.select(_legs.id).where(of_that_day, _legs.closed_ns.is_not(None))
    gone = trail.tombstones.c.id
    erased = sa.select(gone).where(gone >= first, gone <= last)
    with database.reading() as connection:
        return {*connection.scalars(wanted), *connection.scalars(erased)}


def of_conversation(database: Database, workspace: str, conversation: str) -> list[str]:
    """Ids of a conversation's legs, in the order they opened."""
    wanted = (
        sa.select(_legs.id)
        .where(_legs.workspace_id == workspace, _legs.conversation_id == conversation)
        .order_by(_legs.position)
    )
    with database.reading() as connection:
        return list(connection.scalars(wanted))


def linked(database: Database, workspace: str, links: tuple[str, ...]) -> set[str]:
    """Conversations with a leg that has any of these links."""
    if not links:
        return set()
    c = schema.conversation_links.c
    wanted = sa.select(c.conversation_id).where(c.workspace_id == workspace, c.link.in_(links))
    with database.reading() as connection:
        return set(connection.scalars(wanted))


def forget_all(database: Database) -> None:
    """No conversation is in the catalog afterwards; keys and workspaces stay."""
    with database.writing() as connection:
        connection.execute(sa.delete(schema.conversations))


def _day_of_ids(day: str) -> tuple[str, str]:
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
    edges = (begin - timedelta(minutes=1), begin + timedelta(days=1, minutes=1))
    first, last = (f"{int(edge.timestamp() * 1000):012x}" for edge in edges)
    return f"{first[:8]}-{first[8:]}", f"{last[:8]}-{last[8:]}-~"
