"""The list with each filter and page by page, and everything there is of one conversation."""

import base64
import json
from typing import Any

import pytest

from asked import Asker
from played import Played
from recorded import recording

BASE = "/api/v1/conversations"


def listed(asker: Asker, query: str = "") -> list[dict[str, Any]]:
    answer = asker.ask(f"{BASE}?{query}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["conversations"]
    return rows


@pytest.fixture(scope="module")
def everything(asker: Asker) -> list[dict[str, Any]]:
    rows = listed(asker)
    assert len(rows) == len(recording().results)
    return rows


# -- the list --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("provider=twilio", lambda row: "twilio" in row["providers"]),
        ("subject=RID-order", lambda row: row["subject"] == "RID-order"),
        ("label=busy", lambda row: "busy" in row["labels"]),
        ("status=partial", lambda row: row["status"] == "partial"),
        ("status=complete&label=order", lambda row: "order" in row["labels"]),
        ("min_messages=7", lambda row: row["message_count"] >= 7),
        ("min_duration=3", lambda row: row["duration_ms"] >= 3000),
        ("q=MUSHROOM", lambda row: "order" in row["labels"] or "dies" in row["labels"]),
    ],
)
def test_a_filter_keeps_what_fits_and_only_that(
    asker: Asker, everything: list[dict[str, Any]], query: str, fits: Any
) -> None:
    expected = [row["id"] for row in everything if fits(row)]
    assert 0 < len(expected) < len(everything), "the filter must be able to fail"
    assert [row["id"] for row in listed(asker, query)] == expected


def test_since_and_until_cut_the_list_at_a_moment(asker: Asker, everything: list[dict[str, Any]]) -> None:
    edge = everything[1]["started_at"].replace("+", "%2B")
    assert [row["id"] for row in listed(asker, f"since={edge}")] == [row["id"] for row in everything[:2]]
    assert [row["id"] for row in listed(asker, f"until={edge}")] == [row["id"] for row in everything[2:]]


def test_a_filter_nothing_fits_gives_an_empty_list(asker: Asker) -> None:
    assert listed(asker, "subject=nobody") == []


@pytest.mark.parametrize("sort", ["newest", "oldest", "longest", "shortest", "most_messages", "worst"])
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_page_by_page_to_the_end_nothing_is_lost_or_seen_twice(
    asker: Asker, everything: list[dict[str, Any]], sort: str, limit: int
) -> None:
    whole = [row["id"] for row in listed(asker, f"sort={sort}")]
    assert sorted(whole) == sorted(row["id"] for row in everything)
    seen: list[str] = []
    cursor = ""
    while True:
        page = asker.ask(f"{BASE}?sort={sort}&limit={limit}{cursor}").json()
        assert len(page["conversations"]) <= limit
        seen += [row["id"] for row in page["conversations"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole


def cursor_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "query",
    [
        "status=gone",
        "since=yesterday",
        "since=2026-11-20T10:00:00",  # no zone
        "limit=0",
        "limit=1001",
        "limit=x",
        "sort=started_at;DROP TABLE conversations",
        "sort=id DESC--",
        "cursor=nonsense",
        "cursor=é",
        f"cursor={cursor_of('oldest', '2026-11-20T10:00:00Z', 'x')}",
        f"sort=longest&cursor={cursor_of('longest', 10**30, 'x')}",
        f"cursor={cursor_of('newest', '2026-11-20T10:00:00', 'x')}",
        "min_messages=-1",
        f"min_messages={10**30}",
        "min_duration=nan",
        "min_duration=inf",
        f"min_duration={'9' * 400}",
        "q=" + "x" * 501,
        "q=%25",
        "max_health=101",
    ],
)
def test_what_cannot_be_asked_is_a_problem_that_says_what_can(asker: Asker, query: str) -> None:
    answer = asker.ask(f"{BASE}?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    assert problem["hint"]
    assert problem["detail"]


@pytest.mark.parametrize("name", ["outcome", "subject", "label", "provider"])
@pytest.mark.parametrize("value", ["%' OR 1=1 --", "%", "_", "%00", "\\", "🎉", "'"])
def test_whatever_stands_in_a_filter_is_only_compared(asker: Asker, name: str, value: str) -> None:
    answer = asker.client.get(
        BASE, params={name: value}, headers={"Authorization": f"Bearer {asker.keys['read']}"}
    )
    assert answer.status_code == 200
    assert answer.json()["conversations"] == []


# -- one conversation --------------------------------------------------------------------------------------


def test_it_is_found_by_id_prefix_recording_id_call_id_and_latest(
    asker: Asker, everything: list[dict[str, Any]]
) -> None:
    for row in everything:
        for name in (row["id"], row["id"][:35], row["recording_id"], row["call_id"]):
            assert asker.ask(f"{BASE}/{name}").json()["id"] == row["id"]
    assert asker.ask(f"{BASE}/latest").json()["id"] == everything[0]["id"]


def test_a_beginning_that_several_have_is_refused_with_the_candidates(asker: Asker, order: str) -> None:
    answer = asker.ask(f"{BASE}/{order[:8]}")
    assert answer.status_code == 422
    assert "Say which: " + order[:8] in answer.json()["hint"]


def test_it_tells_who_said_what_and_what_was_done(asker: Asker, order: str) -> None:
    document = asker.ask(f"{BASE}/{order}").json()
    assert (document["status"], document["subject"]) == ("complete", "RID-order")
    messages = asker.ask(f"{BASE}/{order}/messages").json()["messages"]
    assert [m["text"] for m in messages] == [m["text"] for m in document["messages"]]
    assert [m["role"] for m in messages] == ["assistant", "user"] * 1 + [m["role"] for m in messages[2:]]
    for role in ("user", "assistant", "system"):
        only = asker.ask(f"{BASE}/{order}/messages?role={role}").json()["messages"]
        assert only == [m for m in messages if m["role"] == role]
    (call,) = asker.ask(f"{BASE}/{order}/tool-calls").json()["tool_calls"]
    assert call["name"] == "place_order"
    assert "mushroom pizza" in json.dumps(call)
    assert asker.ask(f"{BASE}/{order}/messages?role=nobody").status_code == 422
    assert isinstance(asker.ask(f"{BASE}/{order}/snapshots").json()["snapshots"], list)


def test_events_and_records_come_one_object_a_line(asker: Asker, phone_order: str) -> None:
    for path in ("events", "records"):
        answer = asker.ask(f"{BASE}/{phone_order}/{path}", "admin")
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        documents = [json.loads(line) for line in answer.text.splitlines()]
        assert len(documents) > 100
        assert len({document["leg"] for document in documents}) == 2
    kinds = {json.loads(line)["type"] for line in asker.ask(f"{BASE}/{phone_order}/events").text.splitlines()}
    assert {"LegOpened", "AudioArrived", "ToolCalled", "LegClosed"} <= kinds


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("json", "application/json", "{"),
        ("text", "text/plain; charset=utf-8", "["),
        ("srt", "application/x-subrip", "1\n00:00:0"),
        ("vtt", "text/vtt", "WEBVTT"),
    ],
)
def test_the_transcript_comes_in_four_forms(
    asker: Asker, order: str, form: str, media_type: str, begins: str
) -> None:
    answer = asker.ask(f"{BASE}/{order}/transcript?format={form}")
    assert answer.headers["Content-Type"].startswith(media_type)
    assert answer.text.startswith(begins) or form == "text"
    assert "mushroom pizza" in answer.text
    assert asker.ask(f"{BASE}/{order}/transcript?format=pdf").status_code == 422


def test_health_says_how_far_it_can_be_trusted(asker: Asker, order: str, played: Played) -> None:
    health = asker.ask(f"{BASE}/{order}/health").json()
    assert (health["score"], health["reasons"]) == (100, [])
    died = played.id_of("openai", "dies")
    health = asker.ask(f"{BASE}/{died}/health").json()
    assert health["score"] < 100
    assert "peer_lost" in json.dumps(health["reasons"])


def test_the_summary_is_text(asker: Asker, order: str) -> None:
    answer = asker.ask(f"{BASE}/{order}/summary")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert order in answer.text


def test_its_numbers_are_told_in_the_spelling_of_other_loggers_and_in_ours(asker: Asker, order: str) -> None:
    found = asker.ask(f"{BASE}/{order}/analytics").json()
    counts = found["counts"]
    assert found["summary"]["conversationFlow"] == {
        "userInitiated": counts["user"],
        "agentInitiated": counts["assistant"],
        "toolCalls": counts["tool_calls"],
    }
    assert found["summary"]["totalMessages"] == counts["messages"] + counts["tool_calls"] > 3
    assert found["response_ms"]["count"] >= 1
    assert 0 < found["speech"]["agent_share"] < 1


def test_the_waveform_has_no_more_points_than_asked_for_or_is_the_coarsest(asker: Asker, order: str) -> None:
    sizes = []
    for points in (1, 1000, 100_000):
        (zoom,) = asker.ask(f"{BASE}/{order}/waveform?points={points}").json()["zooms"]
        assert len(zoom["low"]) == len(zoom["high"]) == 2
        assert len({len(side) for side in (*zoom["low"], *zoom["high"])}) == 1
        assert any(zoom["high"][0])
        assert any(zoom["high"][1])
        sizes.append(len(zoom["low"][0]))
    assert sizes[0] <= sizes[1] <= 1000
    assert sizes[1] <= sizes[2]
    assert asker.ask(f"{BASE}/{order}/waveform?points=0").status_code == 422
    part = asker.ask(f"{BASE}/{order}/waveform?points=300&from=2&to=5").json()["zooms"][0]
    whole = asker.ask(f"{BASE}/{order}/waveform?points=100000").json()["zooms"][0]
    assert part["first_point"] == 200
    assert part["low"] == [side[200:500] for side in whole["low"]]


def test_a_link_names_the_whole_id_whatever_it_was_asked_by(
    asker: Asker, everything: list[dict[str, Any]]
) -> None:
    path = asker.ask(f"{BASE}/latest/link").json()["path"]
    assert path.startswith(f"/conversations/{everything[0]['id']}?")
    assert asker.ask(path, None).status_code == 200


def test_a_deleted_conversation_is_gone_everywhere(own_asker: Asker) -> None:
    ids = [row["id"] for row in listed(own_asker)]
    gone = ids[1]
    legs = [folder for folder in own_asker.library.conversation(gone).folders if folder.exists()]
    assert legs
    assert own_asker.ask(f"{BASE}/{gone}", "admin", "DELETE").status_code == 204
    assert own_asker.ask(f"{BASE}/{gone}", "admin", "DELETE").status_code == 404
    for path in ("", "/messages", "/events", "/audio/stereo", "/audio/stereo?format=flac"):
        base, _, query = f"{BASE}/{gone}{path}".partition("?")
        assert own_asker.ask(f"{base}?{query}").status_code == 404
    assert [row["id"] for row in listed(own_asker)] == [i for i in ids if i != gone]
    left = [str(path) for path in own_asker.library.data_path.rglob("*") if path.is_file()]
    assert not [path for path in left if gone in path or any(leg.name in path for leg in legs)]
    own_asker.library.catch_up()
    assert own_asker.ask(f"{BASE}/{gone}").status_code == 404
