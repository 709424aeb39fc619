"""Named layouts: which files an exported conversation has, how they are called and shaped.

`opusagent` and `recordings` are other recorders' layouts, kept to the letter so that tools made for
them go on working. A layout is a table: path template -> who makes the content.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from earwitness.clock import rfc3339
from earwitness.model.conversation import Conversation, Message, ToolCall
from earwitness.model.events import Event, Party, Retold, Role
from earwitness.projections import documents, transcript
from earwitness.projections.kept import kept
from earwitness.projections.moments import compact, instant, naive, seconds
from earwitness.projections.naming import call_id, recording_id

PCM16_BYTES_PER_SECOND = 32_000  # 16 kHz, 16 bit, mono: the rate of the opusagent layout
CHANNELS = {Party.CALLER: "caller", Party.AGENT: "bot", Party.HUMAN_AGENT: "human_agent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a layout's files are made from."""

    conversation: Conversation
    events: Callable[[], Iterable[Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: str  # template, see `Layout.path`

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(_File):
    """A text file of a layout."""

    make: Callable[[Source], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound(_File):
    """A sound file of a layout. `raw`: the audio bytes as sent, concatenated, no header."""

    track: str  # caller, agent, stereo, agent-sent
    format: str  # wav, flac, raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks(_File):
    """The waveform file of a layout: peaks of both sides at several zooms, JSON."""


File = Text | Sound | Peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    name: str
    files: tuple[File, ...]
    rate_hz: int | None = 16_000  # of its sound files; None: the finest that any sound of the call has

    def path(self, conversation: Conversation, file: File) -> str:
        """Where the file goes, relative to the export folder. Provider ids are made safe for a name."""
        return file.path.format(
            id=conversation.id,
            date=(instant(conversation, 0) or "")[:10],
            timestamp=compact(conversation),
            session=safe(call_id(conversation)),
            recording=safe(recording_id(conversation)),
        )


def safe(name: str) -> str:
    """A provider's id as part of a file name: letters, digits, `._-` stay, all else becomes `_`."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[:120]
    return kept.lstrip(".") or "_"


_one_line = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make one for every event


def as_json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


# -- default: ours -----------------------------------------------------------------------------------


def _event_lines(source: Source) -> Iterable[str]:
    began = source.conversation.began_at_ns
    for event in source.events():
        yield _one_line(documents.event_document(event, began)) + "\n"


_HOME = "conversations/{date}/{id}/"
DEFAULT = Layout(
    name="default",
    files=(
        Text(
            path=_HOME + "conversation.json",
            make=lambda s: [as_json(documents.conversation_document(s.conversation))],
        ),
        Text(
            path=_HOME + "metadata.json",
            make=lambda s: [as_json(documents.metadata_document(s.conversation))],
        ),
        Text(path=_HOME + "transcript.json", make=lambda s: [as_json(transcript.document(s.conversation))]),
        Text(path=_HOME + "summary.txt", make=lambda s: [documents.summary_text(s.conversation)]),
        Text(path=_HOME + "events.jsonl", make=_event_lines),
        Sound(path=_HOME + "caller.flac", track="caller", format="flac"),
        Sound(path=_HOME + "agent.flac", track="agent", format="flac"),
        Sound(path=_HOME + "stereo.flac", track="stereo", format="flac"),
        Peaks(path=_HOME + "waveform.json"),
    ),
    rate_hz=None,
)


# -- recordings: three files, flat folder ------------------------------------------------------------


def recordings_document(conversation: Conversation) -> dict[str, Any]:
    """`*_conversation.json`: times are UTC without a zone letter, as its readers expect."""
    end_ns = conversation.ended_ns
    lines = [
        {
            "timestamp": naive(conversation, message.started_ns),
            "speaker": message.role.value,
            "text": transcript.spoken(message),
            "type": "transcript_completed" if message.role is Role.USER else "transcript_delta",
        }
        for message in _told(conversation)
    ]
    types = kept(conversation, "recordings", "lines").get("types", ())
    for line, kind in zip(lines, types, strict=False):
        line["type"] = kind or line["type"]
    agent = conversation.sent.get(Party.AGENT) or conversation.tracks.get(Party.AGENT)
    return {
        "call_id": call_id(conversation),
        "start_time": naive(conversation, 0),
        "end_time": naive(conversation, end_ns),
        "duration_seconds": seconds(conversation.duration_ns),
        "conversation": lines,
        "total_messages": len(lines),
        "audio_chunks_count": agent.chunk_count if agent else 0,
        **kept(conversation, "recordings", "_conversation"),
    }


RECORDINGS = Layout(
    name="recordings",
    files=(
        Text(
            path="{recording}_conversation.json",
            make=lambda s: [as_json(recordings_document(s.conversation))],
        ),
        Sound(path="{recording}_audio.bin", track="agent-sent", format="raw"),
        Text(path="{recording}_summary.txt", make=lambda s: [documents.summary_text(s.conversation)]),
    ),
)


# -- opusagent: seven files, a folder a call ---------------------------------------------------------


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
            for message in _told(conversation)
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
        "transcript_entries": sum(1 for message in _told(conversation) if message.party),
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
        yield ("\n" if number == 0 else ",\n") + _one_line(line)
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

LAYOUTS = {layout.name: layout for layout in (DEFAULT, OPUSAGENT, RECORDINGS)}


def _told(conversation: Conversation) -> list[Message]:
    """Messages with words that were said, or typed; an answer nobody heard is none."""
    return [message for message in conversation.messages if transcript.spoken(message)]


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
