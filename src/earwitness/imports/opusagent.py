"""The layout `opusagent`: a folder a call, of seven files."""

from pathlib import Path

from earwitness.clock import NS_PER_MS, NS_PER_S
from earwitness.imports.files import Document, beside, digest
from earwitness.imports.sound import length_ns, sound_of
from earwitness.imports.story import Call, Story, kept
from earwitness.model.events import Party

NAME = "opusagent"
TRANSCRIPT, METADATA, EVENTS = "transcript.json", "call_metadata.json", "session_events.json"
MONO = {"caller_audio.wav": Party.CALLER, "bot_audio.wav": Party.AGENT}
STEREO = ("final_stereo_recording.wav", "stereo_recording.wav")
FILES = (TRANSCRIPT, METADATA, EVENTS, *MONO, *STEREO)
CHANNELS = {"caller": Party.CALLER, "bot": Party.AGENT, "human_agent": Party.HUMAN_AGENT}


def is_ours(file: Path) -> bool:
    """One file of each folder: the metadata, or where there are none the transcript beside its sound."""
    if file.name == METADATA:
        return True
    others = (EVENTS, *MONO, *STEREO)
    return (
        file.name == TRANSCRIPT
        and beside(file.parent, METADATA) is None
        and any(beside(file.parent, name) for name in others)
    )


def read(folder: Path, workspace: str) -> Call:
    """One call. A file that is missing is done without, as long as something tells when it was."""
    present = {name: path for name in FILES if (path := beside(folder, name)) is not None}
    documents = {
        name: Document.read(present[name]) for name in (TRANSCRIPT, METADATA, EVENTS) if name in present
    }
    head = documents.get(METADATA) or documents[TRANSCRIPT]
    story = Story(
        path=folder,
        layout=NAME,
        began_ns=head.must_time("start_time"),
        ended_ns=head.time("end_time"),
        content=digest(present.values()),
        metadata=kept(NAME, present.values(), documents.values()),
    )
    session = head.id("session_id")
    story.name(session_id=session)
    if TRANSCRIPT in documents:
        _words(story, documents[TRANSCRIPT])
    if METADATA in documents:
        _tools(story, documents[METADATA])
    if EVENTS in documents:
        _log(story, documents[EVENTS])
    _sound(story, present)
    return story.call(workspace)


def _words(story: Story, document: Document) -> None:
    for entry in document.list("entries"):
        channel = entry.text("channel") or ""
        if channel not in CHANNELS:
            raise entry.bad("channel", f"{channel[:40]!r} is none of {', '.join(CHANNELS)}")
        length_ms = entry.number("duration_ms")
        if length_ms is not None and length_ms < 0:
            raise entry.bad("duration_ms", "less than nothing")
        story.say(
            entry.must_time("timestamp"),
            entry.text("text") or "",
            party=CHANNELS[channel],
            source=entry,
            length_ns=None if length_ms is None else round(length_ms * 1_000_000),
            confidence=entry.number("confidence"),
        )


def _tools(story: Story, document: Document) -> None:
    for call in document.list("function_calls"):
        story.use(
            call.must_time("timestamp"),
            call.text("function_name") or "",
            call.body.get("arguments"),
            call.body.get("result"),
            call=call.id("call_id"),
            source=call,
        )


def _log(story: Story, document: Document) -> None:
    for event in document.list("events"):
        at_ns = event.time("timestamp")
        story.log(
            story.began_ns if at_ns is None else at_ns,
            event.text("type") or "",
            event.body.get("data"),
            event,
        )


def _sound(story: Story, present: dict[str, Path]) -> None:
    """The mono files; or the stereo file, where one is missing or they leave the silence out."""
    sources: list[tuple[Path, tuple[Party, ...]]] = [
        (present[name], (party,)) for name, party in MONO.items() if name in present
    ]
    stereo = next((present[name] for name in STEREO if name in present), None)
    mono_ns = max((length_ns(path) for path, _ in sources), default=0)
    longest_ns = mono_ns if stereo is None else max(mono_ns, length_ns(stereo))
    if stereo is not None and (len(sources) < len(MONO) or longest_ns - mono_ns > NS_PER_S):
        sources = [(stereo, tuple(MONO.values()))]
    story.sounds = [sound_of(path, parties) for path, parties in sources]
    if story.end() < story.began_ns:
        return  # refused as a whole
    sounded_ns = story.began_ns + longest_ns
    is_same = story.ended_ns is not None and abs(story.ended_ns - sounded_ns) < NS_PER_MS
    story.ended_ns = sounded_ns if is_same else max(story.end(), sounded_ns)
