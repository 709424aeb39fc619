"""Lists of conversations: filters, order, and pages that stay right while rows come and go."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.store import cursor, schema
from earwitness.store.filters import Filters, conditions, few, one_of, values
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import ConversationRow
from earwitness.store.searching import conversations_with, words_for
from earwitness.store.types import Moment

MAX_LIMIT = 1000
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]  # what a database can hold


class Sort(StrEnum):
    """The orders a list can have. No other word reaches the database."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"
    MOST_MESSAGES = "most_messages"
    WORST = "worst"  # lowest recording health first
    MOST_INTERRUPTIONS = "most_interruptions"
    SLOWEST = "slowest"  # 95th percentile of response times; only conversations that have one
    MOST_DEAD_AIR = "most_dead_air"  # only conversations whose sound was measured


_ORDERS = {
    Sort.NEWEST: ("started_at", True),
    Sort.OLDEST: ("started_at", False),
    Sort.LONGEST: ("duration_ms", True),
    Sort.SHORTEST: ("duration_ms", False),
    Sort.MOST_MESSAGES: ("message_count", True),
    Sort.WORST: ("health_score", False),
    Sort.MOST_INTERRUPTIONS: ("interruption_count", True),
    Sort.SLOWEST: ("response_p95_ms", True),
    Sort.MOST_DEAD_AIR: ("dead_air_ms", True),
}


class ConversationQuery(Filters, frozen=True, kw_only=True):
    """What to list. Every filter that is given must hold."""

    q: str | None = None  # a search, as `wanted` reads it, that finds something in the conversation
    sort: str = Sort.NEWEST.value
    limit: int = 50
    cursor: str | None = None  # `Page.next_cursor` of the same query


class Page(msgspec.Struct, frozen=True):
    """One page of a list. No `next_cursor`: it was the last."""

    items: tuple[ConversationRow, ...]
    next_cursor: str | None = None


def find(connection: sa.Connection, query: ConversationQuery) -> Page:
    """The next page. Raises `InvalidInput` for an unknown status or order, a bad cursor, limit or time."""
    given = {**values(query), "workspace": query.workspace}
    rows = connection.execute(statement(query, connection.dialect, few(connection, given))).all()
    items = tuple(to_row(ConversationRow, row) for row in rows[: query.limit])
    if len(rows) <= query.limit:
        return Page(items)
    column, _ = _ORDERS[Sort(query.sort)]
    return Page(items, cursor.write(query.sort, getattr(items[-1], column), items[-1].id))


def statement(
    query: ConversationQuery, dialect: sa.Dialect, among: list[str] | None = None
) -> sa.Select[Any]:
    """The SQL of one page and one row more; `among`: the ids of all that can fit, see `filters.few`."""
    table = schema.conversations
    sort = one_of(Sort, query.sort, "sort")
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit {query.limit}", hint=f"Give a limit from 1 to {MAX_LIMIT}.")
    name, is_descending = _ORDERS[sort]
    given = values(query)
    column = table.c[name]
    wanted = sa.select(*columns(ConversationRow)).where(*conditions(given))
    if among is None:
        wanted = wanted.where(table.c.workspace_id == sa.bindparam("workspace"))
    else:  # they are of this workspace; not to say so keeps the database from walking through its order
        wanted = wanted.where(table.c.id.in_(among))
    if query.q:
        found, given["words"] = conversations_with(dialect.name), words_for(query.q, dialect)
        wanted = wanted.where(table.c.id.in_(found))
    if column.nullable:  # null has no place in an order that goes on from page to page
        wanted = wanted.where(column.is_not(None))
    if query.cursor is not None:
        value, last = _read_cursor(query.cursor, sort, column)
        place = sa.tuple_(column, table.c.id)
        edge = sa.tuple_(sa.literal(value, column.type), sa.literal(last, table.c.id.type))
        wanted = wanted.where(place < edge if is_descending else place > edge)
    order = [column.desc(), table.c.id.desc()] if is_descending else [column, table.c.id]
    given["workspace"] = query.workspace
    return wanted.order_by(*order).limit(query.limit + 1).params(given)


def _read_cursor(text: str, sort: Sort, column: sa.Column[Any]) -> tuple[datetime | int, str]:
    kind: Any = tuple[str, datetime, str] if isinstance(column.type, Moment) else tuple[str, _Count, str]
    written, value, last = cursor.read(text, kind)
    if written != sort.value or (isinstance(value, datetime) and value.tzinfo is None):
        raise InvalidInput("cursor is of another list", hint="Keep sort the same over all pages.")
    return value, last
