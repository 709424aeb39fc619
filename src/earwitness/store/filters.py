"""Which conversations a question is about: the same filters for lists and for search.

The SQL of a question depends on which filters are given and not on their values, so it need be made but once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.secrecy import Handle
from earwitness.store.types import Name

FEW = 5000  # of a million, one in two hundred: a page of the others is come across in some ten thousand rows


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Every filter that is given must hold."""

    workspace: str = "default"
    ids: tuple[str, ...] | None = None  # none but these
    provider: str | None = None  # of any leg
    subject: str | None = None
    label: str | None = None
    status: str | None = None  # a `model.conversation.Status`
    outcome: str | None = None
    route: str | None = None  # of the tap, of any leg
    agent: str | None = None  # which agent answered
    since: datetime | None = None  # started at or after; needs a zone
    until: datetime | None = None  # started before; needs a zone
    min_messages: int | None = None
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    min_health: int | None = None  # 0 to 100
    max_health: int | None = None
    health_reason: str | None = None  # the code of one thing that stands against the record
    min_sentiment: int | None = None  # of the caller, 0 negative to 100 positive
    max_sentiment: int | None = None


def _has(table: sa.Table, column: str, filter_name: str = "") -> sa.ColumnElement[bool]:
    head = schema.conversations.c
    return sa.exists().where(
        table.c.workspace_id == head.workspace_id,
        table.c[column] == sa.bindparam(filter_name or column),
        table.c.conversation_id == head.id,
    )


_c = schema.conversations.c
_OUTCOME = (
    _c.outcome == sa.bindparam("outcome", type_=Name),
    _c.derived_outcome == sa.bindparam("derived_outcome", type_=Handle),
)
_CONDITIONS: dict[str, sa.ColumnElement[bool]] = {
    "ids": _c.id.in_(sa.bindparam("ids", expanding=True)),
    "provider": _has(schema.legs, "provider"),
    "label": _has(schema.conversation_labels, "label"),
    "route": _has(schema.legs, "route"),
    "agent": _c.agent == sa.bindparam("agent"),
    "subject": _c.subject == sa.bindparam("subject"),
    "status": _c.status == sa.bindparam("status"),
    "outcome": sa.or_(*_OUTCOME),
    "since": _c.started_at >= sa.bindparam("since"),
    "until": _c.started_at < sa.bindparam("until"),
    "min_messages": _c.message_count >= sa.bindparam("min_messages"),
    "min_duration_s": _c.duration_ms >= sa.bindparam("min_duration_s", type_=sa.Double),
    "max_duration_s": _c.duration_ms <= sa.bindparam("max_duration_s", type_=sa.Double),
    "min_health": _c.health_score >= sa.bindparam("min_health"),
    "max_health": _c.health_score <= sa.bindparam("max_health"),
    "health_reason": _has(schema.health_reasons, "code", "health_reason"),
    "min_sentiment": _c.sentiment_score >= sa.bindparam("min_sentiment"),
    "max_sentiment": _c.sentiment_score <= sa.bindparam("max_sentiment"),
}


def _ids(condition: sa.ColumnElement[bool], column: sa.Column[Any] = _c.id) -> sa.Select[tuple[str]]:
    return sa.select(column).where(column.table.c.workspace_id == sa.bindparam("workspace"), condition)


def _rows_of(table: sa.Table, column: str, filter_name: str = "") -> sa.Select[tuple[str]]:
    return _ids(table.c[column] == sa.bindparam(filter_name or column), table.c.conversation_id)


# The ids of all that a filter keeps, where an index alone tells them.
_FINDERS: dict[str, sa.Select[Any] | sa.CompoundSelect[Any]] = {
    "provider": _rows_of(schema.legs, "provider"),
    "label": _rows_of(schema.conversation_labels, "label"),
    "route": _rows_of(schema.legs, "route"),
    "health_reason": _rows_of(schema.health_reasons, "code", "health_reason"),
    "outcome": sa.union_all(*map(_ids, _OUTCOME)),
    **{
        name: _ids(_CONDITIONS[name])
        for name in ("min_messages", "min_duration_s", "max_duration_s", "min_health", "max_health")
    },
}


def conditions(given: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """What must hold of a row of `conversations` where these filters are given, the workspace apart."""
    return [condition for name, condition in _CONDITIONS.items() if name in given]


def few(connection: sa.Connection, given: Mapping[str, Any]) -> list[str] | None:
    """The ids of all that one of these filters keeps, if it keeps so few that looking up each costs less than
    coming across them; None where none of them does."""
    for name in _FINDERS.keys() & given.keys():
        found = list(connection.scalars(_FINDERS[name].limit(FEW + 1), given))
        if len(found) <= FEW:
            return found
    return None


def values(of: Filters) -> dict[str, Any]:
    """The filters that are given, as parameters of `conditions`. Raises `InvalidInput`."""
    found = {name: value for name in _CONDITIONS if (value := getattr(of, name)) is not None}
    if of.status is not None:
        one_of(Status, of.status, "status")
    for name in found.keys() & {"since", "until"}:
        if not isinstance(found[name], datetime):
            raise InvalidInput(f"{name} is no datetime", hint="Read a text by datetime.fromisoformat(...).")
        if found[name].tzinfo is None:
            raise InvalidInput(f"{name} has no time zone", hint="Write it like 2026-11-20T14:30:00Z.")
    if of.outcome is not None:
        found["derived_outcome"] = of.outcome
    for name in found.keys() & {"min_duration_s", "max_duration_s"}:
        found[name] *= 1000  # the column counts milliseconds
    return found


def one_of(words: type[Any], word: str, what: str) -> Any:
    """The member of an enumeration that the word names. Raises `InvalidInput` with all names."""
    try:
        return words(word)
    except ValueError as error:
        raise InvalidInput(
            f"unknown {what} {word!r}", hint=f"One of: {', '.join(member.value for member in words)}."
        ) from error
