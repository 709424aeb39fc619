"""What a conversation comes to in numbers: how much was said by whom, how quickly, for how long."""

from statistics import median
from typing import Any

from earwitness.model.conversation import Conversation
from earwitness.model.events import Party
from earwitness.projections.answers import response_times_ms
from earwitness.projections.documents import counts, speech_seconds
from earwitness.projections.moments import clock_face


def summary(conversation: Conversation) -> dict[str, Any]:
    """The block other loggers of realtime sessions give, in its own spelling.

    `totalMessages` counts the items of the history, tool calls included, as `messageTypes` adds up;
    the flow counts messages alone.
    """
    many = counts(conversation)
    kinds = {"message": many["messages"], "function_call": many["tool_calls"]}
    return {
        "totalMessages": sum(kinds.values()),
        "messageTypes": {kind: count for kind, count in kinds.items() if count},
        "conversationFlow": {
            "userInitiated": many["user"],
            "agentInitiated": many["assistant"],
            "toolCalls": many["tool_calls"],
        },
        "duration": duration(conversation),
    }


def duration(conversation: Conversation) -> dict[str, Any]:
    """Whole seconds, and the same as `HH:MM:SS`."""
    ns = conversation.duration_ns
    return {"seconds": ns // 1_000_000_000, "formatted": clock_face(ns)[:8]}


def document(conversation: Conversation) -> dict[str, Any]:
    """`summary` beside what is ours: counts, response times, who spoke for how long."""
    times = response_times_ms(conversation)
    spoken = {party: speech_seconds(conversation, party) for party in (Party.CALLER, Party.AGENT)}
    total = sum(spoken.values())
    return {
        "summary": summary(conversation),
        "counts": counts(conversation),
        "response_ms": {
            "count": len(times),
            "median": round(median(times)) if times else None,
            "longest": max(times, default=None),
        },
        "speech": {
            "caller_seconds": spoken[Party.CALLER],
            "agent_seconds": spoken[Party.AGENT],
            "agent_share": round(spoken[Party.AGENT] / total, 3) if total else None,
        },
    }
