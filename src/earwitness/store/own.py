"""What no rebuild brings back: rows of our own. They lie over what journals tell, go with their
conversation, and come out of the catalog and in again, of any database."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.model.conversation import Conversation
from earwitness.store import annotations, placements, schema, trail
from earwitness.store.database import Database
from earwitness.store.secrecy import as_stored, opened
from earwitness.store.types import Moment

_ENDED = {"sessions"}  # logins end with the installation


def with_own(connection: sa.Connection, conversation: Conversation) -> Conversation:
    """What its journals tell, with what people said of it since."""
    conversation = annotations.with_labels(connection, conversation)
    return placements.with_placements(connection, conversation)


def added(database: Database, conversation: Conversation) -> Conversation:
    """As `with_own`."""
    with database.reading() as connection:
        return with_own(connection, conversation)


def forget(connection: sa.Connection, workspace: str, conversation: str) -> None:
    """Nothing that people said of the conversation is left."""
    annotations.forget(connection, workspace, conversation)
    placements.forget(connection, workspace, conversation)


def move(connection: sa.Connection, workspace: str, gone: str, into: str) -> None:
    """What was said of a conversation that turned out to be part of another is said of that one; and where
    it had to stay, that one has to."""
    annotations.move(connection, workspace, gone, into)
    placements.follow(connection, gone, into)
    c = trail.holds.c
    mine = c.workspace_id == workspace
    is_held = sa.select(c.conversation_id).where(mine, c.conversation_id == into)
    if connection.scalar(is_held) is None:
        held = sa.update(trail.holds).where(mine, c.conversation_id == gone)
        connection.execute(held.values(conversation_id=into))
    connection.execute(sa.delete(trail.holds).where(mine, c.conversation_id == gone))


def tables() -> tuple[sa.Table, ...]:
    """In an order in which they can be filled."""
    made = schema.conversations
    return tuple(
        table
        for table in schema.metadata.sorted_tables
        if table is not made
        and table.name not in _ENDED
        and not any(key.column.table is made for key in table.foreign_keys)
    )


def rows(database: Database, table: sa.Table) -> Iterator[dict[str, Any]]:
    """All rows of a table as JSON has them. What is sealed stays so."""
    columns = (as_stored(column, database.engine.dialect) for column in table.c)
    with database.reading() as connection:
        for row in connection.execute(sa.select(*columns).order_by(*table.primary_key.columns)).mappings():
            yield {name: _plain(value) for name, value in row.items()}


def fill(database: Database, table: sa.Table, lines: Iterable[dict[str, Any]]) -> int:
    """The rows stand in the table, which has none of them yet. Raises `InvalidInput` for what is no row.

    They are sealed as all is in this database, whether they were before, with its key, or not.
    """
    known, dialect = set(table.c.keys()), database.engine.dialect
    made = []
    for line in lines:
        if not isinstance(line, dict) or set(line) - known:
            raise InvalidInput(f"not a row of {table.name}", hint="Was the backup made by a newer version?")
        made.append(
            {
                name: _typed(table.c[name], opened(table.c[name], value, dialect))
                for name, value in line.items()
            }
        )
    if made:
        with database.writing() as connection:
            connection.execute(sa.insert(table), made)
    return len(made)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if not isinstance(column.type, Moment) or value is None:
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"not a time in {column}: {str(value)[:40]!r}") from error
