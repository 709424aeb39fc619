"""What can be said of a running call over REST; the calls are recorded by this very program."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import earwitness
from asked import Asker
from earwitness.capture.recorder import Recorder
from taps import stored_bytes
from typed import Typist

SAID = {"type": "conversation.item.create", "item": {"id": "", "type": "message", "role": "user"}}


def say(leg: Recorder, words: str) -> None:
    item = {**SAID["item"], "id": words, "content": [{"type": "input_text", "text": words}]}  # type: ignore[dict-item]
    leg.sent({**SAID, "item": item})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Asker]:
    asker = Asker(tmp_path)
    yield asker
    asker.close()


def post(
    desk: Asker, leg: Recorder, verb: str, key: str = "write", **body: object
) -> tuple[int, dict[str, object]]:
    leg.flush()
    desk.library.catch_up()
    answer = desk.ask(f"/api/v1/conversations/{leg.conversation}/{verb}", key, "POST", json=body)
    return answer.status_code, answer.json()


def test_what_is_said_in_a_pause_is_in_no_byte_and_the_gap_is_shown(desk: Asker, tmp_path: Path) -> None:
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        say(leg, "canary-before")
        status, told = post(desk, leg, "pause", reason="card", seconds=60)
        assert (status, told["legs"]) == (
            200,
            [{"leg": leg.leg, "state": "paused", "keeps": ["audio", "raw", "transcripts"]}],
        )
        say(leg, "canary-meanwhile")
        assert post(desk, leg, "resume")[1]["legs"][0]["state"] == "recording"  # type: ignore[index]
        say(leg, "canary-after")
    desk.library.catch_up()
    stored = stored_bytes(tmp_path)
    assert [word in stored for word in (b"canary-before", b"canary-meanwhile", b"canary-after")] == [
        True,
        False,
        True,
    ]
    call = desk.ask(f"/api/v1/conversations/{leg.conversation}").json()
    (gap,) = call["gaps"]
    assert (gap["reason"], gap["record_count"], gap["detail"], call["status"]) == (
        "paused",
        1,
        "card",
        "complete",
    )
    health = desk.ask(f"/api/v1/conversations/{leg.conversation}/health").json()
    assert "the recording was paused (card)" in health["reasons"][0]["message"]


def test_every_verb_is_noted_with_all_that_was_sent(desk: Asker, tmp_path: Path) -> None:
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        say(leg, "hello")
        assert post(desk, leg, "snapshots", label="quote_given", price=4)[0] == 200
        assert post(desk, leg, "announcement", what="ai", words="I am a machine")[0] == 200
        assert post(desk, leg, "consent", how="spoken")[0] == 200
        assert post(desk, leg, "keep", keep=["raw"])[1]["legs"][0]["keeps"] == ["raw"]  # type: ignore[index]
        assert post(desk, leg, "end", outcome="sold", satisfaction="high", agent="ben", stop=True)[0] == 200
        say(leg, "canary-stopped")
    desk.library.catch_up()
    call = desk.ask(f"/api/v1/conversations/{leg.conversation}").json()
    labels = [shot for shot in call["snapshots"] if shot["label"] == "quote_given"]
    assert labels[0]["data"] == {"label": "quote_given", "price": 4}
    assert [(said["kind"], said["data"]) for said in call["declarations"]] == [
        ("announcement", {"what": "ai", "words": "I am a machine"}),
        ("consent", {"how": "spoken", "given": True}),
    ]
    assert (call["outcome"], call["satisfaction"], call["metadata"]["end"]) == (
        "sold",
        "high",
        {"agent": "ben"},
    )
    assert call["legs"][0]["keeps"] == ["raw"]
    assert b"canary-stopped" not in stored_bytes(tmp_path)
    summary = desk.ask(f"/api/v1/conversations/{leg.conversation}/summary").text
    assert "Keeps          raw" in summary
    assert "Consent" in summary


def test_a_call_that_awaits_consent_is_known_by_its_applications_name_alone(
    desk: Asker, tmp_path: Path
) -> None:
    leg = earwitness.record(
        provider="openai", conversation="order-7", require_consent=True, data_dir=tmp_path
    )
    say(leg, "canary-before")
    desk.library.catch_up()
    assert b"canary" not in stored_bytes(tmp_path)
    assert desk.ask("/api/v1/conversations").json()["conversations"] == []
    path = "/api/v1/conversations/order-7/consent"
    assert desk.ask(path, "other", "POST", json={}).status_code == 404
    answer = desk.ask(path, "write", "POST", json={"how": "spoken"})
    assert (answer.status_code, answer.json()["legs"][0]["state"]) == (200, "recording")
    say(leg, "canary-after")
    leg.close()
    desk.library.catch_up()
    (row,) = desk.ask("/api/v1/conversations").json()["conversations"]
    (gap,) = desk.ask(f"/api/v1/conversations/{row['id']}").json()["gaps"]
    assert (gap["reason"], gap["record_count"]) == ("no_consent", 1)
    assert b"canary-before" not in stored_bytes(tmp_path)


def test_who_may_only_read_or_is_of_another_workspace_says_nothing(desk: Asker, tmp_path: Path) -> None:
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        say(leg, "hello")
        assert post(desk, leg, "pause", "read")[0] == 403
        assert post(desk, leg, "pause", "other")[0] == 404
        say(leg, "still recorded")
    assert b"still recorded" in stored_bytes(tmp_path)


@pytest.mark.parametrize(
    ("verb", "body", "words"),
    [
        ("pause", {"seconds": -1}, "no length of a pause"),
        ("pause", {"seconds": "60"}, "$.seconds"),
        ("pause", {"until": 3}, "until"),
        ("keep", {"keep": ["words"]}, "words"),
        ("keep", {}, "keep"),
        ("snapshots", {}, "label"),
        ("snapshots", {"label": 3}, "$.label"),
    ],
)
def test_what_cannot_be_done_says_what_to_mend(
    desk: Asker, tmp_path: Path, verb: str, body: dict[str, object], words: str
) -> None:
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        say(leg, "hello")
        status, problem = post(desk, leg, verb, **body)
    assert status == 422
    assert words in str(problem["detail"])
    assert problem["hint"]


def test_a_call_that_is_over_is_a_conflict(desk: Asker, tmp_path: Path) -> None:
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        say(leg, "hello")
    status, problem = post(desk, leg, "pause")
    assert status == 409
    assert "is over" in str(problem["detail"])


def test_the_same_can_be_typed(desk: Asker, tmp_path: Path) -> None:
    typist = Typist(tmp_path)
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        say(leg, "canary-before")
        leg.flush()
        assert (
            "paused, keeps audio, raw, transcripts"
            in typist.type("pause", "latest", "--reason", "card").stdout
        )
        say(leg, "canary-meanwhile")
        assert typist.json("resume", "latest")["legs"][0]["state"] == "recording"
        assert "recording, keeps raw" in typist.type("keep", "latest", "raw").stdout
        typist.type("snapshot", "latest", "--label", "here", "--data", "price=4")
        typist.type("announce", "latest", "--what", "ai")
        typist.type("consent", "latest", "--data", "how=spoken")
        assert "stopped" in typist.type("end", "latest", "--outcome", "sold", "--stop").stdout
    call = typist.json("show", "latest")
    assert (call["outcome"], [gap["reason"] for gap in call["gaps"]]) == ("sold", ["paused", "stopped"])
    assert b"canary-meanwhile" not in stored_bytes(tmp_path)
