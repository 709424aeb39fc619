"""Files made from conversations, under paths: the object store's contract, and the folder that keeps it."""

import errno
import hashlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from earwitness.errors import Conflict, InvalidInput, NotFound, StorageUnavailable
from earwitness.settings import Settings

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\Z")
_ATTEMPTS = 100
_PIECE_BYTES = 256 * 1024


class ObjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One stored file."""

    path: str
    byte_count: int
    sha256: str = ""  # hex; known from `put` only


class Objects(Protocol):
    """Where files lie. Paths are ours: parts of letters, digits, `.`, `_`, `-`, joined by `/`.

    Every method raises `InvalidInput` for a path that is not, `StorageUnavailable` where the store
    does not take it now.
    """

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        """The whole file is there and safe from power loss, or nothing changed.

        Raises `Conflict` where one of that name exists and `replace` was not said.
        """

    def holds(self, info: ObjectInfo) -> bool:
        """Does it give back exactly these bytes? All of them are read."""

    def open(self, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to but without `end`, in pieces. Raises `NotFound` at once."""

    def info(self, path: str) -> ObjectInfo:
        """Its size. Raises `NotFound`."""

    def exists(self, path: str) -> bool: ...

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All files whose path begins with the folder `prefix`, sorted by path."""

    def delete(self, path: str) -> bool:
        """It is gone afterwards. Says whether it was there."""


MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".txt": "text/plain; charset=utf-8",
    ".flac": "audio/flac",
}


def media_type(path: str) -> str:
    """What a file of this name holds; nothing a browser would run."""
    return MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")


def gives_back(objects: "Objects", info: ObjectInfo) -> bool:
    """What `Objects.holds` answers, by reading."""
    try:
        if objects.info(info.path).byte_count != info.byte_count:
            return False
        digest = hashlib.sha256()
        for piece in objects.open(info.path):
            digest.update(piece)
    except NotFound:
        return False
    return digest.hexdigest() == info.sha256


def open_objects(settings: Settings) -> "Objects":
    """The object store that is set: the bucket of `object_store_url`, or a folder in the data folder."""
    if not settings.object_store_url:
        return FolderObjects(settings.data_path / "objects")
    from earwitness.store.s3 import S3Objects

    return S3Objects(settings.object_store_url, settings.object_store, settings.data_path / "spool")


def path_for(began_at_ns: int, conversation: str, name: str) -> str:
    """Where an artifact lies: `conversations/<YYYY-MM-DD>/<conversation>/<name>`, the day in UTC."""
    day = datetime.fromtimestamp(began_at_ns // 1_000_000_000, UTC).date()
    return checked(f"conversations/{day}/{conversation}/{name}")


def checked(path: str) -> str:
    """The path itself. Raises `InvalidInput` where it could lead anywhere but down."""
    if not path or not all(_PART.match(part) for part in path.split("/")):
        raise InvalidInput(f"not a path of the object store: {path!r}", hint="Paths come from our own ids.")
    return path


class FolderObjects:
    """Objects in a folder of this machine, for its owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        target = self._root / checked(path)
        try:
            if target.exists() and not replace:
                raise already_there(path)
            return self._write(path, target, chunks, replace=replace)
        except OSError as error:
            raise _unavailable(path, error) from error

    def _write(self, path: str, target: Path, chunks: Iterable[bytes], *, replace: bool) -> ObjectInfo:
        digest, byte_count = hashlib.sha256(), 0
        temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
        descriptor = self._create(temporary)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    digest.update(chunk)
                    byte_count += len(chunk)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                temporary.replace(target)
            else:
                os.link(temporary, target)  # unlike a rename it never overwrites
        except FileExistsError:
            raise already_there(path) from None
        finally:
            temporary.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # deleted again already, with its folder
            _sync_folder(target.parent)
        return ObjectInfo(path=path, byte_count=byte_count, sha256=digest.hexdigest())

    def _create(self, file: Path) -> int:
        for _ in range(_ATTEMPTS):
            with suppress(FileNotFoundError):  # a delete elsewhere pruned the folder while it was empty
                self._make_folder(file.parent)
                return os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        raise FileNotFoundError(errno.ENOENT, "its folder vanishes again and again")

    def _make_folder(self, folder: Path) -> None:
        """The folder is there, and so after a power loss."""
        if folder.is_dir():
            return
        if folder != self._root:
            self._make_folder(folder.parent)
        else:
            folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        self.info(path)
        return self._pieces(path, max(start, 0), end)

    def holds(self, info: ObjectInfo) -> bool:
        return gives_back(self, info)

    def _pieces(self, path: str, start: int, end: int | None) -> Iterator[bytes]:
        left = sys.maxsize if end is None else end - start
        try:
            with (self._root / path).open("rb") as file:
                file.seek(start)
                while left > 0 and (piece := file.read(min(_PIECE_BYTES, left))):
                    left -= len(piece)
                    yield piece
        except FileNotFoundError as error:  # deleted since it was asked for
            raise not_there(path) from error
        except OSError as error:
            raise _unavailable(path, error) from error

    def info(self, path: str) -> ObjectInfo:
        file = self._root / checked(path)
        try:
            found = file.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise not_there(path) from error
        except OSError as error:
            raise _unavailable(path, error) from error
        if not stat.S_ISREG(found.st_mode):
            raise not_there(path)
        return ObjectInfo(path=path, byte_count=found.st_size)

    def exists(self, path: str) -> bool:
        return (self._root / checked(path)).is_file()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        folder = self._root / checked(prefix) if prefix else self._root
        files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
        for path in sorted(file.relative_to(self._root).as_posix() for file in files):
            try:
                yield self.info(path)
            except NotFound:  # deleted since it was seen
                continue

    def delete(self, path: str) -> bool:
        file = self._root / checked(path)
        try:
            file.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
        except OSError as error:
            raise _unavailable(path, error) from error
        with suppress(OSError):  # a folder that is not empty, or gone already, ends the pruning
            _sync_folder(file.parent)
            for folder in file.parents:
                if folder == self._root:
                    break
                folder.rmdir()
        return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def already_there(path: str) -> Conflict:
    return Conflict(f"{path} exists already", hint="Nothing was overwritten.", path=path)


def not_there(path: str) -> NotFound:
    return NotFound(f"no object {path}", path=path)


def _unavailable(path: str, error: OSError) -> StorageUnavailable:
    return StorageUnavailable(
        f"{path}: {error.strerror or error}",
        hint="Check space and rights of the object store's folder.",
        path=path,
    )
