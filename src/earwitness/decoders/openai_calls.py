"""Tool calls of an OpenAI conversation: functions, and MCP calls, which the server makes itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from earwitness.decoders.openai_chain import Chain
from earwitness.decoders.wire import Unreadable, id_of, json_of, text_of
from earwitness.model.events import Event, Stamp, ToolCalled, ToolReturned

_ENDED = frozenset({"completed", "incomplete", "failed"})


@dataclass(slots=True)
class _Call:
    name: str | None = None
    arguments: str | None = None
    item: str | None = None
    response: str | None = None
    previous: str | None = None
    returned: tuple[str | None, str | None] | None = None


class Calls:
    """What is known of each call. Each method gives the events that are news."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._calls: dict[str, _Call] = {}
        self._call_of: dict[str, str] = {}  # item -> call

    def called(self, seen: Stamp, call: str, **news: str | None) -> Iterator[Event]:
        """Let the call be known, with what is news of it; None is no news."""
        is_new = call not in self._calls
        known = self._calls.setdefault(call, _Call())
        before = replace(known)
        for name, value in news.items():
            if value is not None:
                setattr(known, name, value)
        if known.item:
            self._call_of[known.item] = call
            known.previous = self._chain.place(known.item)[0] or known.previous
        if is_new or known != before:
            yield ToolCalled(
                seen=seen,
                call=call,
                name=known.name,
                arguments=known.arguments,
                item=known.item,
                response=known.response,
                previous=known.previous,
            )

    def id_of(self, body: dict[str, Any]) -> str:
        """The call an event is about, by its own id or by its item's; an MCP call has its item's id alone."""
        item = id_of(body, "item_id")
        call = id_of(body, "call_id") or self._call_of.get(item or "") or item
        if call is None:
            raise Unreadable("neither call_id nor item_id")
        return call

    def take(
        self, seen: Stamp, item: str, body: dict[str, Any], is_final: bool, response: str | None
    ) -> Iterator[Event]:
        """A call's item, in whatever state. Its arguments count once they are whole."""
        is_mcp = text_of(body, "type") == "mcp_call"
        call = id_of(body, "call_id") or self._call_of.get(item)
        result, error = json_of(body.get("output")), _error(body.get("error"))
        has_returned = is_mcp and (result is not None or error is not None)
        is_whole = is_final or has_returned or text_of(body, "status") in _ENDED
        if call is None and not (is_mcp or is_whole):
            return  # its id comes with its arguments
        call = call or item
        arguments = text_of(body, "arguments") if is_whole else None
        name = text_of(body, "name")
        yield from self.called(seen, call, name=name, arguments=arguments, item=item, response=response)
        if has_returned:
            yield from self.returned(seen, call, result, error)

    def take_result(self, seen: Stamp, body: dict[str, Any]) -> Iterator[Event]:
        """The item by which a client gives a function's result."""
        call = id_of(body, "call_id")
        if call is None:
            raise Unreadable("result without call_id")
        yield from self.returned(seen, call, json_of(body.get("output")), None)

    def returned(self, seen: Stamp, call: str, result: str | None, error: str | None) -> Iterator[Event]:
        known = self._calls.setdefault(call, _Call())
        if known.returned != (result, error):
            known.returned = (result, error)
            yield ToolReturned(seen=seen, call=call, result=result, error=error)


def _error(value: Any) -> str | None:
    """An error's own message where it has one."""
    return (text_of(value, "message") if isinstance(value, dict) else None) or json_of(value)
