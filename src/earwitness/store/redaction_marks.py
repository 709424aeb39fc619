"""What people marked to be taken out of a conversation by hand. Rebuilds keep it; erasure removes it."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec
import sqlalchemy as sa

from earwitness.clock import NS_PER_MS, SystemClock, uuid7
from earwitness.errors import InvalidInput
from earwitness.redaction.by_hand import ByHand
from earwitness.store import reading
from earwitness.store.database import Database
from earwitness.store.own_schema import redaction_marks
from earwitness.store.rows import Row
from earwitness.store.types import clip, moment, storable_row

MOST_MARKS, LONGEST_WORDS = 200, 500
_Ms = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class Stretch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of the conversation, in ms on its clock."""

    from_ms: _Ms
    to_ms: _Ms


class NewMarks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be taken out: words wherever they stand, and all that was said and heard in a stretch."""

    words: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_WORDS)], ...],
        msgspec.Meta(max_length=MOST_MARKS),
    ] = ()
    stretches: Annotated[tuple[Stretch, ...], msgspec.Meta(max_length=MOST_MARKS)] = ()
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""

    def check(self) -> None:
        """Raises `InvalidInput` where a mark marks nothing."""
        if any(not any(map(str.isalnum, words)) for words in self.words):
            raise InvalidInput("words without a letter", hint="Name the words as they are shown.")
        if any(stretch.from_ms >= stretch.to_ms for stretch in self.stretches):
            raise InvalidInput("from_ms and to_ms are no stretch", hint="Give the earlier first.")


class MarkRow(Row, frozen=True, kw_only=True):
    """One mark as it is kept."""

    TABLE: ClassVar[str] = "redaction_marks"
    words: str
    from_ms: int | None
    to_ms: int | None
    author: str
    created_at: datetime


class RedactionMarks:
    """The marks of all conversations in one catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, workspace: str, conversation: str) -> ByHand:
        """What was marked of one conversation, by whomever."""
        with self._database.reading() as connection:
            rows = reading.rows_of(connection, MarkRow, workspace, conversation, order_by="id")
        return ByHand(
            tuple(row.words for row in rows if row.words),
            tuple(
                (row.from_ms * NS_PER_MS, row.to_ms * NS_PER_MS)
                for row in rows
                if row.from_ms is not None and row.to_ms is not None
            ),
        )

    def remove(self, workspace: str, conversation: str) -> None:
        """None is kept any more: what they named is nowhere in the conversation."""
        c = redaction_marks.c
        mine = (c.workspace_id == workspace) & (c.conversation_id == conversation)
        with self._database.writing() as connection:
            connection.execute(sa.delete(redaction_marks).where(mine))

    def add(self, workspace: str, conversation: str, new: NewMarks, author: str) -> None:
        """They hold from the next telling of the conversation on. Raises `InvalidInput`, `NotFound`."""
        new.check()
        marks: list[dict[str, Any]] = [
            *({"words": words, "from_ms": None, "to_ms": None} for words in new.words),
            *({"words": "", "from_ms": one.from_ms, "to_ms": one.to_ms} for one in new.stretches),
        ]
        now_ns = SystemClock().now().wall_ns
        whose = {"workspace_id": workspace, "conversation_id": conversation, "author": clip(author)}
        rows = [
            storable_row({**mark, **whose, "id": str(uuid7(now_ns)), "created_at": moment(now_ns)})
            for mark in marks
        ]
        with self._database.writing() as connection:
            reading.require(connection, workspace, conversation)
            if rows:
                connection.execute(sa.insert(redaction_marks), rows)
