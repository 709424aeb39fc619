"""The work after the call: from a conversation whose legs are closed to its stored files.

Idempotent and level-triggered: whatever has ended and lacks its files is due, however often it was
begun before. Nothing here is told what happened; it looks.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from earwitness.errors import NotFound
from earwitness.model.conversation import Conversation, Status
from earwitness.pipeline.line import Told, sound_of, tell
from earwitness.pipeline.measure import measure
from earwitness.pipeline.sound import Sound, native_rate_hz
from earwitness.pipeline.understand import understand
from earwitness.pipeline.write import write_layout
from earwitness.projections import health
from earwitness.projections.layout_default import DEFAULT
from earwitness.projections.understood import Understood
from earwitness.redaction.policies import Policies
from earwitness.settings_understanding import Understanding
from earwitness.store import legs
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects, media_type

FILES_VERSION = 2  # raised whenever files would come out otherwise: then all are made again
FIGURES = "figures.json"
LAST_MADE = FIGURES  # once this one is there, all are


def finish(
    conversation_id: str,
    folders: list[Path],
    catalog: Catalog,
    objects: Objects,
    scratch: Path,
    policies: Policies,
    how: Understanding | None = None,
) -> Conversation:
    """Tell the conversation once more from its journals, write its rows, then its files and its figures.

    `scratch` is a folder on the same disk as the data, for files while they are being made. `how`: what is to
    be found out about it. Where a leg joins meanwhile, or the conversation is deleted, its files are not
    kept.
    """
    told = tell(conversation_id, folders, policies)
    conversation = told.conversation
    if not _stands(conversation, folders, catalog):
        return conversation
    catalog.put(conversation)
    if conversation.status is Status.ACTIVE:
        return conversation
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        known = understand(conversation, how or Understanding())
        for made in _made(told, Path(folder), catalog, known):
            if not _stands(conversation, folders, catalog):
                unmake(conversation.workspace, conversation.id, catalog, objects)
                break
            _keep(made, str(made.relative_to(folder)), conversation, catalog, objects)
    return conversation


def _made(told: Told, folder: Path, catalog: Catalog, known: Understood) -> Iterator[Path]:
    """Each file once it is there; what is measured on the sound, which takes longest, comes last."""
    conversation = told.conversation
    paths = write_layout(DEFAULT, told, folder, known)
    yield from paths
    [stereo] = [path for path in paths if path.name == "stereo.flac"]
    spoken = None
    if conversation.silenced and not conversation.is_withheld:
        rate_hz = native_rate_hz(conversation)
        spoken = Sound(conversation, sound_of(told.folders), "stereo", rate_hz)
    figures = measure(conversation, stereo, spoken)
    catalog.put_figures(
        conversation.workspace, conversation.id, figures, health_score=health.score(conversation, figures)
    )
    path = stereo.with_name(FIGURES)
    path.write_bytes(msgspec.json.encode(figures))
    yield path


def unmake(workspace: str, conversation_id: str, catalog: Catalog, objects: Objects) -> None:
    """The files of the conversation are gone afterwards, and the catalog says so."""
    for artifact in catalog.artifacts(workspace, conversation_id):
        objects.delete(artifact.path)
    catalog.remove_artifacts(workspace, conversation_id)


def sweep(scratch: Path) -> None:
    """Remove half-made files of work that was killed. Nobody may be at work there."""
    shutil.rmtree(scratch, ignore_errors=True)


def _stands(conversation: Conversation, folders: list[Path], catalog: Catalog) -> bool:
    """Are these still its legs? A running follower may have joined more; somebody may have deleted it."""
    known = legs.of_conversation(catalog.database, conversation.workspace, conversation.id)
    return set(known) == {folder.name for folder in folders}


def _keep(made: Path, path: str, conversation: Conversation, catalog: Catalog, objects: Objects) -> None:
    info = objects.put(path, _bytes_of(made), replace=True)
    try:
        catalog.put_artifact(
            conversation.workspace,
            conversation.id,
            made.name,
            info,
            media_type=media_type(made.name),
            version=FILES_VERSION,
        )
    except NotFound:  # deleted this very moment: nothing of it may stay
        objects.delete(path)
        raise


def _bytes_of(path: Path, step: int = 1 << 20) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(step):
            yield chunk
