"""Saved chats of Hume, event by event, and what the decoder makes of them."""

import json
from typing import Any

import pytest

from earwitness.decoders.hume import HumeEVI
from earwitness.decoders.hume_archive import NO_FRAME, ChatFrame, from_chat, from_chat_event
from earwitness.decoders.hume_names import PASSED_OVER
from shared import SHARED
from wirelogs import Playbook

AT_MS = 1_716_244_957_031


def event(type: str, **more: Any) -> dict[str, Any]:
    return {"id": "e1", "chat_id": "c1", "timestamp": AT_MS, "role": "USER", "type": type, **more}


def frame(type: str, **more: Any) -> dict[str, Any]:
    made = from_chat_event(event(type, **more))
    assert made
    assert made.at_ms == AT_MS
    return made.frame


def test_messages_have_their_words_and_scores_again() -> None:
    features = json.dumps({"Joy": 0.5, "Surprise (negative)": 0.1})
    assert frame("USER_MESSAGE", message_text="Hi", emotion_features=features) == {
        "type": "user_message",
        "interim": False,
        "from_text": False,
        "message": {"role": "user", "content": "Hi"},
        "models": {"prosody": {"scores": {"Joy": 0.5, "Surprise (negative)": 0.1}}},
    }
    assert frame("AGENT_MESSAGE", message_text="Hello", emotion_features="") == {
        "type": "assistant_message",
        "id": "e1",
        "message": {"role": "assistant", "content": "Hello"},
        "models": {"prosody": None},
    }
    assert frame("ASSISTANT_PROSODY", related_event_id="e0", emotion_features=features) == {
        "type": "assistant_prosody",
        "id": "e0",
        "models": {"prosody": {"scores": {"Joy": 0.5, "Surprise (negative)": 0.1}}},
    }


def test_words_of_the_caller_without_scores_were_typed() -> None:
    for nothing in ("", None, "{}", "no JSON", "[]"):
        assert frame("USER_MESSAGE", message_text="Hi", emotion_features=nothing)["from_text"] is True


@pytest.mark.parametrize("key", ["message_text", "metadata"])
@pytest.mark.parametrize(
    "told",
    [
        {"tool_call_id": "t1", "name": "find", "parameters": '{"a":1}'},
        {"toolCall": {"toolCallId": "t1", "name": "find", "parameters": {"a": 1}}},
    ],
)
def test_tool_call_is_found_wherever_it_stands(key: str, told: dict[str, Any]) -> None:
    assert frame("FUNCTION_CALL", **{key: json.dumps(told)}) == {
        "type": "tool_call",
        "tool_call_id": "t1",
        "name": "find",
        "parameters": '{"a":1}',
    }


def test_tool_call_that_is_plain_text_keeps_it_and_goes_by_the_event_s_id() -> None:
    told = frame("FUNCTION_CALL", message_text="look it up")
    assert (told["tool_call_id"], told["parameters"]) == ("e1", "look it up")
    told = frame("FUNCTION_CALL_RESPONSE", message_text="found", related_event_id="e0")
    assert told == {"type": "tool_response", "tool_call_id": "e0", "content": "found"}


def test_result_of_a_tool_is_a_response_or_an_error() -> None:
    told = json.dumps({"tool_call_id": "t1", "content": "ok"})
    assert frame("FUNCTION_CALL_RESPONSE", message_text=told) == {
        "type": "tool_response",
        "tool_call_id": "t1",
        "content": "ok",
    }
    told = json.dumps({"tool_call_id": "t1", "error": "boom"})
    assert frame("FUNCTION_CALL_RESPONSE", message_text=told)["type"] == "tool_error"


def test_who_sent_it_is_known() -> None:
    clients = {"SESSION_SETTINGS", "SYSTEM_PROMPT", "FUNCTION_CALL_RESPONSE", "PAUSE_ONSET", "RESUME_ONSET"}
    servers = {"USER_MESSAGE", "AGENT_MESSAGE", "USER_INTERRUPTION", "CHAT_START_MESSAGE", "FUNCTION_CALL"}
    for type in clients | servers:
        made = from_chat_event(event(type))
        assert made
        assert made.is_client is (type in clients)


def test_settings_are_those_that_were_sent() -> None:
    told = frame("SESSION_SETTINGS", message_text='{"audio": {"encoding": "linear16"}}')
    assert told == {"type": "session_settings", "audio": {"encoding": "linear16"}}
    assert frame("SYSTEM_PROMPT", message_text="You sell tea.") == {
        "type": "session_settings",
        "system_prompt": "You sell tea.",
    }


def test_events_that_were_no_frames_give_none() -> None:
    for type in (*NO_FRAME, "SOMETHING_NEW", None, 7):
        assert from_chat_event({"type": type, "timestamp": 1}) is None


@pytest.mark.parametrize(
    ("timestamp", "at_ms"),
    [(AT_MS, AT_MS), (1_716_244_957, 1_716_244_957_000), (str(AT_MS), AT_MS), (None, None), ("soon", None)],
)
def test_times_are_milliseconds_whatever_the_page_has(timestamp: Any, at_ms: int | None) -> None:
    made = from_chat_event(event("PAUSE_ONSET", timestamp=timestamp))
    assert made
    assert made.at_ms == at_ms


def test_page_is_a_chat_from_its_beginning() -> None:
    page = {
        "id": "c1",
        "chatGroupId": "g1",
        "startTimestamp": AT_MS - 10,
        "eventsPage": [
            {"type": "AGENT_MESSAGE", "id": "e2", "timestamp": AT_MS + 5, "messageText": "Hello"},
            {"type": "CHAT_END_MESSAGE", "id": "e3", "timestamp": AT_MS + 9},
            {
                "type": "USER_MESSAGE",
                "id": "e1",
                "timestamp": AT_MS,
                "messageText": "Hi",
                "emotionFeatures": "{}",
            },
            "no event",
        ],
    }
    frames = list(from_chat(page))
    first = {"type": "chat_metadata", "chat_id": "c1", "chat_group_id": "g1"}
    assert frames[0] == ChatFrame(AT_MS - 10, False, first)
    assert [made.frame["type"] for made in frames] == ["chat_metadata", "user_message", "assistant_message"]
    assert list(from_chat({})) == []


def test_decoder_reads_a_saved_chat_as_it_read_the_live_one() -> None:
    leg = Playbook("hume", way="import")
    features = json.dumps({"Joy": 0.5})
    page = {
        "id": "c1",
        "events_page": [
            event("USER_MESSAGE", message_text="Hi", emotion_features=features),
            event("AGENT_MESSAGE", id="e2", message_text="Hello", emotion_features=None, timestamp=AT_MS + 1),
        ],
    }
    told = [line for made in from_chat(page) for line in leg.tell("server", made.frame)]
    assert told == [
        'LegIdentified provider_ids={"chat_id": "c1"} links=["call:c1"]',
        "MessageOpened item=user_1 role=user",
        "TextArrived item=user_1 text=Hi is_whole=true",
        "MessageClosed item=user_1",
        'EmotionScored item=user_1 producer=hume_prosody scores={"Joy": 0.5}',
        "MessageOpened item=e2 role=assistant response=turn_1",
        "TextArrived item=e2 text=Hello is_whole=true",
        "MessageClosed item=e2",
    ]


@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols")
def test_every_saved_event_of_the_catalog_becomes_a_frame_that_is_known_or_says_why_not() -> None:
    assert SHARED
    catalog = json.loads((SHARED / "protocols" / "specs" / "event_catalog.json").read_text("utf-8"))["events"]
    types = {entry["type"] for entry in catalog if entry["endpoint"] == "REST chat_events"}
    assert types
    for type in types - NO_FRAME.keys():
        assert frame(type)["type"] in HumeEVI().names | PASSED_OVER.keys()


@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/events")
def test_examples_of_saved_events_become_frames() -> None:
    assert SHARED
    lines = (SHARED / "protocols" / "events" / "hume.jsonl").read_text("utf-8").splitlines()
    saved = [one["event"] for one in map(json.loads, lines) if one["channel"] == "rest"]
    assert saved
    for one in saved:
        made = from_chat_event(one)
        assert made
        assert made.at_ms == one["timestamp"]
