"""CSV."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.exports import tables
from earwitness.library import Library
from earwitness.settings import Settings
from exported import chat, text_of
from imported import library
from journal_legs import Legs
from recorded import recording

__all__ = ["library"]

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=x", "\n=x", "  =x", "＝1", "＋1", "－1", "＠x"]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert tables.safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (0.25, "0.25"),
        ("plain = not a formula", "plain = not a formula"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01T09:00:00Z"),
        (["a", "é"], '["a", "é"]'),
    ],
)
def test_values_are_written_so_that_programs_read_them_back(value: object, cell: str) -> None:
    assert tables.safe(value) == cell


def test_what_callers_and_tools_say_is_never_a_formula(library: Library, tmp_path: Path) -> None:
    said = ['=HYPERLINK("http://evil.example","x")', "+4915155501234", 'a "quoted", and\nbroken line']
    told = rows(text_of(chat(library, tmp_path, *said), "csv"))
    assert [row["text"] for row in told] == ["'" + said[0], "'" + said[1], said[2]]
    assert [row["role"] for row in told] == ["user", "assistant", "user"]


def test_every_table_has_the_rows_of_the_catalog() -> None:
    order = recording().call("openai", "order")
    messages, calls, tools = (
        rows(text_of(order, name)) for name in ("csv", "csv-conversations", "csv-tool-calls")
    )
    assert [(row["message_id"], row["text"]) for row in messages] == [
        (str(row.id), row.text) for row in order.messages()
    ]
    [call] = calls
    assert (call["conversation_id"], call["message_count"]) == (order.id, str(order.row.message_count))
    assert (call["subject"], call["labels"]) == ("RID-order", '["order"]')
    [tool] = tools
    assert (tool["name"], tool["conversation_id"]) == ("place_order", order.id)
    assert "workspace_id" not in call


def test_turns_tell_what_was_measured_on_the_sound() -> None:
    order = recording().call("openai", "order")
    turns = rows(text_of(order, "csv-turns"))
    assert {(row["conversation_id"], row["source"]) for row in turns} == {(order.id, "sound")}
    assert {row["party"] for row in turns} == {"caller", "agent"}
    figures = order.figures()
    assert figures is not None
    assert sum(row["response_ms"] != "" for row in turns) == figures.response_ms.count > 0


def test_turns_of_a_call_without_sound_are_those_of_its_messages(library: Library, tmp_path: Path) -> None:
    turns = rows(text_of(chat(library, tmp_path, "hello", "hello to you"), "csv-turns"))
    assert [(row["party"], row["source"]) for row in turns] == [("caller", "events"), ("agent", "events")]


def test_emotions_tell_who_scored_what_in_which_message(tmp_path: Path) -> None:
    scores = {"Joy": 0.6, "Calmness": 0.25}
    with Legs(tmp_path) as legs:
        leg = legs.open("hume")
        leg.server(100, {"type": "chat_metadata", "chat_id": "c", "chat_group_id": "g"})
        said = {"message": {"role": "user", "content": "Good."}, "models": {"prosody": {"scores": scores}}}
        leg.server(900, {"type": "user_message", "from_text": False, "interim": False, **said})
        leg.end(2000)
    own = Library(Settings(data_dir=str(tmp_path)))
    own.follower().tick()
    told = rows(text_of(own.conversation(leg.conversation), "csv-emotions"))
    assert [(row["position"], row["role"], row["emotion"], float(row["score"])) for row in told] == [
        ("0", "user", name, score) for name, score in scores.items()
    ]
    assert {row["producer"] for row in told} == {"hume_prosody"}
    own.catalog.close()
