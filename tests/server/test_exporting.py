"""Taking conversations out over HTTP."""

import io
import json
import zipfile

import pytest

from asked import Asker
from earwitness.exports.formats import FORMATS
from earwitness.exports.tables import TABLES


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_of_one_call_comes_as_a_file(asker: Asker, order: str, name: str) -> None:
    answer = asker.ask(f"/api/v1/conversations/{order}/export?format={name}&sound=false")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(FORMATS[name].media_type.partition(";")[0])
    assert answer.headers["Content-Disposition"].endswith(f'.{FORMATS[name].suffix}"')
    inside = {each.name for each in TABLES} | {order, "Caller", "producer"}
    assert any(name in answer.text for name in inside)


def test_a_selection_is_what_the_list_shows_of_the_same_filters(asker: Asker) -> None:
    listed = asker.ask("/api/v1/conversations?provider=openai&min_messages=2&sort=longest&limit=1000").json()
    answer = asker.ask("/api/v1/export?format=jsonl&provider=openai&min_messages=2&sort=longest")
    told = [json.loads(line)["id"] for line in answer.text.splitlines()]
    assert told == [row["id"] for row in listed["conversations"]]
    assert len(told) > 2
    found = asker.ask("/api/v1/export?format=srt&q=mushroom")
    assert found.headers["Content-Type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(found.content)).namelist()
    assert names
    assert len(names) < len(asker.ask("/api/v1/conversations").json()["conversations"])


@pytest.mark.parametrize(
    ("query", "status"),
    [("format=mp4", 404), ("format=csv&channel=caller", 422), ("format=jsonl&status=odd", 422)],
)
def test_what_cannot_be_had_is_refused_with_a_hint(asker: Asker, order: str, query: str, status: int) -> None:
    answer = asker.ask(f"/api/v1/export?{query}")
    assert answer.status_code == status
    assert answer.json()["hint"]


def test_who_took_a_conversation_with_others_is_in_its_trail(own_asker: Asker, order: str) -> None:
    assert own_asker.ask("/api/v1/export?format=csv").status_code == 200
    found = own_asker.ask(f"/api/v1/audit?conversation={order}&action=export", "admin").json()["entries"]
    assert [entry["actor"] for entry in found] != []
    assert found[0]["facts"]["route"] == "GET /api/v1/export"


def test_the_raw_view_of_many_needs_its_right_and_a_reason(own_asker: Asker) -> None:
    assert own_asker.ask("/api/v1/export?format=csv&view=raw&reason=x").status_code == 403
    assert own_asker.ask("/api/v1/export?format=csv&view=raw", "admin").status_code == 422
    assert own_asker.ask("/api/v1/export?format=csv&view=raw&reason=x", "admin").status_code == 200
    assert own_asker.ask("/api/v1/audit?action=read-raw", "admin").json()["entries"]
