"""Writing a conversation's files in a named layout."""

import os
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from earwitness.audio.tracks import write_tracks
from earwitness.errors import StorageUnavailable
from earwitness.pipeline.line import Told
from earwitness.pipeline.sound import Sound, native_rate_hz, sent_bytes, write_sent
from earwitness.projections import layouts
from earwitness.projections.figures import Figures
from earwitness.projections.layouts import Layout, Source
from earwitness.projections.understood import Understood, understand


def write_layout(
    layout: Layout,
    told: Told,
    folder: Path,
    known: Understood | None = None,
    figures: Figures | None = None,
) -> list[Path]:
    """Write all files of the layout below `folder`; each whole or not at all, replacing what is there.

    `known`: what was found out about the conversation; otherwise that is done here, by rules. `figures`: what
    was measured on its sound. Raises `StorageUnavailable` when the folder does not take them.
    """
    known = known or understand(told.conversation)
    paths = _paths(layout, told, folder, known)
    write_sound(layout, told, folder, known)
    write_words(layout, told, folder, known, figures)
    return list(paths.values())


def write_sound(layout: Layout, told: Told, folder: Path, known: Understood) -> list[Path]:
    """Of `write_layout` what can be heard, and its peaks."""
    conversation = told.conversation
    peaks: Path | None = None
    tracks: dict[str, list[Path]] = defaultdict(list)
    written = []
    with _taken_by(folder):
        for file, path in _paths(layout, told, folder, known).items():
            if isinstance(file, layouts.Text):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(path)
            if isinstance(file, layouts.Peaks):
                peaks = path
            elif file.format == "raw":
                _write(path, sent_bytes(conversation, told.sound()))
            elif file.track == "agent-sent":
                write_sent(conversation, told.sound(), path)
            else:
                tracks[file.track].append(path)
        if tracks or peaks:
            _write_tracks(told, layout.rate_hz or native_rate_hz(conversation), tracks, peaks)
    return written


def write_words(
    layout: Layout, told: Told, folder: Path, known: Understood, figures: Figures | None
) -> list[Path]:
    """Of `write_layout` what can be read."""
    source = Source(conversation=told.conversation, events=told.events, known=known, figures=figures)
    written = []
    with _taken_by(folder):
        for file, path in _paths(layout, told, folder, known).items():
            if isinstance(file, layouts.Text):
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, (part.encode("utf-8", "replace") for part in file.make(source)))
                written.append(path)
    return written


def _paths(layout: Layout, told: Told, folder: Path, known: Understood) -> dict[layouts.File, Path]:
    schema = known.extraction.schema.name
    return {file: folder / layout.path(told.conversation, file, schema) for file in layout.files}


@contextmanager
def _taken_by(folder: Path) -> Iterator[None]:
    """What the folder does not take is told in one way."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename or folder}: {error.strerror}",
            hint="Choose a folder with room that you may write.",
        ) from error


def _write_tracks(
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
