"""Where people have put legs, whatever their traffic says. The last word holds, and rebuilds keep it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

import sqlalchemy as sa

from earwitness.clock import SystemClock
from earwitness.model.conversation import Conversation
from earwitness.store import schema, trail
from earwitness.store.database import Database
from earwitness.store.own_schema import placements
from earwitness.store.types import clip, moment

BY_HAND = "hand:"  # what `joined_by` of such a leg begins with; then who it was

_c, _legs = placements.c, schema.legs.c


class Misplaced(NamedTuple):
    """A leg that does not stand yet where it was put."""

    workspace: str
    leg: str
    stands_in: str
    belongs_in: str


def place(database: Database, workspace: str, where: Mapping[str, str], author: str) -> None:
    """Each leg belongs to the conversation that stands with it; whoever follows the journals moves them."""
    whose = {"workspace_id": workspace, "author": clip(author)}
    at = moment(SystemClock().now().wall_ns)
    with database.writing() as connection:
        connection.execute(sa.delete(placements).where(_c.leg_id.in_(list(where))))
        rows = [
            {**whose, "leg_id": leg, "conversation_id": home, "decided_at": at} for leg, home in where.items()
        ]
        connection.execute(sa.insert(placements), rows)


def of_legs(database: Database, workspace: str, legs: Collection[str]) -> dict[str, str]:
    """Of these legs those that were put somewhere, and where."""
    wanted = sa.select(_c.leg_id, _c.conversation_id).where(_c.workspace_id == workspace, _c.leg_id.in_(legs))
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}


def misplaced(database: Database) -> list[Misplaced]:
    """All legs that are to be moved, of every workspace."""
    wanted = (
        sa.select(_c.workspace_id, _c.leg_id, _legs.conversation_id, _c.conversation_id)
        .join(schema.legs, (_legs.id == _c.leg_id) & (_legs.workspace_id == _c.workspace_id))
        .where(_legs.conversation_id != _c.conversation_id)
        .order_by(_c.leg_id)
    )
    with database.reading() as connection:
        return [Misplaced(*row) for row in connection.execute(wanted)]


def unplaced_links(database: Database, workspace: str, conversations: Collection[str]) -> dict[str, set[str]]:
    """Of these conversations those with a leg that was put there; the links their other legs have."""
    there = (_legs.workspace_id == workspace) & _legs.conversation_id.in_(conversations)
    wanted = sa.select(_legs.conversation_id, _legs.links, _c.leg_id).outerjoin(
        placements, _legs.id == _c.leg_id
    )
    with database.reading() as connection:
        rows = connection.execute(wanted.where(there)).all()
    found: dict[str, set[str]] = {row[0]: set() for row in rows if row[2] is not None}
    for conversation, links, placed in rows:
        if conversation in found and placed is None:
            found[conversation].update(clip(link) for link in links)
    return found


def is_erased(database: Database, name: str) -> bool:
    """Whether a conversation or leg of this id was erased: nothing may be put there."""
    with database.reading() as connection:
        found = sa.select(trail.tombstones.c.id).where(trail.tombstones.c.id == name)
        return connection.scalar(found) is not None


def follow(connection: sa.Connection, gone: str, into: str) -> None:
    """Whatever was put into a conversation that has become part of another belongs to that one."""
    connection.execute(sa.update(placements).where(_c.conversation_id == gone).values(conversation_id=into))


def with_placements(connection: sa.Connection, conversation: Conversation) -> Conversation:
    """The conversation, with who put which of its legs there."""
    wanted = sa.select(_c.leg_id, _c.author).where(
        _c.workspace_id == conversation.workspace, _c.conversation_id == conversation.id
    )
    who = {row[0]: row[1] for row in connection.execute(wanted)}
    if not who:
        return conversation
    legs = (
        replace(leg, joined_by=f"{BY_HAND}{who[leg.id]}") if leg.id in who else leg
        for leg in conversation.legs
    )
    return replace(conversation, legs=tuple(legs))


def forget(connection: sa.Connection, workspace: str, conversation: str) -> None:
    """Nobody put anything into the conversation any more."""
    connection.execute(
        sa.delete(placements).where(_c.workspace_id == workspace, _c.conversation_id == conversation)
    )
