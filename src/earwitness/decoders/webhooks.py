"""What providers tell by webhook; each leg holds one delivery, as `capture.webhooks` writes it.

A state of the provider's (a recording that is `absent`, a call that could not begin) is a fact about the
conversation, no error. Messages and tool calls that are told here count only where the conversation has no
leg of that provider on which they were seen.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from earwitness.clock import NS_PER_S
from earwitness.decoders.elevenlabs_told import transcript
from earwitness.decoders.wire import Unreadable, id_of, object_of, objects_of, read_object, text_of, whole_of
from earwitness.journal.record import Kind, Opened, Record
from earwitness.model.events import (
    EndAnnounced,
    Event,
    LegIdentified,
    Party,
    ProblemReported,
    Stamp,
    ToolCalled,
    Undecoded,
    UsageReported,
)

Body = dict[str, Any]
_NO_ERROR = ("", "0")


class Webhook:
    """One delivery."""

    def __init__(self, opened: Opened) -> None:
        self._read = _READERS.get(opened.provider)
        self._sound_bytes = 0

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        if record.kind is Kind.BINARY:  # a mix of both sides, compressed: kept, and of no party
            self._sound_bytes += len(record.payload)
            return []
        events: list[Event] = []
        try:
            delivered = read_object(record.payload)
            names = delivered.get("delivery")
            names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
            links = tuple(f"webhook:{name}" for name in names)
            sound = {"post_call_audio_bytes": self._sound_bytes} if self._sound_bytes else {}
            events.append(LegIdentified(seen=seen, links=links, metadata=sound))
            if self._read is None:
                raise Unreadable("no decoder for webhooks of this provider")
            form = text_of(delivered, "form")
            body = object_of(delivered, "body") if form is None else _form(form)
            events.extend(self._read(seen, body))
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name="webhook"))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        return []

    def skipped(self) -> None:
        pass


def _form(text: str) -> Body:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=1000))
    except ValueError as error:
        raise Unreadable("no form") from error


def _openai(seen: Stamp, body: Body) -> Iterator[Event]:
    kind, data = text_of(body, "type"), object_of(body, "data")
    if kind not in ("realtime.call.incoming", "live.call.incoming", "live.transport.incoming"):
        raise Unreadable(f"unknown event {kind or ''}".strip())
    call, session = id_of(data, "call_id"), id_of(data, "session_id")
    ids = {"call_id": call, "session_id": session}
    links = [f"call:{one}" for one in (call, session) if one]
    metadata = {}
    for header in objects_of(data, "sip_headers"):
        name, value = (text_of(header, "name") or "").lower(), text_of(header, "value") or ""
        if name.endswith(("callsid", "call-sid")) and value:
            links.append(f"call:{value}")
        elif name == "call-id" and value:
            links.append(f"sip:{value}")
        elif name in ("from", "to") and value:
            metadata[f"sip_{name}"] = value
    told = {name: value for name, value in ids.items() if value}
    yield LegIdentified(seen=seen, provider_ids=told, links=tuple(links), metadata=metadata)


def _twilio(seen: Stamp, body: Body) -> Iterator[Event]:
    names = {"CallSid": "call_sid", "StreamSid": "stream_sid", "RecordingSid": "recording_sid"}
    ids = {ours: value for theirs, ours in names.items() if (value := id_of(body, theirs))}
    call = ids.get("call_sid")
    metadata: Body = {}
    for theirs, ours in _TWILIO_STATES.items():
        if value := text_of(body, theirs):
            metadata[ours] = value
    if not ids and not metadata:
        raise Unreadable("a form without CallSid")
    links = (f"call:{call}",) if call else ()
    yield LegIdentified(seen=seen, provider_ids=ids, links=links, metadata=metadata)
    if error := text_of(body, "StreamError"):
        code, _, what = error.partition(" - ")
        yield ProblemReported(seen=seen, code=code, message=what or error)
    elif text_of(body, "StreamEvent") == "stream-stopped":
        yield EndAnnounced(seen=seen, reason="stream-stopped")


_TWILIO_STATES = {
    "RecordingStatus": "recording_status",
    "RecordingDuration": "recording_seconds",
    "RecordingChannels": "recording_channels",
    "StreamEvent": "stream_event",
    "CallStatus": "call_status",
}


def _elevenlabs(seen: Stamp, body: Body) -> Iterator[Event]:
    kind, data = text_of(body, "type"), object_of(body, "data")
    if kind not in ("post_call_transcription", "post_call_audio", "call_initiation_failure"):
        raise Unreadable(f"unknown event {kind or ''}".strip())
    call, about = id_of(data, "conversation_id"), object_of(data, "metadata")
    ids = {"conversation_id": call, "agent_id": id_of(data, "agent_id"), "user_id": id_of(data, "user_id")}
    told = {name: value for name, value in ids.items() if value}
    links = [f"call:{call}"] if call else []
    for phone in (object_of(about, "phone_call"), object_of(about, "body")):
        links += [f"call:{sid}" for key in ("call_sid", "CallSid") if (sid := id_of(phone, key))]
    metadata: Body = {}
    if kind == "call_initiation_failure":
        metadata["call_initiation_failure"] = text_of(data, "failure_reason") or "unknown"
    for name in ("call_successful", "transcript_summary"):
        if value := text_of(object_of(data, "analysis"), name):
            metadata[name] = value
    yield LegIdentified(seen=seen, provider_ids=told, links=tuple(links), metadata=metadata)
    reason = metadata.get("call_initiation_failure") or text_of(about, "termination_reason")
    if reason:
        yield EndAnnounced(seen=seen, reason=reason)
    if (credits := whole_of(about, "cost")) is not None:
        yield UsageReported(seen=seen, source="elevenlabs", usage={"credits": credits})
    began_s = whole_of(about, "start_time_unix_secs")
    began_ns = began_s * NS_PER_S if began_s is not None and 0 <= began_s < 1 << 32 else None
    yield from transcript(seen, objects_of(data, "transcript"), began_ns)


def _hume(seen: Stamp, body: Body) -> Iterator[Event]:
    kind = text_of(body, "event_name") or ""
    ids = {name: id_of(body, name) for name in ("chat_id", "chat_group_id", "config_id")}
    links = tuple(f"call:{one}" for one in (ids["chat_id"], ids["chat_group_id"]) if one)
    if not links:
        raise Unreadable("a webhook without chat_id")
    told = {name: value for name, value in ids.items() if value}
    yield LegIdentified(seen=seen, provider_ids=told, links=links)
    if kind == "chat_ended":
        yield EndAnnounced(seen=seen, reason=text_of(body, "end_reason") or "")
    elif kind == "tool_call":
        call = object_of(body, "tool_call_message")
        if (name := id_of(call, "tool_call_id")) is None:
            raise Unreadable("no tool_call_id")
        arguments = text_of(call, "parameters")
        yield ToolCalled(seen=seen, call=name, name=text_of(call, "name"), arguments=arguments)
    elif kind != "chat_started":
        raise Unreadable(f"unknown event {kind}".strip())


_READERS: dict[str, Callable[[Stamp, Body], Iterator[Event]]] = {
    "openai": _openai,
    "twilio": _twilio,
    "elevenlabs": _elevenlabs,
    "hume": _hume,
}
