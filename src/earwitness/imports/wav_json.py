"""A folder of sound files with a transcript beside them, whoever wrote it."""

from pathlib import Path

from earwitness.imports.files import Document, begins, beside, digest, files_below
from earwitness.imports.frames import UNDATED_NS
from earwitness.imports.sound import channels, length_ns, sound_of
from earwitness.imports.story import Call, Story
from earwitness.imports.utterances import list_in, party_of, tell
from earwitness.model.events import Party

NAME = "wav-json"
ENDINGS = (".wav", ".flac")
OTHERS = "call_metadata.json"  # beside it, the folder is another layout's
BEGINNINGS = ("start_time", "began_at", "started_at", "created_at", "date")
BOTH = (Party.CALLER, Party.AGENT)


def is_ours(file: Path) -> bool:
    """A JSON file with `transcript` in its name, and sound beside it."""
    named = file.suffix == ".json" and "transcript" in file.stem.lower()
    return named and beside(file.parent, OTHERS) is None and bool(_sounds(file.parent)) and begins(file, b"{")


def _sounds(folder: Path) -> list[Path]:
    return [path for path in files_below(folder, depth=0) if path.suffix.lower() in ENDINGS]


def read(file: Path, workspace: str) -> Call:
    """One call. Without a date it stands in 2020, and its metadata say so."""
    document, sounds = Document.read(file), _sounds(file.parent)
    dated = next((at_ns for name in BEGINNINGS if (at_ns := document.time(name)) is not None), None)
    story = Story(
        path=file,
        layout=NAME,
        began_ns=UNDATED_NS if dated is None else dated,
        ended_ns=document.time("end_time"),
        content=digest([file, *sounds]),
    )
    told = {"layout": NAME, "files": [path.name for path in (file, *sounds)], "is_undated": dated is None}
    story.metadata = {"imported": {**told, "head": document.head}}
    lines = list_in(document)
    if lines is None:
        raise document.bad("entries", "no list of who said what")
    tell(story, lines)
    sources = _sources(sounds)
    story.sounds = [sound_of(path, parties) for path, parties in sources]
    if story.ended_ns is None:
        longest_ns = max((length_ns(path) for path, _ in sources), default=0)
        story.ended_ns = max(story.end(), story.began_ns + longest_ns)
    return story.call(workspace)


def _sources(sounds: list[Path]) -> list[tuple[Path, tuple[Party, ...]]]:
    """A file for each side; or one with both, the caller left. A mixed one is taken for the caller's."""
    found: dict[Party, Path] = {}
    for path in sounds:
        party = party_of(path.stem)
        if party is not None:
            found.setdefault(party, path)
    if len(found) == len(BOTH):
        return [(path, (party,)) for party, path in found.items()]
    stereo = next((path for path in sounds if channels(path) == len(BOTH)), None)
    if stereo is not None:
        return [(stereo, BOTH)]
    return [(path, (party,)) for party, path in found.items()] or [(sounds[0], (Party.CALLER,))]
