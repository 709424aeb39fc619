"""Reading the rows of one conversation."""

import functools
import re
from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from earwitness.errors import InvalidInput, NotFound
from earwitness.store import schema
from earwitness.store.rows import ConversationRow, Row

LATEST = "latest"
_R = TypeVar("_R", bound=Row)
_HEX = re.compile(r"[0-9a-f-]{1,36}\Z")
_NAMED_AT_MOST = 5


@functools.cache
def columns(kind: type[Row]) -> tuple[sa.Column[Any], ...]:
    """The columns a row is made of, in the order of its fields."""
    table = schema.metadata.tables[kind.TABLE]
    return tuple(table.c[name] for name in kind.__struct_fields__)


def to_row(kind: type[_R], values: Sequence[Any]) -> _R:
    """A row from the values of `columns(kind)`."""
    return kind(**dict(zip(kind.__struct_fields__, values, strict=True)))


def rows_of(
    connection: sa.Connection,
    kind: type[_R],
    workspace: str,
    conversation: str,
    *filters: sa.ColumnElement[bool],
    order_by: str = "position",
) -> tuple[_R, ...]:
    """The rows of one conversation, in order. A conversation of another workspace has none."""
    table = schema.metadata.tables[kind.TABLE]
    wanted = (
        sa.select(*columns(kind))
        .where(table.c.workspace_id == workspace, table.c.conversation_id == conversation, *filters)
        .order_by(table.c[order_by])
    )
    return tuple(to_row(kind, row) for row in connection.execute(wanted))


def get(connection: sa.Connection, workspace: str, reference: str) -> ConversationRow:
    """The conversation that `reference` means.

    An id, a prefix of it that only one has, `latest`, a recordings id `YYYYmmdd_HHMMSS_<call_id>`, the
    provider's id of the call, or the name its application gave it. Raises `NotFound`; `InvalidInput` with
    the candidates where several fit.
    """
    c = schema.conversations.c
    if reference == LATEST:
        return _only(connection, workspace, reference, sa.true(), limit=1)
    if _HEX.match(reference) and (found := _fitting(connection, workspace, _starts_with(reference), 6)):
        exact = [row for row in found if row.id == reference]
        return _single(exact or found, reference)
    by_name = c.recording_id == reference
    date, _, rest = reference[:15], reference[15:16], reference[16:]
    if rest:
        by_name |= (c.id == rest) & c.recording_id.startswith(date, autoescape=True)
    by_name |= (c.call_id == reference) | c.id.in_(_linked(workspace, f"conversation:{reference}"))
    return _only(connection, workspace, reference, by_name, limit=6)


def _linked(workspace: str, link: str) -> sa.Select[tuple[str]]:
    c = schema.conversation_links.c
    return sa.select(c.conversation_id).where(c.workspace_id == workspace, c.link == link)


def _starts_with(prefix: str) -> sa.ColumnElement[bool]:
    """As a range, so that the index serves it; ids are compared byte by byte."""
    column = schema.conversations.c.id
    return (column >= prefix) & (column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _fitting(
    connection: sa.Connection, workspace: str, condition: sa.ColumnElement[bool], limit: int
) -> list[ConversationRow]:
    c = schema.conversations.c
    wanted = (
        sa.select(*columns(ConversationRow))
        .where(c.workspace_id == workspace, condition)
        .order_by(c.started_at.desc(), c.id.desc())
        .limit(limit)
    )
    return [to_row(ConversationRow, row) for row in connection.execute(wanted)]


def _only(
    connection: sa.Connection,
    workspace: str,
    reference: str,
    condition: sa.ColumnElement[bool],
    *,
    limit: int,
) -> ConversationRow:
    return _single(_fitting(connection, workspace, condition, limit), reference)


def _single(found: list[ConversationRow], reference: str) -> ConversationRow:
    if not found:
        raise NotFound(f"no conversation {reference}", hint="See what there is: earwitness list.")
    if len(found) > 1:
        candidates = [row.id for row in found[:_NAMED_AT_MOST]]
        more = " ..." if len(found) > _NAMED_AT_MOST else ""
        raise InvalidInput(
            f"{reference} could be more than one conversation",
            hint=f"Say which: {', '.join(candidates)}{more}",
            candidates=candidates,
        )
    return found[0]


def require(connection: sa.Connection, workspace: str, conversation: str) -> None:
    """Raises `NotFound` unless the conversation is in this workspace."""
    c = schema.conversations.c
    found = sa.select(c.id).where(c.workspace_id == workspace, c.id == conversation)
    if connection.scalar(found) is None:
        raise NotFound(f"no conversation {conversation}", hint="See what there is: earwitness list.")
