"""The layout `s3`: the JSON documents that loggers of OpenAI realtime sessions keep in a bucket.

Kept to the letter, spelling included. Sound is told of in events, as there, and is not among its files.
"""

import heapq
from collections.abc import Iterable, Iterator
from typing import Any

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Message, Snapshot, ToolCall
from earwitness.model.events import AudioArrived, Party, Retold, Role
from earwitness.projections import transcript
from earwitness.projections.analytics import duration
from earwitness.projections.extraction.extract import Extraction, named_document
from earwitness.projections.json_text import as_json, one_line
from earwitness.projections.kept import kept
from earwitness.projections.layouts import Layout, Source, Text
from earwitness.projections.moments import instant
from earwitness.projections.naming import call_id


def conversation_parts(source: Source) -> Iterator[str]:
    """`*_conversation.json`, part by part: a long call has many events, and each snapshot its history."""
    conversation = source.conversation
    head = {
        **_names(conversation),
        "startTime": instant(conversation, 0),
        "endTime": instant(conversation, conversation.ended_ns),
        "duration": duration(conversation),
    }
    imported = kept(conversation, "s3", "_conversation")
    yield one_line(head | imported)[:-1]
    if imported:
        yield from _list("historySnapshots", _retold(source, "historySnapshots"))
        yield from _list("events", _retold(source, "events"))
    else:
        found = source.understood.extraction
        snapshots = (_snapshot(conversation, each, found) for each in conversation.snapshots)
        yield from _list("historySnapshots", snapshots)
        yield from _list(
            "events", (event for _, event in heapq.merge(*_events(source), key=lambda each: each[0]))
        )
    yield "\n}\n"


def summary_document(source: Source) -> dict[str, Any]:
    """`*_summary.json`. What the application said of topics and outcome, else what was found out."""
    conversation, found = source.conversation, source.understood.summary
    return {
        **_names(conversation),
        "statistics": {
            **_state(conversation.messages, len(conversation.tool_calls)),
            "duration": duration(conversation)["formatted"],
        },
        "topics": list(found.topics),
        "outcome": found.outcome,
        **kept(conversation, "s3", "_summary"),
    }


def data_document(source: Source) -> dict[str, Any]:
    """`*_<schema>_data.json`: the fields that were found, masked."""
    return {
        **named_document(source.conversation, source.understood.extraction),
        **kept(source.conversation, "s3", "_data"),
    }


def _retold(source: Source, kind: str) -> Iterator[dict[str, Any]]:
    """Of a call that was imported: what stood in that list."""
    return (e.data for e in source.events() if isinstance(e, Retold) and e.kind == kind)


def _names(conversation: Conversation) -> dict[str, Any]:
    return {"conversationId": conversation.id, "sessionId": call_id(conversation)}


def _state(messages: Iterable[Message], tool_calls: int) -> dict[str, Any]:
    roles = [message.role for message in messages]
    return {
        "totalMessages": len(roles),
        "userMessages": roles.count(Role.USER),
        "assistantMessages": roles.count(Role.ASSISTANT),
        "toolCalls": tool_calls,
    }


def _snapshot(conversation: Conversation, snapshot: Snapshot, found: Extraction) -> dict[str, Any]:
    """As the history stood then. Texts are those known today: a transcript may come after its message."""
    messages = [each for each in conversation.messages if each.first_seen_ns <= snapshot.at_ns]
    calls = [each for each in conversation.tool_calls if each.called_ns <= snapshot.at_ns]
    items = [(each.started_ns, _item(each)) for each in messages] + [(c.called_ns, _call(c)) for c in calls]
    return {
        "timestamp": instant(conversation, snapshot.at_ns),
        "eventType": snapshot.label,
        "history": [item for _, item in sorted(items, key=lambda each: each[0])],
        "conversationState": {
            **_state(messages, len(calls)),
            f"{found.schema.name}Data": found.shown(snapshot.at_ns // NS_PER_MS),
        },
    }


def _item(message: Message) -> dict[str, Any]:
    """An item of the SDK's history."""
    kind = ("output" if message.role is Role.ASSISTANT else "input") + "_"
    if message.is_audible:
        content = {"type": kind + "audio", "transcript": message.text}
    else:
        content = {"type": kind + "text", "text": message.text}
    return {
        "itemId": message.item,
        "type": "message",
        "role": message.role.value,
        "status": message.status,
        "content": [content],
    }


def _call(call: ToolCall) -> dict[str, Any]:
    return {
        "itemId": call.call,
        "type": "function_call",
        "status": "in_progress" if call.result is None and call.error is None else "completed",
        "name": call.name,
        "arguments": call.arguments,
        "output": call.result if call.error is None else call.error,
    }


def _events(source: Source) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
    """What happened, by kind, each in the order of time."""
    conversation = source.conversation
    began_ns = conversation.began_at_ns

    def told(at_ns: int, kind: str, data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return at_ns, {"type": kind, "timestamp": instant(conversation, at_ns), "data": data}

    yield (
        told(event.seen.at_ns - began_ns, "audio_received", {"audioLength": event.byte_count})
        for event in source.events()
        if isinstance(event, AudioArrived) and event.party is Party.AGENT
    )
    said = sorted(transcript.told(conversation), key=lambda each: each.started_ns)
    yield (told(each.started_ns, "transcript", _words(each)) for each in said)
    calls = sorted(conversation.tool_calls, key=lambda each: each.called_ns)
    yield (told(each.called_ns, "tool_call", _call(each)) for each in calls)


def _words(message: Message) -> dict[str, Any]:
    words = {"transcript": transcript.spoken(message), "speaker": message.role.value}
    return {**words, "confidence": message.confidence}


def _list(name: str, parts: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f', "{name}": ['
    for number, part in enumerate(parts):
        yield ("\n" if number == 0 else ",\n") + one_line(part)
    yield "\n]"


_FOLDER = "conversations/{date}/{session}/{id}_"
S3 = Layout(
    name="s3",
    files=(
        Text(path=_FOLDER + "conversation.json", make=conversation_parts),
        Text(path=_FOLDER + "summary.json", make=lambda s: [as_json(summary_document(s))]),
        Text(path=_FOLDER + "{schema}_data.json", make=lambda s: [as_json(data_document(s))]),
    ),
)
