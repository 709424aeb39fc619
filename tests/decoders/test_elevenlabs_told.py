"""The transcript that comes after a call, turn by turn."""

from typing import Any

import pytest

from earwitness.decoders.elevenlabs_told import transcript
from earwitness.model.events import Stamp
from wirelogs import line

SEEN = Stamp("leg", 1, 0)


def told(*turns: dict[str, Any], began_ns: int | None = None) -> list[str]:
    return [line(event) for event in transcript(SEEN, list(turns), began_ns)]


def test_turns_become_messages_in_their_order() -> None:
    turns = ({"role": "agent", "message": "Hello."}, {"role": "user", "message": "Tea.", "interrupted": None})
    assert told(*turns) == [
        "MessageOpened item=turn_0 role=assistant is_first=true is_audible=false",
        "TextArrived item=turn_0 text=Hello. is_whole=true",
        "MessageClosed item=turn_0",
        "MessageOpened item=turn_1 role=user previous=turn_0 is_audible=false",
        "TextArrived item=turn_1 text=Tea. is_whole=true",
        "MessageClosed item=turn_1",
    ]


def test_a_turn_of_tools_only_is_no_message() -> None:
    call = {"request_id": "t1", "tool_name": "order", "params_as_json": '{"n":1}'}
    results = [
        {"request_id": "t1", "result_value": "done"},
        {"request_id": "t2", "is_error": True},
        {"result_value": "nobody's"},
    ]
    assert told({"role": "agent", "message": None, "tool_calls": [call, {}], "tool_results": results}) == [
        'ToolCalled call=t1 name=order arguments={"n":1}',
        "ToolReturned call=t1 result=done",
        "ToolReturned call=t2 error=failed",
    ]


@pytest.mark.parametrize("at_s", [None, "2", True, -1, 1e18, float("nan")])
def test_a_time_that_is_none_is_not_told(at_s: Any) -> None:
    assert "said_at_ns" not in told({"message": "x", "time_in_call_secs": at_s}, began_ns=5)[0]


def test_times_count_from_the_beginning_of_the_call() -> None:
    events = told({"role": "user", "message": "x", "time_in_call_secs": 2}, began_ns=5)
    assert "said_at_ns=2000000005" in events[0]
