"""How far each ended conversation has come on its way to a target elsewhere."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.leaving_schema import deliveries as _table
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import Row


class Delivery(Row, frozen=True, kw_only=True):
    """One conversation at one target."""

    TABLE: ClassVar[str] = "deliveries"
    workspace_id: str
    conversation_id: str
    target: str
    made_at: datetime | None
    paths: list[str]
    attempts: int
    problem: str
    again_at: datetime | None
    changed_at: datetime


def of_conversation(database: Database, workspace: str, conversation: str) -> tuple[Delivery, ...]:
    """All targets that have something of it, or failed to take it."""
    wanted = sa.select(*columns(Delivery)).where(_of(workspace, conversation)).order_by(_table.c.target)
    with database.reading() as connection:
        return tuple(to_row(Delivery, row) for row in connection.execute(wanted))


def save(database: Database, row: Delivery) -> None:
    """It stands so in the catalog."""
    mine = _of(row.workspace_id, row.conversation_id) & (_table.c.target == row.target)
    with database.writing() as connection:
        connection.execute(sa.delete(_table).where(mine))
        connection.execute(sa.insert(_table), {name: getattr(row, name) for name in row.__struct_fields__})


def remove(database: Database, workspace: str, conversation: str, target: str) -> None:
    """Nothing of it is at the target."""
    with database.writing() as connection:
        mine = _of(workspace, conversation) & (_table.c.target == target)
        connection.execute(sa.delete(_table).where(mine))


def due(
    database: Database, target: str, made: str, now: datetime, *, since: datetime | None, limit: int = 100
) -> tuple[tuple[str, str], ...]:
    """(workspace, id) of ended conversations that the target lacks, or has as they were made before.

    `made`: the artifact that is there once all are. `since`: those that ended before are passed over.
    """
    head, artifact, sent = schema.conversations.c, schema.artifacts.c, _table.c
    mine = (sent.conversation_id == head.id) & (sent.target == target)
    is_there = sent.made_at == artifact.made_at
    must_wait = sent.again_at > now
    wanted = (
        sa.select(head.workspace_id, head.id)
        .join(schema.artifacts, artifact.conversation_id == head.id)
        .where(
            head.status != Status.ACTIVE.value,
            artifact.name == made,
            ~sa.exists().where(mine, is_there | must_wait),
            *([head.ended_at >= since] if since else []),
        )
        .order_by(head.started_at, head.id)
        .limit(limit)
    )
    with database.reading() as connection:
        return tuple((row[0], row[1]) for row in connection.execute(wanted))


def told_of(
    database: Database, target: str, provider: str, now: datetime, *, limit: int = 100
) -> tuple[tuple[str, str], ...]:
    """(workspace, id) of conversations of which the provider's webhooks told more than was seen to."""
    leg, seen = schema.legs.c, _table.c
    mine = (seen.conversation_id == leg.conversation_id) & (seen.target == target)
    is_seen, must_wait = seen.made_at >= leg.opened_at, seen.again_at > now
    wanted = (
        sa.select(leg.workspace_id, leg.conversation_id)
        .where(leg.way == "webhook", leg.provider == provider, ~sa.exists().where(mine, is_seen | must_wait))
        .group_by(leg.workspace_id, leg.conversation_id)
        .order_by(sa.func.min(leg.opened_at), leg.conversation_id)
        .limit(limit)
    )
    with database.reading() as connection:
        return tuple((row[0], row[1]) for row in connection.execute(wanted))


def orphans(database: Database, target: str) -> tuple[Delivery, ...]:
    """What the target has of conversations that are not here any more: they became part of another."""
    c, head = _table.c, schema.conversations.c
    gone = ~sa.exists().where(head.workspace_id == c.workspace_id, head.id == c.conversation_id)
    wanted = sa.select(*columns(Delivery)).where(c.target == target, gone).limit(100)
    with database.reading() as connection:
        return tuple(to_row(Delivery, row) for row in connection.execute(wanted))


def failing(database: Database, workspace: str) -> tuple[Delivery, ...]:
    """What a target did not take when it was last tried, the newest failure first."""
    mine = (_table.c.workspace_id == workspace) & (_table.c.problem != "")
    wanted = sa.select(*columns(Delivery)).where(mine).order_by(_table.c.changed_at.desc()).limit(100)
    with database.reading() as connection:
        return tuple(to_row(Delivery, row) for row in connection.execute(wanted))


def _of(workspace: str, conversation: str) -> sa.ColumnElement[bool]:
    return sa.and_(_table.c.workspace_id == workspace, _table.c.conversation_id == conversation)
