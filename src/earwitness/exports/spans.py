"""A conversation as spans, by OpenTelemetry's conventions for generative AI (of 2026, in development).

One trace a conversation: the call is `invoke_agent`, in it each turn, in a turn each answer (`chat`) and each
tool call (`execute_tool`). Ids come from the conversation's own, so that sending it again makes no second
trace. What was said is in it only where that is asked for.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from earwitness.model.conversation import Conversation, Leg, Message, ToolCall
from earwitness.model.events import Party, Role
from earwitness.projections.transcript import spoken

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"
OWN = "earwitness."
Value = str | int | float | bool | tuple[str, ...]
_FINISHED = {"completed": "stop", "incomplete": "length", "failed": "error"}
_NEAR_AI = ("openai", "hume", "elevenlabs")  # whose leg is the model's, where a call has several
TOOL_ERROR = "tool_error"  # `error.type` is to have few values: the words of an error are content


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span; times are ns since the epoch. `error`: its `error.type`."""

    id: int
    parent: int | None
    name: str
    kind: Literal["client", "internal"]
    start_ns: int
    end_ns: int
    attributes: dict[str, Value] = field(default_factory=dict)
    error: str | None = None


def trace_id(conversation: Conversation) -> int:
    return UUID(conversation.id).int


def spans(conversation: Conversation, *, with_content: bool = False) -> Iterator[Span]:
    """All of them, a parent before its children."""
    return _Trace(conversation, with_content).spans()


@dataclass(slots=True)
class _Turn:
    """What the caller said, and what the agent did until the caller spoke again."""

    asked: list[Message] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)


class _Trace:
    def __init__(self, conversation: Conversation, with_content: bool) -> None:
        self._of = conversation
        self._with_content = with_content
        self._legs = {leg.id: leg for leg in conversation.legs}
        self._root = self._id("conversation")

    def spans(self) -> Iterator[Span]:
        yield self._conversation()
        turns = list(_turns(self._of))
        edges = [0, *(_begin(turn) for turn in turns[1:]), self._of.duration_ns + 1]
        calls = sorted(self._of.tool_calls, key=lambda call: call.called_ns)
        for number, turn in enumerate(turns):
            inside = [call for call in calls if edges[number] <= call.called_ns < edges[number + 1]]
            yield from self._turn(number, turn, inside)
        if not turns:
            yield from (self._tool(call, self._root) for call in calls)

    def _conversation(self) -> Span:
        of = self._of
        leg = _ai_leg(of)
        ids = leg.provider_ids if leg else {}
        agent = ids.get("agent_id") or ids.get("bot_name") or ids.get("config_id")
        usage = {
            f"gen_ai.usage.{name}": count
            for name in ("input_tokens", "output_tokens")
            if isinstance(count := of.usage.get(name), int)
        }
        found: dict[str, Value | None] = {
            **self._common("invoke_agent", leg),
            "gen_ai.agent.id": agent,
            **usage,
            OWN + "status": of.status.value,
            OWN + "outcome": of.outcome,
            OWN + "labels": of.labels or None,
            OWN + "providers": of.providers,
            OWN + "messages": len(of.messages),
            OWN + "interruptions": len(of.interruptions),
        }
        is_failed = of.status.value == "failed"
        return Span(
            id=self._root,
            parent=None,
            name=f"invoke_agent {agent}" if agent else "invoke_agent",
            kind="client",
            start_ns=of.began_at_ns,
            end_ns=of.began_at_ns + of.duration_ns,
            attributes=_given(found),
            error=(of.reasons[0] if of.reasons else "failed") if is_failed else None,
        )

    def _turn(self, number: int, turn: _Turn, calls: list[ToolCall]) -> Iterator[Span]:
        said = [*turn.asked, *turn.answers]
        own = self._id(f"turn {said[0].key}")
        ends = [_end(message) for message in said] + [call.returned_ns or call.called_ns for call in calls]
        response_ms = _response_ms(turn)
        found: dict[str, Value | None] = {
            "gen_ai.conversation.id": self._of.id,
            OWN + "turn": number,
            OWN + "response_ms": response_ms,
        }
        yield self._span(own, self._root, "turn", _begin(turn), max(ends), found)
        asked = turn.asked
        for message in turn.answers:
            yield self._generation(message, own, asked, response_ms)
            asked, response_ms = [], None
        yield from (self._tool(call, own) for call in calls)

    def _generation(
        self, message: Message, parent: int, asked: list[Message], response_ms: int | None
    ) -> Span:
        leg = self._legs.get(message.leg)
        common = self._common("chat", leg)
        reason = _FINISHED.get(message.status, message.status)
        found: dict[str, Value | None] = {
            **common,
            "gen_ai.output.type": "speech" if message.is_audible else "text",
            "gen_ai.response.id": message.response,
            "gen_ai.response.finish_reasons": (reason,),
            "gen_ai.response.time_to_first_chunk": None if response_ms is None else response_ms / 1000,
            OWN + "message": message.key,
            OWN + "heard_ms": message.heard_ms,
        }
        if self._with_content:
            found["gen_ai.input.messages"] = _messages(asked)
            found["gen_ai.output.messages"] = _messages([message], finish_reason=reason)
        model = found.get("gen_ai.request.model")
        name = f"chat {model}" if model else "chat"
        error = "failed" if message.status == "failed" else None
        own = self._id(f"chat {message.key}")
        return self._span(own, parent, name, message.started_ns, _end(message), found, "client", error)

    def _tool(self, call: ToolCall, parent: int) -> Span:
        found: dict[str, Value | None] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.conversation.id": self._of.id,
            "gen_ai.tool.name": call.name,
            "gen_ai.tool.call.id": call.call,
            "gen_ai.tool.type": "function",
        }
        if self._with_content:
            came = call.result if call.error is None else call.error
            found["gen_ai.tool.call.arguments"] = call.arguments
            found["gen_ai.tool.call.result"] = came
        error = TOOL_ERROR if call.error is not None else None
        end_ns = call.called_ns if call.returned_ns is None else call.returned_ns
        own = self._id(f"tool {call.key}")
        name = f"execute_tool {call.name}"
        return self._span(own, parent, name, call.called_ns, end_ns, found, error=error)

    def _span(
        self,
        own: int,
        parent: int,
        name: str,
        start_ns: int,
        end_ns: int,
        found: dict[str, Value | None],
        kind: Literal["client", "internal"] = "internal",
        error: str | None = None,
    ) -> Span:
        began_ns = self._of.began_at_ns
        return Span(
            id=own,
            parent=parent,
            name=name,
            kind=kind,
            start_ns=began_ns + start_ns,
            end_ns=began_ns + max(start_ns, end_ns),
            attributes=_given(found),
            error=error,
        )

    def _common(self, operation: str, leg: Leg | None) -> dict[str, Value | None]:
        return {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": leg.provider if leg else "unknown",
            "gen_ai.conversation.id": self._of.id,
            "gen_ai.request.model": leg.provider_ids.get("model") if leg else None,
        }

    def _id(self, what: str) -> int:
        """64 bits, never 0: the same for the same part of the same conversation."""
        digest = hashlib.sha256(f"{self._of.id} {what}".encode()).digest()
        return int.from_bytes(digest[:8], "big") or 1


def _ai_leg(conversation: Conversation) -> Leg | None:
    legs = sorted(conversation.legs, key=lambda leg: leg.provider not in _NEAR_AI)
    return legs[0] if legs else None


def _turns(conversation: Conversation) -> Iterator[_Turn]:
    """The greeting is a turn in which nobody asked."""
    turn = _Turn()
    for message in conversation.messages:
        if message.role is Role.SYSTEM or message.is_inserted:
            continue
        if message.party is Party.CALLER and turn.answers:
            yield turn
            turn = _Turn()
        (turn.asked if message.party is Party.CALLER else turn.answers).append(message)
    if turn.asked or turn.answers:
        yield turn


def _begin(turn: _Turn) -> int:
    return min(message.started_ns for message in (*turn.asked, *turn.answers))


def _end(message: Message) -> int:
    return message.started_ns if message.ended_ns is None else message.ended_ns


def _response_ms(turn: _Turn) -> int | None:
    if not turn.asked or not turn.answers or turn.asked[-1].ended_ns is None:
        return None
    waited_ns = turn.answers[0].started_ns - turn.asked[-1].ended_ns
    return waited_ns // 1_000_000 if waited_ns >= 0 else None


def _messages(messages: list[Message], **more: Any) -> str | None:
    """As the conventions have them, in JSON."""
    told = [
        {"role": each.role.value, "parts": [{"type": "text", "content": spoken(each)}], **more}
        for each in messages
    ]
    return json.dumps(told, ensure_ascii=False) if told else None


def _given(found: dict[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in found.items() if value is not None}
