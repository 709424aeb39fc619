"""The layout `recordings`; the shape below is the one its own document prints."""

import json
import wave
from datetime import datetime

import numpy as np
import pytest

from earwitness.audio.codecs import decode
from earwitness.projections.layout_recordings import recordings_document
from recorded import recording
from shapes import NAIVE, check_shape
from told import CALL

RECORDING = {
    "call_id": str,
    "start_time": NAIVE,
    "end_time": NAIVE,
    "duration_seconds": float,
    "conversation": [{"timestamp": NAIVE, "speaker": str, "text": str, "type": str}],
    "total_messages": int,
    "audio_chunks_count": int,
}


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
    told = recordings_document(CALL)
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


@pytest.mark.parametrize("call", [("openai", "barge_in"), ("twilio", "order")], ids=" ".join)
def test_its_wav_is_what_was_sent_end_to_end_with_no_silence_between(call, tmp_path):
    recorded = recording().call(*call)
    paths = {path.name.rsplit("_", 1)[1]: path for path in recorded.export(tmp_path, "recordings", wav=True)}
    [track] = recorded.conversation.sent.values()
    sent_as = track.spans[0].format
    with wave.open(str(paths["audio.wav"])) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (sent_as.rate_hz, 2, 1)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.array_equal(samples, decode(sent_as.encoding, paths["audio.bin"].read_bytes()))
