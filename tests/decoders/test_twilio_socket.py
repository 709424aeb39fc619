"""Which of Twilio's two protocols a socket speaks: its first message tells."""

from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record

SETUP = {"type": "setup", "sessionId": "VX1", "callSid": "CA1"}
DIGIT = {"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "1"}}


def test_setup_makes_it_conversation_relay_for_good() -> None:
    leg = Playbook("twilio")
    assert leg.tell("client", SETUP) == [
        'LegIdentified provider_ids={"call_sid": "CA1", "session_id": "VX1"} links=["call:CA1"]'
    ]
    assert leg.client("dtmf", digit="2") == ["DigitPressed digit=2"]


def test_anything_else_makes_it_media_streams_for_good() -> None:
    leg = Playbook("twilio")
    leg.client(event="connected")
    assert leg.tell("client", SETUP) == ['Undecoded reason="no event"']
    assert leg.client("dtmf", digit="2") == ['Undecoded reason="no event"']
    assert leg.tell("client", DIGIT) == ["DigitPressed digit=1"]


def test_word_of_the_other_protocol_does_not_decide_where_setup_is_missing() -> None:
    assert Playbook("twilio").client("dtmf", digit="2") == ['Undecoded reason="no event"']


def test_word_decides_where_the_recorder_lost_what_came_before() -> None:
    leg = Playbook("twilio")
    leg.tell("gap", {"reason": "overrun", "first": 1, "count": 5})
    assert leg.client("dtmf", digit="2") == ["DigitPressed digit=2"]


def test_message_that_nobody_can_read_decides_nothing() -> None:
    leg = Playbook("twilio")
    assert leg.raw(b"\xff", Origin.CLIENT) == ['Undecoded reason="not UTF-8"']
    assert leg.raw(b"{}", Origin.CLIENT, Kind.BINARY) == ['Undecoded reason="no event"']
    leg.tell("client", SETUP)
    assert leg.client("dtmf", digit="2") == ["DigitPressed digit=2"]


def test_sound_that_strays_onto_a_relay_is_told_and_given_like_any_other() -> None:
    leg = Playbook("twilio")
    leg.tell("client", SETUP)
    stray = {"event": "media", "media": {"track": "inbound", "payload": "<160 bytes>"}}
    assert leg.tell("client", stray) == [
        "FormatSet party=caller encoding=mulaw rate_hz=8000",
        "AudioArrived party=caller byte_count=160",
    ]
    assert list(leg.decoder.audio(record(9, 0, "client", stray))) == [(Party.CALLER, b"\xff" * 160)]
    assert list(leg.decoder.audio(record(10, 0, "client", SETUP))) == []


def test_bytes_that_nobody_can_read_on_a_relay_are_left_over() -> None:
    leg = Playbook("twilio")
    leg.tell("client", SETUP)
    assert leg.raw(b"[]", Origin.CLIENT) == ['Undecoded reason="not a JSON object"']
