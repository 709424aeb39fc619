"""What providers tell is kept once, on disk before it is answered; what is not signed has no effect."""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator

from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind
from earwitness.journal.segment import leg_folders_of
from earwitness.library import Library
from earwitness.model.conversation import Conversation, Status
from earwitness.pipeline.follow import Follower
from earwitness.redaction.policies import Untouched
from earwitness.server.app import create_app
from earwitness.server.guard import Links
from earwitness.settings import Settings, Signed, SignedByTwilio, Webhooks
from earwitness.store.catalog import Catalog

WHSEC = "whsec_" + base64.b64encode(b"made up for this test").decode()
SECRETS = Webhooks(
    public_url="https://ears.example.org",
    openai=Signed(WHSEC),
    elevenlabs=Signed("wsec_made_up"),
    hume=Signed("hume made up"),
    twilio=SignedByTwilio("token made up"),
)
CALL = "CA" + "0" * 32


class Desk:
    """A desk's application over a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.library = Library(Settings(data_dir=str(folder), webhooks=SECRETS))
        self.app = create_app(self.library, Links(b"test"))
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def close(self) -> None:
        self.app.state.receiving.close()
        self.library.catalog.close()

    def legs(self) -> list[Path]:
        return [leg for day in (self.folder / "journal").glob("*") for leg in leg_folders_of(day)]

    def told(self) -> list[Conversation]:
        """What follows from all that was kept."""
        catalog: Catalog = self.library.catalog
        tick = Follower(self.folder / "journal", catalog, Untouched()).tick()
        return list(tick.changed)

    def post(self, provider: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return self.client.post(f"/webhooks/{provider}", content=body, headers=headers)

    def openai(self, event: dict[str, Any], name: str = "wh_1", at_s: float | None = None) -> httpx.Response:
        return self.post("openai", *signed_openai(event, name, at_s))

    def elevenlabs(self, event: dict[str, Any]) -> httpx.Response:
        return self.post("elevenlabs", *signed_elevenlabs(json.dumps(event).encode()))

    def hume(self, event: dict[str, Any]) -> httpx.Response:
        body, at = json.dumps(event).encode(), str(int(time.time()))
        made = hmac.new(b"hume made up", body + b"." + at.encode(), hashlib.sha256).hexdigest()
        headers = {"X-Hume-AI-Webhook-Signature": made, "X-Hume-AI-Webhook-Timestamp": at}
        return self.post("hume", body, headers)

    def twilio(self, form: dict[str, str], token: str = "") -> httpx.Response:
        return self.post("twilio", *signed_twilio(form, token))


def signed_openai(
    event: dict[str, Any], name: str, at_s: float | None = None
) -> tuple[bytes, dict[str, str]]:
    body, at = json.dumps(event).encode(), str(int(time.time() if at_s is None else at_s))
    key = base64.b64decode(WHSEC.removeprefix("whsec_"))
    made = base64.b64encode(hmac.digest(key, f"{name}.{at}.".encode() + body, "sha256")).decode()
    return body, {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": f"v1,{made}"}


def signed_elevenlabs(body: bytes) -> tuple[bytes, dict[str, str]]:
    at = str(int(time.time()))
    made = hmac.new(b"wsec_made_up", at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, {"ElevenLabs-Signature": f"t={at},v0={made}"}


def signed_twilio(form: dict[str, str], token: str = "") -> tuple[bytes, dict[str, str]]:
    url = "https://ears.example.org/webhooks/twilio"
    made = RequestValidator("token made up").compute_signature(url, form)
    headers = {"X-Twilio-Signature": made, "Content-Type": "application/x-www-form-urlencoded"}
    return urlencode(form).encode(), headers | ({"I-Twilio-Idempotency-Token": token} if token else {})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "data")
    yield desk
    desk.close()


INCOMING = {
    "id": "evt_1",
    "object": "event",
    "created_at": 1_800_000_000,
    "type": "realtime.call.incoming",
    "data": {
        "call_id": "rtc_1",
        "sip_headers": [
            {"name": "From", "value": "sip:+15555550100@sip.example.com"},
            {"name": "X-Twilio-CallSid", "value": CALL},
        ],
    },
}
CALLED = {
    "type": "post_call_transcription",
    "event_timestamp": 1_800_000_100,
    "data": {
        "agent_id": "agent_1",
        "conversation_id": "conv_1",
        "status": "done",
        "transcript": [
            {"role": "agent", "message": "Hello, what may it be?", "time_in_call_secs": 0},
            {"role": "user", "message": "A tea.", "time_in_call_secs": 2},
            {
                "role": "agent",
                "message": None,
                "time_in_call_secs": 3,
                "tool_calls": [
                    {"request_id": "t1", "tool_name": "order", "params_as_json": '{"what":"tea"}'}
                ],
                "tool_results": [{"request_id": "t1", "result_value": "ordered", "is_error": False}],
            },
            {"role": "agent", "message": "It is on its wa", "interrupted": True, "time_in_call_secs": 4},
        ],
        "metadata": {
            "start_time_unix_secs": 1_800_000_000,
            "cost": 296,
            "termination_reason": "client ended call",
        },
        "analysis": {"call_successful": "success", "transcript_summary": "Tea was ordered."},
    },
}
RECORDED = {"AccountSid": "AC1", "CallSid": CALL, "RecordingSid": "RE1", "RecordingStatus": "absent"}
ENDED = {
    "event_name": "chat_ended",
    "chat_id": "chat_1",
    "chat_group_id": "group_1",
    "end_reason": "USER_ENDED",
    "duration_seconds": 3,
    "end_time": 1_800_000_000_000,
}


# -- what each says --------------------------------------------------------------------------------------


def test_a_call_that_comes_in_at_openai_is_known_by_its_ids_and_those_in_its_sip_headers(desk: Desk) -> None:
    assert desk.openai(INCOMING).status_code == 200
    (leg,) = (conversation := desk.told()[0]).legs
    assert (leg.provider, leg.way, leg.provider_ids["call_id"]) == ("openai", "webhook", "rtc_1")
    assert {"call:rtc_1", f"call:{CALL}"} <= set(leg.links)
    assert conversation.metadata["sip_from"].startswith("sip:+1555")
    assert (conversation.status, conversation.findings) == (Status.COMPLETE, ())


def test_a_transcript_that_comes_after_the_call_becomes_its_messages(desk: Desk) -> None:
    assert desk.elevenlabs(CALLED).status_code == 200
    conversation = desk.told()[0]
    assert [(m.role, m.text, m.status) for m in conversation.messages] == [
        ("assistant", "Hello, what may it be?", "completed"),
        ("user", "A tea.", "completed"),
        ("assistant", "It is on its wa", "incomplete"),
    ]
    (tool,) = conversation.tool_calls
    assert (tool.name, tool.arguments, tool.result) == ("order", '{"what":"tea"}', "ordered")
    assert conversation.legs[0].end_reason == "client ended call"
    assert conversation.metadata["transcript_summary"] == "Tea was ordered."
    assert (conversation.usage["credits"], conversation.findings) == (296, ())


def test_a_body_is_json_whatever_its_type_is_said_to_be(desk: Desk) -> None:
    body, headers = signed_openai(INCOMING, "wh_1")
    told = headers | {"Content-Type": "application/x-www-form-urlencoded"}
    assert desk.post("openai", body, told).status_code == 200
    assert desk.told()[0].findings == ()


def test_a_call_that_could_not_begin_is_a_fact_and_no_error(desk: Desk) -> None:
    data = {
        "agent_id": "agent_1",
        "conversation_id": "conv_1",
        "failure_reason": "busy",
        "metadata": {"type": "twilio", "body": {"CallSid": CALL, "CallStatus": "busy"}},
    }
    assert desk.elevenlabs({"type": "call_initiation_failure", "data": data}).status_code == 200
    conversation = desk.told()[0]
    assert conversation.metadata["call_initiation_failure"] == "busy"
    assert f"call:{CALL}" in conversation.legs[0].links
    assert conversation.findings == ()


@pytest.mark.parametrize("status", ["in-progress", "absent", "failed"])
def test_the_state_of_a_recording_is_a_fact_and_no_error(desk: Desk, status: str) -> None:
    assert desk.twilio(RECORDED | {"RecordingStatus": status}).status_code == 200
    conversation = desk.told()[0]
    assert conversation.metadata["recording_status"] == status
    assert conversation.legs[0].provider_ids == {"call_sid": CALL, "recording_sid": "RE1"}
    assert conversation.findings == ()


def test_all_that_twilio_tells_of_one_call_is_one_conversation(desk: Desk) -> None:
    stream = {"CallSid": CALL, "StreamSid": "MZ1", "Timestamp": "2026-01-01T00:00:00Z"}
    for event in ("stream-started", "stream-stopped"):
        assert desk.twilio(stream | {"StreamEvent": event}).status_code == 200
    assert desk.twilio(RECORDED).status_code == 200
    error = {"StreamEvent": "stream-error", "StreamError": "31920 - Stream - WebSocket - Handshake Error"}
    assert desk.twilio(stream | error).status_code == 200
    (conversation,) = desk.told()
    assert len(conversation.legs) == 4
    assert [(f.code, f.message) for f in conversation.findings] == [
        ("provider_error", "31920: Stream - WebSocket - Handshake Error")
    ]


def test_a_chat_of_hume_that_ended_says_why(desk: Desk) -> None:
    started = {"event_name": "chat_started", "chat_id": "chat_1", "chat_group_id": "group_1"}
    call = {"name": "order", "parameters": "{}", "tool_call_id": "t1", "type": "tool_call"}
    told = {"event_name": "tool_call", "chat_id": "chat_1", "tool_call_message": call}
    for event in (started, told, ENDED):
        assert desk.hume(event).status_code == 200
    (conversation,) = desk.told()
    assert conversation.legs[-1].end_reason == "USER_ENDED"
    assert [tool.name for tool in conversation.tool_calls] == ["order"]
    assert conversation.findings == ()


@pytest.mark.parametrize("event", [{"type": "batch.completed", "data": {}}, {}])
def test_what_is_told_of_other_things_is_kept_and_said_to_be_unread(
    desk: Desk, event: dict[str, Any]
) -> None:
    assert desk.openai(event).status_code == 200
    assert [finding.code for finding in desk.told()[0].findings] == ["undecoded"]


# -- sound -----------------------------------------------------------------------------------------------


def test_sound_of_a_call_goes_to_the_disk_in_pieces_and_comes_out_as_it_was(desk: Desk) -> None:
    sound = os.urandom(3_000_001)
    encoded = base64.b64encode(sound).decode()
    body = json.dumps(
        {"type": "post_call_audio", "data": {"conversation_id": "conv_1", "full_audio": encoded}}
    )
    assert desk.post("elevenlabs", *signed_elevenlabs(body.encode())).status_code == 200
    (folder,) = desk.legs()
    records = list(read_leg(folder))
    pieces = [record.payload for record in records if record.kind is Kind.BINARY]
    assert b"".join(pieces) == sound
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 1 << 19
    (told,) = [json.loads(record.payload) for record in records if record.kind is Kind.TEXT]
    assert told["body"]["data"] == {"conversation_id": "conv_1", "full_audio": ""}
    conversation = desk.told()[0]
    assert (conversation.metadata["post_call_audio_bytes"], conversation.findings) == (len(sound), ())


def test_sound_that_is_none_is_refused_and_has_no_effect(desk: Desk) -> None:
    data = {"conversation_id": "conv_1", "full_audio": "%" * 400}
    answer = desk.elevenlabs({"type": "post_call_audio", "data": data})
    assert (answer.status_code, answer.json()["detail"]) == (422, "the sound is no base64")
    assert desk.legs() == []
    again = {"conversation_id": "conv_1", "full_audio": base64.b64encode(b"mp3").decode()}
    assert desk.elevenlabs({"type": "post_call_audio", "data": again}).status_code == 200
    assert len([1 for leg in desk.legs() for r in read_leg(leg) if r.payload == b"mp3"]) == 1


# -- who may tell ----------------------------------------------------------------------------------------


def unsigned() -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    sealed = {
        "openai": signed_openai(INCOMING, "wh_1"),
        "elevenlabs": signed_elevenlabs(json.dumps(CALLED).encode()),
        "twilio": signed_twilio(RECORDED),
    }
    for provider, (body, headers) in sealed.items():
        yield provider, "another body", body.replace(b"1", b"2", 1), headers
        yield provider, "no signature", body, {}
        yield provider, "an empty body", b"", headers
        for name in headers:
            yield provider, f"another {name}", body, headers | {name: "t=1,v0=00"}
    yield "openai", "an old one", *signed_openai(INCOMING, "wh_1", time.time() - 400)
    yield "hume", "no signature", json.dumps(ENDED).encode(), {}


@pytest.mark.parametrize(("provider", "why", "body", "headers"), list(unsigned()))
def test_what_is_not_signed_is_refused_and_has_no_effect(
    desk: Desk, provider: str, why: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = desk.post(provider, body, headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json"), why
    assert not (desk.folder / "journal").exists()


def test_without_a_secret_nothing_is_believed(tmp_path: Path) -> None:
    library = Library(Settings(data_dir=str(tmp_path)))
    client = TestClient(create_app(library, Links(b"test")))
    for provider, (body, headers) in {
        "openai": signed_openai(INCOMING, "wh_1"),
        "twilio": signed_twilio(RECORDED),
    }.items():
        assert client.post(f"/webhooks/{provider}", content=body, headers=headers).status_code == 401
    library.catalog.close()


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        (
            Webhooks(trusts_proxy=True),
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ears.example.org"},
            200,
        ),
        (Webhooks(), {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ears.example.org"}, 401),
        (Webhooks(public_url="https://ears.example.org/"), {"X-Forwarded-Host": "evil.example.org"}, 200),
    ],
)
def test_what_a_proxy_says_of_the_address_counts_only_where_it_is_to(
    tmp_path: Path, settings: Webhooks, headers: dict[str, str], status: int
) -> None:
    told = Webhooks(public_url=settings.public_url, trusts_proxy=settings.trusts_proxy, twilio=SECRETS.twilio)
    library = Library(Settings(data_dir=str(tmp_path), webhooks=told))
    app = create_app(library, Links(b"test"))
    body, signature = signed_twilio(RECORDED)
    answer = TestClient(app).post("/webhooks/twilio", content=body, headers=signature | headers)
    assert answer.status_code == status
    app.state.receiving.close()
    library.catalog.close()


@pytest.mark.parametrize("provider", ["openai", "hume", "twilio"])
def test_a_body_that_is_too_long_is_refused(desk: Desk, provider: str) -> None:
    _, headers = {"openai": signed_openai(INCOMING, "wh_1"), "twilio": signed_twilio(RECORDED)}.get(
        provider,
        (
            b"",
            {"X-Hume-AI-Webhook-Signature": "00" * 32, "X-Hume-AI-Webhook-Timestamp": str(int(time.time()))},
        ),
    )
    assert desk.post(provider, b"x" * (1 << 20) + b"x", headers).status_code == 413
    assert not (desk.folder / "journal").exists()


# -- again and again -------------------------------------------------------------------------------------


def tell_all(desk: Desk) -> None:
    for answer in (
        desk.openai(INCOMING),
        desk.elevenlabs(CALLED),
        desk.twilio(RECORDED, "token-1"),
        desk.hume(ENDED),
    ):
        assert answer.status_code == 200


@pytest.mark.parametrize("how", ["at once", "after the catalog took it in", "after a restart", "after both"])
def test_the_same_told_again_changes_nothing(desk: Desk, how: str) -> None:
    tell_all(desk)
    if how in ("after the catalog took it in", "after both"):
        assert len(desk.told()) == 3  # the phone's recording is the call's that came to OpenAI
    again = desk
    if how in ("after a restart", "after both"):
        desk.app.state.receiving.close()
        again = Desk(desk.folder)
    tell_all(again)
    assert len(again.legs()) == 4
    if again is not desk:
        again.close()


def test_a_delivery_of_twilio_is_known_by_its_token_and_by_what_it_says(desk: Desk) -> None:
    assert desk.twilio(RECORDED, "token-1").status_code == 200
    assert desk.twilio(RECORDED, "another").status_code == 200
    assert len(desk.legs()) == 1
    assert desk.twilio(RECORDED | {"RecordingStatus": "completed"}, "token-2").status_code == 200
    assert len(desk.legs()) == 2


def test_what_is_answered_is_on_disk(desk: Desk) -> None:
    assert desk.openai(INCOMING).status_code == 200
    (folder,) = desk.legs()
    assert [record.kind for record in read_leg(folder)] == [Kind.OPENED, Kind.TEXT, Kind.ENDED]


def test_no_credential_that_was_told_is_kept(desk: Desk) -> None:
    data = {**INCOMING["data"], "note": "Authorization: Bearer sk-abcdefghijklmnop0123456789"}  # type: ignore[dict-item]
    assert desk.openai(INCOMING | {"data": data}).status_code == 200
    (folder,) = desk.legs()
    assert b"abcdefghijklmnop" not in b"".join(record.payload for record in read_leg(folder))
