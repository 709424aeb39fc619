"""Hume EVI: the frames, the sound in them, and what the socket says of itself."""

import base64
import struct
from typing import Any

import pytest

from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record

LINEAR = {"encoding": "linear16", "sample_rate": 16000, "channels": 1}


def wav(samples: bytes, rate_hz: int = 48000, channels: int = 1) -> str:
    format = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * 2, 2, 16)
    head = b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + struct.pack("<I", 16) + format
    return base64.b64encode(head + b"data" + struct.pack("<I", len(samples)) + samples).decode()


def spoken(data: str, item: Any = "m1") -> dict[str, Any]:
    return {"type": "audio_output", "id": item, "index": 0, "data": data}


def test_every_piece_of_sound_is_a_file_whose_header_is_no_sound() -> None:
    leg = Playbook("hume")
    assert leg.tell("server", spoken(wav(bytes(960)))) == [
        "FormatSet party=agent encoding=pcm_s16le rate_hz=48000",
        "AudioArrived party=agent byte_count=960 item=m1",
    ]
    assert leg.tell("server", spoken(wav(bytes(4)))) == ["AudioArrived party=agent byte_count=4 item=m1"]
    assert leg.tell("server", spoken(wav(bytes(4), 24000))) == [
        "FormatSet party=agent encoding=pcm_s16le rate_hz=24000",
        "AudioArrived party=agent byte_count=4 item=m1",
    ]
    assert leg.tell("server", spoken(wav(b""))) == ["FormatSet party=agent encoding=pcm_s16le rate_hz=48000"]


def test_file_in_two_pieces_goes_on_without_a_header() -> None:
    leg = Playbook("hume")
    whole = base64.b64decode(wav(bytes(960)))
    first, second = (base64.b64encode(part).decode() for part in (whole[:500], whole[500:]))
    told = leg.tell("server", spoken(first)) + leg.tell("server", spoken(second))
    assert told[1:] == [
        "AudioArrived party=agent byte_count=456 item=m1",
        "AudioArrived party=agent byte_count=504 item=m1",
    ]


def test_sound_without_any_header_is_what_hume_always_sends() -> None:
    assert Playbook("hume").tell("server", spoken("<6 bytes>", None)) == [
        "FormatSet party=agent encoding=pcm_s16le rate_hz=48000",
        "AudioArrived party=agent byte_count=6",
    ]


def test_sound_that_cannot_be_played_is_not_taken_for_what_came_before() -> None:
    leg = Playbook("hume")
    leg.tell("server", spoken(wav(bytes(4))))
    assert leg.tell("server", spoken(wav(bytes(4), channels=2)))[0] == (
        "FormatSet party=agent encoding=wav_1_16bit_2ch rate_hz=48000"
    )
    assert leg.tell("server", spoken(wav(bytes(4), 1)))[0] == (
        "FormatSet party=agent encoding=pcm_s16le rate_hz=0"
    )


def test_caller_s_format_is_that_of_the_settings() -> None:
    leg = Playbook("hume")
    format = "FormatSet party=caller encoding=pcm_s16le rate_hz=16000"
    assert leg.client("session_settings", audio=LINEAR, system_prompt="secret") == [format]
    assert leg.server("session_settings", audio=LINEAR) == []
    assert leg.client("session_settings", audio=None) == []
    assert leg.client("audio_input", data="<320 bytes>") == ["AudioArrived party=caller byte_count=320"]
    assert leg.client("session_settings", audio={**LINEAR, "channels": 2}) == [
        "FormatSet party=caller encoding=linear16_2ch rate_hz=16000"
    ]
    assert leg.client("session_settings", audio={"encoding": "linear16", "sampleRate": "24000"}) == [
        "FormatSet party=caller encoding=pcm_s16le rate_hz=24000"
    ]


@pytest.mark.parametrize(
    ("first", "encoding"),
    [
        (b"\x1aE\xdf\xa3more", "webm"),
        (b"OggSmore", "ogg"),
        (b"fLaC", "flac"),
        (b"ID3", "mp3"),
        (b"?", "unknown"),
    ],
)
def test_files_from_a_browser_are_named_by_their_first_bytes(first: bytes, encoding: str) -> None:
    leg = Playbook("hume")
    assert leg.client("audio_input", data=base64.b64encode(first).decode()) == [
        f"FormatSet party=caller encoding={encoding} rate_hz=0",
        f"AudioArrived party=caller byte_count={len(first)}",
    ]
    assert leg.client("audio_input", data="<9 bytes>") == ["AudioArrived party=caller byte_count=9"]


def test_caller_may_send_files_with_a_header_too() -> None:
    assert Playbook("hume").client("audio_input", data=wav(bytes(6), 8000)) == [
        "FormatSet party=caller encoding=pcm_s16le rate_hz=8000",
        "AudioArrived party=caller byte_count=6",
    ]


@pytest.mark.parametrize(
    "names", [("chat_id", "chat_group_id", "custom_session_id"), ("chatId", "chatGroupId", "customSessionId")]
)
def test_chat_is_linked_by_its_own_id_and_by_its_group(names: tuple[str, ...]) -> None:
    told = Playbook("hume").server("chat_metadata", **dict(zip(names, ["c1", "g1", "s1"], strict=True)))
    assert told == [
        'LegIdentified provider_ids={"chat_id": "c1", "chat_group_id": "g1", "custom_session_id": "s1"}'
        ' links=["call:c1", "call:g1"]'
    ]


def test_path_tells_the_configuration_and_the_settings() -> None:
    brackets = "session_settings[audio][encoding]=linear16&session_settings[audio][sample_rate]=44100"
    ours = "session_settings[variables][ew_subject]=RID001&session_settings[metadata][ew_meta_shop]=north"
    leg = Playbook("hume", path=f"/v0/evi/chat?config_id=cfg&{brackets}&{ours}&session_settings[=x")
    assert leg.opening[1:] == [
        'LegIdentified provider_ids={"config_id": "cfg"}',
        'LegIdentified subject=RID001 metadata={"shop": "north"}',
        "FormatSet party=caller encoding=pcm_s16le rate_hz=44100",
    ]


def test_settings_in_the_path_may_be_json() -> None:
    told = '{"audio":{"encoding":"linear16","sample_rate":8000}}'
    leg = Playbook("hume", path=f"/v0/evi/chat?session_settings={told}")
    assert leg.opening[1:] == ["FormatSet party=caller encoding=pcm_s16le rate_hz=8000"]


@pytest.mark.parametrize(
    "query", ["session_settings[a]=1&session_settings[a][b]=2", "session_settings[]=1", "session_settings={"]
)
def test_odd_settings_in_the_path_say_nothing(query: str) -> None:
    assert len(Playbook("hume", path=f"/v0/evi/chat?{query}").opening) == 1


def test_socket_beside_a_chat_names_it_and_is_not_joined_to_it() -> None:
    leg = Playbook("hume", path="/v0/evi/chat/c1/connect?access_token=[struck]")
    assert leg.opening[1:] == ['LegIdentified provider_ids={"chat_id": "c1"}']
    assert leg.server("chat_metadata", chat_id="c1", chat_group_id="g1") == [
        'LegIdentified provider_ids={"chat_group_id": "g1"}'
    ]
    assert leg.server("chat_metadata", chat_id="c1", chat_group_id="g1") == []
    assert leg.client("session_settings", variables={"ew_conversation": "x", "ew_subject": "R"}) == [
        "LegIdentified subject=R"
    ]


def test_variables_for_the_recorder_are_taken_and_no_others() -> None:
    told = Playbook("hume").client(
        "session_settings",
        variables={"ew_conversation": "order-7", "name": "secret"},
        metadata={"ew_label": "vip", "ew_key": "secret", "plan": "secret"},
    )
    assert told == [
        'LegIdentified links=["conversation:order-7"]',
        'NoteTaken verb=label data={"labels": ["vip"]}',
    ]


def test_errors_are_reported_and_a_timeout_is_the_end() -> None:
    leg = Playbook("hume")
    assert leg.server("error", code="E0712", slug="chat_timeout_inactivity", message="Idle") == [
        'ProblemReported code=E0712 message="chat_timeout_inactivity: Idle" is_fatal=true'
    ]
    assert leg.server("error", code="E1", slug="odd", message="") == ["ProblemReported code=E1 message=odd"]
    assert leg.server("error") == ['ProblemReported code=error message=""']


def test_frames_that_are_not_what_they_should_be_are_left_over() -> None:
    leg = Playbook("hume")
    assert leg.server("audio_output", id="m1") == ['Undecoded reason="no audio" name=audio_output']
    assert leg.client("audio_input", data="A*") == ['Undecoded reason="bad base64" name=audio_input']
    assert leg.client("audio_input", data="") == []
    assert leg.server("sing") == ['Undecoded reason="unknown event" name=sing']
    assert leg.server(a=1) == ['Undecoded reason="no type"']
    assert leg.raw(b"\xff", Origin.CLIENT) == ['Undecoded reason="not UTF-8"']
    assert leg.raw(b"[]", kind=Kind.BINARY) == ['Undecoded reason="not a JSON object"']
    assert leg.client("pauseAssistantMessage") == []


def test_frame_with_an_odd_id_still_gives_its_sound() -> None:
    assert Playbook("hume").tell("server", spoken(wav(bytes(4)), 7))[1] == (
        "AudioArrived party=agent byte_count=4 item=7"
    )


def test_audio_gives_the_samples_in_the_party_s_name() -> None:
    leg = Playbook("hume")
    sent = [
        record(1, 0, "server", spoken(wav(b"abcd"))),
        record(2, 0, "server", spoken(wav(b""))),
        record(3, 0, "client", {"type": "audio_input", "data": "<3 bytes>"}),
        record(4, 0, "client", {"type": "audio_input", "data": "A*"}),
        record(5, 0, "client", {"type": "user_input", "data": "AAAA"}),
    ]
    heard = [sound for one in sent for sound in leg.decoder.audio(one)]
    assert heard == [(Party.AGENT, b"abcd"), (Party.CALLER, b"\xff" * 3)]
