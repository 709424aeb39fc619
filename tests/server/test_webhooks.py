"""What providers tell is kept once, on disk before it is answered."""

import base64
import json
import os
from typing import Any

import pytest

from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind
from earwitness.model.conversation import Status
from signed import CALL, CALLED, ENDED, INCOMING, RECORDED, Desk, desk, signed_elevenlabs, signed_openai

__all__ = ["desk"]


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
