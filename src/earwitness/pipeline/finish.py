"""The work after the call: from a conversation whose legs are closed to its stored files.

Idempotent and level-triggered: whatever has ended and lacks its files is due, however often it was
begun before. Nothing here is told what happened; it looks.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from earwitness.errors import Conflict, NotFound
from earwitness.journal.reader import is_live
from earwitness.lake.columns import Columns
from earwitness.model.conversation import Conversation, Status
from earwitness.pipeline.clocks import compare
from earwitness.pipeline.line import Told, sound_of
from earwitness.pipeline.measure import measure, measured_before
from earwitness.pipeline.sound import Sound, native_rate_hz
from earwitness.pipeline.understand import understand
from earwitness.pipeline.whole import tell_whole
from earwitness.pipeline.write import write_sound, write_words
from earwitness.projections import analytics, health
from earwitness.projections.layout_default import DEFAULT
from earwitness.projections.understood import Understood
from earwitness.redaction.policies import Policies
from earwitness.settings.understanding import Understanding
from earwitness.store import outcomes
from earwitness.store.artifacts import ANALYTICS, FIGURES, FILES_VERSION, HEALTH, LAST_MADE
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects, media_type

Seal = Callable[[Conversation, dict[str, str]], None]  # the hash of its last file, which no row tells of yet


def finish(
    conversation_id: str,
    folders: list[Path],
    catalog: Catalog,
    objects: Objects,
    scratch: Path,
    policies: Policies,
    how: Understanding | None = None,
    lake: Columns | None = None,
    seal: Seal = lambda conversation, last: None,
) -> Conversation:
    """Tell the conversation once more from its journals, write its rows, then its files, its rows in the lake
    and its figures. It is sealed before its last file counts: killed on the way, it is due again.

    `scratch` is a folder on the same disk as the data, for files while they are being made. `how`: what is to
    be found out about it. Where a leg joins or leaves meanwhile, or the conversation is deleted, nothing of
    this is kept: it is told again from the legs it has then.
    """
    of_legs = [folder.name for folder in folders]
    clocks = {} if any(map(is_live, folders)) else compare(folders)
    told = tell_whole(conversation_id, folders, policies, catalog, clocks)
    conversation = told.conversation
    try:
        catalog.put(conversation, of_legs=of_legs)
    except Conflict:
        return conversation
    if conversation.status is Status.ACTIVE:
        return conversation
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        known = understand(conversation, how or Understanding())
        outcomes.put_derived(catalog.database, conversation, known.summary.outcome)
        for made in _made(told, Path(folder), catalog, known, lake):
            try:
                _keep(made, str(made.relative_to(folder)), conversation, of_legs, catalog, objects, seal)
            except Conflict:
                unmake(conversation.workspace, conversation.id, catalog, objects, lake)
                break
    return conversation


def _made(
    told: Told, folder: Path, catalog: Catalog, known: Understood, lake: Columns | None
) -> Iterator[Path]:
    """Each file once it is there. Words follow sound: how far the record is to be trusted is heard in it."""
    conversation = told.conversation
    sounds = write_sound(DEFAULT, told, folder, known)
    yield from sounds
    [stereo] = [path for path in sounds if path.name == "stereo.flac"]
    figures = measured_before(conversation) or measure(conversation, stereo, _spoken(told))
    against = health.reasons(conversation, figures)
    catalog.put_figures(conversation.workspace, conversation.id, figures, reasons=against)
    if lake is not None:
        lake.take(conversation, figures, known)
    yield from write_words(DEFAULT, told, folder, known, figures)
    documents = {
        HEALTH: health.document(conversation, figures),
        ANALYTICS: analytics.document(conversation, figures),
        FIGURES: figures,
    }
    for name, document in documents.items():
        path = stereo.with_name(name)
        path.write_bytes(msgspec.json.encode(document))
        yield path


def _spoken(told: Told) -> Sound | None:
    """The call's sound with nothing silenced, where something is."""
    conversation = told.conversation
    if not conversation.silenced or conversation.is_withheld:
        return None
    return Sound(conversation, sound_of(told.folders), "stereo", native_rate_hz(conversation))


def unmake(
    workspace: str, conversation_id: str, catalog: Catalog, objects: Objects, lake: Columns | None = None
) -> None:
    """The files of the conversation are gone afterwards, and its rows in the lake; the catalog says so.

    It says so first: killed on the way, nobody is shown what is still there, and the next start goes on.
    """
    artifacts = catalog.artifacts(workspace, conversation_id)
    catalog.remove_artifacts(workspace, conversation_id)
    if lake is not None:
        lake.remove(workspace, conversation_id)
    for artifact in artifacts:
        objects.delete(artifact.path)


def sweep(scratch: Path) -> None:
    """Remove half-made files of work that was killed. Nobody may be at work there."""
    shutil.rmtree(scratch, ignore_errors=True)


def _keep(
    made: Path,
    path: str,
    conversation: Conversation,
    of_legs: Sequence[str],
    catalog: Catalog,
    objects: Objects,
    seal: Seal,
) -> None:
    info = objects.put(path, _bytes_of(made), replace=True)
    if made.name == LAST_MADE:
        seal(conversation, {made.name: info.sha256})
    try:
        catalog.put_artifact(
            conversation.workspace,
            conversation.id,
            made.name,
            info,
            media_type=media_type(made.name),
            version=FILES_VERSION,
            is_last=made.name == LAST_MADE,
            of_legs=of_legs,
        )
    except (NotFound, Conflict):  # deleted, or told otherwise, this very moment: nothing of it may stay
        objects.delete(path)
        raise


def _bytes_of(path: Path, step: int = 1 << 20) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(step):
            yield chunk
