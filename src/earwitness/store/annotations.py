"""What people say of a conversation afterwards: ratings, notes, marked spans, labels. Rebuilds keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import sqlalchemy as sa

from earwitness.clock import SystemClock, uuid7
from earwitness.errors import InvalidInput, NotFound
from earwitness.model.conversation import Conversation
from earwitness.store import entries, reading, schema
from earwitness.store.database import Database
from earwitness.store.own_schema import OWN, annotations, label_decisions
from earwitness.store.rows import Row
from earwitness.store.types import clip, moment, storable_row

LONGEST_TEXT = 10_000
LONGEST_LABEL = 200
_Ms = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class NewAnnotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody has to say. A rating needs `rating`, a note `text`, a span `from_ms` and `to_ms`."""

    kind: Literal["rating", "note", "span"]
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] = ""
    message_key: str | None = None  # of the message it is about
    from_ms: _Ms | None = None  # on the conversation's clock
    to_ms: _Ms | None = None

    def check(self) -> None:
        """Raises `InvalidInput` where it lacks what its kind needs, or has what no kind can have."""
        is_span = self.from_ms is not None and self.to_ms is not None
        has_needed = {"rating": self.rating is not None, "note": self.text.strip(), "span": is_span}
        if not has_needed[self.kind]:
            raise InvalidInput(
                f"a {self.kind} without what makes it one",
                hint="A rating needs rating (1 to 5), a note text, a span from_ms and to_ms.",
            )
        if (self.from_ms is None) != (self.to_ms is None) or (self.from_ms or 0) > (self.to_ms or 0):
            raise InvalidInput("from_ms and to_ms are no span", hint="Give both, the earlier first.")


class AnnotationRow(Row, frozen=True, kw_only=True):
    """One annotation as it is kept."""

    TABLE: ClassVar[str] = "annotations"
    id: str
    kind: str
    rating: int | None
    text: str
    message_key: str | None
    from_ms: int | None
    to_ms: int | None
    author: str
    created_at: datetime


class Annotations:
    """The annotations of all conversations in one catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, workspace: str, conversation: str) -> tuple[AnnotationRow, ...]:
        """Those of one conversation, the oldest first."""
        with self._database.reading() as connection:
            return _rows(connection, workspace, conversation)

    def add(self, workspace: str, conversation: str, new: NewAnnotation, author: str) -> AnnotationRow:
        """It is kept afterwards, and its text can be searched. Raises `InvalidInput`, `NotFound`."""
        new.check()
        row = storable_row(
            {
                **msgspec.structs.asdict(new),
                "id": str(uuid7(SystemClock().now().wall_ns)),
                "workspace_id": workspace,
                "conversation_id": conversation,
                "author": clip(author),
                "created_at": moment(SystemClock().now().wall_ns),
            }
        )
        with self._database.writing() as connection:
            reading.require(connection, workspace, conversation)
            connection.execute(sa.insert(annotations), row)
            _retell(connection, workspace, conversation)
        return AnnotationRow(**{name: row[name] for name in AnnotationRow.__struct_fields__})

    def remove(self, workspace: str, conversation: str, annotation: str) -> None:
        """It is gone afterwards. Raises `NotFound`."""
        c = annotations.c
        whose = (c.workspace_id == workspace) & (c.conversation_id == conversation)
        with self._database.writing() as connection:
            gone = connection.execute(sa.delete(annotations).where(whose, c.id == annotation)).rowcount
            if not gone:
                raise NotFound(
                    f"no annotation {annotation}", hint="See what there is: earwitness annotate ID."
                )
            _retell(connection, workspace, conversation)

    def decide(
        self, workspace: str, conversation: str, label: str, author: str, *, is_set: bool
    ) -> tuple[str, ...]:
        """The conversation has the label afterwards, or has it not. Returns all it has. Raises `NotFound`."""
        label = label.strip()
        if not 0 < len(label) <= LONGEST_LABEL:
            raise InvalidInput("a label that is empty or too long", hint=f"1 to {LONGEST_LABEL} letters.")
        at = moment(SystemClock().now().wall_ns)
        row = storable_row(
            {"workspace_id": workspace, "conversation_id": conversation, "label": label, "is_set": is_set}
            | {"author": clip(author), "decided_at": at}
        )
        c = label_decisions.c
        with self._database.writing() as connection:
            reading.require(connection, workspace, conversation)
            of_it = (c.workspace_id == workspace) & (c.conversation_id == conversation)
            connection.execute(sa.delete(label_decisions).where(of_it, c.label == row["label"]))
            connection.execute(sa.insert(label_decisions), row)
            return _retell(connection, workspace, conversation)


def with_labels(connection: sa.Connection, conversation: Conversation) -> Conversation:
    """The conversation with the labels people gave it, and without those they took away."""
    decided = _decided(connection, conversation.workspace, conversation.id)
    if not decided:
        return conversation
    return replace(conversation, labels=_labels(conversation.labels, decided))


def notes(connection: sa.Connection, workspace: str, conversation: str) -> list[dict[str, Any]]:
    """The annotations that have words, as `entries` takes them."""
    whose = {"workspace_id": workspace, "conversation_id": conversation}
    found = _rows(connection, workspace, conversation)
    return [{**msgspec.structs.asdict(row), **whose} for row in found if row.text]


def forget(connection: sa.Connection, workspace: str, conversation: str) -> None:
    """Nothing that people said of the conversation is left."""
    for table in OWN:
        c = table.c
        connection.execute(
            sa.delete(table).where(c.workspace_id == workspace, c.conversation_id == conversation)
        )


def move(connection: sa.Connection, workspace: str, gone: str, into: str) -> None:
    """What was said of a conversation that turned out to be part of another is said of that one."""
    c = label_decisions.c
    held = sa.select(c.label).where(c.workspace_id == workspace, c.conversation_id == into)
    twice = (c.workspace_id == workspace) & (c.conversation_id == gone) & c.label.in_(held)
    connection.execute(sa.delete(label_decisions).where(twice))
    for table in OWN:
        of_it = (table.c.workspace_id == workspace) & (table.c.conversation_id == gone)
        connection.execute(sa.update(table).where(of_it).values(conversation_id=into))


def _rows(connection: sa.Connection, workspace: str, conversation: str) -> tuple[AnnotationRow, ...]:
    return reading.rows_of(connection, AnnotationRow, workspace, conversation, order_by="id")


def _decided(connection: sa.Connection, workspace: str, conversation: str) -> dict[str, bool]:
    c = label_decisions.c
    wanted = (
        sa.select(c.label, c.is_set)
        .where(c.workspace_id == workspace, c.conversation_id == conversation)
        .order_by(c.decided_at, c.label)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def _labels(own: Iterable[str], decided: Mapping[str, bool]) -> tuple[str, ...]:
    every = dict.fromkeys([*own, *(label for label, is_set in decided.items() if is_set)])
    return tuple(label for label in every if decided.get(clip(label), True))


def _retell(connection: sa.Connection, workspace: str, conversation: str) -> tuple[str, ...]:
    """The conversation's row, its labels and what search looks through say what is decided by now."""
    head, table = reading.get(connection, workspace, conversation), schema.conversation_labels
    labels = _labels(head.labels, _decided(connection, workspace, conversation))
    c = schema.conversations.c
    changed = {"labels": list(labels), "revision": c.revision + 1}
    connection.execute(sa.update(schema.conversations).where(c.id == conversation).values(changed))
    connection.execute(sa.delete(table).where(table.c.conversation_id == conversation))
    whose = {"workspace_id": workspace, "conversation_id": conversation}
    rows = [{**whose, "label": clip(label)} for label in dict.fromkeys(labels)]
    if rows:
        connection.execute(sa.insert(table), rows)
    said: dict[str, Any] = {
        "conversations": [{"id": conversation, "started_at": head.started_at}],
        "conversation_labels": rows,
    }
    entries.replace_some(
        connection, conversation, {**said, "annotations": notes(connection, workspace, conversation)}
    )
    return labels
