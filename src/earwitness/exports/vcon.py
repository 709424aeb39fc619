"""vCon, conversations as JSON (draft-ietf-vcon-vcon-core-03, unsigned form), with the recording within.

The sound of an hour does not fit into memory: the text is given in pieces, the recording among them.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from earwitness.exports.recording import Options, Recording, Sound
from earwitness.model.conversation import Conversation, Message
from earwitness.model.events import Party, Role
from earwitness.projections.documents import tool_call_document
from earwitness.projections.json_text import one_line
from earwitness.projections.moments import instant, seconds
from earwitness.projections.transcript import spoken, told

SYNTAX = "0.4.0"  # deprecated once the draft is an RFC; readers of the drafts look for it
VENDOR = "earwitness"
_BASE64_BYTES = 3 << 14  # whole groups of three, so that pieces join without padding
_PHONE = re.compile(r"\+[0-9]{7,15}")
_NAMES = {
    Party.CALLER: ("Caller", "person"),
    Party.AGENT: ("Agent", "bot"),
    Party.HUMAN_AGENT: ("Human agent", "person"),
}


def parts(recording: Recording, options: Options) -> Iterator[str]:
    """The vCon in pieces of text."""
    conversation = recording.conversation
    sound = recording.audio("stereo", rate_hz=None) if _has_sound(conversation, options) else None
    yield _head(conversation)
    yield ', "dialog": ['
    if sound is not None:
        yield from _recording(conversation, sound)
    else:
        yield ", ".join(map(one_line, _texts(conversation)))
    yield "]"
    for name, made in (
        ("analysis", _analysis(recording, has_sound=sound is not None)),
        ("attachments", _attachments(recording)),
    ):
        yield f', "{name}": ['
        yield ",\n".join(map(one_line, made))
        yield "]"
    yield "}\n"


def _head(conversation: Conversation) -> str:
    head: dict[str, Any] = {
        "vcon": SYNTAX,
        "uuid": conversation.id,
        "created_at": instant(conversation, conversation.duration_ns),
        "parties": [_party(conversation, party) for party in _roster(conversation)],
    }
    kinds = dict.fromkeys(redaction.kind for redaction in conversation.redactions)
    if kinds or conversation.is_withheld:
        head["uuid"] = redacted_uuid(conversation.id)
        head["redacted"] = {"uuid": conversation.id, "type": ", ".join(kinds) or "all words and sound"}
    return one_line(head)[:-1]


def redacted_uuid(conversation: str) -> str:
    """The id of the redacted instance (UUIDv8, RFC 9562): the conversation's time, the rest from its id."""
    own = UUID(conversation).int
    rest = int.from_bytes(hashlib.sha256(b"redacted" + own.to_bytes(16, "big")).digest()[:10], "big")
    value = (own >> 80 << 80) | rest
    value = value & ~(0xF << 76) | (8 << 76)
    return str(UUID(int=value & ~(0b11 << 62) | (0b10 << 62)))


def _roster(conversation: Conversation) -> list[Party]:
    """The parties by their index: caller and agent always, as the recording's channels."""
    has_human = any(message.party is Party.HUMAN_AGENT for message in conversation.messages)
    return [Party.CALLER, Party.AGENT, *([Party.HUMAN_AGENT] if has_human else [])]


def _party(conversation: Conversation, party: Party) -> dict[str, Any]:
    name, kind = _NAMES[party]
    found = {"name": name, "validation": "none", "type": kind}
    if party is Party.CALLER and conversation.subject:
        is_phone = _PHONE.fullmatch(conversation.subject)
        found["tel" if is_phone else "uuid"] = conversation.subject
    return found


# -- dialog --------------------------------------------------------------------------------------------------


def _has_sound(conversation: Conversation, options: Options) -> bool:
    kept = (span.is_kept for track in conversation.tracks.values() for span in track.spans)
    return options.with_sound and not conversation.is_withheld and any(kept)


def _recording(conversation: Conversation, sound: Sound) -> Iterator[str]:
    dialog = {
        "type": "recording",
        "start": instant(conversation, 0),
        "duration": round(sound.seconds, 3),
        "parties": [0, 1],  # the left channel and the right
        "mediatype": "audio/x-wav",
        "filename": f"{conversation.id}.wav",
        "encoding": "base64url",
    }
    yield one_line(dialog)[:-1] + ', "body": "'
    yield from _base64url(sound.wav())
    yield '"}'


def _base64url(chunks: Iterable[bytes]) -> Iterator[str]:
    """RFC 4648, section 5, without padding."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        whole = len(held) // _BASE64_BYTES * _BASE64_BYTES
        if whole:
            yield base64.urlsafe_b64encode(held[:whole]).decode("ascii")
            del held[:whole]
    yield base64.urlsafe_b64encode(held).decode("ascii").rstrip("=")


def _texts(conversation: Conversation) -> list[dict[str, Any]]:
    """Where there is no sound what was said stands as text; where nothing was said, that nothing came up."""
    roster = _roster(conversation)
    found = [
        {
            "type": "text",
            "start": instant(conversation, message.started_ns),
            "duration": seconds(max(0, (message.ended_ns or message.started_ns) - message.started_ns)),
            "parties": [roster.index(message.party)],
            "mediatype": "text/plain",
            "encoding": "none",
            "body": spoken(message),
        }
        for message in told(conversation)
        if message.party is not None
    ]
    if found:
        return found
    return [{"type": "incomplete", "start": instant(conversation, 0), "disposition": "failed"}]


# -- analysis and attachments --------------------------------------------------------------------------------


def _analysis(recording: Recording, *, has_sound: bool) -> Iterator[dict[str, Any]]:
    conversation = recording.conversation
    if has_sound:
        entries = [_entry(conversation, message) for message in told(conversation) if message.party]
        yield _analysed("transcript", "transcript", {"entries": entries})
    summary = recording.summary_document()
    if summary["text"]:
        wrote = {"product": summary["written_by"]}
        yield {
            **_about("summary", "summary"),
            **wrote,
            "mediatype": "text/plain",
            "encoding": "none",
            "body": summary["text"],
        }
    yield _analysed("report", "summary", summary)
    yield _analysed("report", "extraction", recording.extraction())
    yield _analysed("report", "analytics", recording.analytics())


def _entry(conversation: Conversation, message: Message) -> dict[str, Any]:
    """One message, times in seconds from the start of the recording."""
    ended = message.started_ns if message.ended_ns is None else message.ended_ns
    found = {
        "speaker": message.party.value if message.party else "",
        "start": _exact(message.started_ns),
        "end": _exact(max(ended, message.started_ns)),
        "text": spoken(message),
        "is_audible": message.is_audible,
        "confidence": message.confidence,
        "sentiment": message.sentiment,
        "sentiment_source": message.sentiment_source,
        "emotions": message.emotions,
        "redacted": [
            {"type": one.kind, "start": one.start, "end": one.end}
            for one in conversation.redactions
            if one.key == message.key
        ],
    }
    if message.text != spoken(message):
        found["generated"] = message.text
    return {name: value for name, value in found.items() if value not in (None, {}, [])}


def _exact(at_ns: int) -> float:
    """Seconds to the microsecond, as the calendar times beside them."""
    return round(at_ns / 1_000_000_000, 6)


def _about(kind: str, schema: str) -> dict[str, Any]:
    return {"type": kind, "dialog": 0, "vendor": VENDOR, "schema": schema}


def _analysed(kind: str, schema: str, body: dict[str, Any]) -> dict[str, Any]:
    return {**_about(kind, schema), "mediatype": "application/json", "encoding": "json", "body": body}


def _attachments(recording: Recording) -> Iterator[dict[str, Any]]:
    conversation = recording.conversation
    said = {
        "status": conversation.status.value,
        "ended_at": instant(conversation, conversation.ended_ns),
        "providers": list(conversation.providers),
        "subject": conversation.subject,
        "labels": list(conversation.labels),
        "metadata": conversation.metadata,
        "outcome": conversation.outcome,
        "satisfaction": conversation.satisfaction,
    }
    calls = [tool_call_document(conversation, call) for call in conversation.tool_calls]
    told_to_it = [message.text for message in conversation.messages if message.role is Role.SYSTEM]
    notes = [
        {"kind": one.kind, "rating": one.rating, "text": one.text, "from_ms": one.from_ms, "to_ms": one.to_ms}
        for one in recording.annotations()
    ]
    for purpose, body in (
        ("conversation", said),
        ("tool_calls", calls),
        ("system_messages", told_to_it),
        ("annotations", notes),
    ):
        if body:
            yield {
                "purpose": purpose,
                "start": instant(conversation, 0),
                "party": 1,
                "dialog": 0,
                "mediatype": "application/json",
                "encoding": "json",
                "body": body,
            }
