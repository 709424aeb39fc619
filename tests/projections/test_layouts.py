"""Other recorders' layouts, kept to the letter; the shapes below are those their documents print."""

import json
import re
import wave
from dataclasses import replace
from datetime import datetime
from types import NoneType

import numpy as np
import pytest

from earwitness.model.conversation import ToolCall
from earwitness.model.events import LegIdentified, Stamp
from earwitness.projections import layouts
from earwitness.projections.layouts import DEFAULT, OPUSAGENT, RECORDINGS, Source, Text
from earwitness.projections.named import LAYOUTS
from recorded import recording
from told import BEGAN_NS, CALL

ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NAIVE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")

TRANSCRIPT = {
    "conversation_id": str,
    "session_id": str,
    "start_time": ZONED,
    "end_time": ZONED,
    "entries": [
        {
            "timestamp": ZONED,
            "channel": str,
            "type": str,
            "text": str,
            "confidence": (float, NoneType),
            "duration_ms": (int, NoneType),
        }
    ],
}
METADATA = {
    "conversation_id": str,
    "session_id": str,
    "start_time": ZONED,
    "end_time": ZONED,
    "duration_seconds": float,
    "caller_audio_chunks": int,
    "bot_audio_chunks": int,
    "caller_audio_bytes": int,
    "bot_audio_bytes": int,
    "caller_audio_duration_seconds": float,
    "bot_audio_duration_seconds": float,
    "transcript_entries": int,
    "function_calls": [
        {"timestamp": ZONED, "function_name": str, "arguments": dict, "result": dict, "call_id": str}
    ],
}
RECORDING = {
    "call_id": str,
    "start_time": NAIVE,
    "end_time": NAIVE,
    "duration_seconds": float,
    "conversation": [{"timestamp": NAIVE, "speaker": str, "text": str, "type": str}],
    "total_messages": int,
    "audio_chunks_count": int,
}
SEVEN = {
    "caller_audio.wav",
    "bot_audio.wav",
    "stereo_recording.wav",
    "final_stereo_recording.wav",
    "transcript.json",
    "call_metadata.json",
    "session_events.json",
}


def check_shape(value, shape):
    """Exactly these names, in this order, of these types, at every depth."""
    if isinstance(shape, dict):
        assert list(value) == list(shape)
        for name, inner in shape.items():
            check_shape(value[name], inner)
    elif isinstance(shape, list):
        assert value
        for each in value:
            check_shape(each, shape[0])
    elif isinstance(shape, re.Pattern):
        assert shape.fullmatch(value)
    else:
        assert isinstance(value, shape)
        assert not isinstance(value, bool)


# -- opusagent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [("openai", "order"), ("twilio", "order")], ids=" ".join)
def test_opusagent_has_seven_files_in_one_folder_with_its_json_shapes(call, tmp_path):
    recorded = recording().call(*call)
    paths = {path.name: path for path in recorded.export(tmp_path, "opusagent")}
    assert set(paths) == SEVEN
    [folder] = tmp_path.iterdir()
    assert re.fullmatch(re.escape(recorded.row.call_id) + r"_\d{8}_\d{6}", folder.name)
    documents = {name: json.loads(path.read_text()) for name, path in paths.items() if ".json" in name}
    check_shape(documents["transcript.json"], TRANSCRIPT)
    check_shape(documents["call_metadata.json"], METADATA)
    assert len(documents["transcript.json"]["entries"]) == 8
    assert documents["call_metadata.json"]["transcript_entries"] == 8
    assert {event["type"] for event in documents["session_events.json"]["events"]} >= {
        "LegOpened",
        "LegClosed",
    }
    assert ZONED.fullmatch(documents["session_events.json"]["events"][0]["timestamp"])


@pytest.mark.parametrize("call", [("openai", "barge_in"), ("twilio", "dies")], ids=" ".join)
def test_opusagent_sound_is_wav_of_16_khz_and_16_bit_caller_left_bot_right(call, tmp_path):
    paths = {path.name: path for path in recording().call(*call).export(tmp_path, "opusagent")}
    sound = {}
    for name, channels in (("caller_audio", 1), ("bot_audio", 1), ("stereo_recording", 2)):
        with wave.open(str(paths[f"{name}.wav"])) as file:
            assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (16_000, 2, channels)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            sound[name] = samples.reshape(-1, channels)
    assert np.array_equal(sound["stereo_recording"][:, :1], sound["caller_audio"])
    assert np.array_equal(sound["stereo_recording"][:, 1:], sound["bot_audio"])
    assert sound["bot_audio"].any()


def test_opusagent_entries_say_channel_type_and_length():
    told = layouts.opusagent_transcript(CALL)
    assert (told["conversation_id"], told["session_id"]) == (CALL.id, "sess_456")
    assert told["entries"] == [
        {
            "timestamp": "2024-12-01T14:30:23.123456Z",
            "channel": "caller",
            "type": "input",
            "text": "Hello, I need help with <my> card & more",
            "confidence": 0.95,
            "duration_ms": 500,
        },
        {
            "timestamp": "2024-12-01T14:30:24.123456Z",
            "channel": "bot",
            "type": "output",
            "text": "Of course.",
            "confidence": None,
            "duration_ms": 500,
        },
    ]


def test_opusagent_metadata_counts_what_is_in_its_own_files():
    told = layouts.opusagent_metadata(CALL)
    assert (told["caller_audio_chunks"], told["bot_audio_chunks"]) == (50, 4)
    assert (told["caller_audio_duration_seconds"], told["bot_audio_duration_seconds"]) == (1.0, 0.5)
    assert (told["caller_audio_bytes"], told["bot_audio_bytes"]) == (32_000, 16_000)
    assert told["duration_seconds"] == 10.0
    assert told["function_calls"] == [
        {
            "timestamp": "2024-12-01T14:30:27.123456Z",
            "function_name": "call_intent",
            "arguments": {"intent": "card_replacement"},
            "result": {"status": "success", "available_cards": ["Gold", "Silver"]},
            "call_id": "call_789",
        }
    ]


@pytest.mark.parametrize(
    ("fields", "arguments", "result"),
    [
        ({"arguments": "{half", "result": "plain words"}, "{half", "plain words"),
        ({"arguments": "", "result": None}, "", None),
        ({"arguments": "{}", "result": "{}", "error": "it broke"}, {}, "it broke"),
    ],
)
def test_what_is_no_json_stands_as_it_was_written(fields, arguments, result):
    call = replace(CALL, tool_calls=(ToolCall(key="k", leg="l", call="c", **fields),))
    [told] = layouts.opusagent_metadata(call)["function_calls"]
    assert (told["arguments"], told["result"]) == (arguments, result)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_opusagent_events_are_one_json_document_however_many(count):
    event = LegIdentified(seen=Stamp("leg-1", 3, BEGAN_NS + 1_500_000_000), provider_ids={"session_id": "s"})
    told = json.loads(
        "".join(layouts.opusagent_events(Source(conversation=CALL, events=lambda: [event] * count)))
    )
    assert list(told) == ["conversation_id", "session_id", "events"]
    assert told["events"] == count * [
        {
            "timestamp": "2024-12-01T14:30:23.623456Z",
            "type": "LegIdentified",
            "data": {"leg": "leg-1", "record": 3, "provider_ids": {"session_id": "s"}},
        }
    ]


# -- recordings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [("openai", "order"), ("twilio", "barge_in")], ids=" ".join)
def test_recordings_has_three_files_with_its_json_shape(call, tmp_path):
    recorded = recording().call(*call)
    paths = recorded.export(tmp_path, "recordings")
    name = recorded.row.recording_id
    assert {path.name for path in paths} == {
        f"{name}_{end}" for end in ("conversation.json", "audio.bin", "summary.txt")
    }
    assert all(path.parent == tmp_path for path in paths)
    told = json.loads((tmp_path / f"{name}_conversation.json").read_text())
    check_shape(told, RECORDING)
    assert told["call_id"] == recorded.row.call_id
    assert name == f"{datetime.fromisoformat(told['start_time']):%Y%m%d_%H%M%S}_{told['call_id']}"
    assert told["total_messages"] == len(told["conversation"])
    sent = (tmp_path / f"{name}_audio.bin").read_bytes()
    [track] = recorded.conversation.sent.values()
    assert (len(sent), told["audio_chunks_count"]) == (track.byte_count, track.chunk_count)
    assert (tmp_path / f"{name}_summary.txt").read_text().startswith(f"Call {told['call_id']}\n")


def test_recordings_tell_what_was_said_and_heard():
    told = layouts.recordings_document(CALL)
    assert told["start_time"] == "2024-12-01T14:30:22.123456"
    assert told["conversation"] == [
        {
            "timestamp": "2024-12-01T14:30:23.123456",
            "speaker": "user",
            "text": "Hello, I need help with <my> card & more",
            "type": "transcript_completed",
        },
        {
            "timestamp": "2024-12-01T14:30:24.123456",
            "speaker": "assistant",
            "text": "Of course.",
            "type": "transcript_delta",
        },
        {
            "timestamp": "2024-12-01T14:30:25.123456",
            "speaker": "system",
            "text": "The caller is a gold\ncustomer.",
            "type": "transcript_delta",
        },
    ]
    assert (told["duration_seconds"], told["total_messages"], told["audio_chunks_count"]) == (10.0, 3, 4)


# -- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("CA123", "CA123"),
        ("../../etc/cron.d/x", "_.._etc_cron.d_x"),
        ("a/b\\c\0d", "a_b_c_d"),
        ("..", "_"),
        ("", "_"),
        ("é😀", "__"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_providers_id_can_only_name_a_file(id, name):
    assert layouts.safe(id) == name


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_no_id_leads_out_of_the_export_folder(layout, tmp_path):
    leg = replace(CALL.legs[0], provider_ids={"call_sid": "../../../x/{id}"})
    evil = replace(CALL, legs=(leg,))
    paths = [(tmp_path / layout.path(evil, file)).resolve() for file in layout.files]
    assert all(path.is_relative_to(tmp_path) for path in paths)
    assert len(set(paths)) == len(layout.files)


def test_ours_lie_by_day_and_conversation():
    places = [DEFAULT.path(CALL, file) for file in DEFAULT.files]
    assert set(places) == {f"conversations/2024-12-01/{CALL.id}/{file.name}" for file in DEFAULT.files}
    assert RECORDINGS.path(CALL, RECORDINGS.files[0]) == "20241201_143022_sess_456_conversation.json"
    assert OPUSAGENT.path(CALL, OPUSAGENT.files[0]) == "sess_456_20241201_143022/caller_audio.wav"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_text_files_of_every_layout_are_well_formed(layout):
    source = Source(conversation=CALL, events=list)
    for file in layout.files:
        if isinstance(file, Text):
            text = "".join(file.make(source))
            if file.name.endswith(".json"):
                json.loads(text)
            for line in text.splitlines() if file.name.endswith(".jsonl") else ():
                json.loads(line)
