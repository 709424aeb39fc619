"""Tool calls over an ElevenLabs socket, each told of several times."""

from typing import Any

import pytest

from wirelogs import Playbook


def request(call: str = "t1") -> dict[str, Any]:
    return {"tool_name": "find", "tool_call_id": call, "tool_type": "client", "event_id": 1}


def response(call: str = "t1", **more: Any) -> dict[str, Any]:
    return {**request(call), "is_error": False, "is_called": True, **more}


def mcp(state: str, **more: Any) -> dict[str, Any]:
    return {"tool_call_id": "m1", "tool_name": "rain", "parameters": {"in": "Bern"}, "state": state, **more}


def test_application_s_call_and_its_result() -> None:
    leg = Playbook("elevenlabs")
    call = {"tool_name": "find", "tool_call_id": "t1", "parameters": {"id": 7}, "event_id": 1}
    assert leg.server("client_tool_call", client_tool_call=call) == [
        'ToolCalled call=t1 name=find arguments={"id":7}'
    ]
    assert leg.client("client_tool_result", tool_call_id="t1", result={"ok": 1}, is_error=False) == [
        'ToolReturned call=t1 result={"ok":1}'
    ]
    assert leg.server("agent_tool_response", agent_tool_response=response()) == []


def test_result_may_be_text_and_may_be_an_error() -> None:
    leg = Playbook("elevenlabs")
    assert leg.client("client_tool_result", tool_call_id="t1", result="fine", is_error=False) == [
        "ToolReturned call=t1 result=fine"
    ]
    assert leg.client("client_tool_result", tool_call_id="t2", result="no such tool", is_error=True) == [
        'ToolReturned call=t2 error="no such tool"'
    ]
    assert leg.client("client_tool_result", tool_call_id="t3", is_error=True) == [
        "ToolReturned call=t3 error=failed"
    ]


def test_platform_s_call_tells_that_it_is_over_and_perhaps_its_result() -> None:
    leg = Playbook("elevenlabs")
    assert leg.server("agent_tool_request", agent_tool_request=request()) == ["ToolCalled call=t1 name=find"]
    assert leg.server("agent_tool_response", agent_tool_response=response()) == ["ToolReturned call=t1"]
    full = response(full_tool_result='{"a":1}')
    told = leg.server("agent_tool_response_full_payload", agent_tool_response_full_payload=full)
    assert told == ['ToolReturned call=t1 result={"a":1}']
    assert leg.server("agent_tool_response_full_payload", agent_tool_response_full_payload=full) == []


def test_response_to_a_call_that_nothing_announced_announces_it() -> None:
    told = Playbook("elevenlabs").server("agent_tool_response", agent_tool_response=response(is_error=True))
    assert told == ["ToolCalled call=t1 name=find", "ToolReturned call=t1 error=failed"]


def test_call_that_was_blocked_or_failed_says_why() -> None:
    leg = Playbook("elevenlabs")
    name = "agent_tool_response_full_payload"
    told = leg.server(name, **{name: response("t2", is_blocked=True, full_tool_result="by a rule")})
    assert told[-1] == 'ToolReturned call=t2 error="by a rule"'
    told = leg.server(name, **{name: response("t3", is_blocked=True)})
    assert told[-1] == "ToolReturned call=t3 error=blocked"


def test_call_of_an_mcp_server_is_told_in_every_state() -> None:
    leg = Playbook("elevenlabs")
    assert leg.server("mcp_tool_call", mcp_tool_call=mcp("loading")) == [
        'ToolCalled call=m1 name=rain arguments={"in":"Bern"}'
    ]
    assert leg.server("mcp_tool_call", mcp_tool_call=mcp("awaiting_approval")) == []
    assert leg.client("mcp_tool_approval_result", tool_call_id="m1", is_approved=True) == []
    assert leg.server("mcp_tool_call", mcp_tool_call=mcp("success", result=[{"text": "yes"}])) == [
        'ToolReturned call=m1 result=[{"text":"yes"}]'
    ]


@pytest.mark.parametrize(("more", "error"), [({"error_message": "down"}, "down"), ({}, "failed")])
def test_call_of_an_mcp_server_that_fails(more: dict[str, str], error: str) -> None:
    told = Playbook("elevenlabs").server("mcp_tool_call", mcp_tool_call=mcp("failure", **more))
    assert told[-1] == f"ToolReturned call=m1 error={error}"


def test_call_without_an_id_is_left_over() -> None:
    for name in ("client_tool_call", "client_tool_result", "agent_tool_request", "mcp_tool_call"):
        assert Playbook("elevenlabs").server(name) == [f'Undecoded reason="no tool_call_id" name={name}']
