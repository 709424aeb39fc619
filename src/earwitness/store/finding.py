"""Lists of conversations: filters, order, and pages that stay right while rows come and go."""

import base64
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import ConversationRow
from earwitness.store.types import Moment, storable_text

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


class ConversationQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to list. Every filter that is given must hold."""

    workspace: str = "default"
    provider: str | None = None  # of any leg
    subject: str | None = None
    label: str | None = None
    status: str | None = None  # a `model.conversation.Status`
    since: datetime | None = None  # started at or after; needs a zone
    until: datetime | None = None  # started before; needs a zone
    min_messages: int | None = None
    min_duration_s: float | None = None
    q: str | None = None  # words as they stand in any message, upper and lower case alike
    sort: str = Sort.NEWEST.value
    limit: int = 50
    cursor: str | None = None  # `Page.next_cursor` of the same query


class Page(msgspec.Struct, frozen=True):
    """One page of a list. No `next_cursor`: it was the last."""

    items: tuple[ConversationRow, ...]
    next_cursor: str | None = None


def find(connection: sa.Connection, query: ConversationQuery) -> Page:
    """The next page. Raises `InvalidInput` for an unknown status or order, a bad cursor, limit or time."""
    rows = connection.execute(statement(query)).all()
    items = tuple(to_row(ConversationRow, row) for row in rows[: query.limit])
    if len(rows) <= query.limit:
        return Page(items)
    column, _ = _ORDERS[Sort(query.sort)]
    return Page(items, _write_cursor(query.sort, getattr(items[-1], column), items[-1].id))


def statement(query: ConversationQuery) -> sa.Select[Any]:
    """The SQL of one page and one row more."""
    table = schema.conversations
    sort = _one_of(Sort, query.sort, "sort")
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit {query.limit}", hint=f"Give a limit from 1 to {MAX_LIMIT}.")
    name, is_descending = _ORDERS[sort]
    column = table.c[name]
    wanted = sa.select(*columns(ConversationRow)).where(*_filters(query))
    if column.nullable:  # null has no place in an order that goes on from page to page
        wanted = wanted.where(column.is_not(None))
    if query.cursor is not None:
        value, last = _read_cursor(query.cursor, sort, column)
        place = sa.tuple_(column, table.c.id)
        edge = sa.tuple_(sa.literal(value, column.type), sa.literal(last, table.c.id.type))
        wanted = wanted.where(place < edge if is_descending else place > edge)
    order = [column.desc(), table.c.id.desc()] if is_descending else [column, table.c.id]
    return wanted.order_by(*order).limit(query.limit + 1)


def text_matches(q: str) -> sa.ColumnElement[bool]:
    """Is there a message of the conversation in which `q` stands?"""
    table, q = schema.messages, storable_text(q)
    return sa.exists().where(
        table.c.conversation_id == schema.conversations.c.id,
        table.c.text.icontains(q, autoescape=True) | table.c.heard_text.icontains(q, autoescape=True),
    )


def _filters(query: ConversationQuery) -> list[sa.ColumnElement[bool]]:
    c = schema.conversations.c
    held = [c.workspace_id == query.workspace]
    if query.provider is not None:
        held.append(_has(schema.legs, "provider", query.provider))
    if query.label is not None:
        held.append(_has(schema.conversation_labels, "label", query.label))
    if query.subject is not None:
        held.append(c.subject == query.subject)
    if query.status is not None:
        held.append(c.status == _one_of(Status, query.status, "status").value)
    if query.since is not None:
        held.append(c.started_at >= _zoned(query.since, "since"))
    if query.until is not None:
        held.append(c.started_at < _zoned(query.until, "until"))
    if query.min_messages is not None:
        held.append(c.message_count >= query.min_messages)
    if query.min_duration_s is not None:
        held.append(c.duration_ms >= query.min_duration_s * 1000)
    if query.q:
        held.append(text_matches(query.q))
    return held


def _has(table: sa.Table, column: str, value: str) -> sa.ColumnElement[bool]:
    head = schema.conversations.c
    return sa.exists().where(
        table.c.workspace_id == head.workspace_id,
        table.c[column] == value,
        table.c.conversation_id == head.id,
    )


def _one_of(words: type[Any], word: str, what: str) -> Any:
    try:
        return words(word)
    except ValueError as error:
        raise InvalidInput(
            f"unknown {what} {word!r}", hint=f"One of: {', '.join(member.value for member in words)}."
        ) from error


def _zoned(at: datetime, what: str) -> datetime:
    if at.tzinfo is None:
        raise InvalidInput(f"{what} has no time zone", hint="Write it like 2026-11-20T14:30:00Z.")
    return at


def _write_cursor(sort: str, value: datetime | int, last: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((sort, value, last))).decode().rstrip("=")


def _read_cursor(cursor: str, sort: Sort, column: sa.Column[Any]) -> tuple[datetime | int, str]:
    kind: Any = tuple[str, datetime, str] if isinstance(column.type, Moment) else tuple[str, _Count, str]
    try:
        tree = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        written, value, last = msgspec.json.decode(tree, type=kind)
    except (ValueError, msgspec.DecodeError) as error:  # binascii's error is a ValueError
        raise InvalidInput("cursor is none of ours", hint="Use next_cursor as it came.") from error
    if written != sort.value or (isinstance(value, datetime) and value.tzinfo is None):
        raise InvalidInput("cursor is of another list", hint="Keep sort the same over all pages.")
    return value, last
