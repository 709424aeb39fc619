"""What no rebuild brings back: rows of our own, out of the catalog and in again, of any database."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.types import Moment

_ENDED = {"sessions"}  # logins end with the installation


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
    """All rows of a table as JSON has them."""
    with database.reading() as connection:
        for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings():
            yield {name: _plain(value) for name, value in row.items()}


def fill(database: Database, table: sa.Table, lines: Iterable[dict[str, Any]]) -> int:
    """The rows stand in the table, which has none of them yet. Raises `InvalidInput` for what is no row."""
    known = set(table.c.keys())
    made = []
    for line in lines:
        if not isinstance(line, dict) or set(line) - known:
            raise InvalidInput(f"not a row of {table.name}", hint="Was the backup made by a newer version?")
        made.append({name: _typed(table.c[name], value) for name, value in line.items()})
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
