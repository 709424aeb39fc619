"""The transcript that ElevenLabs sends after a call: times are whole seconds, so good for order only."""

from collections.abc import Iterator
from typing import Any

from earwitness.clock import NS_PER_MS
from earwitness.decoders.wire import id_of, json_of, objects_of, text_of
from earwitness.model.events import (
    Event,
    MessageClosed,
    MessageOpened,
    Role,
    Stamp,
    TextArrived,
    ToolCalled,
    ToolReturned,
)

_ROLES = {"user": Role.USER, "agent": Role.ASSISTANT}
_LONGEST_S = 7 * 24 * 3600


def transcript(seen: Stamp, turns: list[dict[str, Any]], began_ns: int | None) -> Iterator[Event]:
    """Messages and tool calls of these turns, in their order. `began_ns`: of the call, since the epoch."""
    previous: str | None = None
    for number, turn in enumerate(turns):
        role = _ROLES.get(text_of(turn, "role") or "", Role.SYSTEM)
        text = text_of(turn, "message")
        if text:
            item = f"turn_{number}"
            yield MessageOpened(
                seen=seen,
                item=item,
                role=role,
                previous=previous,
                is_first=previous is None,
                is_audible=False,
                said_at_ns=_said(turn, began_ns),
            )
            yield TextArrived(seen=seen, item=item, text=text, is_whole=True)
            is_cut = turn.get("interrupted") is True
            yield MessageClosed(seen=seen, item=item, status="incomplete" if is_cut else "completed")
            previous = item
        yield from _tools(seen, turn)


def _tools(seen: Stamp, turn: dict[str, Any]) -> Iterator[Event]:
    for call in objects_of(turn, "tool_calls"):
        if name := id_of(call, "request_id"):
            arguments = json_of(call.get("params_as_json"))
            yield ToolCalled(seen=seen, call=name, name=text_of(call, "tool_name"), arguments=arguments)
    for result in objects_of(turn, "tool_results"):
        if name := id_of(result, "request_id"):
            value = json_of(result.get("result_value"))
            is_error = result.get("is_error") is True
            told = {"error": value or "failed"} if is_error else {"result": value}
            yield ToolReturned(seen=seen, call=name, **told)


def _said(turn: dict[str, Any], began_ns: int | None) -> int | None:
    at_s = turn.get("time_in_call_secs")
    if began_ns is None or isinstance(at_s, bool) or not isinstance(at_s, int | float):
        return None
    return began_ns + round(at_s * 1000) * NS_PER_MS if 0 <= at_s <= _LONGEST_S else None
