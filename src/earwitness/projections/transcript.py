"""Who said what, when: for reading, for subtitles, for programs.

What stands in a transcript was said or heard. Words an agent generated that never reached the ear
are given apart (`unheard`), never mixed in.
"""

from collections.abc import Callable
from dataclasses import replace
from heapq import merge
from operator import itemgetter
from typing import Any

from earwitness.errors import NotFound
from earwitness.model.conversation import Conversation, Message
from earwitness.model.events import Party, Role
from earwitness.projections import gaps
from earwitness.projections.json_text import as_json
from earwitness.projections.moments import clock_face, instant, milliseconds

SPEAKERS = {Party.CALLER: "Caller", Party.AGENT: "Agent", Party.HUMAN_AGENT: "Human agent", None: "System"}
CHANNELS = ("caller", "agent")
SHORTEST_CUE_NS = 700_000_000  # a subtitle that flashes by shorter than this cannot be read


def spoken(message: Message) -> str:
    """The words that were said, as far as they were heard; of typed messages the text itself."""
    return message.heard_text if message.is_audible and message.role is Role.ASSISTANT else message.text


def unheard(message: Message) -> str:
    """What was generated beyond what was heard."""
    words, heard = message.text.strip(), spoken(message).strip()
    return words[len(heard) :].strip() if words.startswith(heard) else words


def shown(conversation: Conversation) -> list[Message]:
    """The messages a reader sees: all that have words, in order."""
    return [message for message in conversation.messages if message.text]


def of_channel(conversation: Conversation, channel: str | None) -> Conversation:
    """The conversation with the messages of one side alone: the caller, or whoever speaks for the agent."""
    if channel is None:
        return conversation
    mine = {Party.CALLER} if channel == Party.CALLER else {Party.AGENT, Party.HUMAN_AGENT}
    return replace(conversation, messages=tuple(m for m in conversation.messages if m.party in mine))


def told(conversation: Conversation) -> list[Message]:
    """The messages with words that were said, or typed; an answer nobody heard is none."""
    return [message for message in conversation.messages if spoken(message)]


def document(conversation: Conversation) -> dict[str, Any]:
    """`transcript.json`: one entry per message, times in ms from the start and as RFC 3339."""
    return {
        "conversation": conversation.id,
        "began_at": instant(conversation, 0),
        "entries": [_entry(conversation, message) for message in shown(conversation)],
    }


def _entry(conversation: Conversation, message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "role": message.role.value,
        "party": message.party.value if message.party else None,
        "text": message.text,
        "heard_text": message.heard_text,
        "is_estimated": message.is_estimated,
        "status": message.status,
        "started_at": instant(conversation, message.started_ns),
        "started_ms": milliseconds(message.started_ns),
        "ended_ms": milliseconds(message.ended_ns),
        "sent_ms": message.sent_ms,
        "heard_ms": message.heard_ms,
        "evidence": message.evidence.value if message.evidence else None,
        "is_inserted": message.is_inserted,
        "phase": message.phase,
        "confidence": message.confidence,
        "emotions": message.emotions,
        "sentiment": message.sentiment,
        "sentiment_source": message.sentiment_source,
    }


def written(conversation: Conversation, form: str) -> str:
    """In one of `FORMATS`. Raises `NotFound`."""
    if form not in FORMATS:
        raise NotFound(f"no transcript format {form}", hint=f"Formats: {', '.join(FORMATS)}.")
    return FORMATS[form](conversation)


def text(conversation: Conversation) -> str:
    """Plain text, a line per message or gap; what was not heard stands in brackets."""
    said = [(m.started_ns, f"{SPEAKERS[m.party]}: {_line(m)}") for m in shown(conversation)]
    missing = [(gap.at_ns, f"[{gaps.sentence(conversation, gap)}]") for gap in conversation.gaps]
    lines = merge(said, sorted(missing), key=itemgetter(0))
    return "".join(f"[{clock_face(at_ns)}] {words}\n" for at_ns, words in lines)


def _line(message: Message) -> str:
    rest = unheard(message) if message.is_audible else ""
    words = f"{spoken(message)} [not heard: {rest}]" if rest else spoken(message)
    return " ".join(words.split())


def srt(conversation: Conversation) -> str:
    """SubRip subtitles of what was heard."""
    cues = [
        f"{number}\n{clock_face(start, ',')} --> {clock_face(end, ',')}\n{speaker}: {words}\n"
        for number, (start, end, speaker, words) in enumerate(_cues(conversation), 1)
    ]
    return "\n".join(cues)


def vtt(conversation: Conversation) -> str:
    """WebVTT subtitles with voice spans (W3C WebVTT, section 4.2.2)."""
    cues = [
        f"{clock_face(start)} --> {clock_face(end)}\n<v {speaker}>{_escaped(words)}\n"
        for start, end, speaker, words in _cues(conversation)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cues(conversation: Conversation) -> list[tuple[int, int, str, str]]:
    cues = []
    for message in shown(conversation):
        words = " ".join(spoken(message).split())
        if words and message.is_audible:
            end = max(message.ended_ns or 0, message.started_ns + SHORTEST_CUE_NS)
            cues.append((message.started_ns, end, SPEAKERS[message.party], words))
    return sorted(cues)  # WebVTT: a cue begins no earlier than the one before it


FORMATS: dict[str, Callable[[Conversation], str]] = {
    "text": text,
    "json": lambda conversation: as_json(document(conversation)),
    "srt": srt,
    "vtt": vtt,
}
