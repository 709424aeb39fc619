"""What applications without a socket send, and what becomes of it."""

import base64
import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asked import Asker
from earwitness.capture.feeding import Feeds
from earwitness.journal.record import Kind, Origin
from earwitness.settings import Settings
from taps import stored_bytes
from wirelogs import CORPUS, records

OPENAI = [
    {"origin": Origin(one.origin).name.lower(), "event": json.loads(one.payload)}
    for one in records(CORPUS / "openai/plain_ga/in.jsonl")
    if one.kind is Kind.TEXT
]
TONE = b"".join(struct.pack("<h", int(9000 * math.sin(n / 5))) for n in range(3200))  # 200 ms at 16 kHz


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Asker]:
    asker = Asker(tmp_path)
    yield asker
    asker.app.state.feeding.close()
    asker.close()


def send(desk: Asker, name: str = "order-7", key: str = "write", **body: Any) -> tuple[int, dict[str, Any]]:
    answer = desk.ask(
        f"/api/v1/conversations/{name}/events", key, "POST", json={"provider": "openai", **body}
    )
    return answer.status_code, answer.json()


def only(desk: Asker, key: str = "read") -> dict[str, Any]:
    desk.library.catch_up()
    (row,) = desk.ask("/api/v1/conversations", key).json()["conversations"]
    call: dict[str, Any] = desk.ask(f"/api/v1/conversations/{row['id']}", key).json()
    return call


def test_events_that_are_sent_become_the_conversation_they_would_be_by_tap(
    desk: Asker, tmp_path: Path
) -> None:
    half = len(OPENAI) // 2
    status, told = send(desk, events=OPENAI[:half], subject="RID001", labels=["pilot"], metadata={"shop": 3})
    assert (status, told["next"]) == (200, half)
    assert json.dumps(OPENAI[0]["event"]["type"]).encode() in stored_bytes(tmp_path / "journal")
    status, told = send(
        desk, events=OPENAI[half:], first=half, end={"outcome": "sold", "satisfaction": "high"}
    )
    assert (status, told["next"]) == (200, len(OPENAI))
    call = only(desk)
    assert (call["subject"], call["labels"], call["metadata"]["shop"]) == ("RID001", ["pilot"], 3)
    assert (call["outcome"], call["satisfaction"], call["status"]) == ("sold", "high", "complete")
    assert call["legs"][0]["way"] == "events"
    assert [message["role"] for message in call["messages"]] == ["user", "assistant"]
    assert not [finding for finding in call["findings"] if finding["code"] != "undecoded"]


def test_what_is_sent_again_is_kept_once_even_after_a_restart(desk: Asker, tmp_path: Path) -> None:
    assert send(desk, events=OPENAI[:5])[1]["next"] == 5
    assert send(desk, events=OPENAI[:5])[1]["next"] == 5
    assert send(desk, events=OPENAI[3:8], first=3)[1]["next"] == 8
    desk.app.state.feeding.close()
    desk.library.catch_up()
    again = Asker(tmp_path)
    try:
        assert send(again, events=OPENAI[6:10], first=6)[1]["next"] == 10
    finally:
        again.app.state.feeding.close()
        again.close()
    call = only(desk)
    assert len(call["legs"]) == 2
    kept = [r for leg in desk.library.conversation(call["id"]).folders for r in _texts(leg)]
    assert kept == [event["event"] for event in OPENAI[:10]]


def _texts(folder: Path) -> list[Any]:
    from earwitness.journal.reader import read_leg

    return [json.loads(record.payload) for record in read_leg(folder) if record.kind is Kind.TEXT]


def test_what_is_missing_in_between_is_a_conflict_that_says_where_to_go_on(desk: Asker) -> None:
    send(desk, events=OPENAI[:2])
    status, problem = send(desk, events=OPENAI[5:], first=5)
    assert (status, problem["hint"]) == (409, "Send from 2 on.")


def test_sound_is_sent_in_pieces_and_heard_in_its_track(desk: Asker) -> None:
    def sound(party: str, body: bytes, offset: int) -> dict[str, Any]:
        path = f"/api/v1/conversations/order-7/audio?party={party}&offset={offset}"
        answer = desk.ask(path, "write", "POST", content=body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    assert sound("caller", TONE, 0)["next"] == len(TONE)
    assert sound("caller", TONE[-1000:] + TONE, len(TONE) - 1000)["next"] == 2 * len(TONE)
    assert sound("agent", TONE, 0)["next"] == len(TONE)
    send(desk, events=OPENAI[:2], end={})
    desk.app.state.feeding.close()
    call = only(desk)
    assert len(call["legs"]) == 3
    assert (call["audio"]["caller"]["bytes"], call["audio"]["agent"]["bytes"]) == (2 * len(TONE), len(TONE))
    assert any(block.any() for block in desk.library.conversation(call["id"]).audio("caller").blocks())


def test_a_conversation_that_is_known_is_gone_on_with_by_its_id(desk: Asker) -> None:
    first = send(desk, events=OPENAI[:2])[1]
    desk.library.catch_up()
    status, told = send(desk, first["conversation"], events=OPENAI[2:4])
    assert (status, told["conversation"]) == (200, first["conversation"])
    desk.app.state.feeding.close()
    assert len(only(desk)["legs"]) == 2
    nobodys = "01999999-9999-7999-8999-999999999999"
    assert send(desk, nobodys, events=OPENAI[:1])[0] == 404


def test_a_login_speaks_for_its_person_alone(desk: Asker) -> None:
    desk.library.subjects.add("default", ["RID001"])
    token = desk.client.post("/api/v1/auth/login", json={"research_id": "RID001"}).json()["access_token"]
    desk.keys["own"] = token
    others = send(desk, events=OPENAI[:2])[1]
    assert send(desk, key="own", events=OPENAI[:2], subject="RID002")[0] == 403
    mine = send(desk, key="own", events=OPENAI[:2])[1]
    desk.app.state.feeding.close()
    desk.library.catch_up()
    assert mine["conversation"] != others["conversation"]
    (row,) = desk.ask("/api/v1/conversations", "own").json()["conversations"]
    assert (row["id"], row["subject"]) == (mine["conversation"], "RID001")
    assert send(desk, others["conversation"], key="own", events=OPENAI[:1])[0] == 404


def test_a_protocol_of_ones_own_is_read_by_the_mapping_of_its_route(tmp_path: Path) -> None:
    from earwitness.settings import Recording, Route, WireMapping

    mapping = WireMapping(type="/kind", role="/from", text="/text", item="/id")
    route = Route(provider="generic", upstream="ws://unused", mapping=mapping, record=Recording(raw=False))
    desk = Asker(tmp_path)
    desk.library.settings = Settings(data_dir=str(tmp_path), routes={"own": route})
    said = {"kind": "say", "from": "user", "id": "m1", "text": "Hello", "secret": "canary"}
    sent = {"provider": "", "route": "own", "events": [{"origin": "client", "event": said}], "end": {}}
    try:
        assert send(desk, **sent)[0] == 200
        assert [message["text"] for message in only(desk)["messages"]] == ["Hello"]
    finally:
        desk.app.state.feeding.close()
        desk.close()
    assert b"canary" not in stored_bytes(tmp_path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"provider": "hum"}, "unknown"),
        ({"provider": "", "route": "nowhere"}, "'nowhere'"),
        ({"events": [{"origin": "human", "event": {}}]}, "$.events[0].origin"),
        ({"events": [{"origin": "client"}]}, "event"),
        ({"first": -1}, "no count"),
        ({"first": "x"}, "$.first"),
        ({"evnts": []}, "evnts"),
        ({"connection": "c" * 300}, "longer"),
        ({"events": [{"origin": "client", "event": {}}] * 1001}, "1001 events"),
    ],
)
def test_what_cannot_be_taken_says_what_to_mend(desk: Asker, body: dict[str, Any], words: str) -> None:
    status, problem = send(desk, **body)
    assert status == 422
    assert words in problem["detail"]
    assert problem["hint"]


def test_a_body_beyond_the_bound_and_one_that_is_no_json(desk: Asker) -> None:
    path = "/api/v1/conversations/order-7/events"
    assert desk.ask(path, "write", "POST", content=b" " * (17 << 20)).status_code == 413
    assert desk.ask(path, "write", "POST", content=b"{").status_code == 422
    assert desk.ask(path, "read", "POST", json={}).status_code == 403
    wrong = "/api/v1/conversations/order-7/audio?party=robot"
    assert desk.ask(wrong, "write", "POST", content=b"").status_code == 422


def test_a_pause_holds_for_what_is_sent_too(desk: Asker, tmp_path: Path) -> None:
    send(desk, events=OPENAI[:1])
    assert desk.ask("/api/v1/conversations/order-7/pause", "write", "POST", json={}).status_code == 200
    secret = {"type": "x", "text": "canary", "audio": base64.b64encode(b"canary").decode()}
    assert send(desk, first=1, events=[{"origin": "client", "event": secret}])[1]["next"] == 2
    desk.app.state.feeding.close()
    assert b"canary" not in stored_bytes(tmp_path)


def test_feeds_that_rest_are_ended_and_not_more_than_a_bound_are_open(tmp_path: Path) -> None:
    from earwitness.capture.door import CHOICE
    from earwitness.capture.feeding import About

    feeds = Feeds(tmp_path, lambda workspace, feed: 0, idle_s=0, most_open=2)
    legs = [
        feeds.take(About(workspace="w", feed=f"feed:{n}", provider="openai"), CHOICE, 0, []).leg
        for n in range(3)
    ]
    from earwitness.journal.reader import is_live, leg_folders

    live = {folder.name for folder in leg_folders(tmp_path / "journal") if is_live(folder)}
    assert live == set(legs[1:])
    feeds.tidy()
    assert not [folder for folder in leg_folders(tmp_path / "journal") if is_live(folder)]
