"""Which layouts can be read, and which one lies below a path."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from earwitness.capture.importing import import_legs, is_imported
from earwitness.errors import InvalidInput
from earwitness.imports import frames, opusagent, recordings, s3, vcon, wav_json
from earwitness.imports.files import files_below
from earwitness.imports.story import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the files do not tell."""

    workspace: str = "default"
    audio_format: str = "pcm16 24k"  # of sound without a header


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One layout. `is_ours`: does this file make a call of the layout? `read`: the call, from that file."""

    name: str
    is_ours: Callable[[Path], bool]
    read: Callable[[Path, Options], Call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one call."""

    path: Path
    layout: str
    conversation: str
    is_new: bool  # False: it was here already


READERS = {
    reader.name: reader
    for reader in (
        Reader(
            name="opusagent",
            is_ours=opusagent.is_ours,
            read=lambda path, options: opusagent.read(path.parent, options.workspace),
        ),
        Reader(
            name="recordings",
            is_ours=recordings.is_ours,
            read=lambda path, options: recordings.read(path, options.workspace, options.audio_format),
        ),
        Reader(
            name="s3",
            is_ours=s3.is_ours,
            read=lambda path, options: s3.read(path, options.workspace),
        ),
        Reader(
            name="vcon",
            is_ours=vcon.is_ours,
            read=lambda path, options: vcon.read(path, options.workspace),
        ),
        Reader(
            name="sequence",
            is_ours=frames.is_sequence,
            read=lambda path, options: frames.read_sequence(path, options.workspace),
        ),
        Reader(
            name="hume",
            is_ours=frames.is_hume,
            read=lambda path, options: frames.read_hume(path, options.workspace),
        ),
        Reader(
            name="wav-json",
            is_ours=wav_json.is_ours,
            read=lambda path, options: wav_json.read(path, options.workspace),
        ),
    )
}


def find(path: Path, layout: str | None = None) -> Iterator[tuple[Reader, Path]]:
    """Every call at or below the path, with what reads it. Raises `InvalidInput` where there is none."""
    if layout is not None and layout not in READERS:
        raise InvalidInput(f"no layout {layout} can be read", hint=f"Layouts: {', '.join(READERS)}.")
    readers = list(READERS.values()) if layout is None else [READERS[layout]]
    if not path.exists():
        raise InvalidInput(f"{path} is not there", hint="Name a file or a folder.", file=str(path))
    count = 0
    for file in files_below(path) if path.is_dir() else [path]:
        reader = next((reader for reader in readers if reader.is_ours(file)), None)
        if reader is not None:
            count += 1
            yield reader, file
    if not count:
        what = f"no call in the layout {layout}" if layout else "no call in a layout that can be read"
        raise InvalidInput(
            f"{path}: {what}", hint=f"Layouts: {', '.join(READERS)}; see --layout.", file=str(path)
        )


def take(reader: Reader, file: Path, options: Options, root: Path) -> Imported:
    """Read one call and write it into the journals at `root`, unless it is there. Raises `InvalidInput`."""
    call = reader.read(file, options)
    missing = [leg for leg in call.legs if not is_imported(root, leg.opened.leg)]
    if missing:
        import_legs(root, missing)
    conversation = call.legs[0].opened.conversation
    return Imported(path=call.path, layout=call.layout, conversation=conversation, is_new=bool(missing))
