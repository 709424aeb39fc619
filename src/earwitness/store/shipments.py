"""How far each file of a journal has come on its way to the object store."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa

from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import Row
from earwitness.store.shipping_schema import shipments as _table


class State(StrEnum):
    """Each is reached from the one before, and may be reached again after a crash."""

    SEALED = "sealed"  # whole, and nothing is written to it any more
    UPLOADED = "uploaded"  # the store said that it has it
    VERIFIED = "verified"  # the store gave back the same bytes
    REMOTE = "remote"  # and the local copy is gone


class Shipment(Row, frozen=True, kw_only=True):
    """One file of a journal."""

    TABLE: ClassVar[str] = "shipments"
    workspace_id: str
    conversation_id: str
    leg_id: str
    name: str
    path: str
    byte_count: int
    sha256: str
    state: str
    attempts: int
    problem: str
    changed_at: datetime


def of_conversation(database: Database, workspace: str, conversation: str) -> tuple[Shipment, ...]:
    """Its files in the order of their paths."""
    wanted = sa.select(*columns(Shipment)).where(_of(workspace, conversation)).order_by(_table.c.path)
    with database.reading() as connection:
        return tuple(to_row(Shipment, row) for row in connection.execute(wanted))


def paths(database: Database, workspace: str, conversation: str) -> list[str]:
    """Where its files lie, or will lie, in the object store."""
    return [row.path for row in of_conversation(database, workspace, conversation)]


def save(database: Database, shipment: Shipment) -> None:
    """It stands so in the catalog."""
    row = {name: getattr(shipment, name) for name in shipment.__struct_fields__}
    mine = _of(shipment.workspace_id, shipment.conversation_id) & (_table.c.path == shipment.path)
    with database.writing() as connection:
        connection.execute(sa.delete(_table).where(mine))
        connection.execute(sa.insert(_table), row)


def remove(database: Database, workspace: str, conversation: str) -> None:
    """None of its files is on its way, or anywhere else."""
    with database.writing() as connection:
        connection.execute(sa.delete(_table).where(_of(workspace, conversation)))


def is_erased(database: Database, leg: str) -> bool:
    """Has an erasure of this leg begun?"""
    c = schema.trail.tombstones.c
    with database.reading() as connection:
        return connection.scalar(sa.select(c.id).where(c.id == leg)) is not None


def due(database: Database, made: str, before: datetime, limit: int = 100) -> tuple[tuple[str, str], ...]:
    """(workspace, id) of ended conversations with something to be done, oldest first.

    Something is to be done where the artifact `made` is there and a file is not known to be stored, or was
    verified before `before` and is still here.
    """
    head, ship = schema.conversations.c, _table.c
    artifact = schema.artifacts.c
    mine = ship.conversation_id == head.id
    is_made = sa.exists().where(artifact.conversation_id == head.id, artifact.name == made)
    is_under_way = sa.exists().where(mine, ship.state.in_([State.SEALED.value, State.UPLOADED.value]))
    may_go = sa.exists().where(mine, ship.state == State.VERIFIED.value, ship.changed_at <= before)
    wanted = (
        sa.select(head.workspace_id, head.id)
        .where(
            head.status != Status.ACTIVE.value,
            is_made,
            is_under_way | may_go | ~sa.exists().where(mine),
        )
        .order_by(head.started_at, head.id)
        .limit(limit)
    )
    with database.reading() as connection:
        return tuple((row[0], row[1]) for row in connection.execute(wanted))


def waiting(database: Database, workspace: str) -> int:
    """How many ended conversations of the workspace are not known to be in the object store whole."""
    head, ship = schema.conversations.c, _table.c
    mine = ship.conversation_id == head.id
    stored = sa.exists().where(mine, ship.state.in_([State.VERIFIED.value, State.REMOTE.value]))
    missing = sa.exists().where(mine, ship.state.in_([State.SEALED.value, State.UPLOADED.value]))
    counted = sa.select(sa.func.count()).where(
        head.workspace_id == workspace, head.status != Status.ACTIVE.value, missing | ~stored
    )
    with database.reading() as connection:
        return int(connection.scalar(counted) or 0)


def _of(workspace: str, conversation: str) -> sa.ColumnElement[bool]:
    return sa.and_(_table.c.workspace_id == workspace, _table.c.conversation_id == conversation)
