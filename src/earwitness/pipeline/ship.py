"""Journals of ended calls go to the object store, and come back when they are needed here.

sealed -> uploaded -> verified -> remote, a file at a time, each step kept in the catalog and safe to take
twice. A local copy goes only after the store gave back its very bytes, just before.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from earwitness.clock import Clock, SystemClock
from earwitness.errors import Damaged, Denied, NotFound, StorageUnavailable
from earwitness.journal.reader import is_live
from earwitness.journal.segment import find_folder
from earwitness.store import legs, shipments
from earwitness.store.artifacts import LAST_MADE
from earwitness.store.catalog import Catalog
from earwitness.store.objects import ObjectInfo, Objects, path_for
from earwitness.store.shipments import Shipment, State
from earwitness.store.types import moment

_STORED = re.compile(
    r"conversations/[0-9-]{10}/[0-9a-f-]{36}/journal/(?P<leg>[0-9a-f-]{36})/(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)"
)
_PIECE_BYTES = 1 << 20


def require_keys(locked: Sequence[str]) -> None:
    """Raises `Denied` where journals stayed in the object store for want of their keys."""
    if locked:
        raise Denied(
            f"{len(locked)} files of journals stay in the object store, their keys are not here: {locked[0]}",
            hint="All else is taken in. Bring `keys/` back as it was last, and reindex again.",
        )


class Shipping:
    """The way of journals between this machine's folder and an object store elsewhere."""

    def __init__(
        self,
        catalog: Catalog,
        objects: Objects,
        root: Path,
        *,
        keep_local: timedelta,
        clock: Clock | None = None,
    ) -> None:
        self._catalog = catalog
        self._database = catalog.database
        self._objects = objects
        self._root = root
        self._keep_local = keep_local
        self._clock = clock or SystemClock()

    def due(self) -> tuple[tuple[str, str], ...]:
        """(workspace, id) of conversations that `ship` has something to do for."""
        return shipments.due(self._database, LAST_MADE, self._now() - self._keep_local)

    def waiting(self, workspace: str) -> int:
        """How many ended conversations are not known to be stored whole."""
        return shipments.waiting(self._database, workspace)

    def ship(self, workspace: str, conversation: str) -> None:
        """Take every file of its journals as far as it may go now. May be called at any time, and again.

        Raises `StorageUnavailable` where the store does not take it now; what is done stays done.
        """
        folders = self._folders(workspace, conversation)
        if any(is_live(folder) for folder in folders):
            return
        known = {row.path: row for row in shipments.of_conversation(self._database, workspace, conversation)}
        began_at_ns = self._catalog.get(workspace, conversation).began_at_ns
        for file in (file for folder in folders for file in _files(folder)):
            path = path_for(began_at_ns, conversation, f"journal/{file.parent.name}/{file.name}")
            row = known.get(path)
            if row is None or row.state == State.REMOTE:
                row = self._sealed(workspace, conversation, path, file, row)
            known[path] = self._stored(row, file)
        rows = list(known.values())
        if all(row.state in (State.VERIFIED, State.REMOTE) for row in rows):
            before = self._now() - self._keep_local
            for row in rows:
                if row.state == State.VERIFIED and row.changed_at <= before:
                    self._let_go(row)

    def fetch(self, workspace: str, conversation: str) -> None:
        """Every file of its journals is here again. Raises `Damaged` where the store gives back another."""
        for row in shipments.of_conversation(self._database, workspace, conversation):
            file = find_folder(self._root, row.leg_id) / row.name
            if row.state == State.REMOTE and not file.exists():
                self._download(row.path, file, row.sha256)
            if row.state == State.REMOTE:
                self._save(row, State.VERIFIED)

    def recall(self, workspace: str, conversation: str) -> None:
        """Its journals are here and nowhere else: it goes on, and may become part of another."""
        self.fetch(workspace, conversation)
        self.forget(workspace, conversation)

    def forget(self, workspace: str, conversation: str) -> None:
        """None of its journals is in the object store afterwards."""
        for row in shipments.of_conversation(self._database, workspace, conversation):
            self._objects.delete(row.path)
        shipments.remove(self._database, workspace, conversation)

    def bring_back(self) -> list[str]:
        """Every journal that is stored is here too, whatever the catalog knows, but for those of these paths:
        their keys are not here."""
        locked = []
        for info in self._objects.list("conversations"):
            found = _STORED.fullmatch(info.path)
            if found is None:
                continue
            file = find_folder(self._root, found["leg"]) / found["name"]
            if not file.exists():
                try:
                    self._download(info.path, file)
                except Denied:
                    locked.append(info.path)
        return locked

    # -- one file -------------------------------------------------------------------------------------

    def _sealed(
        self, workspace: str, conversation: str, path: str, file: Path, before: Shipment | None
    ) -> Shipment:
        byte_count, sha256 = _measured(file)
        return self._save(
            Shipment(
                workspace_id=workspace,
                conversation_id=conversation,
                leg_id=file.parent.name,
                name=file.name,
                path=path,
                byte_count=byte_count,
                sha256=sha256,
                state=State.SEALED,
                attempts=before.attempts if before else 0,
                problem="",
                changed_at=self._now(),
            ),
            State.SEALED,
        )

    def _stored(self, row: Shipment, file: Path) -> Shipment:
        """Sent, unless it is there, and then read back."""
        if row.state == State.SEALED:
            if not self._objects.holds(_info(row)):
                sent = self._objects.put(row.path, _pieces(file), replace=True)
                if shipments.is_erased(self._database, row.leg_id):  # while it was on its way
                    self._objects.delete(row.path)
                    raise NotFound(f"conversation {row.conversation_id} was erased")
                if sent.sha256 != row.sha256:  # recovery has cut its torn end meanwhile
                    row = replace(row, byte_count=sent.byte_count, sha256=sent.sha256)
            row = self._save(row, State.UPLOADED)
        if row.state == State.UPLOADED:
            if not self._objects.holds(_info(row)):
                problem = "the store gives back other bytes"
                self._save(replace(row, attempts=row.attempts + 1, problem=problem), State.SEALED)
                raise StorageUnavailable(f"{row.path}: {problem}", hint="It is sent again.", path=row.path)
            row = self._save(replace(row, problem=""), State.VERIFIED)
        return row

    def _let_go(self, row: Shipment) -> None:
        """The local copy goes, if it is what is stored, and is still stored at this moment."""
        file = find_folder(self._root, row.leg_id) / row.name
        if file.exists():
            if _measured(file) != (row.byte_count, row.sha256) or not self._objects.holds(_info(row)):
                self._save(replace(row, attempts=row.attempts + 1), State.SEALED)
                return
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
        self._save(row, State.REMOTE)

    def _download(self, path: str, file: Path, sha256: str = "") -> None:
        """Whole, durable and of its owner alone, or not there."""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = file.with_name(f".{secrets.token_hex(8)}.tmp")
        digest = hashlib.sha256()
        try:
            with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
                for piece in self._objects.open(path):
                    target.write(piece)
                    digest.update(piece)
                target.flush()
                os.fsync(target.fileno())
            if sha256 and digest.hexdigest() != sha256:
                raise Damaged(
                    f"{path}: the object store gives back other bytes",
                    hint="Look for an older version of it.",
                )
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)

    def _save(self, row: Shipment, state: State) -> Shipment:
        row = replace(row, state=state.value, changed_at=self._now())
        shipments.save(self._database, row)
        return row

    def _folders(self, workspace: str, conversation: str) -> list[Path]:
        ids = legs.of_conversation(self._database, workspace, conversation)
        return [find_folder(self._root, leg) for leg in ids]

    def _now(self) -> datetime:
        return moment(self._clock.now().wall_ns)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))


def _info(row: Shipment) -> ObjectInfo:
    return ObjectInfo(path=row.path, byte_count=row.byte_count, sha256=row.sha256)


def _measured(file: Path) -> tuple[int, str]:
    digest, byte_count = hashlib.sha256(), 0
    for piece in _pieces(file):
        digest.update(piece)
        byte_count += len(piece)
    return byte_count, digest.hexdigest()


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(_PIECE_BYTES):
            yield piece
