"""Conversations as tables: a row for each, or for each of their messages, turns, tool calls and emotions.

As CSV (RFC 4180) for spreadsheets. What was said is a stranger's text, and a spreadsheet runs what looks like
a formula: text that begins so gets an apostrophe in front, in every cell.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_type_hints

from earwitness.exports.recording import Options, Recording
from earwitness.lake.tables import heard_turns, told_turns
from earwitness.store.rows import ConversationRow, MessageRow, Row, ToolCallRow

# OWASP, CSV Injection; the wide forms are read as the narrow ones by some programs.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_TOLD = frozenset({"workspace_id", "began_at_ns"})
_HEAD = ("conversation_id", "call_id", "subject", "labels", "outcome")
Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of row. `columns`: what each holds; what the catalog has is called as it is there."""

    name: str
    of: str  # what a row is for
    columns: Mapping[str, Any]
    rows: Callable[[Recording], Iterable[Cells]]

    @property
    def head(self) -> str:
        return _line(self.columns)

    def lines(self, recording: Recording, options: Options) -> Iterator[str]:
        for cells in self.rows(recording):
            yield _line([safe(cells[name]) for name in self.columns])


def safe(value: Any) -> str:
    """A value as a cell: text no spreadsheet takes for a formula, times in RFC 3339, lists as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str():
            return f"'{value}" if value.lstrip(" ").startswith(_BEGINS_FORMULA) else value
    return json.dumps(value, ensure_ascii=False)


def _line(cells: Iterable[str]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow(cells)
    return held.getvalue()


def _cells(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _of_call(row: ConversationRow) -> dict[str, Any]:
    return {"conversation_id": row.id, **{name: getattr(row, name) for name in _HEAD[1:]}}


def _messages(recording: Recording) -> Iterator[Cells]:
    call = _of_call(recording.row)
    for row in recording.messages():
        yield {**call, **_cells(row), "message_id": row.id}


def _tool_calls(recording: Recording) -> Iterator[Cells]:
    call = {**_of_call(recording.row)}
    for row in recording.tool_calls():
        yield {**_cells(row), **call, "tool_call_id": row.call_id}


def _conversations(recording: Recording) -> Iterator[Cells]:
    yield {"conversation_id": recording.row.id, **_cells(recording.row)}


def _turns(recording: Recording) -> Iterator[Cells]:
    figures = recording.figures()
    heard = heard_turns(figures) if figures else []
    for position, turn in enumerate(heard or told_turns(recording.conversation)):
        party, started_ms, ended_ms, response_ms = turn
        yield {
            "conversation_id": recording.id,
            "position": position,
            "party": party.value,
            "source": "sound" if heard else "events",
            "started_ms": started_ms,
            "ended_ms": ended_ms,
            "response_ms": response_ms,
        }


def _emotions(recording: Recording) -> Iterator[Cells]:
    for position, message in enumerate(recording.document()["messages"]):
        for producer, scores in message["emotions"].items():
            for emotion, score in scores.items():
                yield {
                    "conversation_id": recording.id,
                    "position": position,
                    "role": message["role"],
                    "producer": producer,
                    "emotion": emotion,
                    "score": float(score),
                }


def _columns(kind: type[Row], *, first: Mapping[str, Any], but: Iterable[str] = ()) -> dict[str, Any]:
    left_out = _NOT_TOLD | {"id", *but}
    own = {name: each for name, each in get_type_hints(kind).items() if name in kind.__struct_fields__}
    return {**first, **{name: each for name, each in own.items() if name not in {*first, *left_out}}}


_CALL = {"conversation_id": str, **{name: get_type_hints(ConversationRow)[name] for name in _HEAD[1:]}}
_TURN = {"party": str, "source": str, "started_ms": int, "ended_ms": int, "response_ms": int | None}
_EMOTION = {"role": str, "producer": str, "emotion": str, "score": float}

TABLES = (
    Table(
        "messages",
        "message",
        _columns(MessageRow, first={**_CALL, "message_id": int}, but=["leg_id"]),
        _messages,
    ),
    Table(
        "conversations",
        "conversation",
        _columns(ConversationRow, first={"conversation_id": str}),
        _conversations,
    ),
    Table(
        "tool_calls",
        "tool call",
        _columns(ToolCallRow, first={**_CALL, "tool_call_id": str}, but=["leg_id"]),
        _tool_calls,
    ),
    Table(
        "turns",
        "time a party had the floor, with how long its answer took",
        {"conversation_id": str, "position": int, **_TURN},
        _turns,
    ),
    Table(
        "emotions",
        "emotion that somebody scored in a message",
        {"conversation_id": str, "position": int, **_EMOTION},
        _emotions,
    ),
)
