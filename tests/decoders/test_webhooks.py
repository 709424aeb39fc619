"""Deliveries in, events out."""

from typing import Any

import pytest

from earwitness.decoders import decode
from wirelogs import line, record


def told(provider: str, what: Any, key: str = "body") -> list[str]:
    """What one delivery tells, between the leg's beginning and its end."""
    opened = record(0, 0, "opened", {"provider": provider, "way": "webhook"})
    delivery = record(1, 1, "server", {"delivery": ["n"], key: what})
    events = [line(event) for event in decode([opened, delivery, record(2, 2, "ended", {"why": "done"})])]
    assert events[1] == 'LegIdentified links=["webhook:n"]'
    return events[2:-1]


def test_openai_names_the_call_and_whoever_brought_it() -> None:
    headers = [
        {"name": "Call-ID", "value": "0378"},
        {"name": "X-Twilio-CallSid", "value": "CA1"},
        {"name": "To", "value": "sip:proj_1@sip.api.openai.com"},
        {"name": "From"},
        "no header",
    ]
    event = {"type": "realtime.call.incoming", "data": {"call_id": "rtc_1", "sip_headers": headers}}
    assert told("openai", event) == [
        'LegIdentified provider_ids={"call_id": "rtc_1"} links=["call:rtc_1", "sip:0378", "call:CA1"] '
        'metadata={"sip_to": "sip:proj_1@sip.api.openai.com"}'
    ]


def test_twilio_tells_states_and_faults_of_streams() -> None:
    assert told("twilio", "CallSid=CA1&StreamSid=MZ1&StreamEvent=stream-stopped", "form") == [
        'LegIdentified provider_ids={"call_sid": "CA1", "stream_sid": "MZ1"} links=["call:CA1"] '
        'metadata={"stream_event": "stream-stopped"}',
        "EndAnnounced reason=stream-stopped",
    ]
    assert told("twilio", "CallSid=CA1&StreamEvent=stream-error&StreamError=31920+-+Stream+-+x", "form")[
        1:
    ] == ['ProblemReported code=31920 message="Stream - x"']
    assert told("twilio", "CallSid=CA1&RecordingStatus=absent&ErrorCode=0", "form") == [
        'LegIdentified provider_ids={"call_sid": "CA1"} links=["call:CA1"] '
        'metadata={"recording_status": "absent"}'
    ]


def test_hume_tells_of_chats_and_their_tools() -> None:
    chat = {"chat_id": "c", "chat_group_id": "g"}
    ids = 'LegIdentified provider_ids={"chat_id": "c", "chat_group_id": "g"} links=["call:c", "call:g"]'
    assert told("hume", {**chat, "event_name": "chat_started"}) == [ids]
    ended = {**chat, "event_name": "chat_ended", "end_reason": "USER_ENDED"}
    assert told("hume", ended) == [ids, "EndAnnounced reason=USER_ENDED"]


def test_elevenlabs_tells_why_a_call_could_not_begin() -> None:
    about = {"type": "twilio", "body": {"CallSid": "CA1"}}
    data = {"conversation_id": "c", "failure_reason": "no-answer", "metadata": about}
    assert told("elevenlabs", {"type": "call_initiation_failure", "data": data}) == [
        'LegIdentified provider_ids={"conversation_id": "c"} links=["call:c", "call:CA1"] '
        'metadata={"call_initiation_failure": "no-answer"}',
        "EndAnnounced reason=no-answer",
    ]


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("openai", {}),
        ("openai", {"type": "batch.completed"}),
        ("openai", "text"),
        ("elevenlabs", {"type": 7}),
        ("hume", {"event_name": "chat_ended"}),
        ("hume", {"event_name": "else", "chat_id": "c"}),
        ("twilio", {"x": 1}),
        ("audiocodes", {}),
    ],
)
def test_what_says_nothing_we_know_is_said_to_be_unread(provider: str, body: Any) -> None:
    assert told(provider, body)[-1].startswith("Undecoded ")


def test_a_record_that_is_no_delivery_is_unread() -> None:
    opened = record(0, 0, "opened", {"provider": "openai", "way": "webhook"})
    for odd in ([], "x", {"delivery": 7, "body": []}):
        events = [line(event) for event in decode([opened, record(1, 1, "server", odd)])]
        assert any(event.startswith("Undecoded ") for event in events)
