"""Spans of a conversation."""

import json
from dataclasses import replace

from earwitness.exports.spans import Span, spans, trace_id
from earwitness.model.conversation import Conversation, Leg, Status, ToolCall
from earwitness.model.events import Role
from told import BEGAN_NS, CALL, SECOND, message

ID = "01a225de-d3ab-7b5c-91ab-39d0d13791d7"
LEG = Leg(
    id="leg-1", provider="openai", way="tap", route="r", opened_ns=0, provider_ids={"model": "gpt-realtime"}
)
QUOTE = ToolCall(
    key="k",
    leg="leg-1",
    call="call_1",
    name="quote",
    arguments='{"zip": 1}',
    result="{}",
    called_ns=5 * SECOND,
    returned_ns=6 * SECOND,
)
SAID = (
    message(0, Role.ASSISTANT, "Hello"),
    message(2, Role.USER, "A quote, please"),
    message(4, Role.ASSISTANT, "One moment", response="resp_1"),
    message(7, Role.ASSISTANT, "It is ten dollars", status="interrupted"),
    message(9, Role.USER, "Thank you"),
)
TALK = replace(
    CALL,
    id=ID,
    legs=(LEG,),
    messages=SAID,
    tool_calls=(QUOTE,),
    ended_ns=10 * SECOND,
    usage={"input_tokens": 12, "output_tokens": 34},
)


def named(conversation: Conversation, **options: bool) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in spans(conversation, **options):
        found.setdefault(span.name, []).append(span)
    return found


def test_a_call_is_an_agent_invoked_with_its_turns_answers_and_tools_below() -> None:
    found = named(TALK)
    [root] = found["invoke_agent"]
    assert (root.parent, root.kind, root.start_ns) == (None, "client", BEGAN_NS)
    assert root.attributes["gen_ai.conversation.id"] == ID
    assert root.attributes["gen_ai.provider.name"] == "openai"
    assert root.attributes["gen_ai.usage.input_tokens"] == 12
    turns = found["turn"]
    assert [turn.parent for turn in turns] == [root.id] * 3
    assert [turn.attributes.get("earwitness.response_ms") for turn in turns] == [None, 1500, None]
    answers = found["chat gpt-realtime"]
    assert [answer.parent for answer in answers] == [turns[0].id, turns[1].id, turns[1].id]
    assert answers[1].attributes["gen_ai.response.id"] == "resp_1"
    assert answers[1].attributes["gen_ai.response.time_to_first_chunk"] == 1.5
    assert answers[2].attributes["gen_ai.response.finish_reasons"] == ("interrupted",)
    [tool] = found["execute_tool quote"]
    assert (tool.parent, tool.end_ns - tool.start_ns) == (turns[1].id, SECOND)
    assert tool.attributes["gen_ai.operation.name"] == "execute_tool"
    assert all(root.start_ns <= span.start_ns <= span.end_ns for each in found.values() for span in each)


def test_what_was_said_is_in_it_only_where_that_is_asked_for() -> None:
    without = repr(list(spans(TALK)))
    for words in ("Hello", "A quote", "ten dollars", "zip"):
        assert words not in without
    found = named(TALK, with_content=True)
    first, second = found["chat gpt-realtime"][1:]
    assert json.loads(str(first.attributes["gen_ai.input.messages"])) == [
        {"role": "user", "parts": [{"type": "text", "content": "A quote, please"}]}
    ]
    [out] = json.loads(str(second.attributes["gen_ai.output.messages"]))
    assert (out["parts"][0]["content"], out["finish_reason"]) == ("It is ten dollars", "interrupted")
    assert found["execute_tool quote"][0].attributes["gen_ai.tool.call.arguments"] == '{"zip": 1}'


def test_told_twice_it_is_the_same_trace() -> None:
    assert list(spans(TALK)) == list(spans(TALK))
    assert trace_id(TALK) == int(ID.replace("-", ""), 16)
    ids = [span.id for span in spans(TALK)]
    assert len(set(ids)) == len(ids)


def test_what_failed_says_so() -> None:
    broken = replace(
        TALK,
        status=Status.FAILED,
        reasons=("refused",),
        messages=(),
        tool_calls=(replace(QUOTE, error="no", result=None),),
    )
    root, tool = spans(broken)
    assert (root.error, tool.error, tool.parent) == ("refused", "tool_error", root.id)
