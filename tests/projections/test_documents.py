"""The conversation as documents of our own."""

import json
from dataclasses import replace

from earwitness.model.events import (
    AudioArrived,
    DigitPressed,
    Evidence,
    LegIdentified,
    Party,
    PlaybackCut,
    Stamp,
)
from earwitness.projections import documents
from told import BEGAN_NS, CALL, FINDING, GAP, SECOND


def test_the_metadata_says_whose_call_it_was_when_and_how_it_ended():
    told = documents.metadata_document(CALL)
    wanted = {
        "id": CALL.id,
        "call_id": "sess_456",
        "recording_id": "20241201_143022_sess_456",
        "status": "complete",
        "health": 100,
        "began_at": "2024-12-01T14:30:22.123456Z",
        "ended_at": "2024-12-01T14:30:32.123456Z",
        "duration_seconds": 10.0,
        "providers": ["openai"],
        "subject": "RID001",
        "labels": ["pilot"],
        "metadata": {"campaign": "autumn"},
        "outcome": "card_ordered",
        "satisfaction": None,
    }
    assert told == told | wanted
    assert told["counts"] == {
        "messages": 4,
        "user": 1,
        "assistant": 2,
        "system": 1,
        "tool_calls": 1,
        "interruptions": 1,
        "gaps": 0,
    }
    assert told["audio"]["agent"] == {"chunks": 4, "bytes": 96_000, "spans": 1, "seconds": 0.5}
    assert told["legs"][0]["closed_at"] == told["ended_at"]


def test_the_whole_document_has_everything_in_milliseconds_and_is_json():
    whole = replace(CALL, gaps=(GAP,), findings=(FINDING,))
    told = json.loads(json.dumps(documents.conversation_document(whole)))
    assert told["messages"][1]["started_ms"] == 2000
    assert told["messages"][1]["evidence"] == "client_claim"
    assert told["tool_calls"][0]["latency_ms"] == 1000
    assert told["interruptions"] == [
        {"by": "caller", "at_ms": 2000, "message": "leg-1/item_2", "did_cut": True}
    ]
    assert told["gaps"][0]["until_ms"] == 3000
    assert told["findings"][0]["count"] == 3
    assert told["digits"][0]["digit"] == "1"
    assert told["usage"] == {"total_tokens": 12}
    assert not [name for name in _names(told) if name.endswith("_ns")]


def _names(tree):
    if isinstance(tree, dict):
        for name, inner in tree.items():
            yield name
            yield from _names(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _names(inner)


def test_a_snapshot_holds_the_messages_that_had_been_seen_by_then():
    told = documents.snapshot_document(CALL, 0)
    assert (told["label"], told["at"], told["data"]) == (
        "greeted",
        "2024-12-01T14:30:24.123456Z",
        {"zip": "90210"},
    )
    assert [each["key"] for each in told["history"]] == ["leg-1/item_1", "leg-1/item_2"]


def test_snapshots_taken_by_themselves_do_not_repeat_the_whole_history():
    by_itself = replace(CALL.snapshots[0], label="history_updated")
    told = documents.snapshot_document(replace(CALL, snapshots=(by_itself,)), 0)
    assert (told["message_count"], told["at"]) == (2, "2024-12-01T14:30:24.123456Z")
    assert "history" not in told


def test_an_event_is_one_line_without_what_it_does_not_say():
    seen = Stamp("leg-1", 9, BEGAN_NS + 1_234_567_890)
    assert documents.event_document(AudioArrived(seen=seen, party=Party.AGENT, byte_count=0), BEGAN_NS) == {
        "type": "AudioArrived",
        "at_ms": 1234,
        "leg": "leg-1",
        "record": 9,
        "party": "agent",
        "byte_count": 0,
        "is_kept": True,
    }
    cut = PlaybackCut(seen=seen, evidence=Evidence.PLATFORM_MARK, item="item_1", played_ms=0)
    assert documents.event_document(cut, BEGAN_NS)["played_ms"] == 0
    linked = LegIdentified(seen=seen, links=("call:1",))
    assert documents.event_document(linked, BEGAN_NS)["links"] == ["call:1"]
    json.dumps(
        [documents.event_document(e, BEGAN_NS) for e in (cut, linked, DigitPressed(seen=seen, digit="#"))]
    )


def test_speech_is_counted_without_the_silence_between():
    assert documents.speech_seconds(CALL, Party.CALLER) == 1.0
    assert documents.speech_seconds(CALL, Party.HUMAN_AGENT) == 0.0
    assert CALL.duration_ns == 10 * SECOND
