"""A conversation as one document: JSON for programs, Markdown for people."""

import re
from collections.abc import Iterator
from typing import Any

from earwitness.exports.recording import Options, Recording
from earwitness.projections import transcript
from earwitness.projections.json_text import as_json, one_line
from earwitness.projections.moments import clock_face, instant

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!~$])")
_BEGINS_LIST = re.compile(r"^(\s*)([-+=]|\d+[.)])")


def whole(recording: Recording) -> dict[str, Any]:
    """All that is known: the conversation's document, with what was found out about it beside."""
    return {
        **recording.document(),
        "summary": recording.summary_document(),
        "extraction": recording.extraction(),
        "analytics": recording.analytics(),
    }


def json_document(recording: Recording, options: Options) -> Iterator[str]:
    yield as_json(whole(recording))


def json_line(recording: Recording, options: Options) -> Iterator[str]:
    yield one_line(whole(recording)) + "\n"


def markdown(recording: Recording, options: Options) -> Iterator[str]:
    """Facts, summary, fields, transcript, tool calls. What was said stays text: no word of it is markup."""
    conversation, summary = recording.conversation, recording.summary_document()
    row = recording.row
    yield f"# Call {plain(row.call_id)}\n\n"
    facts = {
        "Conversation": conversation.id,
        "Providers": ", ".join(conversation.providers),
        "Subject": conversation.subject,
        "Labels": ", ".join(conversation.labels),
        "Began": instant(conversation, 0),
        "Duration": clock_face(conversation.duration_ns)[:8],
        "Outcome": summary["outcome"],
        "Satisfaction": summary["satisfaction"],
        "Topics": ", ".join(summary["topics"]),
        "Record": f"{row.status}, health {row.health_score} of 100",
    }
    yield "| | |\n|---|---|\n"
    yield from (f"| {name} | {plain(str(value))} |\n" for name, value in facts.items() if value)
    if summary["text"]:
        yield f"\n## Summary\n\n{plain(summary['text'])}\n\nBy {plain(summary['written_by'])}.\n"
    if found := recording.extraction()["data"]:
        yield "\n## Fields\n\n| field | value |\n|---|---|\n"
        yield from (f"| {plain(name)} | {plain(str(value))} |\n" for name, value in found.items())
    yield "\n## Transcript\n"
    for message in transcript.shown(conversation):
        rest = transcript.unheard(message) if message.is_audible else ""
        words = plain(transcript.spoken(message)) + (f" _not heard: {plain(rest)}_" if rest else "")
        speaker = transcript.SPEAKERS[message.party]
        yield f"\n**{speaker}** {clock_face(message.started_ns)[:8]}  \n{words.strip()}\n"
    if conversation.tool_calls:
        yield "\n## Tool calls\n\n| at | tool | arguments | result |\n|---|---|---|---|\n"
    for call in conversation.tool_calls:
        came = call.error if call.error is not None else call.result
        cells = (clock_face(call.called_ns)[:8], call.name, call.arguments, came or "")
        yield f"| {' | '.join(map(plain, cells))} |\n"


def plain(words: str) -> str:
    """Words that Markdown shows as they are, on one line."""
    line = _MARKS.sub(r"\\\1", " ".join(words.split())).replace("&", "&amp;")
    return _BEGINS_LIST.sub(r"\1\\\2", line)
