"""The paths and shapes that tools for flat recording folders rely on, to the letter."""

import json
import re
from datetime import datetime

import pytest

from asked import Asker
from recorded import recording as recorded_calls

ID = re.compile(r"\d{8}_\d{6}_.+")
FIELDS = {
    "call_id": str,
    "start_time": str,
    "end_time": str,
    "duration_seconds": float,
    "conversation": list,
    "total_messages": int,
    "audio_chunks_count": int,
}


def naive(text: str) -> datetime:
    """A time as the format writes it: microseconds, no zone."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", text), text
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def recording(asker: Asker, order: str) -> str:
    row = next(r for r in asker.ask("/recordings").json()["recordings"] if r["conversation_id"] == order)
    return str(row["id"])


def test_the_list_names_every_recording_newest_first_and_page_by_page(asker: Asker) -> None:
    answer = asker.ask("/recordings").json()
    rows = answer["recordings"]
    assert len(rows) == len(recorded_calls().results)
    assert all(ID.fullmatch(row["id"]) and row["id"].endswith(row["call_id"]) for row in rows)
    assert [row["start_time"] for row in rows] == sorted((r["start_time"] for r in rows), reverse=True)
    seen, cursor = [], ""
    while cursor is not None:
        page = asker.ask(f"/recordings?limit=3{cursor and '&cursor=' + cursor}").json()
        seen += [row["id"] for row in page["recordings"]]
        cursor = page["next_cursor"]
    assert seen == [row["id"] for row in rows]


def test_the_conversation_has_exactly_the_fields_its_readers_know(
    asker: Asker, recording: str, order: str
) -> None:
    document = asker.ask(f"/recordings/{recording}/conversation").json()
    assert {name: type(value) for name, value in document.items()} == FIELDS
    assert recording.endswith(document["call_id"])
    assert document["call_id"] == asker.library.conversation(order).row.call_id
    began, ended = naive(document["start_time"]), naive(document["end_time"])
    assert (ended - began).total_seconds() == pytest.approx(document["duration_seconds"], abs=0.002)
    assert recording.startswith(began.strftime("%Y%m%d_%H%M%S"))
    lines = document["conversation"]
    assert document["total_messages"] == len(lines) == 8
    for line in lines:
        assert set(line) == {"timestamp", "speaker", "text", "type"}
        assert began <= naive(line["timestamp"]) <= ended
        assert (
            line["type"] == {"user": "transcript_completed", "assistant": "transcript_delta"}[line["speaker"]]
        )
    assert document["audio_chunks_count"] > 10


def test_the_summary_is_readable_text(asker: Asker, recording: str) -> None:
    answer = asker.ask(f"/recordings/{recording}/summary")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "mushroom pizza" in answer.text
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_a_conversation_id_works_too(asker: Asker, recording: str, order: str) -> None:
    for path in ("conversation", "summary"):
        by_name, by_id = (asker.ask(f"/recordings/{name}/{path}") for name in (recording, order))
        assert by_name.status_code == 200
        assert by_name.content == by_id.content


def test_the_sound_comes_by_the_recordings_name(asker: Asker, recording: str, order: str) -> None:
    for query in ("", "?track=caller&format=flac"):
        sound = asker.ask(f"/recordings/{recording}/audio{query}")
        assert sound.status_code == 200
        track = "caller" if query else "stereo"
        ours = asker.ask(f"/api/v1/conversations/{order}/audio/{track}?{query.rpartition('&')[2]}")
        assert sound.content == ours.content


def test_what_is_deleted_is_gone_and_cannot_be_deleted_twice(own_asker: Asker) -> None:
    first, *others = own_asker.ask("/recordings").json()["recordings"]
    path = f"/recordings/{first['id']}"
    assert own_asker.ask(path, "read", "DELETE").status_code == 403
    answer = own_asker.ask(path, "admin", "DELETE")
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    again = own_asker.ask(path, "admin", "DELETE")
    assert (again.status_code, again.headers["Content-Type"]) == (404, "application/problem+json")
    for what in ("conversation", "summary", "audio"):
        assert own_asker.ask(f"{path}/{what}").status_code == 404
    assert own_asker.ask("/recordings").json()["recordings"] == others
    assert first["conversation_id"] not in "".join(map(str, own_asker.library.data_path.rglob("*")))
    assert own_asker.library.reindex() == len(others) + 1  # and one of another workspace
    assert own_asker.ask(path + "/summary").status_code == 404


@pytest.mark.parametrize("query", ["limit=x", "cursor=nonsense"])
def test_what_cannot_be_listed_is_a_problem(asker: Asker, query: str) -> None:
    assert asker.ask(f"/recordings?{query}").status_code == 422
