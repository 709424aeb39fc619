"""The layout of a bucket of realtime sessions; the shapes below are those its document prints."""

import json
from dataclasses import replace

from earwitness.model.conversation import Snapshot
from earwitness.model.events import AudioArrived, Party, Stamp
from earwitness.projections.layout_s3 import S3, summary_document
from earwitness.projections.layouts import Source
from earwitness.projections.summary import summarise
from told import BEGAN_NS, CALL, SECOND

TALK = replace(
    CALL,
    snapshots=(
        Snapshot(
            at_ns=5 * SECOND // 2,
            label="quote_completed",
            message_count=2,
            user_count=1,
            assistant_count=1,
            tool_count=1,
        ),
    ),
)


def audio(at_s, party, byte_count):
    seen = Stamp(leg="leg-1", record=at_s, at_ns=BEGAN_NS + at_s * SECOND)
    return AudioArrived(seen=seen, party=party, byte_count=byte_count)


def conversation_json():
    events = [audio(1, Party.CALLER, 7), audio(2, Party.AGENT, 1024), audio(9, Party.AGENT, 512)]
    source = Source(conversation=TALK, events=lambda: events)
    return json.loads("".join(S3.files[0].make(source)))


def test_files_lie_by_day_and_session():
    assert [S3.path(TALK, file) for file in S3.files] == [
        f"conversations/2024-12-01/sess_456/{TALK.id}_conversation.json",
        f"conversations/2024-12-01/sess_456/{TALK.id}_summary.json",
        f"conversations/2024-12-01/sess_456/{TALK.id}_insurance_data.json",
    ]


def test_the_conversation_has_its_names_times_snapshots_and_events():
    document = conversation_json()
    assert list(document) == [
        "conversationId",
        "sessionId",
        "startTime",
        "endTime",
        "duration",
        "historySnapshots",
        "events",
    ]
    assert (document["conversationId"], document["sessionId"]) == (TALK.id, "sess_456")
    assert document["startTime"] == "2024-12-01T14:30:22.123456Z"
    assert document["duration"] == {"seconds": 10, "formatted": "00:00:10"}


def test_a_snapshot_has_the_history_up_to_it_and_the_state_it_had():
    [snapshot] = conversation_json()["historySnapshots"]
    until = [each for each in TALK.messages if each.first_seen_ns <= 5 * SECOND // 2]
    calls = [each for each in TALK.tool_calls if each.called_ns <= 5 * SECOND // 2]
    assert list(snapshot) == ["timestamp", "eventType", "history", "conversationState"]
    assert (snapshot["timestamp"], snapshot["eventType"]) == (
        "2024-12-01T14:30:24.623456Z",
        "quote_completed",
    )
    kinds = [item["type"] for item in snapshot["history"]]
    assert (kinds.count("message"), kinds.count("function_call")) == (len(until), len(calls))
    assert snapshot["history"][0]["content"][0]["transcript"] == until[0].text
    state = snapshot["conversationState"]
    assert state["totalMessages"] == len(until) < len(TALK.messages)
    assert list(state) == [
        "totalMessages",
        "userMessages",
        "assistantMessages",
        "toolCalls",
        "insuranceData",
    ]


def test_events_are_in_order_and_tell_sound_words_and_calls():
    events = conversation_json()["events"]
    assert [list(event) for event in events] == [["type", "timestamp", "data"]] * len(events)
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)
    sound = [event["data"] for event in events if event["type"] == "audio_received"]
    assert sound == [{"audioLength": 1024}, {"audioLength": 512}]
    first = next(event["data"] for event in events if event["type"] == "transcript")
    assert first == {"transcript": TALK.messages[0].text, "speaker": "user", "confidence": 0.95}
    assert len([event for event in events if event["type"] == "tool_call"]) == len(TALK.tool_calls)


def test_the_summary_has_statistics_topics_and_outcome():
    document = summary_document(Source(conversation=TALK, events=list))
    assert list(document) == ["conversationId", "sessionId", "statistics", "topics", "outcome"]
    statistics = document["statistics"]
    assert statistics["duration"] == "00:00:10"
    assert statistics["totalMessages"] == len(TALK.messages)
    assert document["outcome"] == "card_ordered"
    assert document["topics"] == list(summarise(TALK).topics) != []


def test_the_fields_that_were_found_are_masked_and_known_by_the_moment_of_each_snapshot():
    words = "It's a 2020 Toyota Camry, zip code 90210, phone 310-555-0199, mail me at bob@acme.org"
    said = replace(TALK.messages[0], text=words, heard_text=words)
    source = Source(conversation=replace(TALK, messages=(said, *TALK.messages[1:])), events=list)
    fields = {
        "vehicleYear": "2020",
        "vehicleMake": "Toyota",
        "vehicleModel": "Camry",
        "zipCode": "90210",
        "phoneNumber": "XXX-XXX-XXXX",
        "email": "user@example.com",
    }
    names = {"conversationId": TALK.id, "sessionId": "sess_456"}
    data = json.loads("".join(S3.files[2].make(source)))
    assert data == {**names, **fields, "extractedAt": "2024-12-01T14:30:32.123456Z"}
    told = json.loads("".join(S3.files[0].make(source)))
    assert told["historySnapshots"][0]["conversationState"]["insuranceData"] == fields
