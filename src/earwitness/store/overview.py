"""Questions over all conversations: is everything saved, what is due, what is there at all."""

import itertools
import json
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import ConversationRow, MessageRow
from earwitness.store.tabulate import KEYS
from earwitness.store.types import microseconds

_NOT_REBUILT = {"revision"}
_DERIVED = {"search_entries"}  # says nothing that the other tables do not


class MessageCount(msgspec.Struct, frozen=True):
    """How many messages one provider brought in one role."""

    provider: str
    role: str
    count: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a workspace, in numbers and samples."""

    conversations: dict[str, int]  # by status
    messages: tuple[MessageCount, ...]
    tool_calls: int
    gaps: int
    newest_messages: tuple[MessageRow, ...]  # newest first
    problems: tuple[ConversationRow, ...]  # partial or failed, newest first

    def document(self) -> dict[str, Any]:
        """The same as JSON has it, messages counted by role and by provider."""
        by_role, by_provider = Counter[str](), Counter[str]()
        for tally in self.messages:
            by_role[tally.role] += tally.count
            by_provider[tally.provider] += tally.count
        return {
            "conversations": self.conversations,
            "messages_by_role": dict(by_role),
            "messages_by_provider": dict(by_provider),
            "tool_calls": self.tool_calls,
            "gaps": self.gaps,
            "newest_messages": [
                {"at": row.seen_at.isoformat(), "role": row.role, "provider": row.provider, "text": row.text}
                for row in self.newest_messages
            ],
            "problems": [
                f"{row.recording_id} is {row.status}: {', '.join(row.reasons)}" for row in self.problems
            ],
        }


def look(connection: sa.Connection, workspace: str, newest: int) -> Overview:
    """See `Catalog.overview`."""
    head, message = schema.conversations.c, schema.messages.c
    by_status = (
        sa.select(head.status, sa.func.count()).where(head.workspace_id == workspace).group_by(head.status)
    )
    by_role = (
        sa.select(message.provider, message.role, sa.func.count())
        .where(message.workspace_id == workspace)
        .group_by(message.provider, message.role)
        .order_by(message.provider, message.role)
    )
    latest = (
        sa.select(*columns(MessageRow))
        .where(message.workspace_id == workspace)
        .order_by(message.id.desc())
        .limit(newest)
    )
    bad = (
        sa.select(*columns(ConversationRow))
        .where(head.workspace_id == workspace, head.status.in_([Status.PARTIAL.value, Status.FAILED.value]))
        .order_by(head.started_at.desc(), head.id.desc())
        .limit(newest)
    )
    return Overview(
        conversations={row[0]: row[1] for row in connection.execute(by_status)},
        messages=tuple(MessageCount(*row) for row in connection.execute(by_role)),
        tool_calls=_count(connection, schema.tool_calls, workspace),
        gaps=_count(connection, schema.gaps, workspace),
        newest_messages=tuple(to_row(MessageRow, row) for row in connection.execute(latest)),
        problems=tuple(to_row(ConversationRow, row) for row in connection.execute(bad)),
    )


def unfinished(connection: sa.Connection) -> tuple[tuple[str, str], ...]:
    """See `Catalog.unfinished`."""
    c = schema.conversations.c
    wanted = (
        sa.select(c.workspace_id, c.id).where(c.status == Status.ACTIVE.value).order_by(c.started_at, c.id)
    )
    return tuple((row[0], row[1]) for row in connection.execute(wanted))


def lacking(connection: sa.Connection, name: str, version: int, limit: int) -> tuple[tuple[str, str], ...]:
    """See `Catalog.lacking`."""
    c, made = schema.conversations.c, schema.artifacts.c
    has_it = sa.exists().where(made.conversation_id == c.id, made.name == name, made.version >= version)
    wanted = (
        sa.select(c.workspace_id, c.id)
        .where(c.status != Status.ACTIVE.value, ~has_it)
        .order_by(c.started_at, c.id)
        .limit(limit)
    )
    return tuple((row[0], row[1]) for row in connection.execute(wanted))


def dump(connection: sa.Connection) -> str:
    """See `Catalog.dump`. One JSON line per row under the name of its table, sorted."""
    lines: list[str] = []
    for name in (name for name in KEYS if name not in _DERIVED):
        table = schema.metadata.tables[name]
        kept = [column for column in table.c if column.name not in _NOT_REBUILT]
        found = connection.execute(sa.select(*kept)).mappings()
        lines.append(f"# {name}")
        lines += sorted(json.dumps(dict(row), sort_keys=True, default=_plain) for row in found)
    return "\n".join(itertools.chain(lines, [""]))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return microseconds(value)
    raise TypeError(type(value).__name__)


def _count(connection: sa.Connection, table: sa.Table, workspace: str) -> int:
    counted = sa.select(sa.func.count()).select_from(table).where(table.c.workspace_id == workspace)
    return int(connection.scalar(counted) or 0)
