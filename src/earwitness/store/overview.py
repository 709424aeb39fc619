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

_NOT_REBUILT = {"revision", "files_version"}
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
    health: dict[str, int]  # how many records have what standing against them, by its code
    newest_messages: tuple[MessageRow, ...]  # newest first
    problems: tuple[ConversationRow, ...]  # partial or failed, newest first
    unsaved: tuple[ConversationRow, ...]  # ended, and their files could not be stored so far; oldest first

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
            "health": self.health,
            "newest_messages": [
                {"at": row.seen_at.isoformat(), "role": row.role, "provider": row.provider, "text": row.text}
                for row in self.newest_messages
            ],
            "problems": [
                *(f"{row.recording_id} is {row.status}: {', '.join(row.reasons)}" for row in self.problems),
                *(
                    f"{row.recording_id} has no files: storing them failed {row.failed_saves} times"
                    for row in self.unsaved
                ),
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
    against = schema.health_reasons.c
    by_reason = (
        sa.select(against.code, sa.func.count())
        .where(against.workspace_id == workspace)
        .group_by(against.code)
        .order_by(against.code)
    )
    return Overview(
        conversations={row[0]: row[1] for row in connection.execute(by_status)},
        messages=tuple(MessageCount(*row) for row in connection.execute(by_role)),
        tool_calls=_count(connection, schema.tool_calls, workspace),
        gaps=_count(connection, schema.gaps, workspace),
        health={row[0]: row[1] for row in connection.execute(by_reason)},
        newest_messages=tuple(to_row(MessageRow, row) for row in connection.execute(latest)),
        problems=_bad(connection, workspace, newest),
        unsaved=_unsaved(connection, workspace, newest),
    )


def _bad(connection: sa.Connection, workspace: str, limit: int) -> tuple[ConversationRow, ...]:
    c = schema.conversations.c
    wanted = (
        sa.select(*columns(ConversationRow))
        .where(c.workspace_id == workspace, c.status.in_([Status.PARTIAL.value, Status.FAILED.value]))
        .order_by(c.started_at.desc(), c.id.desc())
        .limit(limit)
    )
    return tuple(to_row(ConversationRow, row) for row in connection.execute(wanted))


def _unsaved(connection: sa.Connection, workspace: str, limit: int) -> tuple[ConversationRow, ...]:
    """Ended conversations whose files could not be stored so far. In the order of the index of `lacking`."""
    c = schema.conversations.c
    wanted = (
        sa.select(*columns(ConversationRow))
        .where(c.files_version == 0, c.status != Status.ACTIVE.value)
        .where(c.workspace_id == workspace, c.failed_saves > 0)
        .order_by(c.started_at, c.id)
        .limit(limit)
    )
    return tuple(to_row(ConversationRow, row) for row in connection.execute(wanted))


def lacking(connection: sa.Connection, version: int, limit: int) -> tuple[tuple[str, str], ...]:
    """See `Catalog.lacking`. In the order of an index: it costs what is lacking, not what is there."""
    c = schema.conversations.c
    wanted = (
        sa.select(c.workspace_id, c.id)
        .where(c.files_version < version, c.status != Status.ACTIVE.value)
        .order_by(c.files_version, c.started_at, c.id)
        .limit(limit)
    )
    return tuple((row[0], row[1]) for row in connection.execute(wanted))


def first_files(connection: sa.Connection, name: str, limit: int) -> tuple[str, ...]:
    """Where the files of this name lie that the first conversations have, by id, which tells their time."""
    c = schema.artifacts.c
    wanted = sa.select(c.path).where(c.name == name).order_by(c.conversation_id).limit(limit)
    return tuple(connection.scalars(wanted))


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
