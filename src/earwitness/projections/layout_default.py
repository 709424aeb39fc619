"""The layout `default`: ours, as finished conversations lie in the object store."""

from collections.abc import Iterable

from earwitness.projections import documents, summary, transcript
from earwitness.projections.extraction import extract
from earwitness.projections.json_text import as_json, one_line
from earwitness.projections.layouts import Layout, Peaks, Sound, Source, Text


def _event_lines(source: Source) -> Iterable[str]:
    began = source.conversation.began_at_ns
    for event in source.events():
        yield one_line(documents.event_document(event, began)) + "\n"


_HOME = "conversations/{date}/{id}/"
DEFAULT = Layout(
    name="default",
    files=(
        Text(
            path=_HOME + "conversation.json",
            make=lambda s: [as_json(documents.conversation_document(s.conversation, s.figures))],
        ),
        Text(
            path=_HOME + "metadata.json",
            make=lambda s: [as_json(documents.metadata_document(s.conversation, s.figures))],
        ),
        Text(path=_HOME + "transcript.json", make=lambda s: [as_json(transcript.document(s.conversation))]),
        Text(
            path=_HOME + "summary.txt",
            make=lambda s: [summary.text(s.conversation, s.understood.summary, s.figures)],
        ),
        Text(
            path=_HOME + "summary.json",
            make=lambda s: [
                as_json(summary.document(s.conversation, s.understood.summary, s.understood.note))
            ],
        ),
        Text(
            path=_HOME + "extraction.json",
            make=lambda s: [as_json(extract.document(s.conversation, s.understood.extraction))],
        ),
        Text(path=_HOME + "events.jsonl", make=_event_lines),
        Sound(path=_HOME + "caller.flac", track="caller", format="flac"),
        Sound(path=_HOME + "agent.flac", track="agent", format="flac"),
        Sound(path=_HOME + "stereo.flac", track="stereo", format="flac"),
        Peaks(path=_HOME + "waveform.json"),
    ),
    rate_hz=None,
)
