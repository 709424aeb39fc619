"""The layout `opusagent`: a folder a call with seven files, kept to the letter."""

import json
from collections.abc import Iterable
from typing import Any

from earwitness.clock import rfc3339
from earwitness.model.conversation import Conversation, Message, ToolCall
from earwitness.model.events import Party, Retold
from earwitness.projections import documents, transcript
from earwitness.projections.json_text import as_json, one_line
from earwitness.projections.kept import kept
from earwitness.projections.layouts import Layout, Sound, Source, Text
from earwitness.projections.moments import instant, seconds
from earwitness.projections.naming import call_id

PCM16_BYTES_PER_SECOND = 32_000  # 16 kHz, 16 bit, mono: the rate of its WAV files
CHANNELS = {Party.CALLER: "caller", Party.AGENT: "bot", Party.HUMAN_AGENT: "human_agent"}


def opusagent_transcript(conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "session_id": call_id(conversation),
        "start_time": instant(conversation, 0),
        "end_time": instant(conversation, conversation.ended_ns),
        **kept(conversation, "opusagent", "transcript"),
        "entries": [
            {
                "timestamp": instant(conversation, message.started_ns),
                "channel": CHANNELS[message.party],
                "type": "input" if message.party is Party.CALLER else "output",
                "text": transcript.spoken(message),
                "confidence": message.confidence,
                "duration_ms": _duration_ms(message),
            }
            for message in transcript.told(conversation)
            if message.party
        ],
    }


def opusagent_metadata(conversation: Conversation) -> dict[str, Any]:
    caller, agent = (documents.speech_seconds(conversation, p) for p in (Party.CALLER, Party.AGENT))
    chunks = {p: conversation.tracks[p].chunk_count if p in conversation.tracks else 0 for p in Party}
    return {
        "conversation_id": conversation.id,
        "session_id": call_id(conversation),
        "start_time": instant(conversation, 0),
        "end_time": instant(conversation, conversation.ended_ns),
        "duration_seconds": seconds(conversation.duration_ns),
        "caller_audio_chunks": chunks[Party.CALLER],
        "bot_audio_chunks": chunks[Party.AGENT],
        "caller_audio_bytes": round(caller * PCM16_BYTES_PER_SECOND),
        "bot_audio_bytes": round(agent * PCM16_BYTES_PER_SECOND),
        "caller_audio_duration_seconds": caller,
        "bot_audio_duration_seconds": agent,
        "transcript_entries": sum(1 for message in transcript.told(conversation) if message.party),
        **kept(conversation, "opusagent", "call_metadata"),
        "function_calls": [_function_call(conversation, call) for call in conversation.tool_calls],
    }


def opusagent_events(source: Source) -> Iterable[str]:
    """`session_events.json`, written event by event: a long call has many."""
    conversation = source.conversation
    head = {"conversation_id": conversation.id, "session_id": call_id(conversation)}
    head |= kept(conversation, "opusagent", "session_events")
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "events": ['
    for number, line in enumerate(_log_lines(source)):
        yield ("\n" if number == 0 else ",\n") + one_line(line)
    yield "\n]}\n"


def _log_lines(source: Source) -> Iterable[dict[str, Any]]:
    """Of a call that was imported with its log, that log; else our own events."""
    conversation = source.conversation
    was_logged = bool(kept(conversation, "opusagent", "session_events"))
    for event in source.events():
        if isinstance(event, Retold):
            moment = rfc3339(event.seen.at_ns)
            yield {"timestamp": moment, "type": event.kind, "data": event.data}
        elif not was_logged:
            data = documents.event_document(event, conversation.began_at_ns)
            kind, at_ms = data.pop("type"), data.pop("at_ms")
            yield {"timestamp": instant(conversation, at_ms * 1_000_000), "type": kind, "data": data}


def _function_call(conversation: Conversation, call: ToolCall) -> dict[str, Any]:
    return {
        "timestamp": instant(conversation, call.called_ns),
        "function_name": call.name,
        "arguments": _parsed(call.arguments),
        "result": _parsed(call.result if call.error is None else call.error),
        "call_id": call.call,
    }


_FOLDER = "{session}_{timestamp}/"
OPUSAGENT = Layout(
    name="opusagent",
    files=(
        Sound(path=_FOLDER + "caller_audio.wav", track="caller", format="wav"),
        Sound(path=_FOLDER + "bot_audio.wav", track="agent", format="wav"),
        Sound(path=_FOLDER + "stereo_recording.wav", track="stereo", format="wav"),
        Sound(path=_FOLDER + "final_stereo_recording.wav", track="stereo", format="wav"),
        Text(
            path=_FOLDER + "transcript.json", make=lambda s: [as_json(opusagent_transcript(s.conversation))]
        ),
        Text(
            path=_FOLDER + "call_metadata.json", make=lambda s: [as_json(opusagent_metadata(s.conversation))]
        ),
        Text(path=_FOLDER + "session_events.json", make=opusagent_events),
    ),
)


def _duration_ms(message: Message) -> int | None:
    if not message.is_audible or message.ended_ns is None:
        return None
    return (message.ended_ns - message.started_ns) // 1_000_000


def _parsed(text: str | None) -> Any:
    """JSON where it is JSON, else the text as it stands."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
