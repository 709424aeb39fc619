"""AudioCodes activities: several in one message, in both directions."""

from typing import Any

import pytest

from earwitness.decoders.audiocodes_activities import EVENTS_PASSED_OVER
from wirelogs import Playbook


def told(who: str, *activities: Any) -> list[str]:
    return Playbook("audiocodes").tell(who, {"type": "activities", "activities": list(activities)})


def event(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "event", "name": name, **fields}


def test_text_from_the_bot_is_spoken_by_the_platform() -> None:
    assert told("server", {"type": "message", "text": "Hold on."}, {"type": "message", "text": "Still."}) == [
        "MessageOpened item=spoken role=assistant",
        'TextArrived item=spoken text="Hold on." is_whole=true',
        "MessageClosed item=spoken",
        "MessageOpened item=spoken#2 role=assistant",
        "TextArrived item=spoken#2 text=Still. is_whole=true",
        "MessageClosed item=spoken#2",
    ]


def test_text_from_the_platform_is_what_it_heard_the_caller_say() -> None:
    message = {"type": "message", "id": "m1", "text": "Yes.", "parameters": {"confidence": 0.8}}
    assert told("client", message, message, {"type": "message", "text": ""}) == [
        "MessageOpened item=m1 role=user",
        "TextArrived item=m1 text=Yes. is_whole=true confidence=0.8",
        "MessageClosed item=m1",
    ]


def test_start_describes_the_call() -> None:
    assert told("client", event("start", parameters={"caller": "+15555550100", "callee": "", "n": 1})) == [
        'LegIdentified metadata={"caller": "+15555550100"}'
    ]
    assert told("client", event("start")) == []


@pytest.mark.parametrize("name", ["DTMF", "dtmf"])
def test_keys_that_the_caller_pressed(name: str) -> None:
    assert told("client", event(name, value="1#")) == ["DigitPressed digit=1", "DigitPressed digit=#"]


def test_keys_that_the_bot_has_pressed() -> None:
    assert told("server", event("sendDtmf", activityParams={"dtmfDigits": "5"})) == [
        "DigitPressed digit=5 party=agent"
    ]
    assert told("server", event("sendDtmf")) == ['Undecoded reason="no digits" name=sendDtmf']
    assert told("client", event("DTMF", value="1" * 1001)) == ['Undecoded reason="too many digits" name=DTMF']


def test_transfer_tells_to_whom() -> None:
    assert told("server", event("transfer", activityParams={"transferTarget": "tel:1"})) == [
        'NoteTaken verb=metadata data={"transfer_target": "tel:1"}'
    ]
    assert told("server", event("transfer")) == []


def test_file_that_is_played_may_tell_its_words() -> None:
    assert told("server", event("playUrl", activityParams={"playUrlAltText": "Hold on."}))[1:] == [
        'TextArrived item=played text="Hold on." is_whole=true',
        "MessageClosed item=played",
    ]
    assert told("server", event("playUrl", activityParams={"playUrlUrl": "https://example.com/a.wav"})) == []


@pytest.mark.parametrize("name", EVENTS_PASSED_OVER)
def test_what_says_nothing_of_the_conversation_is_passed_over_with_a_reason(name: str) -> None:
    assert told("server", event(name)) == []
    assert EVENTS_PASSED_OVER[name]


def test_one_that_nobody_knows_spoils_no_other() -> None:
    assert told("client", event("sing"), {"type": "typing"}, "what", event("DTMF", value=1)) == [
        'Undecoded reason="unknown activity" name=sing',
        'Undecoded reason="unknown activity" name=activities',
        'Undecoded reason="unknown activity" name=activities',
        "DigitPressed digit=1",
    ]
    assert told("client", {"type": "message"}) == ['Undecoded reason="no text" name=activities']


def test_list_that_is_none_is_left_over() -> None:
    leg = Playbook("audiocodes")
    assert leg.client("activities", activities="x") == ['Undecoded reason="no activities" name=activities']
