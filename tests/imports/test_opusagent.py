"""Calls in the layout opusagent, as our exporter and as others write them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from earwitness.errors import InvalidInput
from earwitness.library import Library
from imported import library
from recorded import PLAYS, recording

__all__ = ["library"]


def seed(folder: Path, **changes: Any) -> Path:
    """A call as that recorder documents it, with an ear for what we would not write."""
    folder.mkdir(parents=True)
    head = {
        "conversation_id": "12345",
        "session_id": "session_456",
        "start_time": "2024-12-01T14:30:22.123456Z",
        "end_time": "2024-12-01T14:30:40.789012Z",
    }
    entries = [
        ("25.123456", "caller", "input", "Hello, I need help with my card", 0.95, 2500),
        ("27.654321", "bot", "output", "Hello! I'd be happy to help you.", None, 3200),
    ]
    names = ("timestamp", "channel", "type", "text", "confidence", "duration_ms")
    lines = [dict(zip(names, (f"2024-12-01T14:30:{at}Z", *rest), strict=True)) for at, *rest in entries]
    call = {
        "timestamp": "2024-12-01T14:30:35.123456Z",
        "function_name": "call_intent",
        "arguments": {"intent": "card_replacement"},
        "result": {"status": "success", "available_cards": ["Gold", "Silver"]},
        "call_id": "call_789",
    }
    counts = {"duration_seconds": 113.5, "caller_audio_chunks": 45, "bot_audio_bytes": 121600}
    metadata = {**head, **counts, "function_calls": [call], **changes}
    events = [{"timestamp": head["start_time"], "type": "session.initiate", "data": {"botName": "b"}}]
    documents = {
        "transcript.json": {**head, "entries": lines},
        "call_metadata.json": metadata,
        "session_events.json": {**head, "events": events},
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))
    return folder


def documents(folder: Path) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))}


def samples(folder: Path) -> dict[str, Any]:
    return {path.name: soundfile.read(path, dtype="int16") for path in sorted(folder.rglob("*.wav"))}


@pytest.mark.parametrize(("provider", "scenario"), PLAYS)
def test_what_we_exported_comes_out_again_as_it_was(
    provider: str, scenario: str, library: Library, tmp_path: Path
) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    recording().call(provider, scenario).export(first, "opusagent")
    (taken,) = library.import_path(first)
    library.conversation(taken.conversation).export(again, "opusagent")
    assert documents(again) == documents(first)
    sounds = samples(first)
    assert len(sounds) == 4
    for name, (was, rate_hz) in sounds.items():
        now, rate_now_hz = samples(again)[name]
        assert rate_now_hz == rate_hz
        assert np.array_equal(now, was), name


def test_what_another_wrote_comes_out_again_field_by_field(library: Library, tmp_path: Path) -> None:
    first = seed(tmp_path / "first" / "session_456_20241201_143022")
    (taken,) = library.import_path(first)
    library.conversation(taken.conversation).export(tmp_path / "again", "opusagent")
    now, was = documents(tmp_path / "again"), documents(first)
    for name, document in was.items():
        assert {key: now[name][key] for key in document} == document


def test_words_calls_and_times_become_a_conversation(library: Library, tmp_path: Path) -> None:
    (taken,) = library.import_path(seed(tmp_path / "call"))
    conversation = library.conversation(taken.conversation).conversation
    told = [(m.role, m.text, m.started_ns, m.ended_ns, m.confidence) for m in conversation.messages]
    assert told == [
        ("user", "Hello, I need help with my card", 3_000_000_000, 5_500_000_000, 0.95),
        ("assistant", "Hello! I'd be happy to help you.", 5_530_865_000, 8_730_865_000, None),
    ]
    (call,) = conversation.tool_calls
    assert (call.name, call.call, call.called_ns) == ("call_intent", "call_789", 13_000_000_000)
    assert json.loads(call.result or "")["available_cards"] == ["Gold", "Silver"]
    assert conversation.status == "complete"
    assert conversation.legs[0].provider_ids == {"session_id": "session_456"}
    assert conversation.duration_ns == 18_665_556_000


def tone(seconds: float, rate_hz: int = 16_000) -> Any:
    return (8000 * np.sin(np.arange(int(seconds * rate_hz)) / 9)).astype(np.int16)


def test_a_missing_side_is_taken_from_the_stereo_file(library: Library, tmp_path: Path) -> None:
    folder = seed(tmp_path / "call")
    sides = np.zeros((18 * 16_000, 2), np.int16)
    sides[16_000:32_000, 0] = tone(1)
    sides[48_000:80_000, 1] = tone(2)
    soundfile.write(folder / "stereo_recording.wav", sides, 16_000)
    (taken,) = library.import_path(folder)
    recorded = library.conversation(taken.conversation)
    found = np.concatenate(list(recorded.audio("stereo").blocks()))
    assert np.array_equal(found[: len(sides)], sides)
    assert not found[len(sides) :].any()
    spans = [(p.value, s.at_ns, s.frames) for p, t in recorded.conversation.tracks.items() for s in t.spans]
    assert sorted(spans) == [("agent", 3_000_000_000, 32_000), ("caller", 1_000_000_000, 16_000)]


def test_the_same_folder_twice_changes_nothing_wherever_it_lies(library: Library, tmp_path: Path) -> None:
    (first,) = library.import_path(seed(tmp_path / "here"))
    before = library.catalog.dump()
    (again,) = library.import_path(seed(tmp_path / "there"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.conversation == first.conversation
    assert library.catalog.dump() == before


def test_of_a_call_with_a_fault_nothing_is_taken_in(library: Library, tmp_path: Path) -> None:
    good = seed(tmp_path / "calls" / "a")
    bad = seed(tmp_path / "calls" / "b", session_id="other")
    (bad / "bot_audio.wav").write_bytes(b"RIFF nonsense")
    worse = seed(tmp_path / "calls" / "c", start_time="yesterday")
    results = list(library.import_each(tmp_path / "calls"))
    assert [getattr(result, "path", None) for result in results] == [good, None, None]
    assert "bot_audio.wav" in str(results[1])
    assert f"{worse}/call_metadata.json: start_time: not a time: 'yesterday'" in str(results[2])
    assert len(list(library.conversations())) == 1
    with pytest.raises(InvalidInput, match="bot_audio"):
        library.import_path(bad)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"function_calls": [{"timestamp": None}]}, r"function_calls\[0\].timestamp: is missing"),
        ({"function_calls": "none"}, "function_calls: not a list"),
        ({"session_id": ["x"]}, "session_id: not a text"),
        ({"end_time": "2024-12-01T14:30:00Z"}, "end: the call ends before it began"),
        ({"end_time": "2025-12-01T14:30:00Z"}, "more than a day later"),
        ({"start_time": "9999-12-31T23:59:59-12:00"}, "start_time: not a time"),
    ],
)
def test_a_complaint_names_file_and_field(
    changes: dict[str, Any], field: str, library: Library, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=field):
        library.import_path(seed(tmp_path / "call", **changes))
    assert list((tmp_path / "data" / "journal").glob("*/*")) == []
