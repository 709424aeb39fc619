"""The work after the call: from a conversation whose legs are closed to its stored files.

Idempotent and level-triggered: whatever has ended and lacks its files is due, however often it was
begun before. Nothing here is told what happened; it looks.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from earwitness.model.conversation import Conversation
from earwitness.pipeline.line import events, rebuild, sound_of
from earwitness.pipeline.sound import native_rate_hz, write_tracks
from earwitness.projections.layouts import DEFAULT, Sound, Source
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects

FILES_VERSION = 1  # raised whenever files would come out otherwise: then all are made again
MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".txt": "text/plain; charset=utf-8",
    ".flac": "audio/flac",
}


def finish(
    conversation_id: str, folders: list[Path], catalog: Catalog, objects: Objects, scratch: Path
) -> Conversation:
    """Tell the conversation once more from its journals, write its rows, then its files.

    `scratch` is a folder on the same disk as the data, for files while they are being made.
    """
    conversation = rebuild(conversation_id, folders)
    catalog.put(conversation)
    source = Source(conversation=conversation, events=lambda: events(folders))
    with _scratch_folder(scratch) as folder:
        tracks = {file.track: folder / file.name for file in DEFAULT.files if isinstance(file, Sound)}
        write_tracks(conversation, sound_of(folders), tracks, rate_hz=native_rate_hz(conversation))
        for file in DEFAULT.files:
            path = DEFAULT.path(conversation, file)
            made = _bytes_of(tracks[file.track]) if isinstance(file, Sound) else _encoded(file.make(source))
            _keep(conversation, path, made, catalog, objects)
    return conversation


def _keep(
    conversation: Conversation, path: str, chunks: Iterable[bytes], catalog: Catalog, objects: Objects
) -> None:
    info = objects.put(path, chunks, replace=True)
    catalog.put_artifact(
        conversation.workspace,
        conversation.id,
        path.rsplit("/", 1)[1],
        info,
        media_type=MEDIA_TYPES[Path(path).suffix],
        version=FILES_VERSION,
    )


@contextmanager
def _scratch_folder(scratch: Path) -> Iterator[Path]:
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        yield Path(folder)


def _encoded(parts: Iterable[str]) -> Iterator[bytes]:
    return (part.encode("utf-8", "replace") for part in parts)


def _bytes_of(path: Path, step: int = 1 << 20) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(step):
            yield chunk
