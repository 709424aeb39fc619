"""ElevenLabs Agents: the frames, the sound in them, and what the socket says of itself."""

import json
from typing import Any

import pytest

from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record, text

PCM = [f"FormatSet party={party} encoding=pcm_s16le rate_hz=16000" for party in ("caller", "agent")]


def metadata(**told: Any) -> dict[str, Any]:
    name = "conversation_initiation_metadata"
    return {"type": name, f"{name}_event": told}


def audio(event_id: Any, size: int = 640, **more: Any) -> dict[str, Any]:
    return {
        "type": "audio",
        "audio_event": {"audio_base_64": f"<{size} bytes>", "event_id": event_id, **more},
    }


def alignment(chars: list[str], starts: list[Any]) -> dict[str, Any]:
    return {"chars": chars, "char_start_times_ms": starts, "char_durations_ms": [1] * len(chars)}


def begun(output: str = "pcm_16000") -> Playbook:
    leg = Playbook("elevenlabs")
    leg.tell("server", metadata(user_input_audio_format="pcm_16000", agent_output_audio_format=output))
    return leg


def test_agent_is_named_by_the_path() -> None:
    leg = Playbook("elevenlabs", path="/v1/convai/conversation?agent_id=agent_7&source=js_sdk")
    assert leg.opening[1:] == ['LegIdentified provider_ids={"agent_id": "agent_7"}']
    assert len(Playbook("elevenlabs", path="/v1/convai/conversation?token=x").opening) == 1


def test_metadata_name_the_conversation_and_both_formats() -> None:
    told = metadata(
        conversation_id="conv_1", user_input_audio_format="pcm_24000", agent_output_audio_format="ulaw_8000"
    )
    leg = Playbook("elevenlabs")
    assert leg.tell("server", told) == [
        'LegIdentified provider_ids={"conversation_id": "conv_1"} links=["call:conv_1"]',
        "FormatSet party=caller encoding=pcm_s16le rate_hz=24000",
        "FormatSet party=agent encoding=mulaw rate_hz=8000",
    ]


def test_formats_that_are_not_told_are_the_usual_ones() -> None:
    assert Playbook("elevenlabs").tell("server", metadata()) == PCM
    assert Playbook("elevenlabs").client(user_audio_chunk="<640 bytes>") == [
        PCM[0],
        "AudioArrived party=caller byte_count=640",
    ]


@pytest.mark.parametrize("name", ["mp3_44100_128", "pcm_1", "pcm_", "pcm", "", "opus_48000", "pcm_²"])
def test_sound_that_nobody_can_read_gets_no_format(name: str) -> None:
    leg = Playbook("elevenlabs")
    told = leg.tell("server", metadata(agent_output_audio_format=name))
    if name:
        assert told[1] == f'Undecoded reason="unknown audio format" name={name}'
        timed = leg.tell("server", audio(1, alignment=alignment(["a"], [5])))
        assert timed[-1] == "AudioArrived party=agent byte_count=640 item=agent_1"
    else:
        assert told == PCM


def test_caller_s_sound_is_the_one_frame_without_a_type() -> None:
    assert begun().client(user_audio_chunk="<320 bytes>") == ["AudioArrived party=caller byte_count=320"]
    assert begun().client("user_audio_chunk", user_audio_chunk="<3 bytes>") == [
        "AudioArrived party=caller byte_count=3"
    ]
    assert begun().client(user_audio_chunk="") == []


def test_agent_s_sound_belongs_to_its_answer() -> None:
    leg = begun()
    assert leg.tell("server", audio(1)) == [
        "MessageOpened item=agent_1 role=assistant",
        "AudioArrived party=agent byte_count=640 item=agent_1",
    ]
    assert leg.tell("server", audio(1)) == ["AudioArrived party=agent byte_count=640 item=agent_1"]


def test_times_of_characters_count_from_the_first_sample_of_the_answer() -> None:
    leg = begun()
    first = leg.tell("server", audio(1, 3200, alignment=alignment(list("Hi "), [0, 40, 70.0])))
    assert first[-1] == 'TextTimed item=agent_1 text="Hi " starts_ms=[0, 40, 70]'
    second = leg.tell("server", audio(1, 3200, alignment=alignment(["y", "ou"], [5, 20])))
    assert second[-1] == "TextTimed item=agent_1 text=you starts_ms=[105, 120, 120]"
    other = leg.tell("server", audio(2, 3200, alignment=alignment(["a"], [5])))
    assert other[-1] == "TextTimed item=agent_2 text=a starts_ms=[5]"


def test_a_byte_of_mulaw_is_a_whole_sample() -> None:
    leg = begun("ulaw_8000")
    leg.tell("server", audio(1, 800))
    timed = leg.tell("server", audio(1, 800, alignment=alignment(["a"], [5])))
    assert timed[-1] == "TextTimed item=agent_1 text=a starts_ms=[105]"


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (alignment(["a", "b"], [1]), "alignment of another length than its text"),
        (alignment(["a"], [-1]), "alignment beyond any call"),
        (alignment(["a"], [1e12]), "alignment beyond any call"),
        (alignment(["a"], ["soon"]), "unreadable alignment"),
        ("later", "unreadable alignment"),
        (7, "unreadable alignment"),
    ],
)
def test_sound_counts_where_its_alignment_is_spoiled(spoiled: Any, reason: str) -> None:
    assert begun().tell("server", audio(1, alignment=spoiled))[1:] == [
        "AudioArrived party=agent byte_count=640 item=agent_1",
        f'Undecoded reason="{reason}" name=audio',
    ]


def test_no_alignment_is_no_fault() -> None:
    for nothing in (None, {}, alignment([], []), alignment([""], [3])):
        assert len(begun().tell("server", audio(1, alignment=nothing))) == 2


def test_variables_for_the_recorder_join_and_describe_the_call() -> None:
    variables = {
        "ew_conversation": "order-7",
        "ew_subject": "RID001",
        "ew_meta_city": "Bern",
        "ew_label": "vip",
    }
    told = Playbook("elevenlabs").client(
        "conversation_initiation_client_data",
        conversation_config_override={"agent": {"prompt": {"prompt": "You know a secret."}}},
        dynamic_variables={**variables, "ew_key": "secret", "account": "secret"},
        user_id="u-1",
    )
    assert told == [
        'LegIdentified provider_ids={"user_id": "u-1"} links=["conversation:order-7"]'
        ' subject=RID001 metadata={"city": "Bern"}',
        'NoteTaken verb=label data={"labels": ["vip"]}',
    ]
    assert Playbook("elevenlabs").client("conversation_initiation_client_data") == []


def test_errors_are_reported_and_the_last_one_is_fatal() -> None:
    leg = begun()
    error = {"code": 1000, "error_type": "max_duration_exceeded", "message": "Too long"}
    assert leg.server("error", error_event=error) == [
        'ProblemReported code=max_duration_exceeded message="Too long" is_fatal=true'
    ]
    assert leg.server("error", error_event={"code": 1008, "reason": "quota"}) == [
        "ProblemReported code=1008 message=quota is_fatal=true"
    ]
    assert leg.server("client_error", message="odd") == ["ProblemReported code=error message=odd"]
    assert leg.server("guardrail_triggered")[0].startswith("ProblemReported code=guardrail_triggered")


def test_frames_that_are_not_what_they_should_be_are_left_over() -> None:
    leg = begun()
    assert leg.server("audio") == ['Undecoded reason="no audio" name=audio']
    assert leg.server("audio", audio_event={"audio_base_64": "A*"}) == [
        'Undecoded reason="bad base64" name=audio'
    ]
    assert leg.client(user_audio_chunk=5) == ['Undecoded reason="no type"']
    assert leg.server("sing") == ['Undecoded reason="unknown event" name=sing']
    assert leg.server("ping", ping_event={"event_id": 1, "ping_ms": None}) == []
    assert leg.raw(b"\xff") == ['Undecoded reason="not UTF-8"']
    assert leg.raw(b"[]", kind=Kind.BINARY) == ['Undecoded reason="not a JSON object"']


def test_frames_with_one_odd_value_still_give_their_sound() -> None:
    leg = begun()
    assert leg.tell("server", audio("7"))[-1] == "AudioArrived party=agent byte_count=640 item=agent_1"
    odd = audio("7", alignment=alignment(["a"], [5]))
    assert leg.tell("server", odd)[-1] == "TextTimed item=agent_1 text=a starts_ms=[25]"
    assert leg.tell("server", audio("7", alignment="null")) == [
        "AudioArrived party=agent byte_count=640 item=agent_1"
    ]
    assert leg.tell("server", audio(7)) == ["AudioArrived party=agent byte_count=640 item=agent_1"]


def test_audio_gives_the_bytes_in_the_party_s_name() -> None:
    leg = begun()
    sent = [
        record(2, 0, "client", {"user_audio_chunk": "<2 bytes>"}),
        record(3, 0, "server", audio(1, 3)),
        record(4, 0, "server", audio("1", 4)),
        record(5, 0, "server", {"type": "audio", "audio_event": {"audio_base_64": "A*"}}),
        record(6, 0, "server", {"type": "ping"}),
        text(7, Origin.CLIENT, json.dumps({"type": "user_audio_chunk"}).encode()),
    ]
    heard = [sound for one in sent for sound in leg.decoder.audio(one)]
    assert heard == [(Party.CALLER, b"\xff" * 2), (Party.AGENT, b"\xff" * 3), (Party.AGENT, b"\xff" * 4)]
