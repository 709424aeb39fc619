"""The layout `recordings`: three files a call in one flat folder, kept to the letter."""

from typing import Any

from earwitness.model.conversation import Conversation
from earwitness.model.events import Party, Role
from earwitness.projections import summary, transcript
from earwitness.projections.json_text import as_json
from earwitness.projections.kept import kept
from earwitness.projections.layouts import Layout, Sound, Text
from earwitness.projections.moments import naive, seconds
from earwitness.projections.naming import call_id


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
        for message in transcript.told(conversation)
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
        Text(
            path="{recording}_summary.txt",
            make=lambda s: [summary.text(s.conversation, s.understood.summary)],
        ),
    ),
    wav=Sound(path="{recording}_audio.wav", track="agent-sent", format="wav"),
)
