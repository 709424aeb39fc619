"""What the catalog knows of messages that were saved one by one: asked so that none is kept twice."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.types import clip, microseconds

_PARAMETERS = 500  # in one statement


class SavedMessage(NamedTuple):
    number: int
    message: str  # the provider's id, or the number where it gave none
    role: str
    content: str
    said_at_ns: int


def of_conversation(
    database: Database, workspace: str, subject: str, provider: str, conversation: str | None
) -> list[SavedMessage]:
    """All messages this subject saved under the provider's id of a conversation; None: without one."""
    m, legs, heads = schema.messages.c, schema.legs.c, schema.conversations.c
    is_of_it: sa.ColumnElement[bool] = m.provider_conversation_id.is_(None)
    if conversation is not None:
        is_of_it = m.provider_conversation_id == clip(conversation)
    wanted = (
        sa.select(m.id, m.provider_message_id, m.role, m.text, m.said_at)
        .join(schema.legs, (legs.id == m.leg_id) & (legs.way == "ingest"))
        .join(schema.conversations, heads.id == m.conversation_id)
        .where(m.workspace_id == workspace, m.provider == provider, heads.subject == clip(subject), is_of_it)
    )
    with database.reading() as connection:
        rows = connection.execute(wanted)
        return [SavedMessage(row[0], row[1], row[2], row[3], _ns(row[4])) for row in rows]


def highest_number(database: Database) -> int:
    """The highest id of any message; 0 where there is none."""
    with database.reading() as connection:
        return int(connection.scalar(sa.select(sa.func.max(schema.messages.c.id))) or 0)


def having(database: Database, numbers: Iterable[int]) -> set[int]:
    """Which of these ids are in the catalog."""
    return {number for chunk in _chunks(numbers) for number in _among(database, chunk)}


def _among(database: Database, numbers: list[int]) -> list[int]:
    column = schema.messages.c.id
    with database.reading() as connection:
        return list(connection.scalars(sa.select(column).where(column.in_(numbers))))


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    rest = list(numbers)
    for start in range(0, len(rest), _PARAMETERS):
        yield rest[start : start + _PARAMETERS]


def _ns(at: datetime | None) -> int:
    return 0 if at is None else microseconds(at) * 1000
