"""Writing a conversation's files in a named layout."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from earwitness.errors import StorageUnavailable
from earwitness.model.conversation import Conversation
from earwitness.pipeline.line import events, sound_of
from earwitness.pipeline.sound import sent_bytes, write_tracks
from earwitness.projections.layouts import Layout, Source, Text
from earwitness.projections.tracks import RATE_HZ


def write_layout(layout: Layout, conversation: Conversation, legs: list[Path], folder: Path) -> list[Path]:
    """Write all files of the layout below `folder`; each whole or not at all, replacing what is there.

    WAV is 16 kHz as the layouts demand. Raises `StorageUnavailable` when the folder does not take them.
    """
    source = Source(conversation=conversation, events=lambda: events(legs))
    paths = {file: folder / layout.path(conversation, file) for file in layout.files}
    try:
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        tracks: dict[str, Path] = {}
        for file, path in paths.items():
            if isinstance(file, Text):
                _write(path, (part.encode("utf-8", "replace") for part in file.make(source)))
            elif file.format == "raw":
                _write(path, sent_bytes(conversation, sound_of(legs)))
            else:
                tracks.setdefault(file.track, path)
        write_tracks(conversation, sound_of(legs), tracks, rate_hz=RATE_HZ)
        for file, path in paths.items():
            if not isinstance(file, Text) and file.format != "raw" and tracks[file.track] != path:
                shutil.copyfile(tracks[file.track], path)
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename or folder}: {error.strerror}",
            hint="Choose a folder with room that you may write.",
        ) from error
    return list(paths.values())


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
