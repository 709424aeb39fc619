"""The layout `opusagent`; the shapes below are those its own document prints."""

import json
import re
import wave
from dataclasses import replace
from types import NoneType

import numpy as np
import pytest

from earwitness.model.conversation import ToolCall
from earwitness.model.events import LegIdentified, Stamp
from earwitness.projections.layout_opusagent import opusagent_events, opusagent_metadata, opusagent_transcript
from earwitness.projections.layouts import Source
from recorded import recording
from shapes import ZONED, check_shape
from told import BEGAN_NS, CALL

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
SEVEN = {
    "caller_audio.wav",
    "bot_audio.wav",
    "stereo_recording.wav",
    "final_stereo_recording.wav",
    "transcript.json",
    "call_metadata.json",
    "session_events.json",
}


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
    told = opusagent_transcript(CALL)
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
    told = opusagent_metadata(CALL)
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
    [told] = opusagent_metadata(call)["function_calls"]
    assert (told["arguments"], told["result"]) == (arguments, result)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_opusagent_events_are_one_json_document_however_many(count):
    event = LegIdentified(seen=Stamp("leg-1", 3, BEGAN_NS + 1_500_000_000), provider_ids={"session_id": "s"})
    told = json.loads("".join(opusagent_events(Source(conversation=CALL, events=lambda: [event] * count))))
    assert list(told) == ["conversation_id", "session_id", "events"]
    assert told["events"] == count * [
        {
            "timestamp": "2024-12-01T14:30:23.623456Z",
            "type": "LegIdentified",
            "data": {"leg": "leg-1", "record": 3, "provider_ids": {"session_id": "s"}},
        }
    ]
