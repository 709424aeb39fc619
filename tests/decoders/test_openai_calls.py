"""Tool calls of an OpenAI conversation."""

from typing import Any

from wirelogs import Playbook


def call(status: str, arguments: str, **more: Any) -> dict[str, Any]:
    return {"id": "f1", "type": "function_call", "status": status, "arguments": arguments, **more}


def test_call_from_its_name_to_its_result() -> None:
    leg = Playbook("openai")
    begun = call("in_progress", "", name="find", call_id="c1")
    assert leg.server("response.output_item.added", response_id="r1", item=begun) == [
        "ToolCalled call=c1 name=find item=f1 response=r1"
    ]
    assert leg.server("conversation.item.added", previous_item_id="u1", item=begun) == [
        "ToolCalled call=c1 name=find item=f1 response=r1 previous=u1"
    ]
    whole = {"response_id": "r1", "item_id": "f1", "call_id": "c1", "arguments": "{}"}
    assert leg.server("response.function_call_arguments.delta", delta="{}", **whole) == []
    assert leg.server("response.function_call_arguments.done", **whole) == [
        "ToolCalled call=c1 name=find arguments={} item=f1 response=r1 previous=u1"
    ]
    done = call("completed", "{}", name="find", call_id="c1")
    assert leg.server("response.output_item.done", response_id="r1", item=done) == []
    output = {"type": "function_call_output", "call_id": "c1", "output": "[7]"}
    assert leg.client("conversation.item.create", item=output) == ["ToolReturned call=c1 result=[7]"]
    echo = {**output, "id": "o1"}
    assert leg.server("conversation.item.added", previous_item_id="f1", item=echo) == []
    assert leg.server("conversation.item.done", previous_item_id="f1", item=echo) == []


def test_message_after_a_result_stands_after_the_call() -> None:
    leg = Playbook("openai")
    leg.server("conversation.item.added", previous_item_id=None, item=call("completed", "{}", call_id="c1"))
    output = {"id": "o1", "type": "function_call_output", "call_id": "c1", "output": "[7]"}
    leg.server("conversation.item.added", previous_item_id="f1", item=output)
    answer = {"id": "a1", "type": "message", "role": "assistant", "content": [], "status": "in_progress"}
    assert leg.server("conversation.item.added", previous_item_id="o1", item=answer) == [
        "MessageOpened item=a1 role=assistant previous=f1"
    ]


def test_call_seen_only_at_the_end_of_its_response_is_not_lost() -> None:
    leg = Playbook("openai")
    output = [{"id": "f1", "type": "function_call", "arguments": '{"a":1}', "name": "find", "call_id": "c1"}]
    told = leg.server("response.done", response={"id": "r1", "status": "completed", "output": output})
    assert told == [
        'ToolCalled call=c1 name=find arguments={"a":1} item=f1 response=r1',
        "ResponseEnded response=r1 status=completed",
    ]


def test_call_whose_id_comes_late_is_one_call() -> None:
    leg = Playbook("openai")
    assert leg.server("response.output_item.added", item=call("in_progress", "")) == []
    done = {"item_id": "f1", "call_id": "c1", "name": "find", "arguments": "{}"}
    assert leg.server("response.function_call_arguments.done", **done) == [
        "ToolCalled call=c1 name=find arguments={} item=f1"
    ]


def test_call_named_only_by_its_item_is_the_same_call() -> None:
    leg = Playbook("openai")
    leg.server("response.output_item.added", item=call("in_progress", "", name="find", call_id="c1"))
    assert leg.server("response.function_call_arguments.done", item_id="f1", arguments="{}") == [
        "ToolCalled call=c1 name=find arguments={} item=f1"
    ]


def test_result_that_is_an_object_becomes_text() -> None:
    item = {"type": "function_call_output", "call_id": "c1", "output": {"ok": True}}
    assert Playbook("openai").client("conversation.item.create", item=item) == [
        r'ToolReturned call=c1 result={"ok":true}'
    ]


def test_mcp_call_is_made_and_answered_by_the_server() -> None:
    leg = Playbook("openai")
    item = {"id": "m1", "type": "mcp_call", "name": "search", "arguments": "", "output": None, "error": None}
    assert leg.server("response.output_item.added", response_id="r1", item=item) == [
        "ToolCalled call=m1 name=search item=m1 response=r1"
    ]
    assert leg.server("response.mcp_call_arguments.done", item_id="m1", arguments='{"q":1}') == [
        'ToolCalled call=m1 name=search arguments={"q":1} item=m1 response=r1'
    ]
    done = {**item, "arguments": '{"q":1}', "output": "found"}
    assert leg.server("response.mcp_call.in_progress", item_id="m1") == []
    assert leg.server("response.output_item.done", response_id="r1", item=done) == [
        "ToolReturned call=m1 result=found"
    ]


def test_failed_mcp_call_keeps_its_reason() -> None:
    leg = Playbook("openai")
    item = {"id": "m1", "type": "mcp_call", "name": "search", "arguments": "{}"}
    leg.server("response.output_item.added", response_id="r1", item=item)
    assert leg.server("response.mcp_call.failed", item_id="m1") == ["ToolReturned call=m1 error=failed"]
    failed = {**item, "error": {"type": "http_error", "code": 502, "message": "bad gateway"}}
    assert leg.server("response.output_item.done", response_id="r1", item=failed)[-1] == (
        'ToolReturned call=m1 error="bad gateway"'
    )


def test_call_and_result_that_name_no_call_are_left_over() -> None:
    leg = Playbook("openai")
    done = "response.function_call_arguments.done"
    assert leg.server(done, arguments="{}") == [f'Undecoded reason="neither call_id nor item_id" name={done}']
    assert leg.client("conversation.item.create", item={"type": "function_call_output", "output": "x"}) == [
        'Undecoded reason="result without call_id" name=conversation.item.create'
    ]
