"""What goes out as a whole: a conversation with its proof for a stranger, a person's data for that person.

Its journals are copied as they lie, encrypted or not; their heads are what was sealed. The files are open.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from earwitness.desk.recorded import Recorded
from earwitness.errors import Conflict
from earwitness.journal.segment import segment_paths
from earwitness.privacy import merkle, proof
from earwitness.privacy.audit import Audit, AuditQuery
from earwitness.privacy.checkpoints import Checkpoints


def write_bundle(
    recorded: Recorded, folder: Path, audit: Audit, checkpoints: Checkpoints, *, actor: str
) -> Path:
    """As `Library.bundle`. That it was made, and of what, is an entry of the log, and part of the bundle."""
    target = folder / f"{recorded.row.recording_id}-proof"
    if target.exists():
        raise Conflict(f"{target} is there already", hint="Choose another folder; nothing was overwritten.")
    target.mkdir(parents=True)
    for made in recorded.export(target):
        made.rename(target / made.name)
    shutil.rmtree(target / "conversations", ignore_errors=True)  # the layout's folders, empty now
    for leg in recorded.folders:
        (target / "journal" / leg.name).mkdir(parents=True)
        for segment in segment_paths(leg):
            shutil.copy(segment, target / "journal" / leg.name)
    manifest = proof.canonical({"conversation": recorded.id, "files": _hashes(target)})
    (target / "manifest.json").write_bytes(manifest)
    audit.note(
        "bundle",
        workspace=recorded.row.workspace_id,
        conversation=recorded.id,
        facts={"manifest": hashlib.sha256(manifest).hexdigest()},
        actor=actor,
    )
    (target / "proof.json").write_text(json.dumps(_proof(recorded, audit, checkpoints), indent=1))
    shutil.copy(proof.__file__, target / "verify.py")
    return target


def write_person(calls: Iterable[Recorded], looked: Sequence[dict[str, Any]], target: Path) -> Path:
    """As `Library.export_subject`."""
    if target.exists() and any(target.iterdir()):
        raise Conflict(f"{target} is not empty", hint="Choose another folder; nothing was overwritten.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for recorded in calls:
        recorded.export(target)
    words = json.dumps(looked, indent=1, ensure_ascii=False, default=str)
    (target / "access.json").write_text(words, "utf-8")
    (target / "manifest.json").write_bytes(proof.canonical({"files": _hashes(target)}))
    return target


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _proof(recorded: Recorded, audit: Audit, checkpoints: Checkpoints) -> dict[str, object]:
    """The entry that seals it, and the one about this bundle, last; each with its place in the tree."""
    signed = checkpoints.make()
    leaves = list(audit.leaf_hashes(0, signed.checkpoint.size))
    about = [
        entry
        for action in ("seal", "bundle")
        for entry in audit.entries(
            AuditQuery(workspace=recorded.row.workspace_id, conversation=recorded.id, action=action, limit=1)
        )
        if entry.number < signed.checkpoint.size
    ]
    return {
        "public_key": checkpoints.public_key.hex(),
        "checkpoint": signed.note,
        "entries": [
            {**entry.leaf(), "proof": [part.hex() for part in merkle.inclusion(leaves, entry.number)]}
            for entry in about
        ],
    }
