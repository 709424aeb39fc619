"""The layout `recordings`: three files a call, side by side in one folder."""

from pathlib import Path

from earwitness.imports.files import Document, begins, beside, digest
from earwitness.imports.sound import parse_format, raw_sound_of
from earwitness.imports.story import Call, Story, kept
from earwitness.model.events import Party

NAME = "recordings"
CONVERSATION, AUDIO, SUMMARY = "_conversation.json", "_audio.bin", "_summary.txt"
SPEAKERS = {"user": Party.CALLER, "assistant": Party.AGENT, "system": None}


def is_ours(file: Path) -> bool:
    """The conversation; another layout ends its files alike."""
    return file.name.endswith(CONVERSATION) and begins(file, b'"call_id"')


def read(file: Path, workspace: str, audio_format: str) -> Call:
    """One call. The sound, for which the file gives no time, begins with the agent's first words."""
    stem = file.name.removesuffix(CONVERSATION)
    present = [path for end in (CONVERSATION, AUDIO, SUMMARY) if (path := beside(file.parent, stem + end))]
    document = Document.read(file)
    story = Story(
        path=file,
        layout=NAME,
        began_ns=document.must_time("start_time"),
        ended_ns=document.time("end_time"),
        content=digest(present) + audio_format.encode(),
        metadata=kept(NAME, present, [document]),
    )
    story.name(call_id=document.id("call_id"))
    lines = document.list("conversation")
    spoken_ns: int | None = None
    for line in lines:
        speaker = line.text("speaker") or ""
        if speaker not in SPEAKERS:
            raise line.bad("speaker", f"{speaker[:40]!r} is none of {', '.join(SPEAKERS)}")
        at_ns, party = line.must_time("timestamp"), SPEAKERS[speaker]
        story.say(at_ns, line.text("text") or "", party=party, source=line)
        if party is Party.AGENT and spoken_ns is None:
            spoken_ns = at_ns
    types = [line.text("type") for line in lines if (line.text("text") or "").strip()]
    story.metadata["imported"]["lines"] = {"types": types}
    audio = beside(file.parent, stem + AUDIO)
    if audio is not None:
        encoding, rate_hz = parse_format(audio_format)
        at_ns = max(0, (spoken_ns or story.began_ns) - story.began_ns)
        story.metadata["imported"]["sound"] = f"placed at the agent's first words, taken for {audio_format}"
        story.sounds = [raw_sound_of(audio, Party.AGENT, encoding, rate_hz, at_ns=at_ns)]
    return story.call(workspace)
