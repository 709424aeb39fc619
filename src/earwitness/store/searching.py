"""Full-text search over what was said, asked of tools and written as labels.

The rows searched are those of `search_entries`, see `entries`; the newest have the highest ids, so that the
newest hits are found without looking at all others. Whatever the database, the same words find the same.
"""

import functools
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from earwitness.clock import NS_PER_MS
from earwitness.errors import InvalidInput
from earwitness.store import cursor, entries, schema
from earwitness.store.filters import Filters, conditions, one_of, values
from earwitness.store.own_schema import annotations
from earwitness.store.secrecy import Words, cipher_of
from earwitness.store.types import Moment, microseconds
from earwitness.store.wanted import Wanted, read

MAX_LIMIT = 200
DEEPEST = 10_000  # hits that can be leafed through by relevance

_entry, _head = schema.search_entries.c, schema.conversations.c
_message, _call, _shot = schema.messages.c, schema.tool_calls.c, schema.snapshots.c
_note = annotations.c
_index = sa.table("search_index", sa.column("rowid", sa.BigInteger), sa.column("rank"))
_vector: sa.ColumnElement[Any] = sa.literal_column("search_entries.vector")
_tsquery = sa.cast(sa.bindparam("words", type_=sa.Text), TSQUERY)
# What was said or written, when, and where on the conversation's clock; of a message first as it was
# generated, second as it was heard; of a tool call its name and its result.
_first = sa.type_coerce(sa.func.coalesce(_message.text, _call.name, _shot.label, _note.text), Words)
_second = sa.type_coerce(sa.func.coalesce(_message.heard_text, _call.result), Words)
_at = sa.type_coerce(
    sa.func.coalesce(
        _message.started_at, _call.called_at, _shot.taken_at, _note.created_at, _head.started_at
    ),
    Moment,
)
_at_ns = sa.func.coalesce(_message.started_ns, _call.called_ns, _shot.taken_ns, _note.from_ms * NS_PER_MS, 0)
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_BEFORE, _AFTER = 60, 160  # letters of a text shown around the first place that was found


class Order(StrEnum):
    """The orders hits can have."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


class SearchQuery(Filters, frozen=True, kw_only=True):
    """What to search for, and in which conversations. Every filter that is given must hold."""

    q: str  # as `wanted` reads it
    kind: str | None = None  # an `entries.Kind`
    role: str | None = None  # user, assistant, system; tool
    sort: str = Order.NEWEST.value
    limit: int = 20
    cursor: str | None = None  # `Results.next_cursor` of the same search


class Part(msgspec.Struct, frozen=True):
    """A stretch of a snippet."""

    text: str
    is_match: bool


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One text in which it was found. `*_at` is on the calendar, `at_ns` on the conversation's clock."""

    kind: str
    key: str  # of the message or tool call; the label; the snapshot's position; id of the note
    role: str
    snippet: tuple[Part, ...]  # where it stands, with some words around
    at: datetime
    at_ns: int
    message_id: int | None
    conversation_id: str
    call_id: str
    recording_id: str
    started_at: datetime
    subject: str | None
    providers: list[str]

    @property
    def text(self) -> str:
        """The snippet as plain text."""
        return "".join(part.text for part in self.snippet)

    def document(self) -> dict[str, Any]:
        """The hit as JSON has it: the same names, times in RFC 3339."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


class Results(msgspec.Struct, frozen=True):
    """One page of hits. No `next_cursor`: it was the last."""

    hits: tuple[Hit, ...]
    next_cursor: str | None = None


def search(connection: sa.Connection, query: SearchQuery) -> Results:
    """The next page of hits. Raises `InvalidInput` for what is no search, filter, order or cursor."""
    wanted = read(query.q)
    order = one_of(Order, query.sort, "sort")
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit {query.limit}", hint=f"Give a limit from 1 to {MAX_LIMIT}.")
    dialect = connection.dialect.name
    given = _values(query, order)
    given["words"] = _written(_masked(wanted, connection.dialect), dialect)
    rows = connection.execute(statement(frozenset(given), order, dialect), given).all()
    hits = tuple(_hit(row, wanted) for row in rows[: query.limit])
    if len(rows) <= query.limit:
        return Results(hits)
    if order is not Order.RELEVANCE:
        return Results(hits, cursor.write(order.value, rows[query.limit - 1][0]))
    seen = given["place"] + len(hits)
    return Results(hits, cursor.write(order.value, seen) if seen < DEEPEST else None)


@functools.lru_cache(maxsize=256)
def statement(given: frozenset[str], order: Order, dialect: str) -> sa.Select[Any]:
    """The SQL of one page and one row more, for these parameters."""
    found = _found(given, order, dialect)
    of_message = _is(found, entries.Kind.MESSAGE) & (_message.key == found.c.key)
    of_call = _is(found, entries.Kind.TOOL_CALL) & (_call.key == found.c.key)
    of_shot = _is(found, entries.Kind.SNAPSHOT)
    of_shot &= sa.cast(_shot.position, sa.Text) == found.c.key
    by_time = found.c.id.asc() if order is Order.OLDEST else found.c.id.desc()
    return (
        sa.select(
            *(found.c.id, found.c.kind, found.c.key, found.c.role),
            *(_head.id, _head.call_id, _head.recording_id, _head.started_at, _head.subject, _head.providers),
            *(_message.id, _first, _second, _call.arguments, _call.error, _at, _at_ns),
        )
        .select_from(found)
        .join(schema.conversations, _head.id == found.c.conversation_id)
        .outerjoin(schema.messages, (_message.conversation_id == found.c.conversation_id) & of_message)
        .outerjoin(schema.tool_calls, (_call.conversation_id == found.c.conversation_id) & of_call)
        .outerjoin(schema.snapshots, (_shot.conversation_id == found.c.conversation_id) & of_shot)
        .outerjoin(annotations, _is(found, entries.Kind.NOTE) & (_note.id == found.c.key))
        .order_by(*([found.c.rank] if order is Order.RELEVANCE else []), by_time)
    )


def _is(found: Any, kind: entries.Kind) -> Any:
    """Of this kind; it stands in the SQL, for what never changes need not be bound for each question."""
    return found.c.kind == sa.literal_column(f"'{kind.value}'")


def conversations_with(dialect: str) -> sa.Select[tuple[str]]:
    """Ids of the conversations of `:workspace` in which `:words` are found somewhere, see `words_for`."""
    found: sa.Select[tuple[str]] = _matching(sa.select(_entry.conversation_id), dialect)
    return found.where(_entry.workspace_id == sa.bindparam("workspace"))


def words_for(q: str, dialect: sa.Dialect) -> str:
    """The search as this database wants it written. Raises `InvalidInput`."""
    return _written(_masked(read(q), dialect), dialect.name)


def _masked(wanted: Wanted, dialect: sa.Dialect) -> Wanted:
    """What is looked for in an index that holds marks in the place of words."""
    cipher = cipher_of(dialect)
    return wanted.masked(cipher.mark) if cipher else wanted


def _written(wanted: Wanted, dialect: str) -> str:
    return wanted.for_sqlite() if dialect == "sqlite" else wanted.for_postgresql()


def _values(query: SearchQuery, order: Order) -> dict[str, Any]:
    given = values(query)
    given |= {"workspace": query.workspace, "limit": query.limit + 1}
    if query.kind is not None:
        given["kind"] = one_of(entries.Kind, query.kind, "kind").value
    if query.role is not None:
        given["role"] = query.role
    if query.since is not None:
        given["first_id"] = entries.first_id(microseconds(query.since))
    if order is Order.RELEVANCE:
        given["place"] = 0
    if query.cursor is not None:
        written, given["place"] = cursor.read(query.cursor, tuple[str, _Count])
        if written != order.value:
            raise InvalidInput("cursor is of another search", hint="Keep sort the same over all pages.")
    return given


def _found(given: frozenset[str], order: Order, dialect: str) -> Any:
    """The entries of one page and one more, found and put in order before anything is joined to them."""
    number = _index.c.rowid if dialect == "sqlite" else _entry.id
    place, limit = sa.bindparam("place", type_=sa.BigInteger), sa.bindparam("limit", type_=sa.Integer)
    found = _matching(
        sa.select(_entry.id, _entry.kind, _entry.key, _entry.role, _entry.conversation_id), dialect
    ).where(_entry.workspace_id == sa.bindparam("workspace"))
    if held := conditions(given):
        found = found.join(schema.conversations, _head.id == _entry.conversation_id).where(*held)
    found = found.where(*(_entry[name] == sa.bindparam(name) for name in ("kind", "role") if name in given))
    if "first_id" in given:
        found = found.where(number >= sa.bindparam("first_id", type_=sa.BigInteger))
    if order is Order.RELEVANCE:
        rank = _rank(dialect)
        return (
            found.add_columns(rank.label("rank"))
            .order_by(rank, number.desc())
            .limit(limit)
            .offset(place)
            .subquery("found")
        )
    if "place" in given:
        found = found.where(number < place if order is Order.NEWEST else number > place)
    found = found.order_by(number.desc() if order is Order.NEWEST else number.asc())
    return found.limit(limit).subquery("found")


def _matching(chosen: Any, dialect: str) -> Any:
    if dialect == "sqlite":
        both = _index.join(schema.search_entries, _entry.id == _index.c.rowid)
        return chosen.select_from(both).where(
            sa.literal_column("search_index").op("MATCH")(sa.bindparam("words", type_=sa.Text))
        )
    return chosen.where(_vector.op("@@")(_tsquery))


def _rank(dialect: str) -> Any:
    """Lower is better."""
    return _index.c.rank if dialect == "sqlite" else -sa.func.ts_rank_cd(_vector, _tsquery, 1)


def _hit(row: Sequence[Any], wanted: Wanted) -> Hit:
    _, kind, key, role, conversation, call, recording, started_at, subject, providers, *rest = row
    message, first, second, arguments, error, at, at_ns = rest
    text = first or ""
    if kind == entries.Kind.MESSAGE:
        text = entries.message_text(text, second or "")
    elif kind == entries.Kind.TOOL_CALL:
        text = entries.tool_text(text, arguments or "", second, error)
    elif kind == entries.Kind.LABEL:
        text = key
    return Hit(
        kind=kind,
        key=key,
        role=role,
        snippet=tuple(snippet(text, wanted)),
        at=at,
        at_ns=at_ns,
        message_id=message,
        conversation_id=conversation,
        call_id=call,
        recording_id=recording,
        started_at=started_at,
        subject=subject,
        providers=providers,
    )


def snippet(text: str, wanted: Wanted) -> list[Part]:
    """Some words around the first place that was found, and every such place among them marked."""
    marks = wanted.marks(text)
    first = marks[0][0] if marks else 0
    start = 0 if first <= _BEFORE else text.rfind(" ", 0, first - _BEFORE) + 1
    start = start if first - start <= 2 * _BEFORE else first - _BEFORE
    stop = min(len(text), max(first + _AFTER, marks[0][1] if marks else 0))
    parts = [Part("… ", False)] if start else []
    at = start
    for begin, end in marks:
        if begin < at or end > stop:
            continue
        parts += [Part(text[at:begin], False), Part(text[begin:end], True)]
        at = end
    parts += [Part(text[at:stop], False), Part(" …" if stop < len(text) else "", False)]
    return [part for part in parts if part.text]
