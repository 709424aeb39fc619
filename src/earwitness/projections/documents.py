"""The conversation as JSON documents in our own words: `conversation.json`, `metadata.json`."""

from collections import Counter
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from earwitness.model.conversation import Conversation, Leg, ToolCall
from earwitness.model.events import Event, Party, Role
from earwitness.projections import health
from earwitness.projections.figures import Figures
from earwitness.projections.moments import instant, milliseconds, seconds
from earwitness.projections.naming import call_id, recording_id
from earwitness.projections.word_times import word_starts_ms


def conversation_document(conversation: Conversation, figures: Figures | None = None) -> dict[str, Any]:
    """`conversation.json`: all that is known, times in ms from the start. `figures` count for its health."""
    return {
        **metadata_document(conversation, figures),
        "messages": _message_documents(conversation),
        "tool_calls": [tool_call_document(conversation, c) for c in conversation.tool_calls],
        "interruptions": [_plain(i) for i in conversation.interruptions],
        "snapshots": [snapshot_document(conversation, i) for i in range(len(conversation.snapshots))],
        "digits": [_plain(d) for d in conversation.digits],
        "gaps": [_plain(g) for g in conversation.gaps],
        "declarations": [_plain(d) for d in conversation.declarations],
        "findings": [_plain(f) for f in conversation.findings],
        "usage": conversation.usage,
        "redaction": conversation.redaction,
        "is_abridged": bool(conversation.abridged),
        "redactions": [_plain(r) for r in conversation.redactions],
    }


def metadata_document(conversation: Conversation, figures: Figures | None = None) -> dict[str, Any]:
    """`metadata.json`: whose call, when, how long, how it ended, what was counted."""
    return {
        "id": conversation.id,
        "call_id": call_id(conversation),
        "recording_id": recording_id(conversation),
        "workspace": conversation.workspace,
        "status": conversation.status.value,
        "reasons": list(conversation.reasons),
        "health": health.score(conversation, figures),
        "began_at": instant(conversation, 0),
        "ended_at": instant(conversation, conversation.ended_ns),
        "duration_seconds": seconds(conversation.duration_ns),
        "providers": list(conversation.providers),
        "subject": conversation.subject,
        "labels": list(conversation.labels),
        "metadata": conversation.metadata,
        "outcome": conversation.outcome,
        "satisfaction": conversation.satisfaction,
        "legs": [leg_document(conversation, leg) for leg in conversation.legs],
        "counts": counts(conversation),
        "audio": {
            party.value: {
                "chunks": track.chunk_count,
                "bytes": track.byte_count,
                "spans": len(track.spans),
                "seconds": seconds(sum(span.length_ns for span in track.spans)),
            }
            for party, track in conversation.tracks.items()
        },
    }


def counts(conversation: Conversation) -> dict[str, int]:
    """Messages by role, tool calls, interruptions, gaps."""
    roles = Counter(message.role for message in conversation.messages)
    return {
        "messages": len(conversation.messages),
        "user": roles[Role.USER],
        "assistant": roles[Role.ASSISTANT],
        "system": roles[Role.SYSTEM],
        "tool_calls": len(conversation.tool_calls),
        "interruptions": len(conversation.interruptions),
        "gaps": len(conversation.gaps),
    }


def leg_document(conversation: Conversation, leg: Leg) -> dict[str, Any]:
    return {
        **_plain(leg),
        "opened_at": instant(conversation, leg.opened_ns),
        "closed_at": instant(conversation, leg.closed_ns),
    }


def _message_documents(conversation: Conversation) -> list[dict[str, Any]]:
    """With `word_starts_ms`, when each word of the text was heard, where that is known."""
    words = word_starts_ms(conversation)
    return [
        {
            **_plain(message),
            "started_at": instant(conversation, message.started_ns),
            **({"word_starts_ms": words[message.key]} if message.key in words else {}),
        }
        for message in conversation.messages
    ]


def tool_call_document(conversation: Conversation, call: ToolCall) -> dict[str, Any]:
    return {**_plain(call), "called_at": instant(conversation, call.called_ns), "latency_ms": call.latency_ms}


def snapshot_document(conversation: Conversation, number: int) -> dict[str, Any]:
    """The snapshot; one that was asked for has its history written out: the messages seen by then.

    Of those taken by themselves, one a message, that would be the square of the call.
    """
    snapshot = conversation.snapshots[number]
    if snapshot.label == "history_updated":
        return {**_plain(snapshot), "at": instant(conversation, snapshot.at_ns)}
    history = [m for m in conversation.messages if m.first_seen_ns <= snapshot.at_ns]
    return {
        **_plain(snapshot),
        "at": instant(conversation, snapshot.at_ns),
        "history": [{"key": m.key, "role": m.role.value, "text": m.text} for m in history],
    }


def event_document(event: Event, began_at_ns: int) -> dict[str, Any]:
    """One line of `events.jsonl`."""
    own: tuple[str, ...] = event.__slots__  # of a direct subclass: its fields, `seen` is its base's
    rest = {name: getattr(event, name) for name in own}
    return {
        "type": type(event).__name__,
        "at_ms": (event.seen.at_ns - began_at_ns) // 1_000_000,
        "leg": event.seen.leg,
        "record": event.seen.record,
        **{name: _value(value) for name, value in rest.items() if value not in (None, (), {}, "")},
    }


def speech_seconds(conversation: Conversation, party: Party) -> float:
    """How long sound of the party lasted, silence between stretches not counted."""
    track = conversation.tracks.get(party)
    return seconds(sum(span.length_ns for span in track.spans)) if track else 0.0


def _plain(part: Any) -> dict[str, Any]:
    """A frozen part as JSON: `*_ns` becomes `*_ms`, enums their value, tuples lists."""
    plain: dict[str, Any] = {}
    for name, value in ((each.name, getattr(part, each.name)) for each in fields(part) if each.repr):
        if name.endswith("_ns"):
            plain[f"{name[:-3]}_ms"] = milliseconds(value)
        else:
            plain[name] = _value(value)
    return plain


def _value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return _plain(value)
    return [_value(each) for each in value] if isinstance(value, tuple) else value
