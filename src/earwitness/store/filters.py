"""Which conversations a question is about: the same filters for lists and for search.

The SQL of a question depends on which filters are given and not on their values, so it need be made but once.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.types import Name


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Every filter that is given must hold."""

    workspace: str = "default"
    provider: str | None = None  # of any leg
    subject: str | None = None
    label: str | None = None
    status: str | None = None  # a `model.conversation.Status`
    outcome: str | None = None
    since: datetime | None = None  # started at or after; needs a zone
    until: datetime | None = None  # started before; needs a zone
    min_messages: int | None = None
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    min_health: int | None = None  # 0 to 100
    max_health: int | None = None


def _has(table: sa.Table, column: str) -> sa.ColumnElement[bool]:
    head = schema.conversations.c
    return sa.exists().where(
        table.c.workspace_id == head.workspace_id,
        table.c[column] == sa.bindparam(column),
        table.c.conversation_id == head.id,
    )


_c = schema.conversations.c
_CONDITIONS: dict[str, sa.ColumnElement[bool]] = {
    "provider": _has(schema.legs, "provider"),
    "label": _has(schema.conversation_labels, "label"),
    "subject": _c.subject == sa.bindparam("subject"),
    "status": _c.status == sa.bindparam("status"),
    "outcome": _c.outcome == sa.bindparam("outcome", type_=Name),
    "since": _c.started_at >= sa.bindparam("since"),
    "until": _c.started_at < sa.bindparam("until"),
    "min_messages": _c.message_count >= sa.bindparam("min_messages"),
    "min_duration_s": _c.duration_ms >= sa.bindparam("min_duration_s", type_=sa.Double),
    "max_duration_s": _c.duration_ms <= sa.bindparam("max_duration_s", type_=sa.Double),
    "min_health": _c.health_score >= sa.bindparam("min_health"),
    "max_health": _c.health_score <= sa.bindparam("max_health"),
}


def conditions(given: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """What must hold of a row of `conversations` where these filters are given, the workspace apart."""
    return [condition for name, condition in _CONDITIONS.items() if name in given]


def values(of: Filters) -> dict[str, Any]:
    """The filters that are given, as parameters of `conditions`. Raises `InvalidInput`."""
    found = {name: value for name in _CONDITIONS if (value := getattr(of, name)) is not None}
    if of.status is not None:
        one_of(Status, of.status, "status")
    for name in found.keys() & {"since", "until"}:
        if found[name].tzinfo is None:
            raise InvalidInput(f"{name} has no time zone", hint="Write it like 2026-11-20T14:30:00Z.")
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
