"""Twilio Media Streams. Twilio is the client of the leg, the bot its server."""

from typing import Any

from earwitness.decoders.twilio import PASSED_OVER, TwilioMediaStreams
from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record

MULAW = [f"FormatSet party={party} encoding=mulaw rate_hz=8000" for party in ("caller", "agent")]


def start(format: dict[str, Any] | None = None, **parameters: Any) -> dict[str, Any]:
    media_format = (
        {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1} if format is None else format
    )
    ids = {"accountSid": "AC1", "callSid": "CA1", "streamSid": "MZ1"}
    return {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": "MZ1",
        "start": {**ids, "tracks": ["inbound"], "mediaFormat": media_format, "customParameters": parameters},
    }


def media(number: Any, timestamp: Any, track: str = "inbound", size: int = 160) -> dict[str, Any]:
    inner = {"track": track, "chunk": "1", "timestamp": timestamp, "payload": f"<{size} bytes>"}
    return {"event": "media", "sequenceNumber": number, "streamSid": "MZ1", "media": inner}


def begun(**parameters: Any) -> Playbook:
    leg = Playbook("twilio")
    leg.tell("client", start(**parameters))
    return leg


def test_start_names_the_call_and_sets_both_formats() -> None:
    leg = Playbook("twilio")
    assert leg.client(event="connected", protocol="Call", version="1.0.0") == []
    assert leg.tell("client", start()) == [
        'LegIdentified provider_ids={"call_sid": "CA1", "stream_sid": "MZ1", "account_sid": "AC1"}'
        ' links=["call:CA1"]',
        *MULAW,
    ]


def test_parameters_of_the_application_join_and_describe_the_call() -> None:
    ours = {"ew_conversation": "order-7", "ew_subject": "RID001", "ew_meta_city": "Bern", "ew_label": "vip"}
    told = Playbook("twilio").tell("client", start(**ours, ew_key="secret", shop="north", odd={"a": 1}))
    assert told[0].endswith(
        ' links=["call:CA1", "conversation:order-7"] subject=RID001'
        ' metadata={"city": "Bern", "shop": "north"}'
    )
    assert told[1] == 'NoteTaken verb=label data={"labels": ["vip"]}'
    assert "secret" not in str(told)


def test_caller_is_heard_at_twilio_s_own_time() -> None:
    leg = begun()
    assert leg.tell("client", media("2", "171")) == [
        "AudioArrived party=caller byte_count=160 media_ns=171000000"
    ]
    assert leg.tell("client", media(3, 191)) == [
        "AudioArrived party=caller byte_count=160 media_ns=191000000"
    ]
    assert leg.tell("client", media("4", "soon")) == ["AudioArrived party=caller byte_count=160"]


def test_outbound_track_is_what_the_caller_hears() -> None:
    assert begun().tell("client", media("2", "5", "outbound")) == [
        "AudioArrived party=agent byte_count=160 media_ns=5000000"
    ]


def test_bot_s_audio_has_no_time_of_its_own() -> None:
    leg = begun()
    assert leg.server(event="media", streamSid="MZ1", media={"payload": "<801 bytes>", "timestamp": "7"}) == [
        "AudioArrived party=agent byte_count=801"
    ]


def test_sound_before_the_start_is_mulaw() -> None:
    assert Playbook("twilio").tell("client", media("2", "5")) == [
        MULAW[0],
        "AudioArrived party=caller byte_count=160 media_ns=5000000",
    ]


def test_marks_are_set_by_the_bot_and_reached_by_twilio() -> None:
    leg = begun()
    assert leg.server(event="mark", mark={"name": "m 1"}) == ['PlaybackReported state=mark_set name="m 1"']
    assert leg.client(event="mark", mark={"name": "m 1"}) == [
        'PlaybackReported state=mark_reached name="m 1"'
    ]


def test_clear_cuts_what_is_queued() -> None:
    assert begun().server(event="clear", streamSid="MZ1") == ["PlaybackCut evidence=platform_mark"]


def test_pressed_digits() -> None:
    leg = begun()
    assert leg.client(event="dtmf", dtmf={"track": "inbound_track", "digit": "1"}) == ["DigitPressed digit=1"]
    assert leg.client(event="dtmf", dtmf={"track": "outbound_track", "digit": 5}) == [
        "DigitPressed digit=5 party=agent"
    ]
    assert leg.client(event="dtmf") == ['Undecoded reason="no digit" name=dtmf']


def test_stop_tells_the_end_and_what_start_did_not() -> None:
    stop = {"event": "stop", "sequenceNumber": "2", "stop": {"accountSid": "AC1", "callSid": "CA1"}}
    assert begun().tell("client", stop) == ["EndAnnounced reason=stop"]
    assert Playbook("twilio").tell("client", stop) == [
        'LegIdentified provider_ids={"call_sid": "CA1", "account_sid": "AC1"} links=["call:CA1"]',
        "EndAnnounced reason=stop",
    ]
    assert begun().tell("server", stop) == []


def test_hole_in_the_numbers_is_told_once() -> None:
    leg = begun()
    hole = 'ProblemReported code=sequence_gap message="3 missing before sequence number 5"'
    assert leg.tell("client", media("5", "65"))[0] == hole
    assert len(leg.tell("client", media("6", "85"))) == 1
    assert len(leg.tell("client", media("4", "45"))) == 1
    assert len(leg.tell("client", media("7", "105"))) == 1
    one = 'ProblemReported code=sequence_gap message="1 missing before sequence number 9"'
    assert leg.tell("client", media("9", "145"))[0] == one


def test_hole_that_the_recorder_made_is_not_twilio_s() -> None:
    leg = begun()
    leg.tell("gap", {"reason": "overrun", "first": 2, "count": 5})
    assert len(leg.tell("client", media("9", "145"))) == 1


def test_second_start_counts_anew() -> None:
    leg = begun()
    leg.tell("client", media("2", "5"))
    assert leg.tell("client", start()) == []
    assert len(leg.tell("client", media("2", "5"))) == 1


def test_other_vendors_formats_are_taken_where_they_are_known() -> None:
    l16 = {"encoding": "audio/x-l16", "sampleRate": "16000"}
    assert Playbook("twilio").tell("client", start(l16))[1] == (
        "FormatSet party=caller encoding=pcm_s16le rate_hz=16000"
    )
    for odd in ({"encoding": "audio/opus"}, {"encoding": "audio/x-mulaw", "sampleRate": 1}):
        told = Playbook("twilio").tell("client", start(odd))
        assert told[-1] == 'Undecoded reason="unknown audio format" name=start'


def test_frames_that_are_not_what_they_should_be_are_left_over() -> None:
    leg = begun()
    assert leg.client(event="media") == ['Undecoded reason="no audio" name=media']
    assert leg.client(event="media", media={"payload": 5}) == ['Undecoded reason="no audio" name=media']
    assert leg.client(event="media", media={"payload": "A*"}) == ['Undecoded reason="bad base64" name=media']
    assert leg.client(event="media", media={"payload": ""}) == []
    assert leg.client(event="sing") == ['Undecoded reason="unknown event" name=sing']
    assert leg.client(a=1) == ['Undecoded reason="no event"']
    assert leg.raw(b"\xff", Origin.CLIENT) == ['Undecoded reason="not UTF-8"']
    assert leg.raw(b"[]", Origin.CLIENT, Kind.BINARY) == ['Undecoded reason="not a JSON object"']


def test_audio_gives_the_bytes_in_the_party_s_name() -> None:
    leg = begun()
    sent = [
        record(2, 0, "client", media("2", "5", size=2)),
        record(3, 0, "client", media("3", "5", "outbound", size=3)),
        record(4, 0, "server", media("4", "5", size=4)),
        record(5, 0, "client", {"event": "media", "media": {"payload": "A*"}}),
        record(6, 0, "client", start()),
    ]
    heard = [sound for one in sent for sound in leg.decoder.audio(one)]
    assert heard == [
        (Party.CALLER, b"\xff" * 2),
        (Party.AGENT, b"\xff" * 3),
        (Party.AGENT, b"\xff" * 4),
    ]


def test_nothing_is_both_read_and_passed_over() -> None:
    assert not TwilioMediaStreams().names & PASSED_OVER.keys()
