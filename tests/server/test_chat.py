"""Saving messages over HTTP, as an application does it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from asked import Asker
from earwitness.library import Library
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Listen, Settings
from saving import REQUEST

SAVE, LOGIN = "/api/v1/chat/save-message", "/api/v1/auth/login"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Asker]:
    asker = Asker(tmp_path)
    asker.library.subjects.add("default", ["RID001", "RID002"])
    with asker.client:
        for name in ("RID001", "RID002"):
            answer = asker.ask(LOGIN, None, "POST", json={"research_id": name})
            asker.keys[name] = answer.json()["access_token"]
        yield asker
        asker.app.state.saving.close()
    asker.close()


def save(desk: Asker, key: str | None = "RID001", **changes: object) -> httpx.Response:
    return desk.ask(SAVE, key, "POST", json={**REQUEST, **changes})


def follow(desk: Asker) -> None:
    desk.library.follower().tick()


def test_login_gives_a_bearer_token(desk: Asker) -> None:
    answer = desk.ask(LOGIN, None, "POST", json={"research_id": "RID001"})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 3600)


def test_request_and_response_are_those_of_the_document(desk: Asker) -> None:
    answer = save(desk)
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"success", "message_id", "timestamp"})
    assert body["success"] is True
    assert 0 < body["message_id"] < 2**53
    assert body["timestamp"] == "2025-01-08T16:00:00+00:00"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_row_has_the_number_that_was_answered_after_any_rebuild(desk: Asker) -> None:
    numbers = [
        save(desk, elevenlabs_message_id=f"m{n}", content=f"{n}").json()["message_id"] for n in range(9)
    ]
    for _ in range(2):
        follow(desk)
        rows = desk.ask("/api/v1/conversations/latest/messages", "RID001").json()["messages"]
        assert [row["id"] for row in rows] == numbers
        assert [row["provider_message_id"] for row in rows] == [f"m{n}" for n in range(9)]
        assert all(row["said_at"] == "2025-01-08T16:00:00Z" for row in rows)
        before = desk.library.catalog.dump()
        desk.library.reindex()
    assert desk.library.catalog.dump() == before


def test_a_repetition_is_answered_alike_and_kept_once(desk: Asker) -> None:
    first = save(desk)
    assert [save(desk).content for _ in range(3)] == [first.content] * 3
    follow(desk)
    assert len(desk.ask("/api/v1/conversations/latest/messages", "RID001").json()["messages"]) == 1


def test_openai_ids_count_for_openai(desk: Asker) -> None:
    ids = {"openai_conversation_id": "sess_1", "openai_message_id": "item_1"}
    assert save(desk, provider="openai", **ids).status_code == 200
    follow(desk)
    (row,) = desk.ask("/api/v1/conversations/latest/messages", "RID001").json()["messages"]
    assert (row["provider"], row["provider_conversation_id"], row["provider_message_id"]) == (
        "openai",
        "sess_1",
        "item_1",
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"role": "robot"}, "assistant"),
        ({"role": 7}, "role"),
        ({"content": "  \n"}, "content"),
        ({"content": None}, "content"),
        ({"timestamp": "yesterday"}, "2025-01-08T16:00:00Z"),
        ({"timestamp": "2025-01-08T16:00:00"}, "zone"),
        ({"timestamp": "9999-12-31T23:59:59-23:00"}, "RFC 3339"),
        ({"timestamp": ""}, "RFC 3339"),
        ({"provider": "acme"}, "elevenlabs"),
        ({"elevenlabs_message_id": "x" * 241}, "240"),
        ({"elevenlabs_conversation_id": ["x"]}, "elevenlabs_conversation_id"),
    ],
)
@pytest.mark.parametrize("key", ["RID001", "write"])
def test_what_cannot_be_taken_is_answered_with_what_to_mend(
    desk: Asker, changes: dict[str, object], word: str, key: str
) -> None:
    answer = save(desk, key, **changes)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert word in answer.json()["detail"] + answer.json()["hint"]
    assert answer.json()["hint"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(desk: Asker, body: bytes) -> None:
    assert desk.ask(SAVE, "RID001", "POST", content=body).status_code == 422


@pytest.mark.parametrize("key", ["RID001", "write"])
def test_a_text_of_ten_megabytes_is_refused_before_it_is_read(desk: Asker, key: str) -> None:
    answer = save(desk, key, content="x" * 10_000_000)
    assert (answer.status_code, bool(answer.json()["hint"])) == (413, True)

    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 100_000 for _ in range(100))

    assert desk.ask(SAVE, key, "POST", content=pieces()).status_code == 413


def test_other_words_under_a_known_id_are_a_conflict(desk: Asker) -> None:
    number = save(desk).json()["message_id"]
    assert save(desk, content="something else").status_code == 409
    assert save(desk).json()["message_id"] == number


def test_nobody_saves_for_somebody_else(desk: Asker) -> None:
    assert save(desk, "RID002").status_code == 403
    assert save(desk, None).status_code == 401
    assert save(desk, "read").status_code == 403
    assert save(desk, "write").status_code == 200, "a key that may write speaks for everybody"


def test_a_person_sees_their_own_conversations_and_of_others_not_that_they_are(desk: Asker) -> None:
    save(desk)
    save(desk, "RID002", research_id="RID002")
    follow(desk)
    own = desk.ask("/api/v1/conversations", "RID001").json()["conversations"]
    assert [row["subject"] for row in own] == ["RID001"], "and one provider id does not join two people"
    (theirs,) = desk.ask("/api/v1/conversations", "RID002").json()["conversations"]
    for ref in (theirs["id"], theirs["id"][:13], theirs["recording_id"], theirs["call_id"]):
        answer = desk.ask(f"/api/v1/conversations/{ref}", "RID001")
        if answer.status_code == 200:
            assert answer.json()["subject"] == "RID001"
        else:
            assert answer.status_code == 404
            assert theirs["id"] not in answer.json()["hint"]
    assert desk.ask("/api/v1/conversations?subject=RID002", "RID001").json()["conversations"] == []
    assert desk.ask("/api/v1/conversations/latest", "RID001").json()["id"] == own[0]["id"]
    assert len(desk.ask("/recordings", "RID001").json()["recordings"]) == 1
    for path in ("/metrics", "/docs", "/openapi.json"):
        assert desk.ask(path, "RID001").status_code == 403
    assert desk.ask(f"/api/v1/conversations/{own[0]['id']}", "RID001", "DELETE").status_code == 403


def test_a_list_has_a_result_for_each_and_one_fault_keeps_none_back(desk: Asker) -> None:
    items = [{**REQUEST, "elevenlabs_message_id": f"m{n}", "content": f"{n}"} for n in range(4)]
    items[2]["role"] = "robot"
    answer = desk.ask("/api/v1/chat/save-messages", "RID001", "POST", json=[*items, items[0], 7])
    results = answer.json()["results"]
    assert [one["success"] for one in results] == [True, True, False, True, True, False]
    numbers = [one["message_id"] for one in results if one["success"]]
    assert numbers[:3] == sorted(set(numbers[:3]))
    assert numbers[3] == numbers[0]
    assert (results[2]["status"], bool(results[2]["hint"])) == (422, True)
    follow(desk)
    rows = desk.ask("/api/v1/conversations/latest/messages", "RID001").json()["messages"]
    assert [row["text"] for row in rows] == ["0", "1", "3"]
    too_many = [items[0]] * 1001
    assert desk.ask("/api/v1/chat/save-messages", "RID001", "POST", json=too_many).status_code == 422


def test_who_is_not_registered_may_log_in_where_the_settings_let_anybody(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path), api=Listen(any_subject=True, token_minutes=5))
    client = TestClient(create_app(Library(settings), Links(b"x")))
    answer = client.post(LOGIN, json={"research_id": "RID999"})
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 300)


def test_research_ids_that_are_not_registered_stay_out(desk: Asker) -> None:
    for name in ("RID999", "rid001", "RID001 "):
        answer = desk.ask(LOGIN, None, "POST", json={"research_id": name})
        assert (answer.status_code, "subjects add" in answer.json()["hint"]) == (401, True)
    for body in ({}, {"research_id": 7}, {"research_id": " "}, {"research_id": "x" * 500}):
        assert desk.ask(LOGIN, None, "POST", json=body).status_code == 422


def test_who_guesses_research_ids_waits_longer_and_longer(desk: Asker) -> None:
    statuses = [
        desk.ask(LOGIN, None, "POST", json={"research_id": f"RID{n}"}).status_code for n in range(900, 915)
    ]
    assert statuses[:10] == [401] * 10
    assert 429 in statuses[10:]


async def test_a_thousand_messages_of_which_a_third_comes_twice_at_once_are_each_kept_once(
    desk: Asker,
) -> None:
    transport = httpx.ASGITransport(app=desk.app)
    headers = {"Authorization": f"Bearer {desk.keys['RID001']}"}
    names = [n for n in range(1000) for _ in range(2 if n % 10 < 3 else 1)]
    # the client that made the logins has a loop of its own; this one begins the saving
    async with httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers) as client:

        async def send(n: int) -> tuple[int, int]:
            body = {**REQUEST, "elevenlabs_message_id": f"m{n}", "content": f"message {n}"}
            body["elevenlabs_conversation_id"] = f"conv{n % 7}"
            answer = await client.post(SAVE, json=body)
            return n, answer.json()["message_id"]

        told: dict[int, set[int]] = {}
        for n, number in await asyncio.gather(*map(send, names)):
            told.setdefault(n, set()).add(number)
    assert all(len(numbers) == 1 for numbers in told.values())
    follow(desk)
    kept = {
        message.id: message.text
        for recorded in desk.library.conversations()
        for message in recorded.messages()
    }
    assert kept == {number: f"message {n}" for n, (number,) in told.items()}
