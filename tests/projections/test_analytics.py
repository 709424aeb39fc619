"""A conversation in numbers."""

from dataclasses import replace

from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import Role
from earwitness.projections.analytics import document, summary
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
    assert found["response_ms"] == {"count": 1, "median": 1500, "longest": 1500}


def test_who_spoke_for_how_long_is_told_from_the_sound():
    speech = document(CALL)["speech"]
    whole = speech["caller_seconds"] + speech["agent_seconds"]
    assert speech["agent_share"] == round(speech["agent_seconds"] / whole, 3)


def test_of_a_conversation_in_which_nothing_happened_nothing_is_made_up():
    found = document(EMPTY)
    assert found["summary"]["totalMessages"] == 0
    assert found["response_ms"] == {"count": 0, "median": None, "longest": None}
    assert found["speech"]["agent_share"] is None
