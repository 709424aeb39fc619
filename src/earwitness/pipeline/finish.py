"""The work after the call: from a conversation whose legs are closed to its stored files.

Idempotent and level-triggered: whatever has ended and lacks its files is due, however often it was
begun before. Nothing here is told what happened; it looks.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from earwitness.model.conversation import Conversation
from earwitness.pipeline.line import rebuild
from earwitness.pipeline.write import write_layout
from earwitness.projections.layouts import DEFAULT
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects

FILES_VERSION = 1  # raised whenever files would come out otherwise: then all are made again
LAST_MADE = DEFAULT.files[-1].name  # once this one is there, all are
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
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        for made in write_layout(DEFAULT, conversation, folders, Path(folder)):
            info = objects.put(str(made.relative_to(folder)), _bytes_of(made), replace=True)
            media_type = MEDIA_TYPES[made.suffix]
            catalog.put_artifact(
                conversation.workspace,
                conversation.id,
                made.name,
                info,
                media_type=media_type,
                version=FILES_VERSION,
            )
    return conversation


def _bytes_of(path: Path, step: int = 1 << 20) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(step):
            yield chunk
