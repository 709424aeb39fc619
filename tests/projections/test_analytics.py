"""A conversation in numbers."""

from dataclasses import replace

import pytest

from earwitness.model.conversation import Conversation, Status, ToolCall
from earwitness.model.events import Role
from earwitness.projections.analytics import document, function_calls, intents, summary
from earwitness.projections.figures import Figures, Side
from told import CALL, SECOND, message

EMPTY = Conversation(id="c", status=Status.ACTIVE, began_at_ns=0)


def test_the_summary_counts_messages_and_calls_as_other_loggers_do():
    conversation = replace(
        CALL,
        messages=(message(1, Role.USER, "a"), message(2, Role.ASSISTANT, "b"), message(3, Role.USER, "c")),
        tool_calls=CALL.tool_calls[:1],
        ended_ns=3725 * SECOND + SECOND // 2,
    )
    assert summary(conversation) == {
        "totalMessages": 4,
        "messageTypes": {"message": 3, "function_call": 1},
        "conversationFlow": {"userInitiated": 2, "agentInitiated": 1, "toolCalls": 1},
        "duration": {"seconds": 3725, "formatted": "01:02:05"},
    }


def test_the_time_to_an_answer_is_told_with_its_median_and_longest():
    asked, answer = message(1, Role.USER, "a"), message(3, Role.ASSISTANT, "b")
    found = document(replace(CALL, messages=(asked, answer)))
    assert found["response_ms"] == {"count": 1, "median": 1500, "mean": 1500, "longest": 1500, "each": [1500]}


def test_who_spoke_for_how_long_is_told_from_the_sound():
    speech = document(CALL)["speech"]
    whole = speech["caller_seconds"] + speech["agent_seconds"]
    assert speech["agent_share"] == round(speech["agent_seconds"] / whole, 3)
    assert speech["agent_share"] + speech["caller_share"] == pytest.approx(1)


def test_who_spoke_for_how_long_is_what_was_measured_where_it_was() -> None:
    """A telephone line sends sound all the time: what came is no measure of who spoke."""
    figures = Figures(caller=Side(speech_ms=1500), agent=Side(speech_ms=4500), agent_share=0.75)
    assert document(CALL)["speech"]["is_measured"] is False
    assert document(CALL, figures)["speech"] == {
        "is_measured": True,
        "caller_seconds": 1.5,
        "agent_seconds": 4.5,
        "caller_share": 0.25,
        "agent_share": 0.75,
    }
    assert document(CALL, Figures())["speech"]["agent_share"] is None


def tool(name: str, arguments: str = "{}", **fields: object) -> ToolCall:
    return replace(ToolCall(key=name, leg="leg-1", call=name, name=name, arguments=arguments), **fields)


def test_tool_calls_are_counted_by_name_with_failures_and_latency() -> None:
    calls = [
        tool("quote", result="{}", called_ns=0, returned_ns=SECOND),
        tool("quote", error="no", called_ns=0, returned_ns=3 * SECOND),
        tool("transfer"),
    ]
    told = function_calls(calls)
    assert (told["count"], told["failed"], told["unanswered"]) == (3, 1, 1)
    assert [(each["name"], each["count"]) for each in told["by_name"]] == [("quote", 2), ("transfer", 1)]
    assert told["latency_ms"] == {"count": 2, "p50": 1000, "p95": 3000, "longest": 3000}


def test_intents_are_what_tools_were_told_in_an_argument_of_that_name() -> None:
    calls = [
        tool("call_intent", '{"intent": "card_replacement"}'),
        tool("route", '{"intent": "card_replacement", "x": 1}'),
        tool("call_intent", '{"intent": "balance"}'),
        *(tool("call_intent", odd) for odd in ("", "[]", '{"intent": 3}', '{"intent": ""}', "{")),
    ]
    assert intents(calls) == [
        {"intent": "card_replacement", "count": 2},
        {"intent": "balance", "count": 1},
    ]


def test_of_a_conversation_in_which_nothing_happened_nothing_is_made_up():
    found = document(EMPTY)
    assert found["summary"]["totalMessages"] == 0
    assert found["response_ms"] == {"count": 0, "median": None, "mean": None, "longest": None, "each": []}
    assert (found["function_calls"]["count"], found["intents"], found["figures"]) == (0, [], None)
    assert found["sentiment"]["caller"]["sentiment"] is None
    assert found["speech"]["agent_share"] is None
