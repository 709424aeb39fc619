"""Everything that cannot be made again, in one file: taken while calls run, put into an empty folder.

A tar archive: journals, wrapped keys, secrets, tombstones, our own rows as JSON lines, and last a manifest of
all of it, signed. What is read back is data only. No name in it leads out of the folder it is put into.
"""

import hashlib
import io
import os
import re
import secrets
import shutil
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from earwitness.errors import Conflict, Damaged, InvalidInput, SettingsError, StorageUnavailable
from earwitness.privacy.vault import Vault, has_keys
from earwitness.store import own
from earwitness.store.database import Database
from earwitness.store.secrecy import use
from earwitness.store.secret_file import ensure_secret

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FOLDERS = ("journal", "keys", "secrets", "objects/tombstones")  # of the data folder; the rest is made again
LARGEST_MANIFEST_BYTES = 256 << 20
_NAME = re.compile(r"(journal|keys|secrets|objects/tombstones)(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199}){1,6}\Z")
_TABLE = re.compile(r"tables/([a-z_]{1,63})\.jsonl\Z")
_PIECE_BYTES = 1 << 20

Progress = Callable[[Iterable[Path], str], Iterable[Path]]  # shows what it goes through


class Member(msgspec.Struct, frozen=True):
    """One file of a backup."""

    byte_count: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in it, and when it was made."""

    format: int
    made_at_s: float
    signer: str  # public key of the installation, hex
    members: dict[str, Member]

    def facts(self) -> dict[str, Any]:
        """What the trail says of it."""
        return {"files": len(self.members), "signer": self.signer}


def back_up(
    data_path: Path,
    database: Database,
    target: Path,
    *,
    progress: Progress = lambda files, what: files,
) -> Manifest:
    """Write a backup of all that is here now; running calls as far as they have come.

    The file is whole or not there, for its owner alone. Raises `Conflict` where one of that name exists.
    """
    key = _signing_key(data_path)
    if target.exists():
        raise Conflict(f"{target} exists already", hint="Nothing was overwritten. Choose another name.")
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                members = _add_all(archive, data_path, database, progress)
                signer = key.public_key().public_bytes_raw().hex()
                manifest = Manifest(FORMAT, time.time(), signer, members)
                told = msgspec.json.encode(manifest)
                _add(archive, MANIFEST, io.BytesIO(told), len(told))
                _add(archive, SIGNATURE, io.BytesIO(key.sign(told)), 64)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, target)
    except FileExistsError as error:
        raise Conflict(f"{target} exists already", hint="Nothing was overwritten.") from error
    except OSError as error:
        raise StorageUnavailable(f"{target}: {error.strerror}", hint="Is there room for it?") from error
    finally:
        aside.unlink(missing_ok=True)
    return manifest


def _add_all(
    archive: tarfile.TarFile, data_path: Path, database: Database, progress: Progress
) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for table in own.tables():
        name = f"tables/{table.name}.jsonl"
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in own.rows(database, table))
        members[name] = _add(archive, name, io.BytesIO(lines), len(lines))
    for path in progress(list(_files(data_path)), "files"):
        name = path.relative_to(data_path).as_posix()
        with path.open("rb") as source:
            members[name] = _add(archive, name, source, path.stat().st_size)
    return members


def restore(
    source: Path, data_path: Path, database: Database, vault: Vault | None, *, signer: str = ""
) -> Manifest:
    """Put a backup into an installation that has no journals and no rows of its own.

    All of it is read and checked before anything of it counts. Raises `Conflict` where something is there,
    `Damaged` for a backup that is not what was signed, `InvalidInput` for none or one not of `signer`,
    `SettingsError` or `Denied` for one that is encrypted where its master key is not set.
    """
    _refuse_used(data_path, database)
    staging = data_path / f".restore-{secrets.token_hex(4)}"
    staging.mkdir(mode=0o700, parents=True)
    try:
        with source.open("rb") as file:
            manifest = _unpack(file, staging, signer)
        if has_keys(staging / "keys"):
            _take_keys(staging / "keys", data_path, database, vault)
        for table in own.tables():
            lines = staging / "tables" / f"{table.name}.jsonl"
            if lines.exists():
                own.fill(database, table, _json_lines(lines))
        for folder in FOLDERS:
            if (staging / folder).is_dir():
                _move(staging / folder, data_path / folder)
    except tarfile.TarError as error:
        raise InvalidInput(f"{source} is no backup: {error}", hint="Give what `backup -o` wrote.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _take_keys(source: Path, data_path: Path, database: Database, vault: Vault | None) -> None:
    """The backup's rows are sealed with its own key: from now on it is that of the catalog here."""
    if vault is None:
        raise SettingsError(
            "the backup is encrypted and encryption.key is not set",
            hint="Set it to where the master key of its installation lies, e.g. file:/path.",
        )
    vault.make_way(source)
    _move(source, data_path / "keys")
    use(database.engine.dialect, vault.text_cipher())


# -- writing ----------------------------------------------------------------------------------------------


def _signing_key(data_path: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ensure_secret(data_path, "backup"))


def _files(data_path: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((data_path / folder).rglob("*")):
            if path.is_file() and _NAME.match(path.relative_to(data_path).as_posix()):
                yield path


class _Measured:
    """So many bytes of a file that may be growing, and what they were."""

    def __init__(self, source: IO[bytes], byte_count: int) -> None:
        self._source, self._left = source, byte_count
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(min(size if size >= 0 else self._left, self._left))
        self._left -= len(piece)
        self.digest.update(piece)
        return piece


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes], byte_count: int) -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.mode = byte_count, 0o600
    measured = _Measured(source, byte_count)
    archive.addfile(info, measured)
    return Member(byte_count, measured.digest.hexdigest())


# -- reading ----------------------------------------------------------------------------------------------


def _refuse_used(data_path: Path, database: Database) -> None:
    journal = data_path / "journal"
    has_journal = journal.is_dir() and any(journal.iterdir())
    has_rows = any(True for table in own.tables() for _ in own.rows(database, table))
    if has_journal or has_rows:
        raise Conflict(
            f"{data_path} is in use already", hint="Restore into an empty data folder and an empty database."
        )


def _unpack(file: IO[bytes], staging: Path, signer: str) -> Manifest:
    found: dict[str, Member] = {}
    told, signature = b"", b""
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for info in archive:
            content = archive.extractfile(info) if info.isreg() else None
            if content is None:
                raise InvalidInput(f"not a file: {info.name[:80]!r}", hint="A backup holds files only.")
            if info.name == MANIFEST:
                told = content.read(LARGEST_MANIFEST_BYTES)
            elif info.name == SIGNATURE:
                signature = content.read(64)
            elif _NAME.match(info.name) or _TABLE.match(info.name):
                found[info.name] = _write(staging / info.name, content)
            else:
                raise InvalidInput(f"not a name of ours: {info.name[:80]!r}", hint="Nothing was restored.")
    return _checked(told, signature, found, signer)


def _write(path: Path, content: IO[bytes]) -> Member:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, byte_count = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        while piece := content.read(_PIECE_BYTES):
            target.write(piece)
            digest.update(piece)
            byte_count += len(piece)
        target.flush()
        os.fsync(target.fileno())
    return Member(byte_count, digest.hexdigest())


def _checked(told: bytes, signature: bytes, found: dict[str, Member], signer: str) -> Manifest:
    try:
        manifest = msgspec.json.decode(told, type=Manifest)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.signer)).verify(signature, told)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidInput("the backup has no manifest", hint="Was it cut off?") from error
    except InvalidSignature as error:
        raise Damaged("the backup is not what was signed", hint="Take another one.") from error
    if manifest.format > FORMAT:
        raise InvalidInput("the backup is of a newer version", hint="Restore it with that one.")
    if signer and manifest.signer != signer:
        raise InvalidInput(f"the backup was signed by {manifest.signer}", hint="Is it one of yours?")
    if wrong := [name for name, member in manifest.members.items() if found.get(name) != member]:
        raise Damaged(
            f"{len(wrong)} files are missing or changed, {wrong[0]} first", hint="Take another one."
        )
    if more := found.keys() - manifest.members.keys():
        raise Damaged(f"{len(more)} files are not in the manifest", hint="Take another one.")
    return manifest


def _json_lines(file: Path) -> Iterator[Any]:
    with file.open("rb") as lines:
        for line in lines:
            try:
                yield msgspec.json.decode(line)
            except msgspec.DecodeError as error:
                raise InvalidInput(f"{file.name}: {error}") from error


def _move(source: Path, target: Path) -> None:
    """Files that are there already stay: tombstones above all."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(place)
