"""What a conversation comes to in numbers: how much was said by whom, how quickly, for how long, how it felt.

Every figure is defined in docs/understand/analytics.md. `figures` are measured on the sound, all else comes
from the events.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import mean, median
from typing import Any

import msgspec

from earwitness.model.conversation import Conversation, ToolCall
from earwitness.model.events import Party
from earwitness.projections import moods
from earwitness.projections.answers import response_times_ms
from earwitness.projections.documents import counts, speech_seconds
from earwitness.projections.figures import Figures, times
from earwitness.projections.moments import clock_face

INTENT = "intent"  # the argument by which tools are told what the caller wants


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


def document(conversation: Conversation, figures: Figures | None = None) -> dict[str, Any]:
    """`analytics.json`: `summary` beside what is ours. `figures`: None until the sound was measured."""
    return {
        "summary": summary(conversation),
        "counts": counts(conversation),
        "response_ms": _responses(response_times_ms(conversation)),
        "speech": _speech(conversation, figures),
        "function_calls": function_calls(conversation.tool_calls),
        "intents": intents(conversation.tool_calls),
        "sentiment": moods.sentiment(conversation),
        "emotions": {
            "over_time": moods.over_time(conversation),
            "after_agent_turns": moods.after_agent_turns(conversation),
        },
        "figures": msgspec.to_builtins(figures),
    }


def _responses(took: list[int]) -> dict[str, Any]:
    return {
        "count": len(took),
        "median": round(median(took)) if took else None,
        "mean": round(mean(took)) if took else None,
        "longest": max(took, default=None),
        "each": took,
    }


def _speech(conversation: Conversation, figures: Figures | None) -> dict[str, Any]:
    """As measured; until then the sound that came, with the silence that callers' lines send along."""
    if figures is None:
        caller, agent = (speech_seconds(conversation, party) for party in (Party.CALLER, Party.AGENT))
    else:
        caller, agent = figures.caller.speech_ms / 1000, figures.agent.speech_ms / 1000
    share = round(agent / (caller + agent), 3) if caller + agent else None
    return {
        "is_measured": figures is not None,
        "caller_seconds": caller,
        "agent_seconds": agent,
        "caller_share": None if share is None else round(1 - share, 3),
        "agent_share": share,
    }


def function_calls(calls: Iterable[ToolCall]) -> dict[str, Any]:
    """How often tools were called, failed, were never answered, and how long they took; by name too."""
    calls = list(calls)
    named: dict[str, list[ToolCall]] = {}
    for call in calls:
        named.setdefault(call.name, []).append(call)
    by_name = [{"name": name, **_tally(named[name])} for name in sorted(named, key=lambda n: -len(named[n]))]
    return {**_tally(calls), "by_name": by_name}


def _tally(calls: list[ToolCall]) -> dict[str, Any]:
    took = [call.latency_ms for call in calls if call.latency_ms is not None]
    return {
        "count": len(calls),
        "failed": sum(call.error is not None for call in calls),
        "unanswered": sum(call.result is None and call.error is None for call in calls),
        "latency_ms": msgspec.to_builtins(times(took)),
    }


def intents(calls: Iterable[ToolCall]) -> list[dict[str, Any]]:
    """What callers wanted, as tools were told in an argument `intent`; the most frequent first."""
    counted = Counter(intent for call in calls for intent in _intents(call))
    return [{"intent": intent, "count": count} for intent, count in counted.most_common()]


def _intents(call: ToolCall) -> Iterator[str]:
    try:
        told = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return
    if isinstance(told, dict) and isinstance(told.get(INTENT), str) and told[INTENT]:
        yield told[INTENT]
