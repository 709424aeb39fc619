"""Tool calls on an ElevenLabs socket: the application's own, the platform's, and those of MCP servers.

The same call is told of several times, now with its arguments, now with its result.
"""

from collections.abc import Iterator
from typing import Any

from earwitness.decoders.wire import Unreadable, id_of, json_of, object_of, text_of
from earwitness.model.events import Event, Stamp, ToolCalled, ToolReturned

Body = dict[str, Any]


class Calls:
    """What was told of each call. Each method gives the events that are news."""

    def __init__(self) -> None:
        self._called: dict[str, tuple[str | None, str | None]] = {}  # name, arguments
        self._returned: dict[str, tuple[str | None, str | None]] = {}  # result, error

    def on_client_call(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._call(seen, object_of(body, "client_tool_call"))

    def on_client_result(self, seen: Stamp, body: Body) -> Iterator[Event]:
        result = json_of(body.get("result"))
        if body.get("is_error") is True:
            yield from self._return(seen, _id(body), None, result or "failed")
        else:
            yield from self._return(seen, _id(body), result, None)

    def on_request(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._call(seen, object_of(body, "agent_tool_request"))

    def on_response(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """That the call is over; its result is told elsewhere, if at all."""
        response = object_of(body, "agent_tool_response")
        yield from self._call(seen, response)
        if _id(response) not in self._returned:
            yield from self._return(seen, _id(response), None, _error(response))

    def on_full_response(self, seen: Stamp, body: Body) -> Iterator[Event]:
        response = object_of(body, "agent_tool_response_full_payload")
        yield from self._call(seen, response)
        result, error = json_of(response.get("full_tool_result")), _error(response)
        if error:
            yield from self._return(seen, _id(response), None, result or error)
        else:
            yield from self._return(seen, _id(response), result, None)

    def on_mcp(self, seen: Stamp, body: Body) -> Iterator[Event]:
        call = object_of(body, "mcp_tool_call")
        yield from self._call(seen, call)
        match call.get("state"):
            case "success":
                yield from self._return(seen, _id(call), json_of(call.get("result")), None)
            case "failure":
                yield from self._return(seen, _id(call), None, text_of(call, "error_message") or "failed")

    def _call(self, seen: Stamp, body: Body) -> Iterator[Event]:
        call = _id(body)
        name, arguments = self._called.get(call, (None, None))
        told = (text_of(body, "tool_name") or name, json_of(body.get("parameters")) or arguments)
        if self._called.get(call) != told:
            self._called[call] = told
            yield ToolCalled(seen=seen, call=call, name=told[0], arguments=told[1])

    def _return(self, seen: Stamp, call: str, result: str | None, error: str | None) -> Iterator[Event]:
        if self._returned.get(call) != (result, error):
            self._returned[call] = (result, error)
            yield ToolReturned(seen=seen, call=call, result=result, error=error)


def _id(body: Body) -> str:
    call = id_of(body, "tool_call_id")
    if call is None:
        raise Unreadable("no tool_call_id")
    return call


def _error(response: Body) -> str | None:
    if response.get("is_blocked") is True:
        return "blocked"
    return "failed" if response.get("is_error") is True else None
