"""What search looks through: the words of messages, tool calls, labels, snapshots and notes, as rows.

Made of the rows of the other tables and of nothing else: what those do not hold cannot be found.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from earwitness.store import schema
from earwitness.store.tabulate import KEYS, Row, Sheet, Tabulated
from earwitness.store.types import microseconds
from earwitness.store.words import fold

TABLE = "search_entries"
STEPS = 1024  # ids there are for one microsecond

_BY_ITSELF = "history_updated"  # label of the snapshots that nobody asked for
_PARAMETERS = 500  # in one statement


class Kind(StrEnum):
    """What a text is of."""

    MESSAGE = "message"
    TOOL_CALL = "tool_call"
    LABEL = "label"
    SNAPSHOT = "snapshot"
    NOTE = "note"


def message_text(text: str, heard_text: str) -> str:
    """What a message is found by."""
    return text or heard_text


def tool_text(name: str, arguments: str, result: str | None, error: str | None) -> str:
    """What a tool call is found by."""
    return "\n".join(filter(None, (name, arguments, result, error)))


def with_entries(rows: Tabulated, before: Tabulated | None = None, notes: Iterable[Row] = ()) -> Tabulated:
    """The same rows and their entries, `notes` among them: annotations with their words.

    Those of messages that are as they were are the very same objects."""
    known = {} if before is None else before.sheets["messages"]
    entries = {} if before is None else before.sheets[TABLE]
    sheet: Sheet = {}
    for key, message in rows.sheets["messages"].items():
        place = (Kind.MESSAGE.value, key[0])
        if known.get(key) is message and place in entries:
            sheet[place] = entries[place]
        else:
            sheet.update(_sheet([_of_message(message)]))
    rest = {name: lines.values() for name, lines in rows.sheets.items() if name != "messages"}
    sheet.update(_sheet(entries_of({**rest, "annotations": notes})))
    return rows._replace(sheets={**rows.sheets, TABLE: sheet})


def entries_of(sheets: Mapping[str, Iterable[Row]]) -> Iterator[Row]:
    """Entries of rows as they stand in their tables, whichever conversations they are of."""
    yield from filter(_has_words, map(_of_message, sheets.get("messages", ())))
    yield from filter(_has_words, map(_of_tool_call, sheets.get("tool_calls", ())))
    starts = {head["id"]: head["started_at"] for head in sheets.get("conversations", ())}
    for label in sheets.get("conversation_labels", ()):
        yield from filter(_has_words, [_of_label(label, starts[label["conversation_id"]])])
    yield from filter(_has_words, map(_of_snapshot, sheets.get("snapshots", ())))
    yield from filter(_has_words, map(_of_note, sheets.get("annotations", ())))


def replace_some(connection: sa.Connection, conversation: str, sheets: Mapping[str, Iterable[Row]]) -> None:
    """The labels and notes that can be found of the conversation are these and no others."""
    table = schema.search_entries
    kinds = (Kind.LABEL.value, Kind.NOTE.value)
    of_it = (table.c.conversation_id == conversation) & table.c.kind.in_(kinds)
    connection.execute(sa.delete(table).where(of_it))
    sheet = _sheet(entries_of(sheets))
    give_ids(connection, {}, sheet)
    if sheet:
        connection.execute(sa.insert(table), list(sheet.values()))


def give_ids(connection: sa.Connection, old: Sheet, new: Sheet) -> None:
    """Every entry has an id that no other has. One that has its id keeps it."""
    wanting: dict[int, Row] = {}
    for key, row in new.items():
        before = old.get(key)
        if before is row:
            continue
        if before is not None and before["id"] // STEPS == row["id"] // STEPS:
            row["id"] = before["id"]
        else:
            wanting[_free(row["id"], wanting)] = row
    while taken := _taken(connection, list(wanting)):
        for number in sorted(taken, reverse=True):
            row = wanting.pop(number)
            wanting[_free(number + 1, wanting.keys() | taken)] = row
    for number, row in wanting.items():
        row["id"] = number


def first_id(at_us: int) -> int:
    """No entry of something seen at or after this microsecond has a lower id; ids are of 64 bits."""
    return min(max(at_us * STEPS, 0), 2**63 - 1)


def _free(number: int, used: Any) -> int:
    while number in used:
        number += 1
    return number


def _taken(connection: sa.Connection, numbers: list[int]) -> set[int]:
    column = schema.search_entries.c.id
    chunks = (numbers[at : at + _PARAMETERS] for at in range(0, len(numbers), _PARAMETERS))
    return {n for chunk in chunks for n in connection.scalars(sa.select(column).where(column.in_(chunk)))}


def _sheet(entries: Iterable[Row]) -> Sheet:
    return {tuple(row[part] for part in KEYS[TABLE]): row for row in entries if _has_words(row)}


def _has_words(entry: Row) -> bool:
    return bool(entry["words"])


def _of_message(row: Row) -> Row:
    words = message_text(row["text"], row["heard_text"])
    return _entry(Kind.MESSAGE, row, row["key"], row["seen_at"], words, role=row["role"])


def _of_tool_call(row: Row) -> Row:
    words = tool_text(row["name"], row["arguments"], row["result"], row["error"])
    return _entry(Kind.TOOL_CALL, row, row["key"], row["called_at"], words, role="tool")


def _of_label(row: Row, started_at: Any) -> Row:
    return _entry(Kind.LABEL, row, row["label"], started_at, row["label"])


def _of_snapshot(row: Row) -> Row:
    label = "" if row["label"] == _BY_ITSELF else row["label"]
    return _entry(Kind.SNAPSHOT, row, str(row["position"]), row["taken_at"], label)


def _of_note(row: Row) -> Row:
    return _entry(Kind.NOTE, row, row["id"], row["created_at"], row["text"])


def _entry(kind: Kind, row: Row, key: str, at: Any, text: str, *, role: str = "") -> Row:
    whose = f"{row['conversation_id']} {kind} {key}".encode()
    return {
        "id": microseconds(at) * STEPS + zlib.crc32(whose) % STEPS,
        "workspace_id": row["workspace_id"],
        "conversation_id": row["conversation_id"],
        "kind": kind.value,
        "key": key,
        "role": role,
        "words": fold(text),
    }
