"""Signed heads of the audit log, and where they go so that nobody here can take them back.

Whoever holds one can show later that nothing before it was changed, not even by the owner of the machine.
"""

import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import exc

from earwitness.clock import Clock, SystemClock
from earwitness.errors import Conflict, EarwitnessError, SettingsError
from earwitness.privacy.audit import Audit, written
from earwitness.privacy.merkle import Frontier
from earwitness.privacy.proof import Checkpoint, checkpoint_body, signed_note
from earwitness.store import trail
from earwitness.store.database import Database
from earwitness.store.objects import Objects
from earwitness.store.secret_file import ensure_secret
from earwitness.store.types import moment

FOLDER = "checkpoints"  # of the object store
EVERY_ENTRIES, EVERY_S = 1000, 600.0
_TIMEOUT_S = 10.0
_table = trail.audit_checkpoints
Sink = Callable[[str], None]  # takes a signed note; raises OSError where it cannot


class Signed:
    """A checkpoint and its signed note."""

    def __init__(self, checkpoint: Checkpoint, note: str) -> None:
        self.checkpoint, self.note = checkpoint, note


class Checkpoints:
    """Makes them. The signing key is a secret of the installation, made with the first."""

    def __init__(
        self,
        audit: Audit,
        database: Database,
        data_dir: Path,
        sinks: Sequence[str] = (),
        *,
        objects: Objects | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._audit = audit
        self._database = database
        self._data_dir = data_dir
        self._sinks = {address: sink_of(address, objects) for address in sinks}
        self._clock = clock or SystemClock()

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(ensure_secret(self._data_dir, "audit"))

    @property
    def public_key(self) -> bytes:
        """32 bytes; to be given to whoever is to check."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def origin(self) -> str:
        """The log's name: one per installation, from its key."""
        return f"earwitness/{self.public_key.hex()[:16]}"

    def make(self) -> Signed:
        """The head of the log as it stands, signed; the newest there is, if nothing was noted since."""
        size, frontier, note = self._newest()
        for leaf in self._audit.leaf_hashes(size):
            frontier.append(leaf)
        if note and frontier.size == size:
            return Signed(Checkpoint(self.origin, size, frontier.root(), note.split("\n")[3]), note)
        at = moment(self._clock.now().wall_ns)
        checkpoint = Checkpoint(self.origin, frontier.size, frontier.root(), written(at))
        signature = self._key.sign(checkpoint_body(checkpoint))
        note = signed_note(checkpoint, self.public_key, signature)
        row = {
            "size": frontier.size,
            "at": at,
            "peaks": [peak.hex() for peak in frontier.peaks],
            "note": note,
            "undelivered": list(self._sinks),
        }
        try:
            with self._database.writing() as connection:
                connection.execute(sa.insert(_table), row)
        except exc.IntegrityError:  # another process signed this very head
            return self.make()
        return Signed(checkpoint, note)

    def make_if_due(self) -> Signed | None:
        """As `make`, when so many entries or so much time went by since the last."""
        with self._database.reading() as connection:
            last = connection.execute(
                sa.select(_table.c.size, _table.c.at).order_by(_table.c.size.desc()).limit(1)
            ).one_or_none()
        waiting = self._audit.size() - (last.size if last else 0)
        age_s = (moment(self._clock.now().wall_ns) - last.at).total_seconds() if last else EVERY_S
        return self.make() if waiting and (waiting >= EVERY_ENTRIES or age_s >= EVERY_S) else None

    def deliver(self) -> list[str]:
        """Hand the sinks what they have not taken yet, oldest first; says what went wrong."""
        problems = []
        with self._database.reading() as connection:
            waiting = connection.execute(
                sa.select(_table)
                .where(_table.c.undelivered != sa.literal([], _table.c.undelivered.type))
                .order_by(_table.c.size)
            ).all()
        for row in waiting:
            left = []
            for address in row.undelivered:
                try:
                    if address in self._sinks:
                        self._sinks[address](row.note)
                except OSError as error:
                    left.append(address)
                    problems.append(f"checkpoint of {row.size} entries not delivered to {address}: {error}")
            with self._database.writing() as connection:
                connection.execute(
                    sa.update(_table).where(_table.c.size == row.size).values(undelivered=left)
                )
        return problems

    def stored(self) -> list[str]:
        """The notes of all checkpoints, smallest first."""
        with self._database.reading() as connection:
            return list(connection.scalars(sa.select(_table.c.note).order_by(_table.c.size)))

    def _newest(self) -> tuple[int, Frontier, str]:
        with self._database.reading() as connection:
            row = connection.execute(sa.select(_table).order_by(_table.c.size.desc()).limit(1)).one_or_none()
        if row is None:
            return 0, Frontier(), ""
        return row.size, Frontier(row.size, map(bytes.fromhex, row.peaks)), row.note


def sink_of(address: str, objects: Objects | None = None) -> Sink:
    """`file:/path/to/log` appends there; `https://...` posts; `objects` puts each into the object store,
    where a lock keeps it. Raises `SettingsError` for anything else."""
    if address == "objects" and objects is not None:
        return lambda note: _put(objects, note)
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.path:
        return lambda note: _append(Path(parts.path), note)
    if parts.scheme in ("https", "http") and parts.hostname:
        return lambda note: _post(address, note)
    raise SettingsError(
        f"audit.sinks: {address!r} is no place for checkpoints",
        hint="file:/path, https://host/path or objects",
    )


def _put(objects: Objects, note: str) -> None:
    size = int(note.split("\n")[1])
    try:
        objects.put(f"{FOLDER}/{size:012d}.txt", [note.encode()])
    except Conflict:  # taken before, and not to be overwritten
        return
    except EarwitnessError as error:
        raise OSError(str(error)) from error


def _append(path: Path, note: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, f"{note}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _post(address: str, note: str) -> None:
    request = urllib.request.Request(  # noqa: S310  the scheme was checked, the address is configuration
        address, note.encode(), {"Content-Type": "text/plain; charset=utf-8"}
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
        return
