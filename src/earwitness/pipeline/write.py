"""Writing a conversation's files in a named layout."""

import os
import secrets
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from earwitness.audio.tracks import write_tracks
from earwitness.errors import StorageUnavailable
from earwitness.pipeline.line import Told
from earwitness.pipeline.sound import Sound, native_rate_hz, sent_bytes, write_sent
from earwitness.projections import layouts
from earwitness.projections.layouts import Layout, Source
from earwitness.projections.understood import Understood, understand


def write_layout(layout: Layout, told: Told, folder: Path, known: Understood | None = None) -> list[Path]:
    """Write all files of the layout below `folder`; each whole or not at all, replacing what is there.

    `known`: what was found out about the conversation; otherwise that is done here, by rules. Raises
    `StorageUnavailable` when the folder does not take them.
    """
    conversation = told.conversation
    source = Source(conversation=conversation, events=told.events, known=known or understand(conversation))
    schema = source.understood.extraction.schema.name
    paths = {file: folder / layout.path(conversation, file, schema) for file in layout.files}
    peaks: Path | None = None
    tracks: dict[str, list[Path]] = defaultdict(list)
    try:
        for file, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(file, layouts.Text):
                _write(path, (part.encode("utf-8", "replace") for part in file.make(source)))
            elif isinstance(file, layouts.Peaks):
                peaks = path
            elif file.format == "raw":
                _write(path, sent_bytes(conversation, told.sound()))
            elif file.track == "agent-sent":
                write_sent(conversation, told.sound(), path)
            else:
                tracks[file.track].append(path)
        if tracks or peaks:
            _write_sound(told, layout.rate_hz or native_rate_hz(conversation), tracks, peaks)
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename or folder}: {error.strerror}",
            hint="Choose a folder with room that you may write.",
        ) from error
    return list(paths.values())


def _write_sound(
    told: Told,
    rate_hz: int,
    tracks: dict[str, list[Path]],
    peaks: Path | None,
) -> None:
    """All sound files in one pass over each leg."""
    caller, agent = (
        Sound(told.conversation, told.sound(), name, rate_hz).blocks() for name in ("caller", "agent")
    )
    waveform = write_tracks(
        caller,
        agent,
        rate_hz=rate_hz,
        caller_files=tracks["caller"],
        agent_files=tracks["agent"],
        stereo_files=tracks["stereo"],
    )
    if peaks is not None:
        _write(peaks, waveform.json_chunks())


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
