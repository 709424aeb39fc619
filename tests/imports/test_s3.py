"""Calls in the layout s3, by hand as its logger documents them, and by our exporter."""

import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import InvalidInput
from earwitness.library import Library
from imported import library, lines, taken, write
from recorded import PLAYS, recording

__all__ = ["library"]

HEAD = {"conversationId": "uuid", "sessionId": "session_123"}


def seed(folder: Path, **changes: Any) -> Path:
    words = {"transcript": "I need a car insurance quote", "speaker": "user", "confidence": 0.95}
    events = [
        {"type": "audio_received", "timestamp": "2024-01-15T10:30:05Z", "data": {"audioLength": 1024}},
        {"type": "transcript", "timestamp": "2024-01-15T10:30:06Z", "data": words},
        {
            "type": "tool_call",
            "timestamp": "2024-01-15T10:30:08Z",
            "data": {"name": "quote", "arguments": "{}"},
        },
    ]
    state = {"totalMessages": 12, "insuranceData": {"vehicleMake": "Toyota"}}
    snapshot = {"timestamp": "2024-01-15T10:30:15Z", "history": [], "conversationState": state}
    times = {"startTime": "2024-01-15T10:30:00Z", "endTime": "2024-01-15T10:45:00Z"}
    snapshots = [{**snapshot, "eventType": "history_updated"}, {**snapshot, "eventType": "quote_completed"}]
    duration = {"seconds": 900, "formatted": "00:15:00"}
    whole = {**HEAD, **times, "duration": duration, "historySnapshots": snapshots, "events": events}
    file = write(folder / "uuid_conversation.json", whole | changes)
    summary = {**HEAD, "topics": ["vehicle_info"], "outcome": "quote_completed"}
    write(folder / "uuid_summary.json", summary)
    write(folder / "uuid_insurance_data.json", {**HEAD, "vehicleMake": "Toyota"})
    return file


def test_three_documents_become_a_conversation(library: Library, tmp_path: Path) -> None:
    seed(tmp_path / "conversations" / "2024-01-15" / "session_123")
    conversation = taken(library, tmp_path / "conversations")
    assert lines(conversation) == [("user", "I need a car insurance quote", 6_000)]
    assert conversation.messages[0].confidence == 0.95
    assert [(call.name, call.arguments) for call in conversation.tool_calls] == [("quote", "{}")]
    assert (conversation.outcome, conversation.labels) == ("quote_completed", ("vehicle_info",))
    (asked,) = [each for each in conversation.snapshots if each.label == "quote_completed"]
    assert (asked.at_ns, asked.data["insuranceData"]) == (15_000_000_000, {"vehicleMake": "Toyota"})
    assert conversation.metadata["imported"]["_insurance_data"]["vehicleMake"] == "Toyota"
    assert conversation.duration_ns == 900_000_000_000


def test_without_transcripts_the_last_history_tells_the_words(library: Library, tmp_path: Path) -> None:
    item = {
        "itemId": "i1",
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Hi"}],
    }
    call = {"itemId": "c1", "type": "function_call", "name": "f", "arguments": "{}", "output": "1"}
    snapshot = {"timestamp": "2024-01-15T10:30:15Z", "eventType": "history_updated", "history": [item, call]}
    file = seed(tmp_path, events=[], historySnapshots=[snapshot])
    conversation = taken(library, file)
    assert lines(conversation) == [("user", "Hi", 15_000)]
    assert [(each.call, each.result) for each in conversation.tool_calls] == [("c1", "1")]


@pytest.mark.parametrize(("provider", "scenario"), PLAYS)
def test_what_we_exported_comes_out_again_as_it_was(
    provider: str, scenario: str, library: Library, tmp_path: Path
) -> None:
    first = recording().call(provider, scenario).export(tmp_path / "first", "s3")
    again = library.conversation(taken(library, tmp_path / "first").id).export(tmp_path / "again", "s3")
    assert [document(path) for path in again] == [document(path) for path in first]


def document(path: Path) -> Any:
    """Without the id of our own, which what is taken in gets anew."""
    told = json.loads(path.read_text())
    return (
        {name: value for name, value in told.items() if name != "conversationId"}
        if "_data" in path.name
        else told
    )


def test_a_fault_in_an_event_is_named(library: Library, tmp_path: Path) -> None:
    file = seed(tmp_path, events=[{"type": "transcript", "data": {}}])
    with pytest.raises(InvalidInput, match=r"events\[0\].timestamp: is missing"):
        library.import_path(file)
